//! How many there are: what a server tells of itself in INFO.

use alloc::collections::BTreeSet;

use super::Broker;
use super::transaction::Session;
use crate::{Database, Millis, run};

/// Of one broker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Channels that somebody has subscribed to, …
    pub channels: usize,
    /// … patterns, …
    pub patterns: usize,
    /// … and sharded channels.
    pub shard_channels: usize,
    /// Keys that somebody watches.
    pub watched_keys: usize,
    /// Keys that somebody waits for.
    pub awaited_keys: usize,
}

/// Of one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseCounts {
    /// Which one.
    pub database: Database,
    /// Its keys, also those whose time is over and which nobody has looked at since.
    pub keys: usize,
    /// Those that have a time to live, …
    pub expiring: usize,
    /// … and the mean of what they have left.
    pub mean_ttl: Millis,
}

impl Broker {
    /// How many names and keys somebody has subscribed to, watches, waits for.
    pub fn counts(&self) -> Counts {
        let pubsub = self.pubsub.as_ref();
        let channels = |sharded| pubsub.map_or(0, |pubsub| pubsub.channels(sharded).count());
        let watched: BTreeSet<_> = self.sessions.values().flat_map(Session::watched).collect();
        let awaited: BTreeSet<_> = self.waiters.iter().flat_map(|waiter| waiter.keys()).collect();
        Counts {
            channels: channels(false),
            patterns: pubsub.map_or(0, |pubsub| pubsub.pattern_count()),
            shard_channels: channels(true),
            watched_keys: watched.len(),
            awaited_keys: awaited.len(),
        }
    }

    /// So many bytes all keys take, and what they hold: the sum of what MEMORY USAGE answers.
    pub fn bytes(&self) -> usize {
        let slots = self.databases.iter().flat_map(|(_, keyspace)| keyspace.slots());
        slots.map(|(key, slot)| run::bytes_of(key, &slot.value)).sum()
    }

    /// The databases that hold a key, in their order.
    pub fn database_counts(&self, now: Millis) -> impl Iterator<Item = DatabaseCounts> {
        self.databases.iter().map(move |(database, keyspace)| {
            let left = keyspace.keys_that_expire().map(|(_, at)| at.saturating_sub(now));
            let (expiring, sum) = left.fold((0, 0_u128), |(count, sum), ms| (count + 1, sum + u128::from(ms)));
            let mean = sum.checked_div(expiring as u128).unwrap_or(0);
            DatabaseCounts {
                database,
                keys: keyspace.keys().count(),
                expiring,
                mean_ttl: Millis::try_from(mean).unwrap_or(Millis::MAX),
            }
        })
    }
}
