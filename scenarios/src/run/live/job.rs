//! What there is to run of a scenario: paths of the explorer, and seeds.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use redelivery_model::durations::{in_possible_order, moments};
use redelivery_model::explore::{Exploration, Settings, explore, round};
use redelivery_model::history::Clock;
use redelivery_model::history::replay;
use redelivery_model::occurrence::{Occurrence, Occurrences, shown_by};
use redelivery_model::setup::{Setup, Span};
use redelivery_model::simulate::Timing;
use redelivery_model::world::Action;

use super::{Broker, LiveOptions};
use crate::live::{Driven, End, Live, Route, Run, doomed, guided, seeded};
use crate::outcome::{Unknown, Way};
use crate::run::{Done, Progress, in_way};
use crate::scenario::{Expected, Scenario, Scope};

/// So much earlier or later than planned may an action on a path happen.
const SLACK_MS: u64 = 20;
/// A path is tried at the scenario's speed, then slower.
const SLOWDOWNS: [u64; 3] = [1, 2, 4];
/// A run that does not come to rest is cut off after so many times of quiet.
const QUIETS_MAX: u64 = 10;
const NO_TIME: Span = Span { min_ms: 0, max_ms: 0 };

/// What is to be run.
pub(super) struct Plan {
    pub(super) paths: Vec<Path>,
    pub(super) seeds: Vec<u64>,
}

/// A path of the explorer.
pub(super) struct Path {
    pub(super) path: Vec<Action>,
    pub(super) at_end: bool,
    /// How many of its last actions are rounds that bring nothing new.
    pub(super) rounds: usize,
    /// The checks that it violates, by place.
    pub(super) violates: Vec<usize>,
    /// What it shows.
    pub(super) shows: Occurrences,
}

/// One run of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Job {
    Path(usize),
    Seed(u64),
}

/// What came of a job.
pub(super) enum Ran {
    /// On a path, at this speed.
    Driven(Driven, u64),
    /// No moments fit the path.
    NoMoments,
    /// The machine was late at each speed.
    TooSlow,
    /// By seed.
    Seeded(Run),
}

/// Why nothing is run at all.
pub(super) fn unknown_at_once(scenario: &Scenario, options: &LiveOptions) -> Option<Unknown> {
    match options.broker {
        Broker::None => Some(Unknown::NoServer),
        _ if scenario.live.setup.cluster.is_some() => Some(Unknown::NoLiveCluster),
        _ if scenario.live.setup.sends_scripts() => Some(Unknown::NoLiveScripts),
        Broker::Binary(_) | Broker::Address(_) => None,
    }
}

impl Plan {
    /// Explores the scenario for the paths to what is expected to be violated and to what must occur.
    pub(super) fn new(scenario: &Scenario, options: &LiveOptions, progress: Progress<'_>) -> Self {
        let mut plan = Self {
            paths: Vec::new(),
            seeds: Vec::new(),
        };
        if unknown_at_once(scenario, options).is_some() {
            return plan;
        }
        let exploration = Exploration::new(Arc::new(scenario.explore.setup.clone()));
        let limit = usize::try_from(scenario.explore.max_states).unwrap_or(usize::MAX);
        let explored = explore(&exploration, &Settings::new(limit), &|states| {
            progress(&scenario.name, Done::States(states as u64));
        });
        let asked = |name: &str| options.check.as_ref().is_none_or(|check| check == name);
        let expected = scenario.expect.iter().filter(|it| it.ways.live && asked(&it.name));
        for expectation in expected {
            if let Some(found) = &explored.found[expectation.place] {
                plan.add(scenario, &found.path, found.at_end, Some(expectation.place));
            }
        }
        for path in plan.paths.iter_mut().filter(|path| path.at_end) {
            path.go_round(&scenario.explore.setup);
        }
        if options.check.is_some() {
            return plan;
        }
        let mut all_shown = true;
        for (occurrence, _) in scenario.occurs.iter().filter(|(_, ways)| in_way(*ways, Way::Live)) {
            let shown = plan.paths.iter().any(|path| path.shows.contains(*occurrence));
            let known = explored.shown.iter().find(|(known, _)| known == occurrence);
            match known {
                _ if shown => {}
                Some((_, path)) => plan.add(scenario, path, false, None),
                None => all_shown = false,
            }
        }
        // Seeds are evidence of what holds, and look for what the explorer has no path to.
        let on_path = |place: usize| plan.paths.iter().any(|path| path.violates.contains(&place));
        let needs_seeds = scenario
            .expect
            .iter()
            .any(|it| it.ways.live && (it.expected == Expected::Holds || !on_path(it.place)));
        if needs_seeds || !all_shown || options.seeds.is_some() {
            plan.seeds = options.seeds.clone().unwrap_or(scenario.live.seeds.clone()).collect();
        }
        plan
    }

