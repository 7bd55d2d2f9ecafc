//! A consumer group: how far it has read, and what is pending.
//!
//! It never touches the stream's entries. Read next: `pending/` for its larger half, `counters.rs` for `entries_read`.

use crate::pending::{Consumer, PendingEntry, PendingList};
use crate::{Bytes, StreamId};

/// A consumer group. Source: <https://redis.io/docs/latest/commands/xinfo-groups/>.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    pub(crate) last_delivered: StreamId,
    pub(crate) entries_read: Option<u64>,
    pub(crate) list: PendingList,
}

impl Group {
    pub(crate) fn new(last_delivered: StreamId, entries_read: Option<u64>) -> Self {
        Self {
            last_delivered,
            entries_read,
            list: PendingList::default(),
        }
    }

    /// The last ID that a read with `>` delivered, or what XGROUP or XCLAIM's LASTID set.
    pub fn last_delivered(&self) -> StreamId {
        self.last_delivered
    }

    /// How many entries the group has read; unknown when its position is arbitrary.
    pub fn entries_read(&self) -> Option<u64> {
        self.entries_read
    }

    /// The pending entries, ascending.
    pub fn pending(&self) -> impl DoubleEndedIterator<Item = (StreamId, &PendingEntry)> {
        self.list.iter().map(|(id, entry)| (*id, entry))
    }

    /// How many entries are pending.
    pub fn pending_len(&self) -> usize {
        self.list.len()
    }

    /// One pending entry.
    pub fn pending_entry(&self, id: StreamId) -> Option<&PendingEntry> {
        self.list.get(id)
    }

    /// The consumers by name.
    pub fn consumers(&self) -> impl DoubleEndedIterator<Item = (&Bytes, &Consumer)> {
        self.list.consumers()
    }

    /// One consumer.
    pub fn consumer(&self, name: &[u8]) -> Option<&Consumer> {
        self.list.consumer(name)
    }
}
