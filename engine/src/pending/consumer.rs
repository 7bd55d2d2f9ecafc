//! One consumer of a group: its own pending IDs and when it was heard of.
//!
//! It never holds a delivery's owner, clock or counter; those are the group's list's. Read next: `list.rs`.

use crate::small_map::SmallMap;
use crate::{Millis, StreamId};

/// A consumer. Source: <https://redis.io/docs/latest/commands/xinfo-consumers/>.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Consumer {
    pub(super) ids: SmallMap<StreamId, ()>,
    pub(super) seen: Millis,
    pub(super) active: Option<Millis>,
}

impl Consumer {
    pub(super) const fn new(now: Millis) -> Self {
        Self {
            ids: SmallMap::new(),
            seen: now,
            active: None,
        }
    }

    /// It asked for entries and got these.
    pub(super) fn receive(&mut self, ids: impl Iterator<Item = StreamId>, now: Millis) {
        self.seen = now;
        for id in ids {
            self.active = Some(now);
            self.ids.insert(id, ());
        }
    }

    /// The IDs that are pending with it, ascending.
    pub fn pending(&self) -> impl Iterator<Item = StreamId> {
        self.ids.keys().copied()
    }

    /// How many entries are pending with it.
    pub fn pending_len(&self) -> usize {
        self.ids.len()
    }

    /// Its IDs from `start` upwards.
    pub(crate) fn pending_from(&self, start: StreamId) -> impl Iterator<Item = StreamId> {
        self.ids.iter_from(&start).map(|(id, ())| *id)
    }

    /// When it last sent a command, in milliseconds of the broker's clock (XINFO's `idle` counts from here).
    pub fn seen(&self) -> Millis {
        self.seen
    }

    /// When it last got an entry (XINFO's `inactive`); never, when none.
    pub fn active(&self) -> Option<Millis> {
        self.active
    }
}
