//! What scenarios take of all that may be taken, and why some of it cannot be.
//!
//! Each scenario is explored as far as its bound allows, and simulated with some of its seeds. What nobody takes is either
//! impossible, which is said here with the reason, or a gap in the corpus. Nothing here judges a scenario.

mod excuses;

use rayon::prelude::*;
use redelivery_model::coverage::Coverage;
use redelivery_model::explore::Exploration;
use redelivery_model::simulate::simulate;

use crate::Scenario;

pub use excuses::{excuse, excused};

/// How far is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// So many seeds of each scenario, the first ones.
    pub seeds: u64,
    /// So many states of each scenario, in place of its own bound.
    pub max_states: Option<u64>,
}

/// What some scenarios take together; `done` hears of each that is over.
pub fn coverage(scenarios: &[Scenario], reach: Reach, done: &(dyn Fn() + Sync)) -> Coverage {
    let each = scenarios.par_iter().map(|scenario| {
        let coverage = explored(scenario, reach).and(simulated(scenario, reach));
        done();
        coverage
    });
    each.reduce(Coverage::default, Coverage::and)
}

fn explored(scenario: &Scenario, reach: Reach) -> Coverage {
    let exploration = Exploration::new(scenario.explore.setup.clone().into());
    let max_states = reach.max_states.unwrap_or(scenario.explore.max_states);
    let (coverage, _) = Coverage::of_space(&exploration, usize::try_from(max_states).unwrap_or(usize::MAX));
    coverage
}

fn simulated(scenario: &Scenario, reach: Reach) -> Coverage {
    let setup = &scenario.simulate.setup;
    let simulation = scenario.simulate.simulation();
    let seeds = scenario.simulate.seeds.clone();
    let few = seeds.take(usize::try_from(reach.seeds).unwrap_or(usize::MAX));
    let runs = few.map(|seed| Coverage::of_run(setup, &simulate(simulation, seed).schedule));
    runs.fold(Coverage::default(), Coverage::and)
}
