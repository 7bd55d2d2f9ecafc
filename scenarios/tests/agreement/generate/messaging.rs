//! Scripts of messages and of the keys beside them: subscribers, publishers, patterns; strings, sets, scans.

use proptest::collection::vec;
use proptest::prelude::*;

use super::transaction::{Before, transaction};
use super::words::{any_key, member, set, string, value};
use super::{Words, client, keys, line, mangle, of_parts, one_of, options, some, sometimes, streams, text};
use crate::step::{EXPIRER, Step, Word};

/// Where most interesting scripts begin.
const BEGINNING: &str = "\
A> MSET k 1 ab 2 n 9223372036854775807
A> SADD m x y
A> SADD one x
A> XADD s 1-0 f v
B> SUBSCRIBE a ab
C> PSUBSCRIBE a*
C> SSUBSCRIBE a";

/// A script.
pub(super) fn script() -> BoxedStrategy<Vec<Step>> {
    let part = prop_oneof![12 => step().prop_map(|step| vec![step]), 1 => transactions()];
    of_parts(BEGINNING, part)
}

fn step() -> impl Strategy<Value = Step> {
    let sent = |(client, words)| Step::Command { client, words };
    prop_oneof![
        24 => (client(), command()).prop_map(sent),
        6 => (1..EXPIRER, subscriptions()).prop_map(sent),
        6 => (Just(EXPIRER), publishing()).prop_map(sent),
        4 => (Just(EXPIRER), command_of_one_who_stays()).prop_map(sent),
        2 => (1..EXPIRER, streams::waiting()).prop_map(sent),
        2 => (Just(EXPIRER), streams::growth()).prop_map(sent),
        1 => super::words::key_text().prop_map(|key| Step::Expire { key }),
        1 => client().prop_map(|client| Step::TimeOut { client }),
        1 => client().prop_map(|client| Step::Disconnect { client }),
    ]
}

/// A transaction that gets to its end.
fn transactions() -> impl Strategy<Value = Vec<Step>> {
    let end = one_of(&["EXEC", "EXEC", "EXEC", "EXEC", "DISCARD", "RESET"]);
    transaction(client(), Before::nothing(), vec(command(), 0..6), end)
}

/// Any command, some of them spoilt.
fn command() -> Words {
    let command = prop_oneof![
        6 => subscriptions(),
        4 => connection(),
        5 => command_of_one_who_stays(),
        3 => keys::command(),
    ]
    .boxed();
    prop_oneof![14 => command.clone(), 1 => mangle::mangled(command)].boxed()
}

/// What leaves a connection as it is.
fn command_of_one_who_stays() -> Words {
    prop_oneof![4 => publishing(), 2 => asking(), 11 => values(), 3 => scans()].boxed()
}

/// Commands on keys, strings and sets.
pub(super) fn values() -> Words {
    prop_oneof![4 => strings(), 3 => sets(), 4 => times()].boxed()
}

fn channel() -> Words {
    prop_oneof![20 => one_of(&["a", "b", "ab", "aab", "a*"]), 1 => text_of(&[""]), 1 => super::words::bytes()].boxed()
}

/// A word that may be empty.
fn text_of(words: &'static [&'static str]) -> Words {
    prop::sample::select(words)
        .prop_map(|word| vec![Word::from(word)])
        .boxed()
}

/// Usual patterns, and any.
fn pattern() -> Words {
    let element = prop::sample::select(&["a", "b", "*", "?", "[", "]", "^", "-", "\\", "[ab]", "[^a]", "[a-b]"][..]);
    let any = vec(element, 0..6).prop_map(|elements| vec![Word::Text(elements.concat().as_str().into())]);
    prop_oneof![3 => one_of(&["*", "a*", "?", "[ab]", "a\\*", "*b"]), 2 => any].boxed()
}

pub(super) fn subscriptions() -> Words {
    prop_oneof![
        5 => line!["SUBSCRIBE", some(channel(), 1..=3)],
        4 => line!["PSUBSCRIBE", some(pattern(), 1..=2)],
        2 => line!["SSUBSCRIBE", some(channel(), 1..=2)],
        3 => line!["UNSUBSCRIBE", sometimes(2, some(channel(), 1..=2))],
        2 => line!["PUNSUBSCRIBE", sometimes(2, some(pattern(), 1..=2))],
        2 => line!["SUNSUBSCRIBE", sometimes(2, channel())],
    ]
    .boxed()
}

pub(super) fn publishing() -> Words {
    let message = prop_oneof![4 => value(), 1 => text_of(&[""])].boxed();
    prop_oneof![
        5 => line!["PUBLISH", channel(), message.clone()],
        2 => line!["SPUBLISH", channel(), message],
    ]
    .boxed()
}

