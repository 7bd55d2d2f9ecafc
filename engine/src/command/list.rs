//! Lists: payloads of LPUSH, LINSERT, LPOS, LMOVE, LMPOP and their like.

use alloc::vec::Vec;

use crate::Bytes;

/// An end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListEnd {
    /// The head: index 0.
    Left,
    /// The tail: index -1.
    Right,
}

/// `LPUSH key element …`, RPUSH, LPUSHX, RPUSHX.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Push {
    /// The list.
    pub key: Bytes,
    /// One after the other; the last one is at the end afterwards.
    pub elements: Vec<Bytes>,
    /// Where to.
    pub end: ListEnd,
    /// LPUSHX and RPUSHX: only if there is a list.
    pub if_present: bool,
}

/// `LINSERT key BEFORE | AFTER pivot element`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LInsert {
    /// The list.
    pub key: Bytes,
    /// On which side of the pivot.
    pub side: Side,
    /// The first element that equals it counts.
    pub pivot: Bytes,
    /// What is inserted.
    pub element: Bytes,
}

/// A side of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Towards the head.
    Before,
    /// Towards the tail.
    After,
}

/// `LPOS key element [RANK rank] [COUNT n] [MAXLEN n]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LPos {
    /// The list.
    pub key: Bytes,
    /// What is looked for.
    pub element: Bytes,
    /// From which match on, counted from 1; from -1 when it is looked for from the tail. Never 0.
    pub rank: i64,
    /// The indexes of so many matches, of all when 0; without COUNT the one index itself.
    pub count: Option<u64>,
    /// So many elements are compared, all when 0.
    pub max_len: u64,
}

/// `LMOVE source destination LEFT | RIGHT LEFT | RIGHT`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LMove {
    /// From which list.
    pub source: Bytes,
    /// To which; it may be the same.
    pub destination: Bytes,
    /// From which end.
    pub from: ListEnd,
    /// To which.
    pub to: ListEnd,
}

/// `LMPOP numkeys key … LEFT | RIGHT [COUNT n]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LMPop {
    /// The first of them that is there.
    pub keys: Vec<Bytes>,
    /// From which end.
    pub end: ListEnd,
    /// At most so many elements; 1 without COUNT.
    pub count: u64,
}
