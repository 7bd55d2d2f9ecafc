//! Running scenarios: explored, simulated, live, and what that says of each expectation.
//!
//! The same scenario gives the same outcome whatever the number of threads: units are independent and their results are
//! put together in order.

mod explored;
mod live;
mod simulated;

pub use live::{Broker, LiveOptions, live};

use std::ops::Range;

use redelivery_model::occurrence::{Occurrence, Occurrences};

use crate::outcome::{Occurred, Outcome, Row, Unknown, Verdict, Way};
use crate::scenario::{Expected, Scenario, Ways};

/// In which ways a scenario is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether it is explored.
    pub explore: bool,
    /// Whether it is simulated.
    pub simulate: bool,
    /// The seeds in place of the scenario's own.
    pub seeds: Option<Range<u64>>,
    /// The bound on states in place of the scenario's own.
    pub max_states: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            explore: true,
            simulate: true,
            seeds: None,
            max_states: None,
        }
    }
}

/// Hears how far a run is: the scenario's name and what was done of it so far.
pub type Progress<'a> = &'a (dyn Fn(&str, Done) + Sync);

/// What was done of a scenario so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// So many states were visited.
    States(u64),
    /// One more seed was simulated, of so many.
    Seed(u64),
    /// This way of running is over.
    Way(Way),
}

/// Runs a scenario.
pub fn run(scenario: &Scenario, options: &Options, progress: Progress<'_>) -> Outcome {
    let mut outcome = nothing_yet(scenario);
    if options.explore {
        explored::run(scenario, options, progress, &mut outcome);
    }
    if options.simulate {
        simulated::run(scenario, options, progress, &mut outcome);
    }
    in_order(scenario, &mut outcome);
    outcome
}

fn nothing_yet(scenario: &Scenario) -> Outcome {
    Outcome {
        family: scenario.family.clone(),
        name: scenario.name.clone(),
        rows: Vec::new(),
        occurrences: Vec::new(),
        explored: None,
        simulated: None,
        lived: None,
    }
}

/// Puts the rows as in the file, each expectation with its ways beside each other.
fn in_order(scenario: &Scenario, outcome: &mut Outcome) {
    let place = |row: &Row| {
        scenario
            .expect
            .iter()
            .position(|e| e.name == row.name && e.expected == row.expected)
    };
    outcome.rows.sort_by_key(|row| (place(row), row.way));
}

fn in_way(ways: Ways, way: Way) -> bool {
    match way {
        Way::Explore => ways.explore,
        Way::Simulate => ways.simulate,
        Way::Live => ways.live,
    }
}

/// Notes what must occur in a way; answers the first that did not.
fn note_occurrences(scenario: &Scenario, way: Way, seen: Occurrences, outcome: &mut Outcome) -> Option<Occurrence> {
    let wanted = scenario.occurs.iter().filter(|(_, ways)| in_way(*ways, way));
    let rows: Vec<Occurred> = wanted
        .map(|&(occurrence, _)| Occurred {
            occurrence,
            way,
            occurred: seen.contains(occurrence),
        })
        .collect();
    let missing = rows.iter().find(|row| !row.occurred).map(|row| row.occurrence);
    outcome.occurrences.extend(rows);
    missing
}

/// What no counterexample means, where something that must occur is missing: nothing.
fn held(missing: Option<Occurrence>, otherwise: Option<Unknown>) -> Verdict {
    match (otherwise, missing) {
        (Some(unknown), _) => Verdict::Unknown(unknown),
        (None, Some(occurrence)) => Verdict::Unknown(Unknown::NeverOccurred(occurrence)),
        (None, None) => Verdict::Holds,
    }
}

/// Whether a violation is only to be looked for where the scenario names it.
fn expectations(scenario: &Scenario, way: Way) -> impl Iterator<Item = (usize, Row)> {
    let wanted = scenario
        .expect
        .iter()
        .filter(move |expectation| in_way(expectation.ways, way));
    wanted.map(move |expectation| {
        let row = Row {
            check: expectation.check.clone(),
            name: expectation.name.clone(),
            way,
            expected: Expected::clone(&expectation.expected),
            verdict: Verdict::Holds,
            counterexample: None,
        };
        (expectation.place, row)
    })
}
