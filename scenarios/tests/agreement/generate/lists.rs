//! Scripts of lists: pushes and pops at both ends, moves, and clients that wait for an element.

use proptest::collection::vec;
use proptest::prelude::*;

use super::transaction::{Before, transaction};
use super::words::{count, key_text, stream as list, value};
use super::{Words, client, keys, line, mangle, of_parts, one_of, options, some, sometimes, streams, text};
use crate::step::{EXPIRER, Step};

/// Where most interesting scripts begin.
const BEGINNING: &str = "\
A> RPUSH s a b c a b
A> RPUSH t b
A> SET k v
A> SADD m x";

/// A script.
pub(super) fn script() -> BoxedStrategy<Vec<Step>> {
    let part = prop_oneof![
        20 => step().prop_map(|step| vec![step]),
        1 => transactions(),
        3 => interrupted_wait(),
    ];
    of_parts(BEGINNING, part)
}

fn step() -> impl Strategy<Value = Step> {
    let sent = |(client, words)| Step::Command { client, words };
    prop_oneof![
        24 => (client(), command()).prop_map(sent),
        5 => (1..EXPIRER, waiting()).prop_map(sent),
        1 => (1..EXPIRER, streams::waiting()).prop_map(sent),
        7 => (Just(EXPIRER), growth()).prop_map(sent),
        1 => (client(), keys::ending()).prop_map(sent),
        1 => key_text().prop_map(|key| Step::Expire { key }),
        1 => client().prop_map(|client| Step::TimeOut { client }),
        1 => client().prop_map(|client| Step::Disconnect { client }),
    ]
}

/// A transaction that gets to its end.
fn transactions() -> impl Strategy<Value = Vec<Step>> {
    let between = vec(prop_oneof![3 => command(), 2 => growth()], 0..5);
    let end = one_of(&["EXEC", "EXEC", "EXEC", "EXEC", "DISCARD"]);
    transaction(client(), Before::watching(0.3, step()), between, end)
}

/// One or two clients wait for a list that is not there; then elements and keys come and go, be it in one transaction
/// or not.
fn interrupted_wait() -> impl Strategy<Value = Vec<Step>> {
    let happens = prop_oneof![4 => growth(), 1 => keys::ending(), 1 => taking()];
    let parts = (
        waiting(),
        proptest::option::of(waiting()),
        any::<bool>(),
        vec(happens, 1..4),
        growth(),
    );
    parts.prop_map(|(first, second, at_once, happens, growth)| {
        let sent = |client, words| Step::Command { client, words };
        let mut steps = vec![
            sent(EXPIRER, vec!["DEL".into(), "s".into(), "t".into()]),
            sent(1, first),
        ];
        steps.extend(second.map(|second| sent(2, second)));
        steps.extend(at_once.then(|| sent(0, vec!["MULTI".into()])));
        steps.extend(happens.into_iter().map(|words| sent(0, words)));
        steps.extend(at_once.then(|| sent(0, vec!["EXEC".into()])));
        steps.push(sent(EXPIRER, growth));
        steps
    })
}

/// Any command, some of them spoilt.
pub(super) fn command() -> Words {
    let command = prop_oneof![
        25 => at_once(),
        3 => blocking(),
        2 => keys::command(),
    ]
    .boxed();
    prop_oneof![14 => command.clone(), 1 => mangle::mangled(command)].boxed()
}

/// What never waits.
pub(super) fn at_once() -> Words {
    prop_oneof![5 => growth(), 8 => taking(), 6 => looking(), 6 => changing()].boxed()
}

fn element() -> Words {
    prop_oneof![6 => one_of(&["a", "b", "c"]), 1 => value()].boxed()
}

fn end() -> Words {
    prop_oneof![20 => one_of(&["LEFT", "RIGHT"]), 1 => one_of(&["left", "UP"])].boxed()
}

/// What adds to a list, and may end a wait.
pub(super) fn growth() -> Words {
    let push = one_of(&["LPUSH", "RPUSH", "LPUSH", "RPUSH", "LPUSHX", "RPUSHX"]);
    prop_oneof![
        10 => line![push, list(), some(element(), 1..=3)],
        2 => line!["LMOVE", list(), list(), end(), end()],
        2 => line!["RPOPLPUSH", list(), list()],
        1 => one_of(&["RENAME s t", "RENAME t s", "RENAME none s"]),
    ]
    .boxed()
}

