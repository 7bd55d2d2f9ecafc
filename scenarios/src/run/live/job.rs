//! One run on a server: along a path, or by seed; again and more slowly where the machine was late.
//!
//! What a late run showed says nothing, whatever it was: its durations were not those that the path or the seed says.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;

use redelivery_engine::Millis;
use redelivery_model::check::Violation;
use redelivery_model::durations::{in_possible_order, moments};
use redelivery_model::setup::{Setup, Span};
use redelivery_model::simulate::Timing;

use super::LiveOptions;
use super::plan::{Job, Path, Plan};
use crate::live::{Driven, End, Live, Replica, Route, Run, Server, guided, put_aside_after, seeded};
use crate::scenario::{Scenario, Scope};

/// So much earlier or later than planned may an action on a path happen; where it runs slower, as much more.
const SLACK_MS: Millis = 20;
/// A run that does not come to rest is cut off after so many times of quiet.
const QUIETS_MAX: u64 = 10;
const A_DAY_MS: Millis = 24 * 60 * 60 * 1_000;
const NO_TIME: Span = Span { min_ms: 0, max_ms: 0 };

/// How fast a run is tried.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace {
    /// At the scenario's speed, then slower.
    Usual,
    /// Slower, then much slower: the machine was late.
    Patient,
}

impl Pace {
    /// What the scenario's speed is divided by, one after the other.
    fn slowdowns(self) -> [u64; 3] {
        match self {
            Self::Usual => [1, 2, 4],
            Self::Patient => [4, 8, 16],
        }
    }
}

/// What came of a job.
pub(super) struct Ran {
    pub(super) came: Came,
    /// So many runs of it were thrown away, since the machine was late.
    pub(super) late: u64,
}

/// What came of a job's last run.
pub(super) enum Came {
    /// On a path, at this speed.
    Driven(Driven, u64),
    /// By seed, at this speed.
    Seeded(Run, u64),
    /// No moments fit the path.
    NoMoments,
    /// A failure on the path loses a part of what one of its actions wrote.
    LostInPart,
    /// The machine was late at each speed.
    TooSlow,
}

/// What a job runs on.
#[derive(Clone, Copy, Debug)]
pub(super) struct On<'a> {
    /// The server.
    pub(super) address: SocketAddr,
    /// The same, if it is ours.
    pub(super) server: Option<&'a RefCell<Server>>,
    /// What follows it.
    pub(super) replica: Option<&'a RefCell<Replica>>,
}

/// Does a job on a server.
pub(super) fn run(
    scenario: &Scenario,
    options: &LiveOptions,
    plan: &Plan,
    job: Job,
    pace: Pace,
    on: On<'_>,
) -> io::Result<Ran> {
    let mut ran = Ran {
        came: Came::NoMoments,
        late: 0,
    };
    let mut impossible = None;
    for slowdown in pace.slowdowns() {
        let speed = (scenario.live.speed / slowdown).max(1);
        if impossible == Some(speed) {
            continue;
        }
        let scope = match job {
            Job::Seed(_) => Scope::Seeded,
            Job::Path(_) => Scope::Explored,
        };
        let (setup, timing) = of_scope(scenario, scope, speed);
        let live = Live {
            path: &scenario.path,
            scope,
            speed,
            setup: &setup,
            launcher: &options.launcher,
            address: on.address,
            server: on.server,
            replica: on.replica,
        };
        let (came, was_late) = match job {
            Job::Seed(seed) => {
                let run = seeded(live, &timing, seed)?;
                let was_late = is_late(&setup, run.late_ms);
                (Came::Seeded(run, speed), was_late)
            }
            Job::Path(place) => {
                let path = &plan.paths[place];
                if put_aside_after(&setup, &path.path).is_none() {
                    ran.came = Came::LostInPart;
                    return Ok(ran);
                }
                let slacks_ms = [SLACK_MS * slowdown, SLACK_MS];
                let possible = slacks_ms
                    .into_iter()
                    .find_map(|slack_ms| Some((route(path, &setup, slack_ms)?, slack_ms)));
                let Some((route, slack_ms)) = possible else {
                    impossible = Some(speed);
                    continue;
                };
                let driven = guided(live, &setup, &timing, &route)?;
                let was_late = driven.late_ms > slack_ms && !is_as_explored(path, &driven);
                (Came::Driven(driven, speed), was_late)
            }
        };
        if !was_late {
            ran.came = came;
            break;
        }
        ran.came = Came::TooSlow;
        ran.late += 1;
    }
    Ok(ran)
}

