//! Commands on consumer groups.

use proptest::prelude::*;

use super::streams::{ids, references};
use super::words::{bound, consumer, count, group, id, min_idle, range, stream};
use super::{Words, line, one_of, options, some, sometimes, text};

pub(super) fn command() -> BoxedStrategy<Vec<crate::step::Word>> {
    prop_oneof![
        10 => xreadgroup(),
        4 => line!["XACK", stream(), group(), some(id(), 1..=3)],
        3 => line!["XACKDEL", stream(), group(), references(), ids()],
        2 => line!["XPENDING", stream(), group()],
        4 => xpending_range(),
        6 => xclaim(),
        4 => xautoclaim(),
        6 => xgroup(),
        2 => line!["XINFO GROUPS", stream()],
        2 => line!["XINFO CONSUMERS", stream(), group()],
    ]
    .boxed()
}

/// A read that waits, unless there is something already.
pub(super) fn waiting() -> Words {
    let streams = one_of(&["s >", "s >", "s >", "t >", "s t > >"]);
    let reading = options(vec![(2, text("COUNT 1")), (6, text("NOACK")), (1, text("BLOCK 0"))]);
    line![
        "XREADGROUP GROUP",
        one_of(&["g", "g", "g", "h"]),
        consumer(),
        reading,
        "STREAMS",
        streams
    ]
}

fn xreadgroup() -> Words {
    let from = || prop_oneof![5 => one_of(&[">"]), 2 => one_of(&["0"]), 2 => id()].boxed();
    line![
        "XREADGROUP",
        prop_oneof![
            8 => line!["GROUP", group(), consumer(), reading(Some(6))],
            1 => line![reading(Some(6)), "GROUP", group(), consumer()],
        ]
        .boxed(),
        "STREAMS",
        prop_oneof![5 => line![stream(), from()], 1 => line![stream(), stream(), from(), from()]].boxed(),
    ]
}

/// What XREAD and XREADGROUP share, and how rarely NOACK is said, if ever.
pub(super) fn reading(no_ack: Option<u32>) -> Words {
    let block = one_of(&[
        "BLOCK 0",
        "BLOCK 0",
        "BLOCK 0",
        "BLOCK 100000",
        "BLOCK 100000",
        "BLOCK -1",
        "BLOCK x",
        "BLOCK 9223372036854775807",
        "BLOCK 9223372036854775808",
        "BLOCK -9223372036854775808",
    ]);
    let shared = [(2, line!["COUNT", count()]), (3, block)];
    options(
        shared
            .into_iter()
            .chain(no_ack.map(|one_in| (one_in, text("NOACK"))))
            .collect(),
    )
}

fn xpending_range() -> Words {
    let idle = sometimes(3, line!["IDLE", min_idle()]);
    line![
        "XPENDING",
        stream(),
        group(),
        idle,
        range(),
        count(),
        sometimes(3, consumer())
    ]
}

fn xclaim() -> Words {
    let option = prop_oneof![
        3 => one_of(&["IDLE 0", "IDLE 1000000", "IDLE 10000000", "IDLE -5", "IDLE x"]),
        2 => one_of(&["TIME 0", "TIME 1000", "TIME 1000", "TIME 99999999999999", "TIME -1", "TIME x"]),
        3 => one_of(&["RETRYCOUNT 0", "RETRYCOUNT 5", "RETRYCOUNT 9223372036854775807", "RETRYCOUNT -1", "RETRYCOUNT x"]),
        4 => one_of(&["FORCE"]),
        3 => one_of(&["JUSTID"]),
        2 => line!["LASTID", id()],
    ]
    .boxed();
    line![
        "XCLAIM",
        stream(),
        group(),
        consumer(),
        min_idle(),
        some(id(), 1..=3),
        sometimes(
            2,
            prop_oneof![3 => some(option.clone(), 1..=1), 2 => some(option, 2..=3)].boxed()
        )
    ]
}

fn xautoclaim() -> Words {
    let start = prop_oneof![3 => one_of(&["0", "0-0", "-"]), 1 => bound()].boxed();
    line![
        "XAUTOCLAIM",
        stream(),
        group(),
        consumer(),
        min_idle(),
        start,
        options(vec![(2, line!["COUNT", count()]), (2, text("JUSTID"))]),
    ]
}

fn xgroup() -> Words {
    let start = || prop_oneof![3 => one_of(&["$", "0"]), 2 => id()].boxed();
    let entries_read = || {
        let counts = one_of(&["0", "1", "2", "100", "-1", "-2", "x", "9223372036854775807"]);
        line!["ENTRIESREAD", counts]
    };
    prop_oneof![
        8 => line!["XGROUP CREATE", stream(), group(), start(), options(vec![(2, text("MKSTREAM")), (2, entries_read())])],
        4 => line!["XGROUP SETID", stream(), group(), start(), options(vec![(3, entries_read())])],
        2 => line!["XGROUP DESTROY", stream(), group()],
        2 => line!["XGROUP CREATECONSUMER", stream(), group(), consumer()],
        2 => line!["XGROUP DELCONSUMER", stream(), group(), consumer()],
        1 => one_of(&["XGROUP HELP", "XINFO HELP"]),
    ]
    .boxed()
}
