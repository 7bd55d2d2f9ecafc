//! What each policy promises: seeds mean the same again, swarms leave something out, faults come where they were drawn,
//! and after the last of them everything settles.

use redelivery_model::client::Choice;
use redelivery_model::setup::policy::{Consumer, ReclaimBy, When};
use redelivery_model::setup::{Fate, FaultBudget, Faults, GroupIx, Setup};
use redelivery_model::simulate::policy::{GENERATIONS, drawn, runs};
use redelivery_model::simulate::{Outcome, Policy, Simulation, Timing};
use redelivery_model::world::{Action, Ignore, START_MS, World};

mod common;
#[path = "common/timing.rs"]
mod timing;

/// Whatever may happen to a client may happen to each, and often.
fn troubled() -> Setup {
    let consumer = Consumer {
        reclaim: common::reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    let often = || FaultBudget {
        times: 4,
        clients: Vec::new(),
    };
    Setup {
        faults: Faults {
            crash: often(),
            pause: often(),
            cut: often(),
            fates: vec![Fate::Never, Fate::ReplyLost, Fate::Late],
            ..Faults::default()
        },
        ..common::setup(12, When::Meanwhile, &consumer)
    }
}

/// Where clients may ask otherwise, some runs do, each such step is possible when its turn comes, and a seed without such
/// choices is as if there were none.
#[test]
fn rare_choices_are_steps_of_the_schedule() {
    let consumer = Consumer {
        batch: 5,
        block_ms: Some(5_000),
        ..Consumer::plain(GroupIx(0))
    };
    let plain = common::setup(12, When::Meanwhile, &consumer);
    let rare = Setup {
        choices: Choice::ALL.into(),
        ..plain.clone()
    };
    let timing = timing::timing(&plain);
    let mut made = 0;
    for policy in Policy::ALL {
        for seed in 0..40 {
            let of = |setup| runs(simulation(setup, &timing, policy), seed).swap_remove(0);
            let run = of(&rare);
            let drawn = value(&drawn(simulation(&rare, &timing, policy), seed), "rare choices");
            let mut world = World::initial(&rare, &mut Ignore);
            for &action in &run.schedule {
                assert!(world.allows(&rare, action), "{policy:?}, seed {seed}: {action:?}");
                if let Action::Deviate(_, choice) = action {
                    made += 1;
                    assert!(drawn.contains(choice.name()), "{drawn}: {choice:?}");
                    assert!(!world.allows(&plain, action), "nobody lets clients do that");
                }
                world.step(&rare, action, &mut Ignore);
            }
            if drawn == "none" {
                assert_eq!(run.schedule, of(&plain).schedule, "{policy:?}, seed {seed}");
            }
        }
    }
    assert!(made > 100, "{made}");
}

fn simulation<'a>(setup: &'a Setup, timing: &'a Timing, policy: Policy) -> Simulation<'a> {
    Simulation {
        setup,
        timing,
        policy,
        counts: false,
    }
}

fn value(drawn: &[(&'static str, String)], name: &str) -> String {
    let found = drawn.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn kind(action: Action) -> &'static str {
    match action {
        Action::Crash(_) => "crash",
        Action::CrashSending(_) => "crash while sending",
        Action::Pause(_) => "pause",
        Action::Cut(_, Fate::Never) => "cut, never",
        Action::Cut(_, Fate::ReplyLost) => "cut, reply lost",
        Action::Cut(_, Fate::Late) => "cut, late",
        other => panic!("{other:?} is no fault"),
    }
}

const KINDS: [&str; 6] = [
    "crash",
    "crash while sending",
    "pause",
    "cut, never",
    "cut, reply lost",
    "cut, late",
];

fn faults(run: &Outcome) -> impl Iterator<Item = Action> {
    run.schedule.iter().copied().filter(|action| action.is_fault())
}

#[test]
fn a_seed_means_the_same_again() {
    let setup = troubled();
    let timing = timing::timing(&setup);
    for policy in Policy::ALL {
        let simulation = simulation(&setup, &timing, policy);
        for seed in 0..8 {
            let once = runs(simulation, seed);
            let again = std::thread::scope(|scope| scope.spawn(|| runs(simulation, seed)).join().unwrap());
            assert_eq!(once, again, "{policy:?} {seed}");
            let expected = if policy == Policy::Guided {
                GENERATIONS as usize
            } else {
                1
            };
            assert_eq!(once.len(), expected, "{policy:?}");
        }
        assert_eq!(Policy::named(policy.name()), Some(policy));
    }
}

#[test]
fn a_swarm_leaves_something_out_and_all_swarms_nothing() {
    let setup = troubled();
    let timing = timing::timing(&setup);
    let simulation = simulation(&setup, &timing, Policy::Swarm);
    let (mut out, mut seen) = ([0; 6], [0; 6]);
    for seed in 0..200 {
        let drawn = drawn(simulation, seed);
        let (left_out, spared) = (value(&drawn, "left out"), value(&drawn, "spared"));
        let is_out = |kind: &str| left_out.split("; ").any(|other| other == kind);
        let run = &runs(simulation, seed)[0];
        for fault in faults(run) {
            assert!(
                !is_out(kind(fault)),
                "{seed}: {fault:?} although {left_out} is left out"
            );
            let client = setup.client(fault.client().unwrap()).name.to_string();
            assert!(
                !spared.split(", ").any(|name| name == client),
                "{seed}: {fault:?}, {spared}"
            );
        }
        for (place, name) in KINDS.iter().enumerate() {
            out[place] += u32::from(is_out(name));
            seen[place] += u32::from(faults(run).any(|fault| kind(fault) == *name));
        }
    }
    for (place, name) in KINDS.iter().enumerate() {
        assert!(
            (60..=160).contains(&out[place]),
            "{name} is left out {} times",
            out[place]
        );
        assert!(seen[place] > 0, "{name} never happens");
    }
}

#[test]
fn with_priorities_faults_come_at_their_points_and_not_without() {
    let setup = troubled();
    let timing = timing::timing(&setup);
    let simulation = simulation(&setup, &timing, Policy::Pct);
    let mut struck = 0;
    for seed in 0..100 {
        let points = value(&drawn(simulation, seed), "faults from steps");
        let points: Vec<usize> = points.split(", ").filter_map(|point| point.parse().ok()).collect();
        let run = &runs(simulation, seed)[0];
        let is_step = |action: &&Action| matches!(action, Action::Step(_) | Action::Choose(..)) || action.is_fault();
        let steps: Vec<&Action> = run.schedule.iter().filter(is_step).collect();
        let hits: Vec<usize> = (0..steps.len()).filter(|&step| steps[step].is_fault()).collect();
        assert!(hits.len() <= points.len(), "{seed}: {hits:?} {points:?}");
        // Each strikes at its point, or as soon after it as something can fail.
        for (hit, point) in hits.iter().zip(&points) {
            assert!(hit >= point, "{seed}: {hits:?} {points:?}");
        }
        struck += hits.len();
        assert_eq!(run.faults, hits.len() as u64);
    }
    assert!(struck > 50, "{struck}");
}

#[test]
fn after_the_last_fault_there_is_quiet_and_it_settles() {
    let setup = troubled();
    let mut timing = timing::timing(&setup);
    timing.faults_for_ms = Some(60_000);
    let mut settled = 0;
    for seed in 0..60 {
        for policy in [Policy::Uniform, Policy::Swarm, Policy::Pct] {
            let run = &runs(simulation(&setup, &timing, policy), seed)[0];
            let mut now_ms = START_MS;
            let mut last_ms = None;
            for action in &run.schedule {
                match action {
                    Action::Tick(to_ms) => now_ms = *to_ms,
                    action if action.is_fault() => {
                        assert!(now_ms - START_MS < 60_000, "{policy:?} {seed}: a fault at {now_ms}");
                        last_ms = Some(now_ms - START_MS);
                    }
                    _ => {}
                }
            }
            assert!(run.ended);
            assert_eq!(run.settled_after_ms.is_some(), last_ms.is_some(), "{policy:?} {seed}");
            let since_ms = last_ms.map(|last_ms| run.lasted_ms.saturating_sub(last_ms));
            // A pause is over later than it begins.
            assert!(run.settled_after_ms <= since_ms, "{policy:?} {seed}");
            settled += u32::from(run.settled_after_ms > Some(0));
        }
    }
    assert!(settled > 50, "{settled}");
}
