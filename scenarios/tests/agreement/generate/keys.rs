//! Strings, sets, keys of any kind, and transactions.

use proptest::prelude::*;

use super::words::{any_key, member, set, string, value};
use super::{Words, line, one_of, options, some, text};

pub(super) fn command() -> BoxedStrategy<Vec<crate::step::Word>> {
    prop_oneof![1 => transaction(), 3 => values()].boxed()
}

pub(super) fn values() -> Words {
    prop_oneof![4 => strings(), 2 => sets(), 6 => keys()].boxed()
}

fn transaction() -> Words {
    prop_oneof![
        4 => one_of(&["MULTI"]),
        5 => one_of(&["EXEC"]),
        2 => one_of(&["DISCARD"]),
        3 => line!["WATCH", some(any_key(), 1..=2)],
        1 => one_of(&["UNWATCH"]),
    ]
    .boxed()
}

/// What ends the wait of those who read a group, or could but for what comes after it.
pub(super) fn ending() -> Words {
    one_of(&[
        "DEL s",
        "DEL s",
        "UNLINK s",
        "UNLINK s",
        "RENAME s t",
        "RENAME t s",
        "RENAME t s",
        "RENAME m s",
        "RENAMENX s none",
        "RENAME none s",
        "FLUSHALL",
        "FLUSHALL SYNC",
        "FLUSHALL ASYNC",
        "FLUSHDB",
        "FLUSHDB",
        "SET s v",
        "SET s v PXAT 1",
        "PEXPIRE s 0",
        "SADD s x",
        "XGROUP DESTROY s g",
        "XGROUP DESTROY s g",
        "XGROUP CREATE s g $ MKSTREAM",
        "XGROUP CREATE s g $ MKSTREAM",
        "XGROUP CREATE s g 0",
        "XGROUP CREATE t g 0 MKSTREAM",
    ])
}

fn strings() -> Words {
    let value = prop_oneof![
        4 => one_of(&["1", "v", "9223372036854775807", "9223372036854775807", "-1", " 1", "01", "1.5"]),
        1 => value(),
    ]
    .boxed();
    let lifetime = prop_oneof![
        3 => one_of(&["EX 100", "PX 100000", "KEEPTTL", "EXAT 9999999999", "PXAT 9999999999999"]),
        1 => one_of(&["EXAT 1", "PXAT 1"]),
        1 => one_of(&[
            "EXAT 0",
            "PXAT 9223372036854775807",
            "EX 0",
            "PX -1",
            "EX x",
            "EX 9223372036854775807",
            "PX 9223372036854775807",
        ]),
    ]
    .boxed();
    let options = options(vec![(4, one_of(&["NX", "XX"])), (4, text("GET")), (2, lifetime)]);
    prop_oneof![
        4 => line!["SET", string(), value.clone(), options.clone()],
        1 => line!["SET", any_key(), value, options],
        2 => line!["GET", string()],
        5 => line!["INCR", string()],
    ]
    .boxed()
}

fn sets() -> Words {
    prop_oneof![
        3 => line!["SADD", set(), some(member(), 1..=3)],
        2 => line!["SREM", set(), some(member(), 1..=3)],
        1 => line!["SISMEMBER", set(), member()],
        1 => line!["SCARD", set()],
        1 => line!["SMEMBERS", set()],
    ]
    .boxed()
}

pub(super) fn expire_if() -> Words {
    let option = one_of(&["NX", "XX", "GT", "LT"]);
    prop_oneof![3 => text(""), 4 => option.clone(), 1 => some(option, 2..=3)].boxed()
}

fn keys() -> Words {
    prop_oneof![
        1 => line!["DEL", some(any_key(), 1..=2)],
        1 => line!["EXISTS", some(any_key(), 1..=3)],
        2 => line!["TYPE", any_key()],
        4 => line!["PEXPIRE", any_key(), one_of(&["100000", "100000", "1000000", "1000000", "0", "-1", "x", "9223372036854775807", "-9223372036854775808"]), expire_if()],
        5 => line!["EXPIRE", any_key(), one_of(&["100", "100", "1000", "1000", "0", "9223372036854775807", "9223372036854775", "-9223372036854775808"]), expire_if()],
        1 => line!["RENAME", any_key(), any_key()],
        1 => line!["RENAMENX", any_key(), any_key()],
        1 => line!["UNLINK", some(any_key(), 1..=2)],
        1 => line![one_of(&["FLUSHALL", "FLUSHDB"]), prop_oneof![1 => text(""), 2 => one_of(&["SYNC", "ASYNC", "SYNC", "ASYNC", "NOW"])].boxed()],
        2 => line!["PTTL", any_key()],
    ]
    .boxed()
}
