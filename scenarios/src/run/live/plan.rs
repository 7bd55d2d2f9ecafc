//! What there is to run of a scenario: paths of the explorer, and seeds.
//!
//! Read next: `job` for how one of them is run, `judge` for what that says, and for whether more seeds are needed.

use std::sync::Arc;

use redelivery_model::explore::{Exploration, Settings, explore, round};
use redelivery_model::history::Clock;
use redelivery_model::history::replay;
use redelivery_model::occurrence::{Occurrence, Occurrences, shown_by};
use redelivery_model::setup::Setup;
use redelivery_model::world::Action;

use super::{Broker, LiveOptions};
use crate::live::{can_be_made_to_fail, doomed};
use crate::outcome::{Unknown, Way};
use crate::run::{Done, Progress, in_way};
use crate::scenario::{Expectation, Expected, Scenario};

/// Where something that must occur has not, further seeds are run until it does or there are so many.
const SEEDS_MAX: usize = 32;

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

/// Why nothing is run at all.
pub(super) fn unknown_at_once(scenario: &Scenario, options: &LiveOptions) -> Option<Unknown> {
    match options.broker {
        Broker::None => Some(Unknown::NoServer),
        _ if scenario.live.setup.cluster.is_some() => Some(Unknown::NoLiveCluster),
        _ if scenario.live.setup.faults.clock_jump.times > 0 => Some(Unknown::NoLiveClock),
        _ if scenario.live.setup.faults.partition.budget.times > 0 => Some(Unknown::NoLivePartition),
        _ if !may_fail(scenario, &options.broker) => Some(Unknown::NoLiveFailures),
        _ if scenario.live.setup.sends_scripts() => Some(Unknown::NoLiveScripts),
        Broker::Binary(_) | Broker::Address(_) => None,
    }
}

/// Whether the broker fails only as a server of ours can be made to.
fn may_fail(scenario: &Scenario, broker: &Broker) -> bool {
    let mut setups = [&scenario.live.setup, &scenario.explore.setup].into_iter();
    match broker {
        Broker::Binary(_) => setups.all(can_be_made_to_fail),
        Broker::Address(_) | Broker::None => setups.all(|setup| setup.keeping.is_none()),
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
        // A server measures no bounds: what is driven are paths for any durations.
        let setup = Setup {
            bounds: None,
            ..scenario.explore.setup.clone()
        };
        let exploration = Exploration::new(Arc::new(setup));
        let setup = exploration.setup();
        let limit = usize::try_from(scenario.explore.max_states).unwrap_or(usize::MAX);
        let explored = explore(&exploration, &Settings::new(limit), &|states| {
            progress(&scenario.name, Done::States(states as u64));
        });
        // What holds by its bounds alone is violated on some path without them.
        let is_bounded = scenario.explore.setup.bounds.is_some();
        let drives = |it: &Expectation| !is_bounded || it.expected == Expected::Violated;
        let asked = |name: &str| options.check.as_ref().is_none_or(|check| check == name);
        let expected = scenario
            .expect
            .iter()
            .filter(|it| it.ways.live && asked(&it.name) && drives(it));
        for expectation in expected {
            if let Some(found) = &explored.found[expectation.place] {
                plan.add(setup, &found.path, found.at_end, Some(expectation.place));
            }
        }
        for path in plan.paths.iter_mut().filter(|path| path.at_end) {
            path.go_round(setup);
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
                Some((_, path)) => plan.add(setup, path, false, None),
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

    fn add(&mut self, setup: &Setup, path: &[Action], at_end: bool, violates: Option<usize>) {
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
                shows: shows(setup, path),
            }),
        }
    }

    pub(super) fn jobs(&self) -> impl Iterator<Item = Job> {
        let paths = (0..self.paths.len()).map(Job::Path);
        paths.chain(self.seeds.iter().copied().map(Job::Seed))
    }

    /// Adds as many seeds as there are, as long as there are not too many, and answers what there is to run now.
    pub(super) fn add_seeds(&mut self) -> Vec<Job> {
        let known = self.seeds.len();
        let count = known.max(1).min(SEEDS_MAX.saturating_sub(known));
        let first = self.seeds.last().map_or(0, |last| last + 1);
        let further = first..first + count as u64;
        self.seeds.extend(further.clone());
        further.map(Job::Seed).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn with_seeds(count: u64) -> Plan {
        Plan {
            paths: Vec::new(),
            seeds: (0..count).collect(),
        }
    }

    fn added(plan: &mut Plan) -> Vec<u64> {
        let seed = |job: Job| match job {
            Job::Seed(seed) => seed,
            Job::Path(_) => panic!("only seeds are added"),
        };
        plan.add_seeds().into_iter().map(seed).collect()
    }

    #[test]
    fn as_many_seeds_again_are_added_up_to_a_limit() {
        let mut plan = with_seeds(0);
        assert_eq!(added(&mut plan), [0]);
        assert_eq!(added(&mut plan), [1]);
        assert_eq!(added(&mut plan), [2, 3]);
        while !added(&mut plan).is_empty() {}
        assert_eq!(plan.seeds, (0..SEEDS_MAX as u64).collect::<Vec<u64>>(), "each once");
    }

    #[test]
    fn who_has_many_seeds_of_its_own_gets_no_more() {
        assert!(added(&mut with_seeds(SEEDS_MAX as u64 + 1)).is_empty());
        assert_eq!(added(&mut with_seeds(SEEDS_MAX as u64 - 1)), [SEEDS_MAX as u64 - 1]);
    }
}
