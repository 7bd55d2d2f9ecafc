//! Consumer groups: payloads of XGROUP, XPENDING, XINFO.

use crate::command::Bound;
use crate::{Bytes, Millis, StreamId};

/// XGROUP's subcommands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum XGroup {
    /// <https://redis.io/docs/latest/commands/xgroup-create/>
    Create {
        /// The stream.
        key: Bytes,
        /// The group.
        group: Bytes,
        /// What it has already delivered.
        start: GroupStart,
        /// MKSTREAM: create a missing stream.
        make_stream: bool,
        /// ENTRIESREAD: the number of entries that were read.
        entries_read: Option<i64>,
    },
    /// <https://redis.io/docs/latest/commands/xgroup-setid/>
    SetId {
        /// The stream.
        key: Bytes,
        /// The group.
        group: Bytes,
        /// What it has already delivered.
        start: GroupStart,
        /// ENTRIESREAD: the number of entries that were read.
        entries_read: Option<i64>,
    },
    /// <https://redis.io/docs/latest/commands/xgroup-help/>
    Help,
    /// <https://redis.io/docs/latest/commands/xgroup-destroy/>
    Destroy {
        /// The stream.
        key: Bytes,
        /// The group.
        group: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/xgroup-createconsumer/>
    CreateConsumer {
        /// The stream.
        key: Bytes,
        /// The group.
        group: Bytes,
        /// The consumer.
        consumer: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/xgroup-delconsumer/>
    DelConsumer {
        /// The stream.
        key: Bytes,
        /// The group.
        group: Bytes,
        /// The consumer.
        consumer: Bytes,
    },
}

/// Where a group begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupStart {
    /// After this ID.
    After(StreamId),
    /// `$`: after the stream's last entry.
    Last,
}

/// `XPENDING key group [[IDLE ms] start end count [consumer]]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XPending {
    /// The stream.
    pub key: Bytes,
    /// The group.
    pub group: Bytes,
    /// The extended form; the summary when absent.
    pub range: Option<PendingRange>,
}

/// XPENDING's extended form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingRange {
    /// Only entries that are idle for at least so long.
    pub min_idle_ms: Millis,
    /// The lower end.
    pub start: Bound,
    /// The upper end.
    pub end: Bound,
    /// At most so many.
    pub count: i64,
    /// Only this consumer's.
    pub consumer: Option<Bytes>,
}

/// XINFO's subcommands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum XInfo {
    /// <https://redis.io/docs/latest/commands/xinfo-stream/>
    Stream {
        /// The stream.
        key: Bytes,
    },
    /// The same with FULL: entries, groups, pending entries and consumers.
    StreamFull {
        /// The stream.
        key: Bytes,
        /// COUNT: at most so many entries, and pending entries of each group and consumer; 0 means all.
        count: Option<u64>,
    },
    /// <https://redis.io/docs/latest/commands/xinfo-groups/>
    Groups {
        /// The stream.
        key: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/xinfo-help/>
    Help,
    /// <https://redis.io/docs/latest/commands/xinfo-consumers/>
    Consumers {
        /// The stream.
        key: Bytes,
        /// The group.
        group: Bytes,
    },
}
