//! What explorers change in a broker: times and counters, so that worlds which behave alike become equal.
//!
//! Nothing here happens in a real broker. It never changes what is pending or waiting, nor what is stored unless nobody
//! reads it, and knows the first database only: explored worlds have no other.

use alloc::vec::Vec;

use super::Broker;
use crate::{Bytes, Group, Millis, Stream};

impl Broker {
    /// Replaces delivery time and delivery counter of every pending entry by a function of both: explorers age entries and saturate counters.
    /// Where nothing changes, what is shared with other copies stays shared.
    pub fn map_deliveries(&mut self, map: &mut dyn FnMut(Millis, u64) -> (Millis, u64)) {
        let mut is_changed = |group: &Group| {
            let mut entries = group.pending().map(|(_, entry)| (entry.delivered_at, entry.deliveries));
            entries.any(|(at, deliveries)| map(at, deliveries) != (at, deliveries))
        };
        for (key, name) in self.groups_that(&mut is_changed) {
            if let Some(group) = self.group_mut(&key, &name) {
                group.list.map_deliveries(map);
            }
        }
    }

    /// Replaces the times at which consumers were last heard of by a function of them, and forgets when they last got something. Where nothing
    /// changes, what is shared with other copies stays shared.
    pub fn map_seen(&mut self, map: &mut dyn FnMut(Millis) -> Millis) {
        let mut is_changed = |group: &Group| {
            let mut consumers = group.consumers().map(|(_, consumer)| consumer);
            consumers.any(|consumer| consumer.active().is_some() || map(consumer.seen()) != consumer.seen())
        };
        for (key, name) in self.groups_that(&mut is_changed) {
            if let Some(group) = self.group_mut(&key, &name) {
                group.list.map_seen(map);
            }
        }
    }

    /// The groups of which something is true, by key and name.
    fn groups_that(&self, is_so: &mut dyn FnMut(&Group) -> bool) -> Vec<(Bytes, Bytes)> {
        let mut names = Vec::new();
        for (key, stream) in self.databases.first().grouped_streams() {
            let groups = stream.groups().filter(|(_, group)| is_so(group));
            names.extend(groups.map(|(name, _)| (key.clone(), name.clone())));
        }
        names
    }

    fn group_mut(&mut self, key: &[u8], name: &[u8]) -> Option<&mut Group> {
        self.databases.first_mut().stream_mut(key)?.group_mut(name)
    }

    /// Forgets when waiting ends and when keys expire: for explorers that let time run at any speed.
    pub fn forget_times(&mut self) {
        for waiter in &mut self.waiters {
            waiter.deadline = waiter.deadline.map(|_| Millis::MAX);
        }
        self.databases.first_mut().forget_deadlines();
    }

    /// What ends by itself (waiting, a key's time to live) ends earlier by so many milliseconds, or later: for explorers that
    /// put the clock back by as much, or forward.
    pub fn bring_forward(&mut self, ms: i64) {
        for waiter in &mut self.waiters {
            waiter.deadline = waiter
                .deadline
                .map(|deadline| deadline.saturating_add_signed(ms.saturating_neg()));
        }
        self.databases.first_mut().bring_forward(ms);
    }

    /// Forgets what only `~` trims and XINFO STREAM's figures of the radix tree can see of the past: how entries are
    /// spread over nodes, which depends on entries that are gone. Afterwards every stream is as if its entries had just
    /// been added. For explorers of worlds where nobody uses either: brokers with equal entries become equal. Where
    /// somebody does, it must not be called, for it changes what such a trim removes. Streams that have not changed since
    /// [`Self::forget_changes`] are not looked at.
    pub fn forget_packing(&mut self) {
        let streams = self.databases.first();
        let is_packed = |key: &&Bytes| {
            let stream = streams.stream(key);
            stream.is_some_and(|stream| !stream.entries.is_packing_forgotten())
        };
        let changes: Vec<Bytes> = match streams.changed_streams() {
            Some(changed) => changed.iter().filter(is_packed).cloned().collect(),
            None => {
                let all = streams.streams_unreported().map(|(key, _)| key);
                all.filter(is_packed).cloned().collect()
            }
        };
        for key in changes {
            if let Some(stream) = self.databases.first_mut().stream_mut(&key) {
                stream.entries.forget_packing(self.node_limits);
            }
        }
    }

    /// Forgets what a stream without groups held and which IDs it gave: it is there, as if nothing had ever been added. For
    /// explorers of worlds where nobody reads it; where somebody does, it must not be called.
    pub fn forget_entries(&mut self, key: &[u8]) {
        let remembers = |stream: &Stream| *stream != Stream::default() && stream.groups().next().is_none();
        if self.databases.first().stream(key).is_some_and(remembers)
            && let Some(stream) = self.databases.first_mut().stream_mut(key)
        {
            *stream = Stream::default();
        }
    }
}
