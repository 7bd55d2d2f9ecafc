//! What explorers change in a broker: times and counters, so that worlds which behave alike become equal.
//!
//! Nothing here happens in a real broker. It never changes what is pending or waiting, nor what is stored unless nobody
//! reads it, and knows the first database only: explored worlds have no other.

use alloc::vec::Vec;

use super::Broker;
use crate::{Bytes, Millis, Stream};

/// When an entry was last delivered, and how often it was.
type Delivery = (Millis, u64);

impl Broker {
    /// Replaces delivery time and delivery counter of every pending entry: explorers age entries and saturate counters.
    /// Where nothing changes, what is shared with other copies stays shared.
    pub fn map_deliveries(&mut self, map: &mut dyn FnMut(Millis, u64) -> (Millis, u64)) {
        let mut changes: Vec<(Bytes, Bytes, Vec<Delivery>)> = Vec::new();
        for (key, stream) in self.databases.first().streams() {
            for (name, group) in stream.groups() {
                let mapped = group
                    .pending()
                    .map(|(_, entry)| map(entry.delivered_at, entry.deliveries));
                let mapped: Vec<Delivery> = mapped.collect();
                let current = group.pending().map(|(_, entry)| (entry.delivered_at, entry.deliveries));
                if !current.eq(mapped.iter().copied()) {
                    changes.push((key.clone(), name.clone(), mapped));
                }
            }
        }
        for (key, name, deliveries) in changes {
            if let Some(group) = self
                .databases
                .first_mut()
                .stream_mut(&key)
                .and_then(|stream| stream.group_mut(&name))
            {
                group.list.set_deliveries(deliveries.into_iter());
            }
        }
    }

    /// Replaces the times at which consumers were last heard of, and forgets when they last got something. Where nothing
    /// changes, what is shared with other copies stays shared.
    pub fn map_seen(&mut self, map: &mut dyn FnMut(Millis) -> Millis) {
        let mut changes: Vec<(Bytes, Bytes)> = Vec::new();
        for (key, stream) in self.databases.first().streams() {
            for (name, group) in stream.groups() {
                let mut changed = group
                    .consumers()
                    .map(|(_, consumer)| consumer.active().is_some() || map(consumer.seen()) != consumer.seen());
                if changed.any(|changed| changed) {
                    changes.push((key.clone(), name.clone()));
                }
            }
        }
        for (key, name) in changes {
            if let Some(group) = self
                .databases
                .first_mut()
                .stream_mut(&key)
                .and_then(|stream| stream.group_mut(&name))
            {
                group.list.map_seen(map);
            }
        }
    }

    /// Forgets when waiting ends and when keys expire: for explorers that let time run at any speed.
    pub fn forget_times(&mut self) {
        for waiter in &mut self.waiters {
            waiter.deadline = waiter.deadline.map(|_| Millis::MAX);
        }
        self.databases.first_mut().forget_deadlines();
    }

    /// What ends by itself (waiting, a key's time to live) ends earlier by so many milliseconds: for explorers that put the
    /// clock back by as much.
    pub fn bring_forward(&mut self, ms: Millis) {
        for waiter in &mut self.waiters {
            waiter.deadline = waiter.deadline.map(|deadline| deadline.saturating_sub(ms));
        }
        self.databases.first_mut().bring_forward(ms);
    }

    /// Forgets what only `~` trims and XINFO STREAM's figures of the radix tree can see of the past: how entries are
    /// spread over nodes, which depends on entries that are gone. Afterwards every stream is as if its entries had just
    /// been added. For explorers of worlds where nobody uses either: brokers with equal entries become equal. Where
    /// somebody does, it must not be called, for it changes what such a trim removes.
    pub fn forget_packing(&mut self) {
        let remembers =
            |(key, stream): (&Bytes, &Stream)| (!stream.entries.is_packing_forgotten()).then(|| key.clone());
        let changes: Vec<Bytes> = self.databases.first().streams().filter_map(remembers).collect();
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
