//! Entries of which something must become true before the end; shared by `fan_out` and `settles`. Where entries have
//! no ID, all of a message are one.

use redelivery_engine::StreamId;

use super::monitor::{Broken, Finding};
use super::small_map::SmallMap;

/// By entry, whether it is still owed. What was paid is remembered: a live history may tell of a grant before it tells
/// of the entry's addition, because the producer's reply came late.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Owed(SmallMap<Option<StreamId>, bool>);

impl Owed {
    pub(crate) fn added(&mut self, id: Option<StreamId>) {
        if self.0.get(&id).is_none() {
            self.0.insert(id, true);
        }
    }

    pub(crate) fn paid(&mut self, id: Option<StreamId>) {
        self.0.insert(id, false);
    }

    /// What was paid before is owed again.
    pub(crate) fn reopened(&mut self, id: Option<StreamId>) {
        if let Some(owed) = self.0.get_mut(&id) {
            *owed = true;
        }
    }

    pub(crate) fn at_end(&self) -> Finding {
        match self.0.iter().find(|(_, owed)| *owed) {
            Some((id, _)) => Err(Broken(*id)),
            None => Ok(()),
        }
    }
}
