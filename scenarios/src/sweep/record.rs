//! What a unit came to: one line of a sweep's file.

use std::collections::{BTreeMap, BTreeSet};

use redelivery_engine::Millis;
use redelivery_model::check::Violation;
use redelivery_model::simulate::Outcome;
use serde::{Deserialize, Serialize};

use super::Planned;
use super::header::{unmet, word};
use super::shrunk::Broken;
use crate::Scenario;
use crate::scenario::Expected;

/// What a unit came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// Requests that the broker executed.
    pub requests: u64,
    /// Virtual time.
    pub virtual_ms: Millis,
    /// Whether it did not end before the time limit of its scenario.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_off: bool,
    /// The checks that it violated, of those of which something is expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violated: Vec<String>,
    /// What must occur somewhere, or is presumed, and was shown; in a file, for the first time.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub shown: BTreeSet<String>,
    /// Checks that should hold and were violated; in a file, of each the first few, as far as they shrink to what was not
    /// there before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failures: BTreeMap<String, Failure>,
}

/// How a check was violated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Of what it shrinks to.
    pub digest: String,
    /// The actions of that.
    pub actions: usize,
    /// The actions of the run up to the violation.
    pub from: usize,
}

impl Record {
    /// The record of a seed's runs, with all that they showed but failures, and what was violated that should hold.
    pub(super) fn of(scenario: &Scenario, planned: &Planned, seed: u64, runs: &[Outcome]) -> (Self, Vec<Broken>) {
        let setup = &scenario.simulate.setup;
        let mut record = Self {
            scenario: planned.name.clone(),
            seed,
            requests: runs.iter().map(|run| run.requests).sum(),
            virtual_ms: runs.iter().map(|run| run.lasted_ms).sum(),
            cut_off: runs.iter().any(|run| !run.ended),
            violated: Vec::new(),
            shown: BTreeSet::new(),
            failures: BTreeMap::new(),
        };
        let mut all_broken = Vec::new();
        let occurred = scenario.occurs.iter().filter(|(_, ways)| ways.simulate);
        let some_run = |occurrence| runs.iter().any(|run| run.occurred.contains(occurrence));
        let occurred = occurred.filter(|(occurrence, _)| some_run(*occurrence));
        record.shown.extend(occurred.map(|(occurrence, _)| word(*occurrence)));
        let expected = scenario.expect.iter().filter(|expectation| expectation.ways.simulate);
        for (expectation, of_header) in expected.zip(&planned.expect) {
            // What is presumed has to be met in one run.
            for run in runs {
                let lacking = unmet(setup, &expectation.check, &run.premises);
                let met = of_header.presumes.iter().filter(|premise| !lacking.contains(premise));
                record.shown.extend(met.cloned());
            }
            let found = runs.iter().enumerate().find_map(|(generation, run)| {
                let mut violations = run.violations.iter();
                let of_check = |violation: &Violation| usize::from(violation.check.0) == expectation.place;
                let (after, _) = violations.find(|(_, violation)| of_check(violation))?;
                Some((generation, *after))
            });
            let Some((generation, after)) = found else { continue };
            record.violated.push(expectation.name.clone());
            if expectation.expected == Expected::Holds {
                all_broken.push(Broken {
                    check: expectation.name.clone(),
                    generation,
                    after,
                });
            }
        }
        (record, all_broken)
    }

    /// The same but for what depends on the records before it.
    pub(super) fn is_same_run(&self, other: &Self) -> bool {
        let bare = |record: &Self| Self {
            shown: BTreeSet::new(),
            failures: BTreeMap::new(),
            ..record.clone()
        };
        bare(self) == bare(other)
    }
}
