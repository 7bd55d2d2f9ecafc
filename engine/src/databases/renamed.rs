//! All databases with other names. Read first: `renaming.rs`.

use alloc::sync::Arc;

use super::{Databases, Others};
use crate::renaming::{Renaming, named_anew};
use crate::small_map::SmallMap;

impl Databases {
    /// The same with other names, without a witness.
    pub(crate) fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self { first, others } = self;
        Self {
            first: first.renamed(renaming),
            others: others.as_ref().map(|others| Arc::new(others.renamed(renaming))),
        }
    }
}

impl Others {
    fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self { keyspaces, selected } = self;
        let mut renamed = SmallMap::new();
        for (database, keyspace) in keyspaces.iter() {
            renamed.insert(*database, keyspace.renamed(renaming));
        }
        Self {
            keyspaces: renamed,
            selected: named_anew(selected, renaming, |database| *database),
        }
    }
}
