//! What is new in a record: who reads a file is told each thing once, where it happened first.
//!
//! What is first among all units is first in its shard too, and what is among the first few is so there. So nothing is lost
//! where each shard drops what it has told already, and merging does nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::{Expect, FIRST, Planned, Record};
use crate::scenario::Expected;

/// What was told so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Firsts {
    /// By scenario.
    shown: BTreeMap<String, BTreeSet<String>>,
    /// By scenario and check that should hold: runs that violated it.
    violations: BTreeMap<(String, String), usize>,
    /// Scenario, check, digest.
    failures: BTreeSet<(String, String, String)>,
}

impl Firsts {
    /// Drops from a record what was told before, and tells the rest.
    pub(super) fn keep(&mut self, planned: &Planned, record: &mut Record) {
        let scenario = &record.scenario;
        // Most records show nothing new, and everybody waits for this.
        if let Some(shown) = self.shown.get(scenario) {
            record.shown.retain(|what| !shown.contains(what));
        }
        if !record.shown.is_empty() {
            let shown = self.shown.entry(scenario.clone()).or_default();
            shown.extend(record.shown.iter().cloned());
        }
        for check in &record.violated {
            let holds = |expect: &Expect| expect.check == *check && expect.expected == Expected::Holds;
            if !planned.expect.iter().any(holds) {
                continue;
            }
            let times = self.violations.entry((scenario.clone(), check.clone())).or_default();
            *times += 1;
            if *times > FIRST {
                record.failures.remove(check);
            }
        }
        record.failures.retain(|check, failure| {
            let key = (scenario.clone(), check.clone(), failure.digest.clone());
            self.failures.insert(key)
        });
    }

    /// How many failures there are that differ.
    pub(super) fn failures(&self) -> u64 {
        self.failures.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use redelivery_model::simulate::Policy;

    use super::super::Failure;
    use super::*;

    fn planned() -> Planned {
        let expect = Expect {
            check: "order".into(),
            expected: Expected::Holds,
            ends: false,
            applies: true,
            presumes: Vec::new(),
        };
        Planned {
            name: String::new(),
            digest: String::new(),
            policy: Policy::Uniform,
            expect: vec![expect],
            occurs: Vec::new(),
        }
    }

    fn record(scenario: &str, digest: &str) -> Record {
        let failure = Failure {
            digest: digest.into(),
            actions: 1,
            from: 2,
        };
        Record {
            scenario: scenario.into(),
            seed: 0,
            requests: 0,
            virtual_ms: 0,
            cut_off: false,
            violated: vec!["order".into()],
            shown: BTreeSet::from(["crash".into()]),
            failures: BTreeMap::from([("order".into(), failure)]),
        }
    }

    #[test]
    fn what_was_told_is_not_told_again() {
        let mut firsts = Firsts::default();
        let mut kept = |mut record: Record| {
            firsts.keep(&planned(), &mut record);
            assert_eq!(record.violated, ["order"], "that it was violated is said of each run");
            (record.shown.len(), record.failures.len())
        };
        assert_eq!(kept(record("a", "1")), (1, 1));
        assert_eq!(kept(record("a", "1")), (0, 0));
        assert_eq!(kept(record("a", "2")), (0, 1));
        assert_eq!(kept(record("b", "2")), (1, 1));
        assert_eq!(firsts.failures(), 3);
    }

    #[test]
    fn only_the_first_few_failures_of_a_check_are_told() {
        let mut firsts = Firsts::default();
        let told = (0..FIRST + 5).filter(|number| {
            let mut record = record("a", &number.to_string());
            firsts.keep(&planned(), &mut record);
            !record.failures.is_empty()
        });
        assert_eq!(told.collect::<Vec<_>>(), (0..FIRST).collect::<Vec<_>>());
    }
}
