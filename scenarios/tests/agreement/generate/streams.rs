//! Commands on streams without groups.

use proptest::prelude::*;

use super::words::{count, id, range, stream};
use super::{Words, line, one_of, some, sometimes};

pub(super) fn command() -> BoxedStrategy<Vec<crate::step::Word>> {
    prop_oneof![
        8 => xadd(),
        1 => line!["XLEN", stream()],
        2 => line!["XRANGE", stream(), range(), sometimes(3, line!["COUNT", count()])],
        2 => line!["XREVRANGE", stream(), reversed(), sometimes(3, line!["COUNT", count()])],
        4 => line!["XDEL", stream(), some(id(), 1..=3)],
        2 => line!["XTRIM", stream(), trim()],
        2 => xread(),
        3 => line!["XINFO STREAM", stream()],
    ]
    .boxed()
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
        4 => id(),
        6 => (0_u64..10).prop_map(|ms| vec![format!("{ms}-*").as_str().into()]),
        2 => one_of(&["*"]),
        1 => one_of(&["18446744073709551615-*", "0-*", "x-*", "*-1", "0-0"]),
    ]
    .boxed();
    let options = line![sometimes(8, one_of(&["NOMKSTREAM"])), sometimes(6, trim())];
    line![
        "XADD",
        stream(),
        options,
        own_id,
        one_of(&["f v", "f v", "f v g w", "f"])
    ]
}

fn trim() -> Words {
    let threshold = prop_oneof![
        3 => line!["MAXLEN", sometimes(2, one_of(&["="])), one_of(&["0", "1", "2", "3", "-1", "x"])],
        2 => line!["MINID", sometimes(2, one_of(&["="])), id()],
    ]
    .boxed();
    line![
        threshold,
        sometimes(12, one_of(&["LIMIT 1", "LIMIT 0", "LIMIT -1", "KEEPREF", "MAXLEN 1"]))
    ]
}

fn reversed() -> Words {
    range().prop_map(|words| words.into_iter().rev().collect()).boxed()
}

fn xread() -> Words {
    let from = || prop_oneof![3 => id(), 3 => one_of(&["$", "$", "+"])].boxed();
    line![
        "XREAD",
        sometimes(3, line!["COUNT", count()]),
        sometimes(
            3,
            one_of(&["BLOCK 0", "BLOCK 0", "BLOCK 100000", "BLOCK -1", "BLOCK x"])
        ),
        "STREAMS",
        prop_oneof![3 => line![stream(), from()], 1 => line![stream(), stream(), from(), from()]].boxed(),
    ]
}
