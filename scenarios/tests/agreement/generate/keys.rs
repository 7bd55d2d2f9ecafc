//! Strings, sets, keys of any kind, and transactions.

use proptest::prelude::*;

use super::words::{any_key, member, set, string};
use super::{Words, line, one_of, some, sometimes};

pub(super) fn command() -> BoxedStrategy<Vec<crate::step::Word>> {
    prop_oneof![4 => transaction(), 3 => strings(), 3 => sets(), 3 => keys()].boxed()
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

fn strings() -> Words {
    let value = one_of(&["1", "v", "9223372036854775807", "-1", " 1", "01", "1.5"]);
    let lifetime = one_of(&[
        "EX 100",
        "PX 100000",
        "KEEPTTL",
        "EX 0",
        "PX -1",
        "EX x",
        "EX 9223372036854775807",
        "PX 9223372036854775807",
    ]);
    let options = line![
        sometimes(4, one_of(&["NX", "XX"])),
        sometimes(4, one_of(&["GET"])),
        sometimes(4, lifetime)
    ];
    prop_oneof![
        3 => line!["SET", string(), value, options],
        2 => line!["GET", string()],
        2 => line!["INCR", string()],
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

fn keys() -> Words {
    prop_oneof![
        2 => line!["DEL", some(any_key(), 1..=2)],
        1 => line!["EXISTS", some(any_key(), 1..=3)],
        2 => line!["TYPE", any_key()],
        1 => line!["PEXPIRE", any_key(), one_of(&["100000", "0", "-1", "x", "9223372036854775807"])],
        2 => line!["PTTL", any_key()],
    ]
    .boxed()
}
