//! Streams without groups: payloads of XADD, XRANGE, XTRIM, XSETID.

use alloc::vec::Vec;

use crate::command::References;
use crate::{Bytes, StreamId};

/// `XADD key [NOMKSTREAM] [MAXLEN | MINID …] id field value …`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XAdd {
    /// The stream.
    pub key: Bytes,
    /// Whether a missing stream is created (not so with NOMKSTREAM).
    pub create: bool,
    /// What is trimmed after the entry was added.
    pub trim: Option<Trim>,
    /// The entry's ID.
    pub id: AddId,
    /// Fields and values in turn.
    pub fields: Vec<Bytes>,
}

/// The ID of an entry to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddId {
    /// `*`
    Auto,
    /// `ms-*`
    AutoSeq(u64),
    /// `ms-seq`, or `ms` for `ms-0`
    Explicit(StreamId),
}

/// What XTRIM, and XADD with its options, remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trim {
    /// What is kept.
    pub by: TrimBy,
    /// How exactly.
    pub precision: Precision,
    /// What becomes of the groups' references to what goes; with ACKED what a group still needs stays.
    pub references: References,
}

/// How exactly a trim is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// `=`: nothing else is left.
    Exact,
    /// `~`: whole nodes go, and no more than LIMIT entries; 0 for any number, none for a hundred full nodes.
    Nodes {
        /// LIMIT
        limit: Option<u64>,
    },
}

/// The measure of a trim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrimBy {
    /// MAXLEN: the newest so many.
    MaxLen(u64),
    /// MINID: those with this ID or a larger one.
    MinId(StreamId),
}

/// `XRANGE key start end [COUNT n]`, or XREVRANGE.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XRange {
    /// The stream.
    pub key: Bytes,
    /// The lower end.
    pub start: Bound,
    /// The upper end.
    pub end: Bound,
    /// At most so many; negative counts answer as the server does.
    pub count: Option<i64>,
    /// XREVRANGE: from the upper end downwards.
    pub reverse: bool,
}

/// An end of a range of IDs; `-` and `+` are the smallest and the largest ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The ID belongs to the range.
    Included(StreamId),
    /// `(`: the ID does not.
    Excluded(StreamId),
}

/// `XSETID key last-id [ENTRIESADDED n] [MAXDELETEDID id]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XSetId {
    /// The stream.
    pub key: Bytes,
    /// Its last ID from now on.
    pub last_id: StreamId,
    /// ENTRIESADDED: how many entries were ever added.
    pub entries_added: Option<u64>,
    /// MAXDELETEDID: the largest ID that was deleted; `0-0` says nothing.
    pub max_deleted: Option<StreamId>,
}
