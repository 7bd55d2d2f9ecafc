//! Exploring with a clock: what holds for durations within their bounds and what does not, that searches agree on it, and
//! that nothing simulated is left out of it.

use std::sync::Arc;

use redelivery_model::check::CheckSpec;
use redelivery_model::explore::{
    Exploration, Explored, Found, Settings, explore, explore_plainly, from_beginning, from_step_to_step, round,
};
use redelivery_model::history::{Clock, replay};
use redelivery_model::setup::policy::*;
use redelivery_model::setup::*;
use redelivery_model::simulate::{Policy, Simulation, Timing, simulate};
use redelivery_model::symmetry::{Symmetry, interchangeable};
use redelivery_model::world::{Action, START_MS};

mod common;
#[path = "common/setups.rs"]
mod setups;

use common::reclaim;

const MAX_STATES: usize = 1_000_000;

/// Spaces with so many states are small.
const STEPPED_MAX: usize = 5_000;

/// Two workers of one message whose work takes so many seconds, with these faults; what is pending for 30 is claimed.
fn workers(seconds: [u64; 2], faults: Faults) -> Setup {
    acknowledging(Acknowledge::AfterWork, seconds, faults)
}

fn acknowledging(acknowledge: Acknowledge, seconds: [u64; 2], faults: Faults) -> Setup {
    let worker = Consumer {
        acknowledge,
        reclaim: reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    let setup = common::setup(1, When::Beforehand, &worker);
    bounded(Setup { faults, ..setup }, seconds)
}

/// The same with a clock.
fn bounded(setup: Setup, [min, max]: [u64; 2]) -> Setup {
    let span = Span {
        min_ms: min * 1_000,
        max_ms: max * 1_000,
    };
    let work = vec![span; setup.clients.len()];
    let bounds = Bounds::new(&setup, work);
    Setup { bounds, ..setup }
}

fn abstractly(setup: &Setup) -> Setup {
    Setup {
        bounds: None,
        ..setup.clone()
    }
}

fn once() -> FaultBudget {
    FaultBudget {
        times: 1,
        clients: Vec::new(),
    }
}

fn pause() -> Faults {
    Faults {
        pause: once(),
        ..Faults::default()
    }
}

fn crash() -> Faults {
    Faults {
        crash: once(),
        ..Faults::default()
    }
}

fn explored(setup: &Setup) -> Explored {
    let exploration = Exploration::new(Arc::new(setup.clone()));
    let explored = explore(&exploration, &Settings::new(MAX_STATES), &|_| ());
    assert!(explored.complete, "small enough");
    explored
}

/// How a check is violated, if it is.
fn found(setup: &Setup, check: &CheckSpec) -> Option<Found> {
    let place = setup.checks.iter().position(|known| known == check);
    explored(setup).found[place.expect("it is checked")].clone()
}

fn overlap(setup: &Setup) -> Option<Found> {
    found(setup, &CheckSpec::NoOverlappingWork)
}

#[test]
fn work_that_ends_before_anybody_claims_is_never_done_by_two() {
    let setup = workers([10, 20], Faults::default());
    assert_eq!(overlap(&setup), None);
    assert_eq!(found(&setup, &CheckSpec::AtMostOnce), None);
    assert!(overlap(&abstractly(&setup)).is_some(), "work may take any time");
}

#[test]
fn a_pause_makes_a_zombie_and_a_crash_does_not() {
    let pausing = overlap(&workers([10, 20], pause())).expect("a worker stands still while it works");
    assert!(pausing.path.iter().any(|action| matches!(action, Action::Pause(_))));
    assert_eq!(overlap(&workers([10, 20], crash())), None);
}

#[test]
fn work_that_may_take_longer_than_the_idle_time_is_done_by_two() {
    let slow = overlap(&workers([10, 40], Faults::default())).expect("it is claimed before it ends");
    assert!(slow.path.iter().all(|action| !action.is_fault()));
    assert_eq!(passed_ms(&slow.path), 30_000, "no earlier, and it is the shortest");
}

/// An entry may be claimed as soon as it has been idle for the min-idle-time: with the last moment of the work it is a race.
#[test]
fn work_that_may_take_as_long_as_the_idle_time_races_with_the_claim() {
    assert!(overlap(&workers([10, 30], Faults::default())).is_some());
    assert_eq!(overlap(&workers([10, 29], Faults::default())), None);
}

/// How much time passes on an explored path.
fn passed_ms(path: &[Action]) -> u64 {
    let passed = path.iter().filter_map(|action| match action {
        Action::Tick(now_ms) => Some(now_ms - START_MS),
        _ => None,
    });
    passed.sum()
}

#[test]
fn what_is_slower_than_the_idle_time_goes_round_for_ever_and_nothing_else() {
    let asks = |seconds, faults| acknowledging(Acknowledge::IfOwner, seconds, faults);
    let slow = asks([40, 40], Faults::default());
    let livelock = found(&slow, &CheckSpec::Settles).expect("each drops what the other has claimed");
    assert!(livelock.at_end);
    let round = round(&slow, &livelock.path).expect("there is a cycle");
    assert!(passed_ms(&round) >= 30_000, "one round of it takes time");
    // An honest loop of claims ends, whoever crashes or stands still for once; for any durations it need not.
    for faults in [Faults::default(), crash(), pause()] {
        assert_eq!(found(&asks([10, 20], faults), &CheckSpec::Settles), None);
    }
    let abstractly = abstractly(&asks([10, 20], Faults::default()));
    assert!(found(&abstractly, &CheckSpec::Settles).is_some());
}

/// The setups that several tests share, with a clock: all but clusters, whose bus has no bounds.
fn setups() -> Vec<(&'static str, Setup)> {
    let mut all: Vec<(&str, Setup)> = setups::setups()
        .into_iter()
        .filter(|(_, setup)| setup.cluster.is_none())
        .map(|(name, setup)| (name, bounded(rounder(setup), [10, 40])))
        .collect();
    let both = Faults {
        pause: once(),
        crash: once(),
        ..Faults::default()
    };
    all.push(("workers that pause or crash", workers([10, 20], both)));
    let asks = |seconds| acknowledging(Acknowledge::IfOwner, seconds, Faults::default());
    all.push(("workers too slow to own", asks([40, 40])));
    all
}

/// Durations in few steps.
fn rounder(mut setup: Setup) -> Setup {
    for client in &mut setup.clients {
        match &mut client.role {
            Role::Consumer(policy) => {
                policy.block_ms = policy.block_ms.map(|_| 20_000);
                policy.poll_ms = 20_000;
                if let Some(lock) = policy.reclaim.as_mut().and_then(|reclaim| reclaim.lock.as_mut()) {
                    lock.ttl_ms = lock.ttl_ms.map(|_| 20_000);
                }
            }
            Role::Worker(policy) => (policy.block_ms, policy.poll_ms) = (20_000, 20_000),
            Role::Reader(policy) => policy.block_ms = 20_000,
            Role::Repairer(policy) => policy.poll_ms = 20_000,
            Role::Watcher(policy) => policy.every_ms = 20_000,
            Role::Reaper(policy) => policy.every_ms = 20_000,
            Role::Publisher(policy) => policy.poll_ms = 20_000,
            Role::Producer(_) | Role::Administrator(_) | Role::Subscriber(_) | Role::Mover(_) => {}
        }
    }
    setup
}

#[test]
fn looking_steps_up_finds_what_doing_them_finds() {
    let mut compared = 0;
    for (name, setup) in setups() {
        let exploration = Exploration::new(Arc::new(setup));
        let settings = Settings {
            threads: 2,
            exact: true,
            ..Settings::new(MAX_STATES)
        };
        let ours = explore(&exploration, &settings, &|_| ());
        // Doing each step takes its time.
        if ours.states > STEPPED_MAX {
            continue;
        }
        compared += 1;
        let plain = explore_plainly(&exploration, &Symmetry::none(exploration.setup()), MAX_STATES);
        assert_eq!(
            (ours.states, ours.transitions, ours.depth, ours.complete),
            (plain.states, plain.transitions, plain.depth, true),
            "{name}"
        );
        assert_eq!(ours.occurred, plain.occurred, "{name}");
        assert_eq!(ours.found, plain.found, "{name}");
        let symmetry = Symmetry::of(exploration.setup());
        let fewer = explore_plainly(&exploration, &symmetry, MAX_STATES);
        assert_eq!(
            (fewer.depth, fewer.complete),
            (plain.depth, true),
            "{name}: one of each orbit"
        );
        assert_eq!(fewer.found, plain.found, "{name}: one of each orbit");
        let settings = Settings {
            symmetry: true,
            ..settings
        };
        let ours = explore(&exploration, &settings, &|_| ());
        assert_eq!(
            (ours.states, &ours.found),
            (fewer.states, &fewer.found),
            "{name}: both at once"
        );
        assert_eq!(fewer.states == plain.states, symmetry.classes().is_empty(), "{name}");
    }
    assert!(compared > 15, "{compared}");
}

#[test]
fn who_works_for_longer_is_taken_for_nobody_else() {
    let mut setup = workers([10, 20], Faults::default());
    assert_eq!(interchangeable(&setup), [[ClientIx(1), ClientIx(2)]]);
    if let Some(bounds) = &mut setup.bounds {
        bounds.work[2].max_ms = 40_000;
    }
    assert!(interchangeable(&setup).is_empty());
}

/// A counterexample is a schedule with moments: on the clock of the bounds, and on one without bounds, as simulating has it.
#[test]
fn counterexamples_happen_at_their_moments() {
    let mut some = 0;
    for (name, setup) in setups() {
        for found in explored(&setup).found.into_iter().flatten() {
            let schedule = from_beginning(&found.path);
            assert_eq!(from_step_to_step(&schedule), found.path, "{name}");
            let (bounded, _) = replay(&setup, Clock::Bounded, &schedule).expect(name);
            let (freely, _) = replay(&abstractly(&setup), Clock::Virtual, &schedule).expect(name);
            let events = |steps: &[redelivery_model::history::Step]| -> Vec<_> {
                steps
                    .iter()
                    .map(|step| (step.at_ms, step.events.clone(), step.violations.clone()))
                    .collect()
            };
            assert_eq!(events(&bounded), events(&freely), "{name}");
            if !found.at_end {
                let last = bounded.last().expect("something happened");
                assert!(last.violations.contains(&found.violation), "{name}");
            }
            some += 1;
        }
    }
    assert!(some > 20, "{some}");
}

/// Runs whose durations lie within the bounds, on steps of the clock or between them, are runs of the bounded worlds.
#[test]
fn what_is_simulated_within_the_bounds_is_possible_within_them() {
    let mut requests = 0;
    for (name, setup) in setups() {
        let span = |min_ms, max_ms| Span { min_ms, max_ms };
        let timing = Timing {
            latency: span(0, 0),
            work: vec![span(10_000, 40_000); setup.clients.len()],
            restart_after: span(0, 60_000),
            pause: span(0, 90_000),
            late: span(0, 20_000),
            bus: span(0, 0),
            faults_for_ms: None,
            rest_ms: 1_000,
            time_limit_ms: 600_000,
        };
        let listens = |client: &ClientSetup| client.role.subscriber().is_some();
        // A simulated subscriber that loses its connection begins its work anew.
        if setup.faults.cut.times > 0 && setup.clients.iter().any(listens) {
            continue;
        }
        // The same bounds for all of them: what is simulated draws from them.
        let setup = bounded(setup, [10, 40]);
        let freely = abstractly(&setup);
        for seed in 0..50 {
            let simulation = Simulation {
                setup: &freely,
                timing: &timing,
                policy: Policy::Uniform,
                counts: false,
            };
            let run = simulate(simulation, seed);
            requests += run.requests;
            if let Err(impossible) = replay(&setup, Clock::Bounded, &run.schedule) {
                panic!("{name}, seed {seed}: {impossible}");
            }
        }
    }
    assert!(requests > 10_000, "{requests}");
}
