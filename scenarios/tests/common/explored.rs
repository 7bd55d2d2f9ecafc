//! A scenario explored, not simulated.

use redelivery_scenarios::Scenario;
use redelivery_scenarios::outcome::Outcome;
use redelivery_scenarios::run::{Options, run};

/// What exploring says of a scenario.
pub(crate) fn explored(scenario: &Scenario) -> Outcome {
    let options = Options {
        simulate: false,
        ..Options::default()
    };
    run(scenario, &options, &|_, _| ())
}
