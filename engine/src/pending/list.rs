//! The group's list and its consumers' lists, changed together.
//!
//! Read next: `entry` in `mod.rs` for what one record says.

mod renamed;

use core::mem;

use crate::pending::{Consumer, PendingEntry};
use crate::small_map::{self, SmallMap};
use crate::{Bytes, Millis, StreamId};

/// The pending entries of one group, and its consumers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct PendingList {
    entries: SmallMap<StreamId, PendingEntry>,
    consumers: SmallMap<Bytes, Consumer>,
}

impl PendingList {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, id: StreamId) -> Option<&PendingEntry> {
        self.entries.get(&id)
    }

    /// The pending entries, ascending.
    pub(crate) fn iter(&self) -> small_map::Iter<'_, StreamId, PendingEntry> {
        self.entries.iter()
    }

    /// The pending entries from `start` upwards.
    pub(crate) fn iter_from(&self, start: StreamId) -> small_map::Iter<'_, StreamId, PendingEntry> {
        self.entries.iter_from(&start)
    }

    pub(crate) fn consumers_len(&self) -> usize {
        self.consumers.len()
    }

    pub(crate) fn consumers(&self) -> small_map::Iter<'_, Bytes, Consumer> {
        self.consumers.iter()
    }

    pub(crate) fn consumer(&self, name: &[u8]) -> Option<&Consumer> {
        self.consumers.get(name)
    }

    /// Creates a consumer; false when it existed.
    pub(crate) fn create_consumer(&mut self, name: &Bytes, now: Millis) -> bool {
        let new = !self.consumers.contains_key(name);
        if new {
            self.consumers.insert(name.clone(), Consumer::new(now));
        }
        new
    }

    /// The consumer sent a command: it exists from now on and was seen now.
    pub(crate) fn see_consumer(&mut self, name: &Bytes, now: Millis) {
        match self.consumers.get_mut(name) {
            Some(consumer) => consumer.seen = now,
            None => {
                self.consumers.insert(name.clone(), Consumer::new(now));
            }
        }
    }

    /// Forgets a consumer and what is pending with it; answers how much that was, nothing for an unknown one.
    pub(crate) fn remove_consumer(&mut self, name: &[u8]) -> Option<usize> {
        let consumer = self.consumers.remove(name)?;
        for id in consumer.pending() {
            self.entries.remove(&id);
        }
        Some(consumer.pending_len())
    }

    /// `owner` asked for new entries and got these, now, be it for the first time or whoever had them before. It exists
    /// from now on even if there are none.
    pub(crate) fn deliver(&mut self, ids: impl Iterator<Item = StreamId> + Clone, owner: &Bytes, now: Millis) {
        for id in ids.clone() {
            let entry = PendingEntry {
                consumer: owner.clone(),
                delivered_at: now,
                deliveries: 1,
            };
            let before = self.entries.insert(id, entry);
            if let Some(before) = before.filter(|before| before.consumer != *owner) {
                self.release(&before.consumer, id);
            }
        }
        match self.consumers.get_mut(owner) {
            Some(consumer) => consumer.receive(ids, now),
            None => {
                let mut consumer = Consumer::new(now);
                consumer.receive(ids, now);
                self.consumers.insert(owner.clone(), consumer);
            }
        }
    }

    /// `id` is pending with `owner` from now on, if `deliveries` gives a delivery counter for what is pending until
    /// now, or for nothing; else nothing changes.
    pub(crate) fn assign_if(
        &mut self,
        id: StreamId,
        owner: &Bytes,
        delivered_at: Millis,
        now: Millis,
        deliveries: impl FnOnce(Option<&PendingEntry>) -> Option<u64>,
    ) -> bool {
        let pending = self.entries.get_mut(&id);
        let Some(deliveries) = deliveries(pending.as_deref()) else {
            return false;
        };
        let mut is_new = true;
        if let Some(entry) = pending {
            entry.delivered_at = delivered_at;
            entry.deliveries = deliveries;
            is_new = entry.consumer != *owner;
            if is_new {
                let before = mem::replace(&mut entry.consumer, owner.clone());
                self.release(&before, id);
            }
        } else {
            let consumer = owner.clone();
            self.entries.insert(
                id,
                PendingEntry {
                    consumer,
                    delivered_at,
                    deliveries,
                },
            );
        }
        if let Some(consumer) = self.consumers.get_mut(owner) {
            consumer.active = Some(now);
            if is_new {
                consumer.ids.insert(id, ());
            }
        }
        true
    }

    /// A delivery of `id` from its owner's history: one more, now.
    pub(crate) fn redeliver(&mut self, id: StreamId, now: Millis) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.delivered_at = now;
            entry.deliveries = entry.deliveries.saturating_add(1);
        }
    }

    /// `id` is pending no longer; false when it was not.
    pub(crate) fn remove(&mut self, id: StreamId) -> bool {
        let Some(entry) = self.entries.remove(&id) else {
            return false;
        };
        self.release(&entry.consumer, id);
        true
    }

    /// Every entry was last delivered when `map` says, and as often.
    pub(crate) fn map_deliveries(&mut self, map: &mut dyn FnMut(Millis, u64) -> (Millis, u64)) {
        for entry in self.entries.values_mut() {
            (entry.delivered_at, entry.deliveries) = map(entry.delivered_at, entry.deliveries);
        }
    }

    /// Every consumer was last heard of when `map` says, and never got anything.
    pub(crate) fn map_seen(&mut self, map: &mut dyn FnMut(Millis) -> Millis) {
        for consumer in self.consumers.values_mut() {
            consumer.seen = map(consumer.seen);
            consumer.active = None;
        }
    }

    fn release(&mut self, owner: &[u8], id: StreamId) {
        if let Some(consumer) = self.consumers.get_mut(owner) {
            consumer.ids.remove(&id);
        }
    }

    /// The group's list is the disjoint union of its consumers'.
    ///
    /// # Panics
    /// When it is not.
    pub(crate) fn assert_consistent(&self) {
        for (id, entry) in self.entries.iter() {
            let owner = self.consumers.get(&entry.consumer);
            assert!(
                owner.is_some_and(|owner| owner.ids.contains_key(id)),
                "{id} is pending with {} whose own list lacks it: {self:?}",
                entry.consumer
            );
        }
        // Each entry has one owner and is in that owner's list; with equal sizes no consumer lists anything else.
        let listed: usize = self.consumers.values().map(Consumer::pending_len).sum();
        assert_eq!(
            listed,
            self.entries.len(),
            "consumers list entries that are not theirs: {self:?}"
        );
    }
}
