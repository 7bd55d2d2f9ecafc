//! Scripts of keyspace notifications: who listens to the keys, and all that happens to them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::transaction::{Before, transaction};
use super::words::key_text;
use super::{Words, client, groups, keys, lists, mangle, messaging, of_parts, one_of, streams, text};
use crate::step::{EXPIRER, Step, Word};

/// Where most interesting scripts begin.
const BEGINNING: &str = "\
B> PSUBSCRIBE __key*
C> SUBSCRIBE __keyspace@0__:s __keyevent@0__:del __keyevent@1__:set
A> XGROUP CREATE s g 0 MKSTREAM
A> XADD s 1-0 f v
A> XADD s 2-0 f v
A> XREADGROUP GROUP g a COUNT 1 STREAMS s >
A> RPUSH t a b c
A> SADD m x y
A> SET k 1";

/// A script for a server that knows these letters of the setting.
pub(super) fn script(letters: &'static str) -> BoxedStrategy<Vec<Step>> {
    let part = prop_oneof![
        16 => step(letters).prop_map(|step| vec![step]),
        1 => transactions(),
        2 => interrupted_wait(),
    ];
    let all = Step::Notify {
        letters: letters.into(),
    };
    let first = prop_oneof![4 => Just(all), 1 => setting(letters)];
    (first, of_parts(BEGINNING, part))
        .prop_map(|(first, script)| {
            let script = script
                .into_iter()
                .filter(|step| !ends_at_once(step) && !is_flushed_by_a_listener(step));
            std::iter::once(first).chain(script).collect()
        })
        .boxed()
}

fn setting(letters: &'static str) -> impl Strategy<Value = Step> {
    let letters: Vec<char> = letters.chars().collect();
    let count = letters.len();
    subsequence(letters, 0..=count).prop_map(|letters| Step::Notify {
        letters: letters.into_iter().collect(),
    })
}

fn step(letters: &'static str) -> impl Strategy<Value = Step> {
    let sent = |(client, words)| Step::Command { client, words };
    prop_oneof![
        20 => (client(), command()).prop_map(sent),
        20 => (Just(EXPIRER), change_at_once()).prop_map(sent),
        3 => (0..EXPIRER, subscriptions()).prop_map(sent),
        4 => (0..EXPIRER, waiting()).prop_map(sent),
        2 => (Just(EXPIRER), keys::ending()).prop_map(sent),
        2 => key_text().prop_map(|key| Step::Expire { key }),
        1 => client().prop_map(|client| Step::TimeOut { client }),
        1 => client().prop_map(|client| Step::Disconnect { client }),
        1 => setting(letters),
    ]
}

/// A transaction that gets to its end.
fn transactions() -> impl Strategy<Value = Vec<Step>> {
    let between = vec(prop_oneof![4 => change(), 1 => subscriptions(), 1 => waiting()], 0..6);
    let end = one_of(&["EXEC", "EXEC", "EXEC", "EXEC", "DISCARD"]);
    transaction(client(), Before::nothing(), between, end)
}

/// One or two clients wait; then keys come and go.
fn interrupted_wait() -> impl Strategy<Value = Vec<Step>> {
    let happens = vec(
        prop_oneof![3 => lists::growth(), 2 => streams::growth(), 1 => keys::ending()],
        1..4,
    );
    (waiting(), proptest::option::of(waiting()), happens).prop_map(|(first, second, happens)| {
        let sent = |client, words| Step::Command { client, words };
        let mut steps = vec![sent(EXPIRER, vec!["DEL".into(), "t".into()]), sent(1, first)];
        steps.extend(second.map(|second| sent(2, second)));
        steps.extend(happens.into_iter().map(|words| sent(EXPIRER, words)));
        steps
    })
}

/// Any command, some of them spoilt.
fn command() -> Words {
    let command = prop_oneof![6 => change(), 1 => keys::command(), 1 => subscriptions()].boxed();
    prop_oneof![14 => command.clone(), 1 => mangle::mangled(command)].boxed()
}

/// What may change or miss a key.
fn change() -> Words {
    prop_oneof![4 => streams::command(), 9 => groups::command(), 9 => change_at_once()].boxed()
}

/// The same of what never waits.
fn change_at_once() -> Words {
    prop_oneof![
        2 => streams::growth(),
        4 => lists::at_once(),
        4 => keys::values(),
        3 => messaging::values(),
        1 => one_of(&["SELECT 0", "SELECT 0", "SELECT 1", "SWAPDB 0 1"]),
        2 => one_of(&[
            "EXPIRE s 1000",
            "PERSIST s",
            "LSET t 0 x",
            "LTRIM t 0 1",
            "XSETID s 9-9",
            "XGROUP SETID s g 0",
            "XGROUP DELCONSUMER s g a",
        ]),
    ]
    .boxed()
}

fn subscriptions() -> Words {
    prop_oneof![
        3 => text("PSUBSCRIBE __key*"),
        1 => text("PSUBSCRIBE __keyevent@*__:x*"),
        1 => text("SUBSCRIBE __keyspace@0__:t"),
        1 => text("SUBSCRIBE __keyevent@0__:set __keyevent@0__:new"),
        2 => one_of(&["UNSUBSCRIBE", "PUNSUBSCRIBE"]),
        1 => text("RESET"),
    ]
    .boxed()
}

/// A command that waits, unless there is something already.
fn waiting() -> Words {
    let in_group = one_of(&[
        "XREADGROUP GROUP g b BLOCK 0 STREAMS s >",
        "XREADGROUP GROUP g c BLOCK 0 COUNT 1 STREAMS s >",
    ]);
    prop_oneof![2 => lists::waiting(), 1 => streams::waiting(), 1 => in_group].boxed()
}

/// A server frees what FLUSHALL removes beside its work, and answers once that is done: perhaps after what the client is
/// told meanwhile. The engine's answer comes first, as that of every other command.
fn is_flushed_by_a_listener(step: &Step) -> bool {
    match step {
        Step::Command { client, words } => {
            *client != EXPIRER && (is(&words[0], "FLUSHALL") || is(&words[0], "FLUSHDB"))
        }
        _ => false,
    }
}

fn is(word: &Word, text: &str) -> bool {
    matches!(word, Word::Text(word) if word.eq_ignore_ascii_case(text.as_bytes()))
}

/// SET with a moment that is over: the engine notices at once, which a server may.
pub(super) fn ends_at_once(step: &Step) -> bool {
    match step {
        Step::Command { words, .. } if is(&words[0], "SET") => words
            .windows(2)
            .any(|pair| (is(&pair[0], "EXAT") || is(&pair[0], "PXAT")) && is(&pair[1], "1")),
        _ => false,
    }
}
