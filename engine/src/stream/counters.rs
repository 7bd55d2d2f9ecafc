//! How far behind a group is: `entries-read` and `lag`, known exactly or not at all.
//!
//! A group that read from the stream's beginning counts what it reads. After XDEL, or at an arbitrary ID, the count
//! must be found again from what the stream remembers (how many entries were ever added, the largest deleted ID), and
//! between the deleted entries it cannot be. Source: <https://redis.io/docs/latest/commands/xinfo-groups/>.

use super::{Group, Stream};
use crate::StreamId;

/// What a stream remembers of the entries that it has and had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counters {
    len: usize,
    /// `0-0` when there is no entry.
    first_id: StreamId,
    last_id: StreamId,
    added: u64,
    max_deleted: StreamId,
}

impl Stream {
    pub(crate) fn counters(&self) -> Counters {
        Counters {
            len: self.len(),
            first_id: self.first_id(),
            last_id: self.last_id,
            added: self.entries_added,
            max_deleted: self.max_deleted,
        }
    }
}

impl Counters {
    /// How many entries the group has still to read, if that can be told.
    pub(crate) fn lag(&self, group: &Group) -> Option<i64> {
        let position = group.last_delivered;
        if self.len == 0 {
            return Some(0);
        }
        if position < self.first_id && self.max_deleted < self.first_id {
            // All that is left is still to be read.
            return i64::try_from(self.len).ok();
        }
        let read = match group.entries_read {
            Some(read) if !self.deleted_from(position) => Some(read),
            _ => self.position_of(position),
        }?;
        // XSETID may have set the counter to 2⁶³ - 1, after which the server's numbers turn negative.
        Some(self.added.wrapping_sub(read).cast_signed())
    }

    /// The counter of a group at `position` after it has read the entry `id`, the next one.
    pub(crate) fn entries_read_after(
        &self,
        position: StreamId,
        entries_read: Option<u64>,
        id: StreamId,
    ) -> Option<u64> {
        match entries_read {
            Some(read) if position >= self.first_id && !self.deleted_from(position) => Some(read.saturating_add(1)),
            _ => self.position_of(id),
        }
    }

    /// Whether an entry at or after `id` was deleted by its ID.
    fn deleted_from(&self, id: StreamId) -> bool {
        self.len > 0 && self.max_deleted != StreamId::MIN && id <= self.max_deleted
    }

    /// Which of all the entries ever added `id` is, counted from 1, if that can be told.
    fn position_of(&self, id: StreamId) -> Option<u64> {
        let added = self.added;
        if added == 0 {
            return Some(0);
        }
        if self.len == 0 && id <= self.last_id {
            return Some(added);
        }
        if id != StreamId::MIN && id < self.max_deleted {
            return None;
        }
        if id >= self.last_id {
            return (id == self.last_id).then_some(added);
        }
        let first = self.first_id;
        let before_first = added.saturating_sub(self.len as u64);
        // Every deletion lies before the first entry: those at hand are consecutive.
        if self.max_deleted < first || self.max_deleted == StreamId::MIN {
            if id < first {
                return Some(before_first);
            }
            if id == first {
                return Some(before_first.saturating_add(1));
            }
        }
        None
    }
}
