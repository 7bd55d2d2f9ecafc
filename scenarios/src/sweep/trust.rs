//! Whether a sweep on this machine can be believed: a scenario that must fail fails, and a unit that is run twice comes to
//! the same.

use redelivery_model::simulate::Outcome;
use serde::{Deserialize, Serialize};
use std::path::Path;

use super::run::{Play, play};
use super::{Plan, Shard};
use crate::Scenario;
use crate::language;

pub(super) const CANARY: &str = include_str!("canary.toml");

/// Its seeds are enough to fail: nearly each of them does.
const CANARY_SEEDS: u64 = 64;

/// What is said of both in the second line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    canary: String,
    repeated: String,
}

impl Default for Trust {
    /// The only thing that a file may say.
    fn default() -> Self {
        Self {
            canary: "violated".into(),
            repeated: "alike".into(),
        }
    }
}

/// Runs the canary, and the first units of a shard twice: a round of all scenarios.
///
/// # Errors
/// With what cannot be believed.
pub fn trust(plan: &Plan, shard: Shard) -> Result<(), String> {
    canary_fails(&canary(), &play)?;
    first_units_repeat(plan, shard, &play)
}

/// A worker that acknowledges on receipt and crashes: that nothing is lost cannot hold.
pub(super) fn canary() -> Scenario {
    language::parse(Path::new("canary.toml"), CANARY.as_bytes()).expect("a test reads it")
}

fn canary_fails(canary: &Scenario, play: Play<'_>) -> Result<(), String> {
    let mut seeds = 0..CANARY_SEEDS;
    match seeds.any(|seed| play(canary, seed).iter().any(|run| !run.violations.is_empty())) {
        true => Ok(()),
        false => Err(
            "the canary does not fail: checks, faults or seeds do nothing, so that nothing here can be believed".into(),
        ),
    }
}

fn first_units_repeat(plan: &Plan, shard: Shard, play: Play<'_>) -> Result<(), String> {
    let header = plan.header.of_shard(shard);
    for unit in header.units().take(plan.sources.len()) {
        let scenario = &plan.sources[unit.scenario].scenario;
        let twice = || play(scenario, unit.seed);
        let (one, other): (Vec<Outcome>, Vec<Outcome>) = rayon::join(twice, twice);
        if one != other {
            let (name, seed) = (&header.scenarios[unit.scenario].name, unit.seed);
            return Err(format!(
                "{name} with seed {seed} came to something else when it was run again"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::super::Source;
    use super::*;

    #[test]
    fn the_canary_fails() {
        assert_eq!(canary_fails(&canary(), &play), Ok(()));
    }

    #[test]
    fn a_canary_that_does_not_fail_is_an_error() {
        let text = CANARY.replace("[faults]\ncrash = { times = 4, clients = [\"worker\"] }\n", "");
        assert!(!text.contains("crash"));
        let harmless = language::parse(Path::new("canary.toml"), text.as_bytes()).unwrap();
        assert!(canary_fails(&harmless, &play).unwrap_err().contains("does not fail"));
        let blind = |scenario: &Scenario, seed| {
            let mut runs = play(scenario, seed);
            runs.iter_mut().for_each(|run| run.violations.clear());
            runs
        };
        assert!(canary_fails(&canary(), &blind).unwrap_err().contains("does not fail"));
    }

    #[test]
    fn a_unit_that_does_not_repeat_is_an_error() {
        let source = Source {
            scenario: canary(),
            text: CANARY.into(),
        };
        let plan = Plan::new(vec![source], 3..9).unwrap();
        assert_eq!(first_units_repeat(&plan, Shard::WHOLE, &play), Ok(()));
        let calls = AtomicU64::new(0);
        let drifting = |scenario: &Scenario, seed| play(scenario, seed + calls.fetch_add(1, Ordering::Relaxed));
        let error = first_units_repeat(&plan, Shard::WHOLE, &drifting).unwrap_err();
        assert!(error.contains("canary with seed 3"), "{error}");
    }
}
