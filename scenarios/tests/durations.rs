//! What exploring finds can be saved, and happens on a clock, too: each counterexample of the corpus has durations, and on
//! a virtual clock they lead to the same violation.

use std::path::Path;

use rayon::prelude::*;
use redelivery_engine::Command;
use redelivery_engine::Millis;
use redelivery_model::durations::{moments, schedule};
use redelivery_model::history::{Clock, replay};
use redelivery_model::setup::Setup;
use redelivery_model::setup::policy::Role;
use redelivery_model::simulate::simulate;
use redelivery_model::world::{Action, START_MS};
use redelivery_scenarios::outcome::Counterexample;
use redelivery_scenarios::schedule::{Schedule, name_of, parse};
use redelivery_scenarios::{Scenario, corpus, language};

#[path = "common/explored.rs"]
mod explored;

use explored::explored;

/// By how much limits are kept, in milliseconds: exactly, and as a real server needs it.
const SLACKS_MS: [Millis; 2] = [0, 100];

/// Fewer would not be the corpus.
const COUNTEREXAMPLES_MIN: usize = 75;

#[test]
fn every_counterexample_happens_on_a_clock() {
    let files = corpus::all(&corpus::shipped()).unwrap();
    let counted = files.par_iter().map(|file| {
        let scenario = language::load(file).expect("the scenario is right");
        let rows = explored(&scenario).rows.into_iter();
        let found = rows.filter_map(|row| Some((row.name, row.counterexample?)));
        let tested = found.map(|(check, found)| {
            is_read_as_saved(&scenario, &check, &found);
            happens(&scenario, &check, &found);
        });
        tested.count()
    });
    let count: usize = counted.sum();
    assert!(count >= COUNTEREXAMPLES_MIN, "{count} counterexamples");
}

/// `cluster-node-timeout` is fifteen seconds.
#[test]
fn who_has_missed_a_node_trusts_it_no_sooner_than_twice_the_time_out_later() {
    let file = corpus::shipped().join("cluster/one-node-stops-all.toml");
    let scenario = language::load(&file).expect("the scenario is right");
    let mut trusted = 0;
    for seed in 0..100 {
        let run = simulate(scenario.simulate.simulation(), seed);
        let (mut now_ms, mut missed_ms, mut back_ms) = (START_MS, None, None);
        for action in run.schedule {
            match action {
                Action::Tick(ms) => now_ms = ms,
                Action::Missed => missed_ms = Some(now_ms),
                Action::CameBack => back_ms = Some(now_ms),
                Action::Serves => assert!((2_000..=2_200).contains(&(now_ms - back_ms.expect("it is back")))),
                Action::Covered => {
                    trusted += 1;
                    let late_ms = now_ms - missed_ms.expect("they have missed it");
                    assert!(late_ms >= 30_000, "seed {seed}: after {late_ms} ms");
                    assert!(Some(now_ms) >= back_ms, "seed {seed}");
                }
                _ => {}
            }
        }
    }
    assert!(trusted > 0, "nodes are missed");
}

/// A schedule file holds all of it: the run and, of claims of ends, that it ends there.
fn is_read_as_saved(scenario: &Scenario, check: &str, found: &Counterexample) {
    let saved = Schedule {
        scenario: name_of(scenario),
        clock: found.clock,
        ends: found.at_end,
        steps: found.schedule.clone(),
    };
    let read = parse(Path::new("saved.toml"), &saved.to_text(scenario), scenario);
    let read = read.unwrap_or_else(|wrong| panic!("{}: {check}: {wrong:?}", scenario.name));
    assert_eq!(read.schedule, saved, "{}: {check}", scenario.name);
    let again = violates(&scenario.explore.setup, found, found.clock, &read.schedule.steps);
    assert!(again, "{}: {check}: not when done again", scenario.name);
}

fn happens(scenario: &Scenario, check: &str, found: &Counterexample) {
    let setup = &scenario.explore.setup;
    let context = format!("{}: {check}", scenario.name);
    if found.clock == Clock::Bounded {
        return happens_freely(scenario, &context, found);
    }
    // What a failing broker loses is in danger for a while only, be it shorter than what a real server needs to be late.
    let slacks_ms = match setup.keeping {
        Some(_) => &SLACKS_MS[..1],
        None => &SLACKS_MS[..],
    };
    for &slack_ms in slacks_ms {
        let Some(found_moments) = moments(setup, &found.schedule, slack_ms) else {
            panic!("{context}: no durations with a slack of {slack_ms} ms");
        };
        assert!(
            found_moments.rests,
            "{context}: somebody rests for less than it was told"
        );
        let timed = schedule(&found.schedule, &found_moments.at_ms);
        // A real server makes IDs of its clock; what somebody typed for counted ones is then of no entry.
        for counter_ids in [true, false]
            .into_iter()
            .filter(|counted| *counted || !types_ids(setup))
        {
            let setup = Setup {
                counter_ids,
                ..setup.clone()
            };
            assert!(
                violates(&setup, found, Clock::Virtual, &timed),
                "{context}: not with these durations: {timed:?}"
            );
        }
    }
    // What is claimed of ends is owed from the beginning.
    if !found.at_end && found.schedule.iter().any(|action| action.is_by_clock()) {
        let hurried: Vec<Millis> = (0..).take(found.schedule.len()).collect();
        let hurried = schedule(&found.schedule, &hurried);
        assert!(
            !violates(setup, found, Clock::Virtual, &hurried),
            "{context}: not without time"
        );
    }
}

/// What is explored with a clock has its moments already. A clock without bounds allows them as well, and so does what is
/// simulated, where the same clients do it.
fn happens_freely(scenario: &Scenario, context: &str, found: &Counterexample) {
    let explored = &scenario.explore.setup;
    let alone = Setup {
        bounds: None,
        counter_ids: false,
        ..explored.clone()
    };
    assert!(
        violates(&alone, found, Clock::Virtual, &found.schedule),
        "{context}: not without bounds"
    );
    let simulated = &scenario.simulate.setup;
    if (&simulated.messages, &simulated.clients) == (&explored.messages, &explored.clients) {
        assert!(
            violates(simulated, found, Clock::Virtual, &found.schedule),
            "{context}: not when simulated"
        );
    }
}

/// Whether an administrator names an entry.
fn types_ids(setup: &Setup) -> bool {
    setup.clients.iter().any(|client| match &client.role {
        Role::Administrator(policy) => policy.commands.iter().any(|it| matches!(it, Command::XDel { .. })),
        _ => false,
    })
}

/// Whether a schedule ends in the same violation.
fn violates(setup: &Setup, found: &Counterexample, clock: Clock, schedule: &[Action]) -> bool {
    let Ok((steps, world)) = replay(setup, clock, schedule) else {
        return false;
    };
    let mut violations = steps.last().map(|step| step.violations.clone()).unwrap_or_default();
    if found.at_end {
        world
            .monitors()
            .at_end(setup, &mut |violation| violations.push(violation));
    }
    let same = |check, message, group| {
        (check, message, group) == (found.violation.check, found.violation.message, found.violation.group)
    };
    violations.iter().any(|it| same(it.check, it.message, it.group))
}
