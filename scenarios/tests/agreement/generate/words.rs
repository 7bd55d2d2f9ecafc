//! The vocabulary: keys, IDs, groups, consumers, numbers.

use proptest::prelude::*;
use redelivery_engine::Bytes;

use super::{Words, one_of, text};
use crate::step::Word;

/// Two streams, a string, a set: the kinds that keys usually have. Every command may meet every key.
const KEYS: &[&str] = &["s", "t", "k", "m"];

fn mostly(usual: &'static [&'static str], rare: &'static [&'static str]) -> Words {
    prop_oneof![15 => one_of(usual), 1 => one_of(rare)].boxed()
}

pub(super) fn key_text() -> impl Strategy<Value = Bytes> {
    prop::sample::select(KEYS).prop_map(Bytes::from)
}

/// Names that are no text, or none at all. Every answer that repeats one must repeat it as the server does.
const ODD_NAMES: &[&[u8]] = &[b"", b"\xff", b"a\xffb\xc3", b"a\0b", b"a\r\nb", b"'", b"\xc3\xa9 x"];

fn odd_name() -> Words {
    let odd = prop::sample::select(ODD_NAMES).prop_map(|name| vec![Word::Text(name.into())]);
    prop_oneof![2 => odd, 1 => bytes()].boxed()
}

/// Any bytes.
pub(super) fn bytes() -> Words {
    prop::collection::vec(any::<u8>(), 0..6)
        .prop_map(|bytes| vec![Word::Text(bytes.into())])
        .boxed()
}

/// A value, most often one that is easy to read.
pub(super) fn value() -> Words {
    prop_oneof![12 => one_of(&["v", "v", "w", "1"]), 1 => bytes()].boxed()
}

/// A key that usually holds a stream.
pub(super) fn stream() -> Words {
    prop_oneof![100 => mostly(&["s", "s", "s", "t"], &["k", "m", "none"]), 1 => odd_name()].boxed()
}

/// A key that usually holds a string.
pub(super) fn string() -> Words {
    mostly(&["k"], &["s", "m", "none"])
}

/// A key that usually holds a set.
pub(super) fn set() -> Words {
    mostly(&["m"], &["s", "k", "none"])
}

pub(super) fn any_key() -> Words {
    one_of(KEYS)
}

pub(super) fn group() -> Words {
    prop_oneof![60 => mostly(&["g", "g", "g", "h"], &["none"]), 1 => odd_name()].boxed()
}

pub(super) fn consumer() -> Words {
    prop_oneof![60 => mostly(&["a", "b"], &["c", "none"]), 1 => odd_name()].boxed()
}

pub(super) fn member() -> Words {
    prop_oneof![12 => one_of(&["x", "y", "z"]), 1 => bytes()].boxed()
}

/// The ID of an entry, small enough to hit one.
pub(super) fn id() -> Words {
    prop_oneof![
        16 => (0_u64..5, 0_u64..3).prop_map(|(ms, seq)| vec![Word::from(format!("{ms}-{seq}").as_str())]),
        4 => (1_usize..4).prop_map(|nth| vec![Word::Auto(nth)]),
        2 => (0_u64..6).prop_map(|ms| vec![Word::from(ms.to_string().as_str())]),
        1 => one_of(ENDS),
        1 => one_of(&["9-0"]),
        1 => odd_id(),
    ]
    .boxed()
}

/// The ends of what an ID can be, and their neighbours.
const ENDS: &[&str] = &[
    "0-0",
    "0-1",
    "0",
    "0-18446744073709551615",
    "18446744073709551615",
    "18446744073709551615-0",
    "18446744073709551615-18446744073709551614",
    "18446744073709551615-18446744073709551615",
    "18446744073709551616-0",
    "0-18446744073709551616",
];

/// Spellings of IDs that a parser may take or refuse.
fn odd_id() -> Words {
    one_of(&[
        "x",
        "1-x",
        "-1",
        "1-",
        "-",
        "+",
        "1-1-1",
        "01-01",
        "+1-0",
        "1--1",
        "-01",
        "99999999999999999999",
        "$",
        ">",
        "*",
        "(1-0",
        "1.5",
    ])
}

/// An end of a range.
pub(super) fn bound() -> Words {
    let exclusive = id().prop_map(|words| match words.as_slice() {
        [Word::Text(id)] => vec![Word::from(format!("({id}").as_str())],
        _ => words,
    });
    prop_oneof![3 => one_of(&["-", "+"]), 4 => id(), 1 => exclusive].boxed()
}

/// A range that usually holds something.
pub(super) fn range() -> Words {
    prop_oneof![4 => text("- +"), 1 => super::join(vec![bound(), bound()])].boxed()
}

/// A number of entries.
pub(super) fn count() -> Words {
    mostly(
        &["1", "2", "3", "10"],
        &[
            "0",
            "-1",
            "x",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
        ],
    )
}

/// A min-idle-time: every entry has it, only one with a pinned idle time has it, or none has it.
pub(super) fn min_idle() -> Words {
    mostly(&["0", "0", "1000000", "5000000"], &["-1", "x", "9999999999999999"])
}
