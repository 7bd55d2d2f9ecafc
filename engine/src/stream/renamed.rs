//! A stream with other names for the consumers of its groups. Read first: `renaming.rs`.

use alloc::sync::Arc;

use super::{Group, Stream};
use crate::renaming::{Renaming, named_anew};

impl Stream {
    /// The same stream with other names. What entries carry stays: it names messages.
    pub(crate) fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self {
            entries,
            last_id,
            entries_added,
            max_deleted,
            groups,
            lowest_delivered,
        } = self;
        Self {
            entries: entries.clone(),
            last_id: *last_id,
            entries_added: *entries_added,
            max_deleted: *max_deleted,
            groups: named_anew(groups, renaming, |group| Arc::new(group.renamed(renaming))),
            lowest_delivered: *lowest_delivered,
        }
    }
}

impl Group {
    fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self {
            last_delivered,
            entries_read,
            list,
        } = self;
        Self {
            last_delivered: *last_delivered,
            entries_read: *entries_read,
            list: list.renamed(renaming),
        }
    }
}