/// Whether something was late by more than half of the shortest time that the server measures: then others came between
/// whom the seed's durations keep apart. Where the server measures none, nothing depends on how long things take.
fn is_late(setup: &Setup, late_ms: Millis) -> bool {
    setup.shortest_ms().is_some_and(|shortest_ms| late_ms > shortest_ms / 2)
}

/// Whether what was explored was seen: a path that was late all the same is one that happened.
fn is_as_explored(path: &Path, driven: &Driven) -> bool {
    let run = &driven.run;
    let is_seen = |place: &usize| {
        let is_it = |violation: &Violation| usize::from(violation.check.0) == *place;
        run.violations.iter().any(|(_, violation)| is_it(violation)) || run.owed.iter().any(is_it)
    };
    driven.diverged.is_none() && path.violates.iter().all(is_seen)
}

/// The path, with moments at which its actions can happen, each so much earlier or later.
fn route(path: &Path, setup: &Setup, slack_ms: Millis) -> Option<Route> {
    let setup = &lagging(setup);
    // Time may do something later than it does on the shortest path.
    let orders = [Some(path.path.clone()), in_possible_order(setup, &path.path)];
    let mut orders = orders.into_iter().flatten();
    let (moments, path_in_order) = orders.find_map(|path| Some((moments(setup, &path, slack_ms)?, path)))?;
    Some(Route {
        put_aside_after: put_aside_after(setup, &path_in_order)?,
        path: path_in_order,
        moments_ms: moments.at_ms,
        end: match (path.at_end, path.rounds) {
            (false, _) => End::Open,
            (true, 0) => End::Stays,
            (true, _) => End::GoesRound,
        },
    })
}

/// The same, where a replica lags behind for as long as it is cut off, which is for the path to say.
fn lagging(setup: &Setup) -> Setup {
    let mut setup = setup.clone();
    if let Some(keeping) = setup
        .keeping
        .as_mut()
        .filter(|keeping| keeping.replica_lag_ms.is_some())
    {
        keeping.replica_lag_ms = Some(A_DAY_MS);
    }
    setup
}

/// What runs of a scope start from, and how long things take in them.
fn of_scope(scenario: &Scenario, scope: Scope, speed: u64) -> (Setup, Timing) {
    let setup = scenario.setup_of(scope).faster(speed);
    let mut timing = scenario.timing_of(scope).faster(speed);
    if setup.faults.pause.times == 0 {
        timing.pause = NO_TIME;
    }
    let limit_ms = timing.quiet_ms(&setup).saturating_mul(QUIETS_MAX);
    timing.time_limit_ms = timing.time_limit_ms.min(limit_ms);
    (setup, timing)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::language;

    fn setup(text: &str) -> Setup {
        let scenario = language::parse(Path::new("own/here.toml"), text.as_bytes()).expect("it is a scenario");
        scenario.live.setup
    }

    #[test]
    fn who_is_late_by_more_than_half_of_what_the_server_measures_is_late() {
        let consumer = "stream = \"orders\"\ngroup = \"workers\"\nblock = \"100ms\"";
        let text = format!(
            "story = \"It works.\"\n[stream.orders]\ngroups = {{ workers = \"0\" }}\n\
             [producer.shop]\nstream = \"orders\"\nmessages = 1\n\
             [consumer.worker]\n{consumer}\n[expect]\nholds = [\"at-least-once\"]\n"
        );
        let setup = setup(&text);
        assert!(!is_late(&setup, 50));
        assert!(is_late(&setup, 51));
        assert!(is_late(&setup.faster(2), 26), "what is faster is late sooner");
    }

    #[test]
    fn nobody_is_late_where_nothing_is_measured() {
        let text = "story = \"It hears.\"\n[publisher.press]\nchannels = [\"news\"]\nmessages = 1\n\
                    [subscriber.anna]\nchannels = [\"news\"]\n[expect]\nholds = [\"at-most-once\"]\n";
        assert!(!is_late(&setup(text), Millis::MAX));
    }
}
