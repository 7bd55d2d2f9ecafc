//! A pending list with other names for its consumers. Read first: `renaming.rs`.

use super::PendingList;
use crate::PendingEntry;
use crate::renaming::{Renaming, named_anew};

impl PendingList {
    /// The same list with other names.
    pub(crate) fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self { entries, consumers } = self;
        let mut renamed = Self {
            entries: entries.clone(),
            // What a consumer knows of itself names nobody.
            consumers: named_anew(consumers, renaming, Clone::clone),
        };
        for entry in renamed.entries.values_mut() {
            let PendingEntry {
                consumer,
                delivered_at: _,
                deliveries: _,
            } = entry;
            *consumer = renaming.text(consumer);
        }
        renamed
    }
}
