//! Failures of a sweep made small: the first few of each check, so that a check that always fails costs no more than one
//! that seldom does.
//!
//! What is among the first few in all units is among the first few of its shard. So each shard may forget the rest, and
//! files merged are those of one sweep. Threads do units out of order: [`Early`] says which may still be among the first, and
//! whoever is not in the end has been shrunk for nothing. Shrinking is counted in tries, never in seconds.

use std::collections::{BTreeMap, BTreeSet};

use redelivery_model::simulate::Outcome;

use super::plan::Source;
use super::{Failure, digest, digest_of_schedule};
use crate::schedule::name_of;
use crate::shrink::found::{self, confirm};
use crate::shrink::{self, Shrunk, shrink};

/// So many runs that violate a check of a scenario are shrunk, the first.
pub const FIRST: usize = 5;

/// The effort for each of them.
const TRIES: u64 = 2_000;

/// A check that was to hold and is violated by one of a seed's runs.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) check: String,
    /// Which of the runs.
    pub(super) generation: usize,
    /// After so many actions.
    pub(super) after: usize,
}

/// A scenario file that a failure was shrunk to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The name of the file: the same for the same failure.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// The failure, and a file of it if one is wanted.
pub(super) fn shrunk(
    source: &Source,
    seed: u64,
    runs: &[Outcome],
    broken: &Broken,
    file: bool,
) -> (Failure, Option<Found>) {
    let scenario = &source.scenario;
    let Broken {
        check,
        generation,
        after,
    } = broken;
    let run = &runs[*generation];
    let failure = shrink::Failure {
        scenario,
        text: &source.text,
        check,
        schedule: &run.schedule[..*after],
        ends: run.ended && *after == run.schedule.len(),
    };
    let Some(small) = shrink(&failure, TRIES) else {
        // It does not fail again by itself: then it is told apart as it is.
        let digest = digest_of_schedule(scenario, failure.schedule, failure.ends);
        let (actions, from) = (*after, *after);
        return (Failure { digest, actions, from }, None);
    };
    let digest = digest(found::essence(&small).as_bytes());
    let found = file.then(|| {
        let how = found::of_seed(scenario.simulate.policy, seed, *generation);
        named(&failure, &small, &digest, &how)
    });
    let (actions, from) = (small.schedule.len(), *after);
    (Failure { digest, actions, from }, found)
}

fn named(failure: &shrink::Failure<'_>, small: &Shrunk, digest: &str, how: &str) -> Found {
    let word = |text: &str| -> String {
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
        text.chars().map(plain).collect()
    };
    let (scenario, check) = (word(&name_of(failure.scenario)), word(failure.check));
    Found {
        name: format!("{scenario}--{check}--{}.toml", &digest[..8]),
        text: found::file(failure, small, confirm(small), how),
    }
}

/// Which units may be among the first that violate a check: by scenario and check, the smallest places so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Early(BTreeMap<(usize, String), BTreeSet<u64>>);

impl Early {
    /// Whether the unit at this place may be, as far as is known.
    pub(super) fn may_be(&mut self, scenario: usize, check: &str, place: u64) -> bool {
        let places = self.0.entry((scenario, check.to_owned())).or_default();
        places.insert(place);
        if places.len() > FIRST {
            places.pop_last();
        }
        places.contains(&place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_among_the_first_in_the_end_was_so_all_along() {
        let places = [40, 3, 17, 25, 9, 1, 33, 2, 8, 21, 5, 13, 0, 30];
        let mut early = Early::default();
        let shrunk: Vec<u64> = places
            .into_iter()
            .filter(|&place| early.may_be(0, "order", place))
            .collect();
        let mut sorted = places;
        sorted.sort_unstable();
        assert!(sorted[..FIRST].iter().all(|place| shrunk.contains(place)), "{shrunk:?}");
        assert!(shrunk.len() < places.len(), "those that come too late cost nothing");
        assert!(
            early.may_be(0, "settles", 99) && early.may_be(1, "order", 99),
            "each by itself"
        );
    }
}
