//! Monitors of a world with clients in each other's place.

use super::monitor::Monitor;
use super::monitors::{Column, Monitors, Ward};
use crate::symmetry::Renaming;
use crate::world::Part;

impl Monitors {
    /// The same, as if others had done what clients did.
    pub(crate) fn renamed(&self, renaming: &Renaming) -> Self {
        let columns = self.columns.iter().map(|column| {
            let Column {
                subject,
                remembers_times,
                hears_of_crashes,
                checks,
                places,
            } = column;
            Column {
                subject: *subject,
                remembers_times: *remembers_times,
                hears_of_crashes: *hears_of_crashes,
                checks: checks.clone(),
                places: places
                    .iter()
                    .map(|ward| Part::new(ward.unnoted().renamed(renaming)))
                    .collect(),
            }
        });
        Self {
            columns: columns.collect(),
        }
    }
}

impl Ward {
    /// The same, as if others had done what clients did.
    pub(crate) fn renamed(&self, renaming: &Renaming) -> Self {
        Self(self.0.iter().map(|monitor| monitor.renamed(renaming)).collect())
    }
}

impl Monitor {
    fn renamed(&self, renaming: &Renaming) -> Self {
        match self {
            Self::SingleOwner(it) => Self::SingleOwner(it.renamed(renaming)),
            Self::NoOverlappingWork(it) => Self::NoOverlappingWork(it.renamed(renaming)),
            Self::NoClaimBeforeWork(it) => Self::NoClaimBeforeWork(it.renamed(renaming)),
            Self::DeadLetterByCounter(it) => Self::DeadLetterByCounter(it.renamed(renaming)),
            Self::Order(it) => Self::Order(it.renamed(renaming)),
            Self::Conservation(it) => Self::Conservation(it.renamed(renaming)),
            // These remember nobody, or those only who never move: watchers, publishers, subscribers and their connections.
            Self::Violated | Self::AtMostOnce(_) | Self::AtLeastOnce(_) | Self::ExactlyOnce(_) => self.clone(),
            Self::DeadLetterByRuns(_) | Self::RunLimit(_) | Self::NothingAfterDeadLetter(_) => self.clone(),
            Self::PendingList(_) | Self::FanOut(_) | Self::Settles(_) | Self::Bounded(_) => self.clone(),
            Self::Noticed(_) | Self::Delivery(_) | Self::Subscribed(_) | Self::BusLimit(_) => self.clone(),
        }
    }
}
