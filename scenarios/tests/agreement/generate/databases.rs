//! Scripts of several databases: clients that select and swap them, wait and watch in them, and empty them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::transaction::{Before, transaction};
use super::words::key_text;
use super::{Words, client, keys, line, lists, mangle, of_parts, one_of, streams, text};
use crate::step::{EXPIRER, Step, Word};

/// Where most interesting scripts begin.
const BEGINNING: &str = "\
A> RPUSH s a b c
A> SADD m x
A> SELECT 1
A> XGROUP CREATE s g 0 MKSTREAM
A> XADD s 1-0 f v
A> SET k 1
B> SELECT 1
C> SELECT 2";

/// The one key that somebody waits for.
const AWAITED: &str = "s";

/// A script.
pub(super) fn script() -> BoxedStrategy<Vec<Step>> {
    let part = prop_oneof![
        12 => step().prop_map(|step| vec![step]),
        1 => transactions(),
        2 => interrupted_wait(),
    ];
    of_parts(BEGINNING, part).prop_map(waiting_for_one_key).boxed()
}

/// The script without commands that may wait for others than one key: when SWAPDB brings several keys at once, a server
/// serves who waits in the order of its hash table, which differs from one process to the next.
fn waiting_for_one_key(script: Vec<Step>) -> Vec<Step> {
    let only = |step: &Step| match step {
        Step::Command { words, .. } => awaited(words).iter().all(|word| *word == Word::from(AWAITED)),
        _ => true,
    };
    script.into_iter().filter(only).collect()
}

/// Keys that a command may wait for, or what stands in their place where the command is spoilt.
fn awaited(words: &[Word]) -> Vec<Word> {
    let is = |word: &Word, name: &str| matches!(word, Word::Text(text) if text.eq_ignore_ascii_case(name.as_bytes()));
    let Some((name, arguments)) = words.split_first() else {
        return Vec::new();
    };
    let among = |names: &[&str]| names.iter().any(|known| is(name, known));
    if among(&["BLMOVE", "BRPOPLPUSH"]) {
        return arguments.iter().take(1).cloned().collect();
    }
    if among(&["BLPOP", "BRPOP"]) {
        return arguments.split_last().map_or(Vec::new(), |(_, keys)| keys.to_vec());
    }
    if among(&["BLMPOP"]) {
        let ends = |word: &&Word| !is(word, "LEFT") && !is(word, "RIGHT");
        return arguments.iter().skip(2).take_while(ends).cloned().collect();
    }
    let blocks = arguments.iter().any(|word| is(word, "BLOCK"));
    let streams = arguments.iter().position(|word| is(word, "STREAMS"));
    match streams.filter(|_| blocks && among(&["XREAD", "XREADGROUP"])) {
        Some(at) => {
            let named = &arguments[at + 1..];
            named[..named.len() / 2].to_vec()
        }
        None => Vec::new(),
    }
}

fn step() -> impl Strategy<Value = Step> {
    let sent = |(client, words)| Step::Command { client, words };
    prop_oneof![
        24 => (client(), command()).prop_map(sent),
        8 => (0..=EXPIRER, databases()).prop_map(sent),
        5 => (1..EXPIRER, waiting()).prop_map(sent),
        6 => (Just(EXPIRER), growth()).prop_map(sent),
        2 => (client(), keys::ending()).prop_map(sent),
        1 => key_text().prop_map(|key| Step::Expire { key }),
        1 => client().prop_map(|client| Step::TimeOut { client }),
        1 => client().prop_map(|client| Step::Disconnect { client }),
    ]
}

/// A transaction that gets to its end, with others in between.
fn transactions() -> impl Strategy<Value = Vec<Step>> {
    let between = vec(prop_oneof![3 => command(), 2 => databases(), 2 => growth()], 0..5);
    let end = one_of(&["EXEC", "EXEC", "EXEC", "EXEC", "DISCARD"]);
    transaction(client(), Before::watching(0.5, step()), between, end)
}

/// One or two clients wait in some database; then databases are filled and swapped.
fn interrupted_wait() -> impl Strategy<Value = Vec<Step>> {
    let database = || one_of(&["SELECT 0", "SELECT 1", "SELECT 2"]);
    let happens = prop_oneof![3 => growth(), 3 => swapping(), 1 => database(), 1 => keys::ending()];
    let parts = (
        (database(), waiting()),
        proptest::option::of((database(), waiting())),
        any::<bool>(),
        vec(happens, 1..5),
        prop_oneof![3 => swapping(), 1 => text("FLUSHALL")],
    );
    parts.prop_map(|((database, first), second, at_once, happens, end)| {
        let sent = |client, words| Step::Command { client, words };
        let group = "XGROUP CREATE s g $ MKSTREAM".split(' ').map(Word::from).collect();
        let mut steps = vec![sent(1, database), sent(1, group), sent(1, first)];
        steps.extend(
            second
                .into_iter()
                .flat_map(|(database, second)| [sent(2, database), sent(2, second)]),
        );
        steps.extend(at_once.then(|| sent(0, vec!["MULTI".into()])));
        steps.extend(happens.into_iter().map(|words| sent(0, words)));
        steps.extend(at_once.then(|| sent(0, vec!["EXEC".into()])));
        steps.push(sent(EXPIRER, end));
        steps
    })
}

/// Any command, some of them spoilt.
fn command() -> Words {
    let command = prop_oneof![
        4 => databases(),
        3 => growth(),
        3 => keys::command(),
        2 => lists::command(),
        1 => waiting(),
        1 => text("RESET"),
        1 => text("SCAN 0 COUNT 1000"),
    ]
    .boxed();
    prop_oneof![14 => command.clone(), 1 => mangle::mangled(command)].boxed()
}

fn databases() -> Words {
    let odd = one_of(&[
        "16",
        "-1",
        "x",
        "01",
        "2147483648",
        "-2147483649",
        "9223372036854775808",
    ]);
    prop_oneof![
        8 => one_of(&["SELECT 0", "SELECT 1", "SELECT 2"]),
        5 => swapping(),
        2 => one_of(&["FLUSHDB", "FLUSHALL", "KEYS *"]),
        1 => line!["SELECT", odd.clone()],
        1 => line!["SWAPDB", prop_oneof![1 => text("0"), 1 => odd.clone()].boxed(), odd],
    ]
    .boxed()
}

fn swapping() -> Words {
    one_of(&[
        "SWAPDB 0 1",
        "SWAPDB 1 0",
        "SWAPDB 1 2",
        "SWAPDB 0 2",
        "SWAPDB 1 1",
        "SWAPDB 14 15",
    ])
}

/// What adds a key or to a key.
fn growth() -> Words {
    prop_oneof![2 => lists::growth(), 2 => streams::growth(), 1 => one_of(&["SET s v", "SADD m y", "INCR k"])].boxed()
}

/// A command that waits, unless there is something already.
fn waiting() -> Words {
    let in_group = one_of(&[
        "XREADGROUP GROUP g b BLOCK 0 STREAMS s >",
        "XREADGROUP GROUP g a BLOCK 0 STREAMS t >",
    ]);
    prop_oneof![2 => lists::waiting(), 1 => streams::waiting(), 1 => in_group].boxed()
}
