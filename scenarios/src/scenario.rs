//! A scenario as the rest of the crate knows it: parsed, checked, and expanded into what each way of running needs.
//!
//! [`language`](crate::language) makes it of a file; nothing here knows TOML.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;

use redelivery_model::check::{CheckSpec, Deliveries};
use redelivery_model::duration;
use redelivery_model::occurrence::Occurrence;
use redelivery_model::setup::Setup;
use redelivery_model::simulate::{Policy, Simulation, Timing};
use redelivery_model::world::Action;
use serde::{Deserialize, Serialize};

/// One scenario file.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The file.
    pub path: PathBuf,
    /// The name of its folder.
    pub family: String,
    /// Its own name, without `.toml`.
    pub name: String,
    /// What happened, why, and what the smallest repair is.
    pub story: String,
    /// Where it was reported or documented.
    pub sources: Vec<String>,
    /// The scenarios of its family, by name, that it repairs.
    pub repairs: Vec<String>,
    /// Why no scenario repairs it.
    pub unrepaired: Option<String>,
    /// How it is explored.
    pub explore: Exploring,
    /// How it is simulated.
    pub simulate: Simulating,
    /// How it runs against a real server.
    pub live: Living,
    /// The checks with their expected outcome, in the order of the file.
    pub expect: Vec<Expectation>,
    /// What must occur, and in which ways, in the order of the file.
    pub occurs: Vec<(Occurrence, Ways)>,
}

/// The exhaustive exploration.
#[derive(Clone, Debug)]
pub struct Exploring {
    /// What it starts from.
    pub setup: Setup,
    /// Beyond so many states the verdict is unknown.
    pub max_states: u64,
}

/// The simulated runs.
#[derive(Clone, Debug)]
pub struct Simulating {
    /// What each starts from.
    pub setup: Setup,
    /// How long things take.
    pub timing: Timing,
    /// One run each.
    pub seeds: Range<u64>,
    /// How runs are searched.
    pub policy: Policy,
    /// The run that is done in place of the seeds, if the file has one.
    pub schedule: Option<Scheduled>,
}

/// One run, step by step, which is possible in its setup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// What is done.
    pub steps: Vec<Action>,
    /// Whether the run is over with the last step.
    pub ends: bool,
}

impl Simulating {
    /// What its runs start from.
    pub fn simulation(&self) -> Simulation<'_> {
        Simulation {
            setup: &self.setup,
            timing: &self.timing,
            policy: self.policy,
            counts: false,
        }
    }
}

/// The runs against a real server.
#[derive(Clone, Debug)]
pub struct Living {
    /// What runs by seed start from; those along a path of the explorer start from what is explored.
    pub setup: Setup,
    /// How long things take; `latency` is what is added to the network's own.
    pub timing: Timing,
    /// How long things take where a run goes on from the end of an explored path.
    pub timing_explored: Timing,
    /// One run each.
    pub seeds: Range<u64>,
    /// What durations are divided by in a live run.
    pub speed: u64,
    /// The first version of Redis that does what is explored; those before are not asked.
    pub since: Option<Version>,
}

/// A version of Redis: its first two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl FromStr for Version {
    type Err = ();

    /// Reads `7.2`, and what follows a second dot only as far as being there: `7.2.4` is `7.2`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = text.split('.').map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Self(major, minor)),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// Which of a scenario's setups a live run is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// What is explored: the run follows a path of the explorer.
    Explored,
    /// What runs by seed start from.
    Seeded,
}

impl Scenario {
    /// How long things take in live runs of a scope, with the scenario's own durations.
    pub fn timing_of(&self, scope: Scope) -> &Timing {
        match scope {
            Scope::Explored => &self.live.timing_explored,
            Scope::Seeded => &self.live.timing,
        }
    }

