//! Commands on streams without groups.

use proptest::prelude::*;

use super::groups::reading;
use super::words::{bytes, count, id, range, stream};
use super::{Words, line, one_of, options, some, sometimes, text};
use crate::step::{Step, Word};

pub(super) fn command() -> BoxedStrategy<Vec<Word>> {
    prop_oneof![
        16 => xadd(),
        1 => line!["XLEN", stream()],
        2 => line!["XRANGE", stream(), range(), sometimes(3, line!["COUNT", count()])],
        2 => line!["XREVRANGE", stream(), reversed(), sometimes(3, line!["COUNT", count()])],
        4 => line!["XDEL", stream(), some(id(), 1..=3)],
        3 => line!["XDELEX", stream(), references(), ids()],
        4 => line!["XTRIM", stream(), trim()],
        6 => xsetid(),
        7 => xread(),
        3 => line!["XINFO STREAM", stream()],
        2 => line!["XINFO STREAM", stream(), "FULL", sometimes(2, line!["COUNT", count()])],
    ]
    .boxed()
}

/// Nodes that are full soon, so that `~` has something to remove.
pub(super) fn nodes() -> impl Strategy<Value = Step> {
    let entries = prop::sample::select(&[3, 2, 1, 5, 0][..]);
    let bytes = prop::sample::select(&[4096, 4096, 0, 100, 60, 40, 1][..]);
    (entries, bytes).prop_map(|(entries, bytes)| Step::Nodes { entries, bytes })
}

/// An entry that most streams take, for whoever waits.
pub(super) fn growth() -> Words {
    line![
        "XADD",
        one_of(&["s", "s", "s", "t"]),
        one_of(&["8-*", "9-*", "9-*", "*"]),
        "f v"
    ]
}

/// A read that waits, unless there is something already.
pub(super) fn waiting() -> Words {
    let streams = one_of(&["s $", "s $", "t $", "s t $ $", "s t 2-0 $", "s 9-0", "s +"]);
    line!["XREAD", sometimes(3, one_of(&["COUNT 1"])), "BLOCK 0 STREAMS", streams]
}

fn xadd() -> Words {
    let own_id = prop_oneof![
        3 => id(),
        8 => (2_u64..10).prop_map(|ms| vec![format!("{ms}-*").as_str().into()]),
        2 => one_of(&["*"]),
        1 => one_of(&["18446744073709551615-*", "0-*", "x-*", "*-1", "0-0"]),
    ]
    .boxed();
    line![
        "XADD",
        stream(),
        options(vec![(4, text("NOMKSTREAM")), (2, trim())]),
        own_id,
        prop_oneof![20 => one_of(&["f v", "f v", "f v g w", "f"]), 10 => fields()].boxed()
    ]
}

/// Values that a server packs each in its own way.
fn fields() -> Words {
    let value = prop_oneof![
        2 => one_of(&["0", "127", "128", "4095", "-4096", "4096", "32768", "-32769", "8388608", "2147483648", "01", "\u{0}"]),
        1 => one_of(&["9223372036854775807", "-9223372036854775808", "9223372036854775808", "-0"]),
        1 => prop::sample::select(&[5, 63, 64, 124, 125, 126, 127, 200, 4094, 4095, 4096, 5000][..])
            .prop_map(|len| vec![Word::from("x".repeat(len).as_str())]),
    ]
    .boxed();
    let name = prop_oneof![8 => one_of(&["f", "f", "f", "g", "1"]), 1 => bytes()].boxed();
    let pair = line![name, prop_oneof![4 => value, 1 => bytes()].boxed()];
    prop_oneof![3 => pair.clone(), 1 => some(pair, 2..=3)].boxed()
}

/// What XDELEX and XACKDEL delete, rarely miscounted.
pub(super) fn ids() -> Words {
    let counted = (1_usize..=3).prop_flat_map(|count| line![count.to_string().as_str(), some(id(), count..=count)]);
    let miscounted = line![
        one_of(&["0", "1", "2", "-1", "x", "9223372036854775807"]),
        some(id(), 1..=2)
    ];
    line!["IDS", prop_oneof![15 => counted, 1 => miscounted].boxed()]
}

pub(super) fn references() -> Words {
    sometimes(
        2,
        one_of(&[
            "KEEPREF",
            "DELREF",
            "DELREF",
            "ACKED",
            "ACKED",
            "ACKED",
            "ACKED KEEPREF",
        ]),
    )
}

fn xsetid() -> Words {
    let last = prop_oneof![1 => id(), 2 => one_of(&["5-0", "9-0", "9-9"])].boxed();
    let added = one_of(&["0", "4", "10", "10", "100", "100", "-1", "x", "9223372036854775807"]);
    line![
        "XSETID",
        stream(),
        last,
        options(vec![
            (2, line!["ENTRIESADDED", added]),
            (2, line!["MAXDELETEDID", id()])
        ]),
    ]
}

fn trim() -> Words {
    let threshold = prop_oneof![
        3 => line!["MAXLEN", one_of(&["", "=", "=", "~"]), one_of(&["0", "1", "2", "3", "5", "-1", "x"])],
        3 => line!["MINID", one_of(&["", "=", "=", "~"]), id()],
        3 => line!["MAXLEN ~", one_of(&["0", "1", "2", "3", "4", "5"]), sometimes(2, limit())],
        3 => line!["MINID ~", id(), sometimes(2, limit())],
        1 => prop_oneof![line![limit(), "MAXLEN ~ 2"], limit()],
    ]
    .boxed();
    line![
        sometimes(5, one_of(&["DELREF", "ACKED", "KEEPREF"])),
        threshold,
        sometimes(4, one_of(&["DELREF", "ACKED", "ACKED", "KEEPREF", "KEEPREF"])),
        sometimes(12, one_of(&["LIMIT 1", "LIMIT 0", "LIMIT -1", "KEEPREF", "MAXLEN 1"]))
    ]
}

fn limit() -> Words {
    line![
        "LIMIT",
        one_of(&["0", "1", "2", "3", "4", "6", "9223372036854775807", "-1", "x"])
    ]
}

fn reversed() -> Words {
    range().prop_map(|words| words.into_iter().rev().collect()).boxed()
}

fn xread() -> Words {
    let from = || prop_oneof![3 => id(), 3 => one_of(&["$", "$", "+"])].boxed();
    line![
        "XREAD",
        reading(None),
        "STREAMS",
        prop_oneof![3 => line![stream(), from()], 1 => line![stream(), stream(), from(), from()]].boxed(),
    ]
}
