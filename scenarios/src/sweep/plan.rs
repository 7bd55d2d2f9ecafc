//! What is swept: scenarios under seeds, and the order of their units.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Header, Planned, Shard, digest};
use crate::Scenario;

/// Scenarios and the seeds under which each is simulated.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenarios, each once.
    pub sources: Vec<Source>,
    /// The first line of its file, of a sweep that is not split.
    pub header: Header,
}

/// A scenario with its file.
#[derive(Clone, Debug)]
pub struct Source {
    /// What is swept.
    pub scenario: Scenario,
    /// The content of its file, which failures are shrunk in.
    pub text: String,
}

/// One run: a scenario under a seed. Seed by seed, the scenarios of each in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// The seed.
    pub seed: u64,
    /// The place of the scenario.
    pub scenario: usize,
}

impl Plan {
    /// Scenarios with their files. What is given twice is swept once.
    ///
    /// # Errors
    /// When two scenarios have the same name.
    pub fn new(given: Vec<Source>, seeds: Range<u64>) -> Result<Self, String> {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let mut sources = Vec::new();
        let mut planned = Vec::new();
        for source in given {
            let entry = Planned::of(&source.scenario, digest(source.text.as_bytes()));
            match names.insert(entry.name.clone(), entry.digest.clone()) {
                Some(known) if known == entry.digest => {}
                Some(_) => return Err(format!("two files are called {}: rename one of them", entry.name)),
                None => {
                    sources.push(source);
                    planned.push(entry);
                }
            }
        }
        let header = Header::new(planned, seeds);
        Ok(Self { sources, header })
    }
}

impl Header {
    /// The units of its shard, in order. Each scenario's seeds are dealt round-robin, each scenario's beginning with the
    /// next shard, so that all shards have the same share of every scenario.
    pub fn units(&self) -> impl Iterator<Item = Unit> + use<> {
        let (shard, start) = (self.shard, self.seeds[0]);
        let (scenarios, step) = (self.scenarios.len() as u64, shard.of());
        (start..self.seeds[1]).flat_map(move |seed| {
            let of_seed = (shard.first(seed - start)..scenarios).step_by(usize::try_from(step).unwrap_or(usize::MAX));
            of_seed.map(move |scenario| Unit {
                seed,
                scenario: scenario as usize,
            })
        })
    }

    /// How many units its shard has.
    pub fn count(&self) -> u64 {
        (0..self.scenarios.len())
            .map(|scenario| self.seeds_of(scenario).count)
            .sum()
    }

    /// The seeds of a scenario in its shard.
    pub(super) fn seeds_of(&self, scenario: usize) -> OwnSeeds {
        let [start, end] = self.seeds;
        let first = start.saturating_add(self.shard.first(scenario as u64));
        OwnSeeds {
            first,
            step: self.shard.of(),
            count: end.saturating_sub(first).div_ceil(self.shard.of()),
        }
    }

    /// The same of another shard.
    #[must_use]
    pub fn of_shard(&self, shard: Shard) -> Self {
        Self { shard, ..self.clone() }
    }
}

/// Seeds at equal distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OwnSeeds {
    pub(super) first: u64,
    pub(super) step: u64,
    pub(super) count: u64,
}

#[cfg(test)]
mod tests {
    use super::super::header::tests::header;
    use super::*;

    #[test]
    fn shards_share_every_scenario_evenly_and_have_all_units_between_them() {
        for (scenarios, seeds, of) in [(1, 3..10, 2), (2, 0..8, 4), (3, 5..17, 3), (2, 0..2, 7), (5, 0..0, 2)] {
            let header = header(scenarios, seeds.clone());
            let whole: Vec<Unit> = header.units().collect();
            assert!(whole.is_sorted());
            assert_eq!(whole.len() as u64, scenarios as u64 * (seeds.end - seeds.start));
            let mut all = Vec::new();
            for number in 1..=of {
                let header = header.of_shard(Shard::new(number, of).unwrap());
                let units: Vec<Unit> = header.units().collect();
                for scenario in 0..scenarios {
                    let own: Vec<u64> = units
                        .iter()
                        .filter(|it| it.scenario == scenario)
                        .map(|it| it.seed)
                        .collect();
                    let OwnSeeds { first, step, count } = header.seeds_of(scenario);
                    let said: Vec<u64> = (0..count).map(|place| first + place * step).collect();
                    assert_eq!(own, said, "{scenario} in {number} of {of}");
                }
                assert_eq!(header.count(), units.len() as u64);
                all.extend(units);
            }
            all.sort_unstable();
            assert_eq!(all, whole);
        }
    }
}
