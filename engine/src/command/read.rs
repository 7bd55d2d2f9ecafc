//! Reading: payloads of XREAD and XREADGROUP.

use alloc::vec::Vec;

use crate::{Bytes, Millis, StreamId};

/// `XREAD [COUNT n] [BLOCK ms] STREAMS key … id …`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XRead {
    /// At most so many entries of each stream.
    pub count: Option<u64>,
    /// How long to wait; 0 means for ever.
    pub block: Option<Millis>,
    /// From which streams, after which IDs.
    pub streams: Vec<(Bytes, ReadFrom)>,
}

/// `XREADGROUP GROUP group consumer [COUNT n] [BLOCK ms] [NOACK] STREAMS key … id …`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XReadGroup {
    /// The group.
    pub group: Bytes,
    /// The consumer's name.
    pub consumer: Bytes,
    /// At most so many entries of each stream.
    pub count: Option<u64>,
    /// How long to wait; 0 means for ever.
    pub block: Option<Millis>,
    /// NOACK: nothing enters the pending entries list.
    pub noack: bool,
    /// From which streams: new entries, or this consumer's history after an ID.
    pub streams: Vec<(Bytes, ReadFrom)>,
}

/// Where a read begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadFrom {
    /// After this ID.
    After(StreamId),
    /// `$` (XREAD only): what comes after the call.
    Last,
    /// `+` (XREAD only): the newest entry, at the time of the call or when waiting ends.
    Newest,
    /// `>` (XREADGROUP only): what the group has not delivered.
    New,
}