pub(super) fn asking() -> Words {
    prop_oneof![
        2 => line!["PUBSUB CHANNELS", sometimes(2, pattern())],
        2 => line!["PUBSUB NUMSUB", sometimes(2, some(channel(), 1..=3))],
        1 => line!["PUBSUB NUMPAT"],
        1 => line!["PUBSUB SHARDCHANNELS", sometimes(2, pattern())],
        1 => line!["PUBSUB SHARDNUMSUB", some(channel(), 1..=2)],
        1 => text("PUBSUB HELP"),
    ]
    .boxed()
}

pub(super) fn connection() -> Words {
    prop_oneof![
        3 => line!["PING", sometimes(2, value())],
        1 => text("RESET"),
        1 => text("QUIT"),
    ]
    .boxed()
}

fn strings() -> Words {
    let number = one_of(&[
        "1",
        "2",
        "-1",
        "0",
        "9223372036854775807",
        "-9223372036854775808",
        "x",
        "1.5",
    ]);
    let wrong_time = || one_of(&["0", "-1", "x", "9223372036854775807"]);
    let seconds = prop_oneof![2 => one_of(&["100", "1000"]), 1 => wrong_time()].boxed();
    let ms = prop_oneof![2 => one_of(&["100000", "1000000"]), 1 => wrong_time()].boxed();
    let lifetime = one_of(&[
        "EX 100",
        "PX 100000",
        "PERSIST",
        "PERSIST",
        "EXAT 9999999999",
        "PXAT 9999999999999",
        "EXAT 1",
        "EX 0",
        "EX x",
        "PX",
        "PX 9223372036854775807",
        "KEEPTTL",
    ]);
    let key = || prop_oneof![4 => string(), 1 => any_key(), 1 => one_of(&["ab", "n"])].boxed();
    prop_oneof![
        2 => line!["MSET", some(line![key(), value()], 1..=3)],
        1 => line!["MSET", key(), value(), key()],
        2 => line!["MGET", some(key(), 1..=3)],
        1 => line!["GETSET", key(), value()],
        1 => line!["GETDEL", key()],
        3 => line!["GETEX", key(), options(vec![(1, lifetime)])],
        // No value that could be a time, were it to change places with one.
        1 => line!["SETEX", key(), seconds, one_of(&["v", "w"])],
        1 => line!["PSETEX", key(), ms, one_of(&["v", "w"])],
        2 => line!["SETNX", key(), value()],
        4 => line![one_of(&["INCR", "INCR", "DECR"]), key()],
        3 => line![one_of(&["INCRBY", "DECRBY"]), key(), number],
    ]
    .boxed()
}

fn sets() -> Words {
    prop_oneof![
        3 => line!["SMISMEMBER", set(), some(member(), 1..=3)],
        3 => line!["SMOVE", one_of(&["m", "m", "u", "u", "k", "none"]), one_of(&["m", "u", "u", "k"]), one_of(&["x", "y", "z"])],
        // One that holds one member at most, all there are, or none: which a server takes is its own choice.
        2 => one_of(&["SPOP one", "SPOP one 1", "SADD one x", "SADD one x"]),
        2 => line!["SPOP", set(), one_of(&["100", "9223372036854775807", "0", "0", "-1", "x", "1 1"])],
        1 => one_of(&["SPOP never", "SPOP never 1"]),
    ]
    .boxed()
}

fn times() -> Words {
    let seconds = one_of(&[
        "9999999999",
        "9999999998",
        "1",
        "0",
        "-1",
        "x",
        "9223372036854775807",
        "-9223372036854775808",
    ]);
    let ms = one_of(&[
        "9999999999999",
        "9999999999499",
        "9999999999500",
        "1",
        "-1",
        "9223372036854775807",
        "x",
    ]);
    prop_oneof![
        3 => line!["EXPIREAT", any_key(), seconds, keys::expire_if()],
        3 => line!["PEXPIREAT", any_key(), ms, keys::expire_if()],
        2 => line!["PERSIST", any_key()],
        2 => line!["TTL", any_key()],
        2 => line!["EXPIRETIME", any_key()],
        2 => line!["PEXPIRETIME", any_key()],
    ]
    .boxed()
}

/// Not DBSIZE: a server counts keys whose time is over until it notices.
fn scans() -> Words {
    let wanted = options(vec![
        (2, line!["MATCH", pattern()]),
        (2, one_of(&["TYPE string", "TYPE set", "TYPE STREAM", "TYPE bogus"])),
        (6, one_of(&["COUNT 0", "COUNT -1", "COUNT x", "COUNT 1000"])),
    ]);
    prop_oneof![
        3 => line!["KEYS", pattern()],
        // A page that holds every key: what shorter ones hold is the server's own choice.
        3 => line!["SCAN 0 COUNT 1000", wanted],
        1 => one_of(&["SCAN x", "SCAN 18446744073709551616", "SCAN 0 BOGUS", "SCAN 0 COUNT"]),
    ]
    .boxed()
}
