//! Running scenarios: explored, simulated, live, and what that says of each expectation.
//!
//! The same scenario gives the same outcome whatever the number of threads: units are independent and their results are
//! put together in order.

mod explored;
mod live;
mod simulated;

pub use live::{Broker, LiveOptions, live, version};

use std::ops::Range;

use redelivery_model::check::{CheckSpec, Premises};
use redelivery_model::occurrence::{Occurrence, Occurrences};
use redelivery_model::setup::Setup;
use redelivery_model::simulate::Policy;

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
    /// How seeds are searched, in place of the scenario's own policy.
    pub policy: Option<Policy>,
    /// Whether simulated runs are counted: how much is lost, repeated or late.
    pub numbers: bool,
    /// The bound on states in place of the scenario's own.
    pub max_states: Option<u64>,
    /// How it is explored.
    pub search: Search,
    /// Whether exploring takes interchangeable clients for each other.
    pub symmetry: bool,
}

/// How a scenario is explored; what is found is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Steps are looked up once they were done.
    LookedUp {
        /// So many threads work.
        threads: usize,
        /// Whether whole states are compared, in place of their fingerprints.
        exact: bool,
    },
    /// Each step is done.
    Stepped,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            explore: true,
            simulate: true,
            seeds: None,
            policy: None,
            numbers: false,
            max_states: None,
            search: Search::LookedUp {
                threads: 1,
                exact: false,
            },
            symmetry: true,
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
    /// One more live run is over, of so many.
    Run(u64),
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
        interchangeable: Vec::new(),
        simulated: None,
        numbers: None,
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

/// What happened in one way of running, and so what it means that nothing violated a check.
struct Evidence {
    premises: Premises,
    /// The first thing that must occur and did not.
    missing: Option<Occurrence>,
}

/// Notes what must occur in a way.
fn note_occurrences(
    scenario: &Scenario,
    way: Way,
    occurred: Occurrences,
    premises: Premises,
    outcome: &mut Outcome,
) -> Evidence {
    let wanted = scenario.occurs.iter().filter(|(_, ways)| in_way(*ways, way));
    let rows: Vec<Occurred> = wanted
        .map(|&(occurrence, _)| Occurred {
            occurrence,
            way,
            occurred: occurred.contains(occurrence),
            diverged: None,
        })
        .collect();
    let missing = rows.iter().find(|row| !row.occurred).map(|row| row.occurrence);
    outcome.occurrences.extend(rows);
    Evidence { premises, missing }
}

impl Evidence {
    /// What it means that there is no counterexample: nothing, where what the scenario or the check presumes is missing.
    fn held(&self, check: &CheckSpec, setup: &Setup, otherwise: Option<Unknown>) -> Verdict {
        let untested = || self.premises.unmet(setup, check).map(Unknown::Untested);
        let nothing = (!check.applies(setup)).then_some(Unknown::NothingToJudge);
        let missing = self.missing.map(Unknown::NeverOccurred);
        let why = otherwise.or(nothing).or(missing).or_else(untested);
        why.map_or(Verdict::Holds, Verdict::Unknown)
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
