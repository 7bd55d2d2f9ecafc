//! What the groups still refer to: entries that are pending, and entries that a group has yet to be given.
//!
//! The server remembers the lowest last delivered ID of all groups from the first time that it is asked for, and does
//! not notice when the group that had it is destroyed: until another group moves from or below it, ACKED takes that
//! group's unread entries for referenced. It shows in answers, so it is here too. Nothing here deletes entries. Read
//! next: `run/delete.rs` and `run/trim.rs`, which ask.

use alloc::sync::Arc;

use super::{Group, Keep, Stream};
use crate::small_map::SmallMap;
use crate::{Bytes, StreamId};

impl Stream {
    /// Whether some group has not acknowledged `id`: it is pending, or lies after the lowest last delivered ID, be
    /// there such an entry or not.
    pub(crate) fn is_referenced(&mut self, id: StreamId) -> bool {
        is_referenced(&self.groups, &mut self.lowest_delivered, id)
    }

    /// An exact trim that looks at each entry: with `acked` what a group still needs stays, else it leaves the groups'
    /// lists. Answers how many entries went.
    pub(crate) fn trim_each(&mut self, keep: Keep, acked: bool) -> usize {
        let (groups, lowest) = (&self.groups, &mut self.lowest_delivered);
        let excess = self
            .entries
            .each_in_excess(keep, |id| !acked || !is_referenced(groups, lowest, id));
        for &id in &excess {
            if !acked {
                self.remove_references(id);
            }
            self.entries.remove(id);
        }
        excess.len()
    }

    /// A group's last delivered ID is set, be it to what it was.
    pub(crate) fn group_moves(&mut self, from: StreamId, to: StreamId) {
        if self.lowest_delivered == Some(from) {
            self.lowest_delivered = None;
        }
        self.group_appears(to);
    }

    /// A group has this last delivered ID now.
    pub(super) fn group_appears(&mut self, at: StreamId) {
        if self.lowest_delivered.is_some_and(|lowest| at < lowest) {
            self.lowest_delivered = None;
        }
    }

    /// `id` leaves every group's pending entries list.
    pub(crate) fn remove_references(&mut self, id: StreamId) {
        for group in self.groups.values_mut() {
            if group.pending_entry(id).is_some() {
                Arc::make_mut(group).list.remove(id);
            }
        }
    }
}

fn is_referenced(groups: &SmallMap<Bytes, Arc<Group>>, remembered: &mut Option<StreamId>, id: StreamId) -> bool {
    let Some(lowest) = groups.values().map(|group| group.last_delivered).min() else {
        return false;
    };
    id > *remembered.get_or_insert(lowest) || groups.values().any(|group| group.pending_entry(id).is_some())
}