    fn add(&mut self, scenario: &Scenario, path: &[Action], at_end: bool, violates: Option<usize>) {
        let known = self
            .paths
            .iter_mut()
            .find(|known| known.path == path && (known.at_end || !at_end));
        match known {
            Some(known) => known.violates.extend(violates),
            None => self.paths.push(Path {
                path: path.to_vec(),
                at_end,
                rounds: 0,
                violates: violates.into_iter().collect(),
                shows: shows(&scenario.explore.setup, path),
            }),
        }
    }

    pub(super) fn jobs(&self) -> impl Iterator<Item = Job> {
        let paths = (0..self.paths.len()).map(Job::Path);
        paths.chain(self.seeds.iter().copied().map(Job::Seed))
    }
}

impl Path {
    /// Where a run can stay at its end but need not, it goes round there, twice.
    fn go_round(&mut self, setup: &Setup) {
        let Ok((_, end)) = replay(setup, Clock::Abstract, &self.path) else {
            return;
        };
        let doomed = doomed(setup, end);
        let is_doomed = |place: &usize| doomed.iter().any(|check| usize::from(check.0) == *place);
        if self.violates.iter().all(is_doomed) {
            return;
        }
        if let Some(round) = round(setup, &self.path) {
            self.rounds = 2 * round.len();
            self.path.extend(round.iter().chain(&round));
        }
    }
}

fn shows(setup: &Setup, path: &[Action]) -> Occurrences {
    let mut shown = Occurrences::default();
    if let Ok((steps, _)) = replay(setup, Clock::Abstract, path) {
        let events = steps.iter().flat_map(|step| &step.events);
        let all: Vec<Occurrence> = events.filter_map(shown_by).collect();
        all.into_iter().for_each(|occurrence| shown.insert(occurrence));
    }
    shown
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

/// Does a job on a server.
pub(super) fn run(
    scenario: &Scenario,
    options: &LiveOptions,
    plan: &Plan,
    job: Job,
    address: SocketAddr,
) -> io::Result<Ran> {
    let at = |scope: Scope, speed: u64, setup: &Setup, run: &dyn Fn(Live<'_>) -> io::Result<Ran>| {
        run(Live {
            path: &scenario.path,
            scope,
            speed,
            setup,
            launcher: &options.launcher,
            address,
        })
    };
    match job {
        Job::Seed(seed) => {
            let speed = scenario.live.speed;
            let (setup, timing) = of_scope(scenario, Scope::Seeded, speed);
            at(Scope::Seeded, speed, &setup, &|live| {
                Ok(Ran::Seeded(seeded(live, &timing, seed)?))
            })
        }
        Job::Path(place) => {
            let path = &plan.paths[place];
            let mut ran = Ran::NoMoments;
            let mut tried = 0;
            for slowdown in SLOWDOWNS {
                let speed = (scenario.live.speed / slowdown).max(1);
                if speed == tried {
                    continue;
                }
                tried = speed;
                let (setup, timing) = of_scope(scenario, Scope::Explored, speed);
                // Time may do something later than it does on the shortest path.
                let orders = [Some(path.path.clone()), in_possible_order(&setup, &path.path)];
                let mut orders = orders.into_iter().flatten();
                let possible = orders.find_map(|path| Some((moments(&setup, &path, SLACK_MS)?, path)));
                let Some((moments, path_in_order)) = possible else {
                    continue;
                };
                let route = Route {
                    path: path_in_order,
                    moments_ms: moments.at_ms,
                    end: match (path.at_end, path.rounds) {
                        (false, _) => End::Open,
                        (true, 0) => End::Stays,
                        (true, _) => End::GoesRound,
                    },
                };
                ran = at(Scope::Explored, speed, &setup, &|live| {
                    Ok(Ran::Driven(guided(live, &setup, &timing, &route)?, speed))
                })?;
                match &ran {
                    Ran::Driven(driven, _) if driven.diverged.is_some() && driven.late_ms > SLACK_MS => {
                        ran = Ran::TooSlow;
                    }
                    _ => break,
                }
            }
            Ok(ran)
        }
    }
}
