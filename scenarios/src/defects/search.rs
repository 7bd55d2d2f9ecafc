//! After how many seeds each policy finds each defect.
//!
//! A seed is run in each scenario that the defect is put on; it finds the defect where a check is violated that the
//! scenario expects to hold, and that the same seed does not violate without the defect. Seeds are tried one after the
//! other from several starts, far from each other, and the median is told: a lucky start says nothing. What a policy does not find
//! within the limit is said so, never left out. Nothing here depends on threads.

use std::ops::Range;

use rayon::prelude::*;
use redelivery_model::defect::Defect;
use redelivery_model::simulate::policy::runs;
use redelivery_model::simulate::{Outcome, Policy, Simulation};

use super::caught::{load, with};
use super::stages;
use crate::Scenario;
use crate::language::Diagnostic;
use crate::scenario::Expected;
use crate::schedule::name_of;

/// From one start to the next.
const APART: u64 = 1_000_000;

/// What is searched, and how long.
#[derive(Clone, Debug)]
pub struct Search {
    /// The defects; of those that are on no stage nothing is said.
    pub defects: Vec<Defect>,
    /// The policies, each by itself.
    pub policies: Vec<Policy>,
    /// So many times each.
    pub starts: u64,
    /// Seeds from each start, at the most; less than a million, so that starts have none in common.
    pub limit: u64,
}

/// What came of searching for a defect by a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// The defect.
    pub defect: Defect,
    /// How it was searched.
    pub policy: Policy,
    /// By start; none where it was not found.
    pub found: Vec<Option<Found>>,
}

/// A defect that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Seeds up to the first that shows it.
    pub seeds: u64,
    /// The scenario, family and name.
    pub scenario: String,
    /// The check with its parameters.
    pub check: String,
}

impl Search {
    /// How many starts there are in all.
    pub fn units(&self) -> u64 {
        let visible = self.defects.iter().filter(|&&defect| !stages(defect).is_empty());
        (visible.count() * self.policies.len()) as u64 * self.starts
    }
}

impl Sought {
    /// The median of the seeds, rounded up; none where so many starts did not find it that there is none.
    pub fn median(&self) -> Option<u64> {
        let mut seeds: Vec<u64> = self.found.iter().flatten().map(|found| found.seeds).collect();
        seeds.sort_unstable();
        let of = self.found.len();
        let upper = *seeds.get(of / 2)?;
        let lower = seeds[of.saturating_sub(1) / 2];
        Some((lower + upper).div_ceil(2))
    }

    /// How many starts found it.
    pub fn times(&self) -> usize {
        self.found.iter().flatten().count()
    }
}

/// A scenario without the defect and with it.
struct Pair {
    healthy: Scenario,
    broken: Scenario,
}

/// Searches, on the threads of the current pool: by defect, then by policy, in the order in which they were asked for.
/// Hears of each start that is done.
///
/// # Errors
/// When the file of a scenario cannot be read.
pub fn search(search: &Search, progress: &(dyn Fn() + Sync)) -> Result<Vec<Sought>, Vec<Diagnostic>> {
    let mut wanted = Vec::new();
    for &defect in &search.defects {
        let pairs = stages(defect).iter().map(|&stage| {
            let healthy = load(stage)?;
            let broken = with(&healthy, defect);
            Ok(Pair { healthy, broken })
        });
        let pairs: Vec<Pair> = pairs.collect::<Result<_, Vec<Diagnostic>>>()?;
        if !pairs.is_empty() {
            wanted.push((defect, pairs));
        }
    }
    let each = wanted.iter().flat_map(|(defect, pairs)| {
        let policies = search.policies.iter();
        policies.map(move |&policy| (*defect, policy, pairs))
    });
    let units: Vec<_> = each
        .flat_map(|unit| (0..search.starts).map(move |start| (unit, start * APART)))
        .collect();
    let found: Vec<Option<Found>> = units
        .into_par_iter()
        .map(|((_, policy, pairs), start)| {
            let found = find(pairs, policy, start..start + search.limit);
            progress();
            found
        })
        .collect();
    let mut found = found.into_iter();
    let mut all = Vec::new();
    for (defect, _) in &wanted {
        for &policy in &search.policies {
            all.push(Sought {
                defect: *defect,
                policy,
                found: found.by_ref().take(search.starts as usize).collect(),
            });
        }
    }
    Ok(all)
}

/// The first seed that shows the defect in some scenario.
fn find(pairs: &[Pair], policy: Policy, seeds: Range<u64>) -> Option<Found> {
    seeds.clone().find_map(|seed| {
        pairs.iter().find_map(|pair| {
            let check = shown(pair, policy, seed)?;
            Some(Found {
                seeds: seed - seeds.start + 1,
                scenario: name_of(&pair.healthy),
                check,
            })
        })
    })
}

/// The first check, as the file has them, that shows the defect.
fn shown(pair: &Pair, policy: Policy, seed: u64) -> Option<String> {
    let violated = |runs: &[Outcome], place: usize| {
        let mut violations = runs.iter().flat_map(|run| &run.violations);
        violations.any(|(_, violation)| usize::from(violation.check.0) == place)
    };
    let broken = played(&pair.broken, policy, seed);
    let expected = pair.healthy.expect.iter();
    let mut suspects = expected
        .filter(|it| it.ways.simulate && it.expected == Expected::Holds && violated(&broken, it.place))
        .peekable();
    suspects.peek()?;
    let healthy = played(&pair.healthy, policy, seed);
    let shown = suspects.find(|suspect| !violated(&healthy, suspect.place))?;
    Some(shown.name.clone())
}

fn played(scenario: &Scenario, policy: Policy, seed: u64) -> Vec<Outcome> {
    let simulation = Simulation {
        policy,
        ..scenario.simulate.simulation()
    };
    runs(simulation, seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(seeds: &[Option<u64>]) -> Sought {
        let found = |seeds| Found {
            seeds,
            scenario: String::new(),
            check: String::new(),
        };
        Sought {
            defect: Defect::ALL[0],
            policy: Policy::Uniform,
            found: seeds.iter().map(|seeds| seeds.map(found)).collect(),
        }
    }

    #[test]
    fn what_was_not_found_counts_as_longer_than_anything() {
        let median = |seeds: &[Option<u64>]| sought(seeds).median();
        assert_eq!(median(&[Some(7)]), Some(7));
        assert_eq!(median(&[Some(9), Some(1), Some(4)]), Some(4));
        assert_eq!(median(&[Some(9), Some(1), Some(4), Some(5)]), Some(5));
        assert_eq!(median(&[None, Some(2), Some(1)]), Some(2));
        assert_eq!(median(&[None, Some(2), Some(1), None]), None);
        assert_eq!(median(&[None]), None);
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_check_that_fails_anyway_shows_nothing() {
        let stage = stages(Defect::ClaimIgnoresMinIdle)[0];
        let mut healthy = load(stage).expect("a stage has no mistakes");
        for expectation in &mut healthy.expect {
            expectation.expected = Expected::Holds;
        }
        let pair = Pair {
            broken: healthy.clone(),
            healthy,
        };
        assert_eq!(find(&[pair], Policy::Uniform, 0..40), None);
    }
}
