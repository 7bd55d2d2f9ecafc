//! One scenario with a defect and without: the checks that hold without and are violated with it.

use std::ops::Range;
use std::path::Path;

use redelivery_engine::Millis;
use redelivery_model::defect::Defect;
use redelivery_model::simulate::simulate;

use super::{After, Catch, Stage, Way};
use crate::language::{self, Diagnostic};
use crate::outcome::{self, Outcome, Row, Verdict};
use crate::run::{Options, run};
use crate::{Scenario, corpus};

/// The seeds that are tried, with and without a defect.
pub const SEEDS: Range<u64> = 0..40;

/// A defect may keep a run going for ever: it has so much virtual time, in milliseconds, to show itself. What is said of ends
/// takes a run that ends, some minutes after the last thing that happened.
const TIME_LIMIT_MS: Millis = 10 * 60 * 1_000;

/// The scenario of a stage.
pub(super) fn load(stage: Stage) -> Result<Scenario, Vec<Diagnostic>> {
    let root = match stage {
        Stage::Corpus(_) => corpus::shipped(),
        Stage::Own(_) => corpus::stages(),
    };
    let files = corpus::find(&root, Path::new(stage.name())).map_err(|diagnostic| vec![diagnostic])?;
    language::load(&files[0])
}

/// A scenario with a defect, to be simulated.
pub(super) fn with(scenario: &Scenario, defect: Defect) -> Scenario {
    let mut scenario = scenario.clone();
    let simulate = &mut scenario.simulate;
    simulate.setup.defect = Some(defect);
    simulate.timing.time_limit_ms = simulate.timing.time_limit_ms.min(TIME_LIMIT_MS);
    scenario
}

/// A scenario as it is without a defect.
pub(super) struct Healthy {
    pub(super) stage: Stage,
    scenario: Scenario,
    outcome: Outcome,
}

impl Healthy {
    /// Explores and simulates a stage without a defect.
    pub(super) fn of(stage: Stage) -> Result<Self, Vec<Diagnostic>> {
        let scenario = load(stage)?;
        let options = Options {
            seeds: Some(SEEDS),
            ..Options::default()
        };
        let outcome = run(&scenario, &options, &|_, _| ());
        Ok(Self {
            stage,
            scenario,
            outcome,
        })
    }

    /// The checks that hold in a way.
    fn holding(&self, way: outcome::Way) -> impl Iterator<Item = &Row> {
        let rows = self.outcome.rows.iter();
        rows.filter(move |row| row.way == way && row.verdict == Verdict::Holds)
    }

    /// What exploring catches. A defect may make a world endless: a few times the states of the healthy one are enough.
    pub(super) fn explored_with(&self, defect: Defect) -> Vec<Catch> {
        let mut scenario = self.scenario.clone();
        scenario.explore.setup.defect = Some(defect);
        let states = self.outcome.explored.map_or(0, |explored| explored.states);
        let options = Options {
            simulate: false,
            max_states: Some(4 * states + 1_000),
            ..Options::default()
        };
        let broken = run(&scenario, &options, &|_, _| ());
        let catches = self.holding(outcome::Way::Explore).filter_map(|row| {
            let same = |other: &&Row| (&other.name, other.way) == (&row.name, row.way);
            let found = broken.rows.iter().find(same)?.counterexample.as_ref()?;
            Some(self.catch(Way::Explore, row, After::Steps(found.schedule.len())))
        });
        catches.collect()
    }

    /// What simulating catches, by which seed first.
    pub(super) fn simulated_with(&self, defect: Defect) -> Vec<Catch> {
        let scenario = with(&self.scenario, defect);
        let expectations = &scenario.expect;
        let place = |row: &Row| expectations.iter().find(|it| it.name == row.name).map(|it| it.place);
        let mut open: Vec<(usize, &Row)> = self
            .holding(outcome::Way::Simulate)
            .filter_map(|row| Some((place(row)?, row)))
            .collect();
        let mut catches = Vec::new();
        for seed in SEEDS {
            if open.is_empty() {
                break;
            }
            let violations = simulate(scenario.simulate.simulation(), seed).violations;
            open.retain(|&(place, row)| {
                let found = violations.iter().any(|(_, it)| usize::from(it.check.0) == place);
                if found {
                    catches.push((place, self.catch(Way::Simulate, row, After::Seeds(seed + 1))));
                }
                !found
            });
        }
        catches.sort_by_key(|(place, _)| *place);
        catches.into_iter().map(|(_, catch)| catch).collect()
    }

    fn catch(&self, way: Way, row: &Row, after: After) -> Catch {
        Catch {
            way,
            scenario: Some(format!("{}/{}", self.scenario.family, self.scenario.name)),
            check: row.name.clone(),
            of: Some(row.check.name()),
            after,
        }
    }
}