    /// What live runs of a scope start from, with the scenario's own durations.
    pub fn setup_of(&self, scope: Scope) -> &Setup {
        match scope {
            Scope::Explored => &self.explore.setup,
            Scope::Seeded => &self.live.setup,
        }
    }
}

/// What is expected of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Its place in [`Setup::checks`], the same for each way.
    pub place: usize,
    /// The check, with the scenario's own durations.
    pub check: CheckSpec,
    /// The check in words: `single-owner within 30s`.
    pub name: String,
    /// The outcome.
    pub expected: Expected,
    /// Where it is expected.
    pub ways: Ways,
}

/// The expected outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// No run violates it.
    Holds,
    /// Some run violates it.
    Violated,
}

/// Some of the three ways of judging a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Exhaustive exploration.
    pub explore: bool,
    /// Seeded simulation.
    pub simulate: bool,
    /// Runs against a real server.
    pub live: bool,
}

impl Ways {
    /// Those that are in either.
    pub fn or(self, other: Self) -> Self {
        Self {
            explore: self.explore | other.explore,
            simulate: self.simulate | other.simulate,
            live: self.live | other.live,
        }
    }

    /// Whether some way is in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.explore & other.explore | self.simulate & other.simulate | self.live & other.live
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::Violated => "violated",
        })
    }
}

/// A check in words, with the parameters that are not everybody's.
pub fn name_of(check: &CheckSpec) -> String {
    let with_dead_letters = |name: &str, count: bool| match count {
        true => name.to_owned(),
        false => format!("{name} without dead letters"),
    };
    match check {
        CheckSpec::AtMostOnce => "at-most-once".into(),
        CheckSpec::AtLeastOnce { dead_letter_counts } => with_dead_letters("at-least-once", *dead_letter_counts),
        CheckSpec::ExactlyOnce { dead_letter_counts } => with_dead_letters("exactly-once", *dead_letter_counts),
        CheckSpec::SingleOwner { within_ms } => format!("single-owner within {}", duration(*within_ms)),
        CheckSpec::NoOverlappingWork => "no-overlapping-work".into(),
        CheckSpec::NoClaimBeforeWork => "no-claim-before-work".into(),
        CheckSpec::DeadLetter { limit, counts } => match counts {
            Deliveries::Counter if *limit == 1 => "dead-letter after 1 delivery".into(),
            Deliveries::Counter => format!("dead-letter after {limit} deliveries"),
            Deliveries::Runs if *limit == 1 => "dead-letter after 1 run".into(),
            Deliveries::Runs => format!("dead-letter after {limit} runs"),
        },
        CheckSpec::RunLimit { limit: 1 } => "run-limit of 1 run".into(),
        CheckSpec::RunLimit { limit } => format!("run-limit of {limit} runs"),
        CheckSpec::Noticed => "noticed".into(),
        CheckSpec::NothingAfterDeadLetter => "nothing-after-dead-letter".into(),
        CheckSpec::PendingList => "pending-list".into(),
        CheckSpec::Order => "order".into(),
        CheckSpec::FanOut => "fan-out".into(),
        CheckSpec::Settles => "settles".into(),
        CheckSpec::Conservation => "conservation".into(),
        CheckSpec::Delivery => "delivery".into(),
        CheckSpec::Subscribed => "subscribed".into(),
        CheckSpec::BusLimit { at_most } => format!("bus-limit of {at_most}"),
        CheckSpec::Bounded { stream, length } => format!("bounded {stream} at {length}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_delivery_is_not_several() {
        let name = |limit, counts| name_of(&CheckSpec::DeadLetter { limit, counts });
        assert_eq!(name(1, Deliveries::Counter), "dead-letter after 1 delivery");
        assert_eq!(name(2, Deliveries::Counter), "dead-letter after 2 deliveries");
        assert_eq!(name(1, Deliveries::Runs), "dead-letter after 1 run");
        assert_eq!(name(2, Deliveries::Runs), "dead-letter after 2 runs");
    }
}