fn taking() -> Words {
    prop_oneof![
        4 => line![one_of(&["LPOP", "RPOP"]), list()],
        3 => line![one_of(&["LPOP", "RPOP"]), list(), count()],
        3 => line!["LMPOP", keys_and_end(), sometimes(2, line!["COUNT", count()])],
    ]
    .boxed()
}

/// LMPOP's keys, which rarely are not as many as announced.
fn keys_and_end() -> Words {
    prop_oneof![
        5 => line!["1", list(), end()],
        5 => line!["2", list(), list(), end()],
        1 => line![one_of(&["0", "1", "2", "3", "-1", "x", "9223372036854775807"]), some(list(), 1..=2), end()],
    ]
    .boxed()
}

fn index() -> Words {
    prop_oneof![
        12 => one_of(&["0", "1", "2", "3", "-1", "-2", "-3"]),
        1 => one_of(&["100", "-100", "x", "9223372036854775807", "-9223372036854775808", "9223372036854775808"]),
    ]
    .boxed()
}

fn looking() -> Words {
    let rank = prop_oneof![
        6 => one_of(&["1", "2", "-1", "-2"]),
        1 => one_of(&["0", "x", "-9223372036854775807", "-9223372036854775808"]),
    ]
    .boxed();
    let number = || prop_oneof![6 => one_of(&["0", "1", "2", "3"]), 1 => one_of(&["-1", "x"])].boxed();
    let options = options(vec![
        (2, line!["RANK", rank]),
        (2, line!["COUNT", number()]),
        (2, line!["MAXLEN", number()]),
    ]);
    prop_oneof![
        3 => line!["LRANGE", list(), index(), index()],
        2 => line!["LINDEX", list(), index()],
        1 => line!["LLEN", list()],
        5 => line!["LPOS", list(), element(), options],
    ]
    .boxed()
}

fn changing() -> Words {
    let side = prop_oneof![20 => one_of(&["BEFORE", "AFTER"]), 1 => text("AROUND")].boxed();
    prop_oneof![
        3 => line!["LSET", list(), index(), element()],
        3 => line!["LREM", list(), index(), element()],
        1 => line!["LTRIM", list(), index(), index()],
        3 => line!["LINSERT", list(), side, element(), element()],
    ]
    .boxed()
}

/// A time to wait: none is so short that it ends within a script.
fn timeout() -> Words {
    prop_oneof![
        8 => one_of(&["0", "0", "0", "100000", "1e5", "0x186a0", "100000.5", "+100000", "-0.0005", "-0.001", "0.0"]),
        1 => one_of(&[
            "-1", "-0.0011", "x", "", "1.5.5", "1e", "inf", "-inf", "nan", "1e400", "1e5000", "-1e5000", "0x", "0x1p200",
            "9223372036854775.807", "9223372036854775.808", "9223372036854775808", "1e-5000",
        ]),
    ]
    .boxed()
}

fn blocking() -> Words {
    prop_oneof![
        4 => line![one_of(&["BLPOP", "BRPOP"]), some(list(), 1..=2), timeout()],
        2 => line!["BLMOVE", list(), list(), end(), end(), timeout()],
        2 => line!["BRPOPLPUSH", list(), list(), timeout()],
        2 => line!["BLMPOP", timeout(), keys_and_end(), sometimes(2, line!["COUNT", count()])],
    ]
    .boxed()
}

/// A command that waits, unless there is something already.
pub(super) fn waiting() -> Words {
    one_of(&[
        "BLPOP s 0",
        "BRPOP s 0",
        "BLPOP t 0",
        "BLPOP s t 0",
        "BRPOP t s 0",
        "BLPOP s s 0",
        "BLMOVE s t LEFT RIGHT 0",
        "BLMOVE t s RIGHT LEFT 0",
        "BLMOVE s s LEFT RIGHT 0",
        "BLMOVE s k LEFT LEFT 0",
        "BRPOPLPUSH s t 0",
        "BRPOPLPUSH t s 0",
        "BLMPOP 0 1 s LEFT COUNT 2",
        "BLMPOP 0 2 s t RIGHT",
        "BLMPOP 0 2 t s LEFT COUNT 3",
    ])
}
