//! What the records of a sweep come to, scenario by scenario.

use std::collections::{BTreeMap, BTreeSet};

use redelivery_engine::Millis;
use serde::Serialize;

use super::plan::OwnSeeds;
use super::{Failure, Header, Record, Unit};

/// What the records of one scenario come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs.
    pub seeds: u64,
    /// Requests that the broker executed.
    pub requests: u64,
    /// Virtual time of all runs.
    pub virtual_ms: Millis,
    /// Runs that did not end before the time limit.
    pub cut_off: u64,
    /// How many runs violated a check, and the first seed of one that did.
    pub violated: BTreeMap<String, (u64, u64)>,
    /// What was shown.
    pub shown: BTreeSet<String>,
    /// By check: failures that differ, each with its first seed.
    pub failures: BTreeMap<String, Vec<(u64, Failure)>>,
    missing: Option<Hole>,
    next: u64,
}

/// Seeds that were not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hole {
    /// How many.
    pub seeds: u64,
    /// The first of them.
    pub first: u64,
    /// The last of them.
    pub last: u64,
}

impl Tally {
    /// One for each scenario.
    pub(super) fn of(header: &Header) -> Vec<Self> {
        header.scenarios.iter().map(|_| Self::default()).collect()
    }

    /// Adds a record; records come in order.
    pub(super) fn add(&mut self, header: &Header, unit: Unit, record: &Record) {
        let own = header.seeds_of(unit.scenario);
        let place = record.seed.saturating_sub(own.first) / own.step;
        self.miss(own, place);
        self.next = place + 1;
        self.seeds += 1;
        self.requests += record.requests;
        self.virtual_ms += record.virtual_ms;
        self.cut_off += u64::from(record.cut_off);
        for check in &record.violated {
            self.violated.entry(check.clone()).or_insert((0, record.seed)).0 += 1;
        }
        self.shown.extend(record.shown.iter().cloned());
        for (check, failure) in &record.failures {
            let known = self.failures.entry(check.clone()).or_default();
            known.push((record.seed, failure.clone()));
        }
    }

    /// The seeds of a scenario that no record was added of.
    pub(super) fn hole(&self, header: &Header, scenario: usize) -> Option<Hole> {
        let own = header.seeds_of(scenario);
        let mut whole = self.clone();
        whole.miss(own, own.count);
        whole.missing
    }

    /// Notes that all from the next up to this place are missing.
    fn miss(&mut self, own: OwnSeeds, end: u64) {
        if self.next >= end {
            return;
        }
        let seed = |place: u64| own.first + place * own.step;
        let (seeds, first) = self
            .missing
            .map_or((0, seed(self.next)), |hole| (hole.seeds, hole.first));
        self.missing = Some(Hole {
            seeds: seeds + end - self.next,
            first,
            last: seed(end - 1),
        });
    }
}
