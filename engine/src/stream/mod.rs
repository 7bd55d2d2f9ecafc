//! A stream: its entries, its groups, and the little that outlives deleted entries.
//!
//! It never replies and knows no commands; those are in `run/`. Read next: `entries/`, `group.rs`, `counters.rs`.

mod counters;
mod entries;
mod group;
mod references;
mod renamed;

use alloc::sync::Arc;

pub(crate) use entries::{Cut, Entries, Keep};
pub use entries::{Entry, NodeLimits};
pub use group::Group;

use crate::small_map::SmallMap;
use crate::{Bytes, StreamId};

/// A stream. Source: <https://redis.io/docs/latest/develop/data-types/streams/>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stream {
    pub(crate) entries: Entries,
    pub(crate) last_id: StreamId,
    pub(crate) entries_added: u64,
    pub(crate) max_deleted: StreamId,
    /// Shared, so that a write to the entries does not copy the groups, nor a write to one group the others.
    groups: SmallMap<Bytes, Arc<Group>>,
    /// See `references.rs`; none until ACKED is used.
    lowest_delivered: Option<StreamId>,
}

impl Stream {
    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no entries. It exists nevertheless, with its groups and its last ID.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// The entries, ascending.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = Entry<'_>> {
        self.entries.iter()
    }

    /// One entry.
    pub fn entry(&self, id: StreamId) -> Option<Entry<'_>> {
        self.entries.get(id)
    }

    /// The largest ID that it ever had; deletion does not lower it.
    pub fn last_id(&self) -> StreamId {
        self.last_id
    }

    /// The groups by name.
    pub fn groups(&self) -> impl DoubleEndedIterator<Item = (&Bytes, &Group)> {
        self.groups.iter().map(|(name, group)| (name, &**group))
    }

    /// One group.
    pub fn group(&self, name: &[u8]) -> Option<&Group> {
        self.groups.get(name).map(|group| &**group)
    }

    pub(crate) fn group_mut(&mut self, name: &[u8]) -> Option<&mut Group> {
        self.groups.get_mut(name).map(Arc::make_mut)
    }

    /// One group, to be changed while the entries are looked at.
    pub(crate) fn entries_and_group(&mut self, name: &[u8]) -> Option<(&Entries, &mut Group)> {
        let group = self.groups.get_mut(name)?;
        Some((&self.entries, Arc::make_mut(group)))
    }

    pub(crate) fn groups_len(&self) -> usize {
        self.groups.len()
    }

    pub(crate) fn insert_group(&mut self, name: Bytes, group: Group) {
        self.group_appears(group.last_delivered);
        self.groups.insert(name, Arc::new(group));
    }

    pub(crate) fn remove_group(&mut self, name: &[u8]) -> bool {
        self.groups.remove(name).is_some()
    }

    /// Appends an entry. `id` is larger than `last_id`.
    pub(crate) fn append(&mut self, id: StreamId, fields: &[Bytes], limits: NodeLimits) {
        self.entries.push(id, fields, limits);
        self.last_id = id;
        self.entries_added = self.entries_added.wrapping_add(1);
    }

    /// Deletes an entry; false when there is none.
    pub(crate) fn delete(&mut self, id: StreamId) -> bool {
        let deleted = self.entries.remove(id);
        if deleted {
            self.max_deleted = self.max_deleted.max(id);
        }
        deleted
    }

    /// The smallest ID at hand, `0-0` when there is no entry.
    pub(crate) fn first_id(&self) -> StreamId {
        self.entries.first().map_or(StreamId::MIN, |entry| entry.id)
    }

    /// # Panics
    /// When the entries or a group's lists contradict themselves.
    pub(crate) fn assert_consistent(&self) {
        self.entries.assert_consistent();
        assert!(
            self.entries.last().is_none_or(|entry| entry.id <= self.last_id),
            "last ID: {self:?}"
        );
        for (_, group) in self.groups() {
            group.list.assert_consistent();
        }
    }
}
