//! What monitors, reports and explorers see of the broker beside its replies.
//!
//! Reading here changes nothing, not even a key whose time is over. Keys and streams are those of the first database.

use super::Broker;
use crate::{Bytes, Millis, Stream};

/// A broker is checked after each command while it has no more entries, pending entries and subscriptions than this.
const CHECKED_SIZE_MAX: usize = 1_000;

impl Broker {
    /// The keys in their order.
    pub fn keys(&self) -> impl Iterator<Item = &Bytes> {
        self.databases.first().keys()
    }

    /// The stream at `key`.
    pub fn stream(&self, key: &[u8]) -> Option<&Stream> {
        self.databases.first().stream(key)
    }

    /// The items of the list at `key`, from the head to the tail.
    pub fn list(&self, key: &[u8]) -> Option<impl ExactSizeIterator<Item = &Bytes>> {
        self.databases.first().list(key).map(|list| list.iter())
    }

    /// The streams that have groups, with their keys.
    pub fn grouped_streams(&self) -> impl Iterator<Item = (&Bytes, &Stream)> {
        self.databases.first().grouped_streams()
    }

    /// Visits the delivery time of every pending entry of every group.
    pub fn delivery_times(&self, visit: &mut dyn FnMut(Millis)) {
        for (_, stream) in self.grouped_streams() {
            for (_, group) in stream.groups() {
                group.pending().for_each(|(_, entry)| visit(entry.delivered_at));
            }
        }
    }

    /// Visits the time at which each consumer of each group was last heard of.
    pub fn seen_times(&self, visit: &mut dyn FnMut(Millis)) {
        for (_, stream) in self.grouped_streams() {
            for (_, group) in stream.groups() {
                group.consumers().for_each(|(_, consumer)| visit(consumer.seen()));
            }
        }
    }

    /// Checks what must always be true: each group's pending entries list is the disjoint union of its consumers',
    /// entries ascend up to the last ID, a blocked client waits once and not inside MULTI, channels know their subscribers.
    ///
    /// # Panics
    /// When it is not; the message shows the state.
    pub fn assert_invariants(&self) {
        self.databases.assert_consistent();
        for (_, stream) in self.databases.first().streams_unreported() {
            stream.assert_consistent();
        }
        for (at, waiter) in self.waiters.iter().enumerate() {
            let again = self.waiters[at + 1..].iter().any(|other| other.client == waiter.client);
            assert!(!again && !self.in_transaction(waiter.client), "{waiter:?} in {self:?}");
        }
        if let Some(pubsub) = &self.pubsub {
            assert!(!pubsub.is_empty(), "idle subscriptions: {self:?}");
            pubsub.assert_consistent();
        }
        assert!(
            self.sessions.values().all(|session| session.is_used()),
            "an idle session: {self:?}"
        );
    }

    pub(super) fn debug_assert_invariants(&self) {
        if cfg!(debug_assertions) {
            let sizes = self.databases.first().streams_unreported().map(|(_, stream)| {
                let pending: usize = stream.groups().map(|(_, group)| group.pending_len()).sum();
                stream.len() + pending
            });
            let subscriptions = self.pubsub.as_ref().map_or(0, |pubsub| pubsub.len());
            if sizes.sum::<usize>() + subscriptions <= CHECKED_SIZE_MAX {
                self.assert_invariants();
            }
        }
    }
}
