//! Shrinking: what is left fails by the same check, is done again from its file, is no larger, and shrinks to itself.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use redelivery_model::simulate::Policy;
use redelivery_model::simulate::policy::runs;
use redelivery_scenarios::language::parse;
use redelivery_scenarios::outcome::{Outcome, Verdict};
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::shrink::found::{self, Confirmed, confirm};
use redelivery_scenarios::shrink::{Failure, TRIES, shrink, violated};

/// A design that breaks one thing or another, and says of everything that it holds.
fn text(workers: u8, messages: u8, batch: u8, acknowledge: &str, reclaims: bool, crashes: u8, pauses: u8) -> String {
    let reclaim = match reclaims {
        true => r#"reclaim = { by = "xautoclaim", min-idle-time = "10s" }"#,
        false => "",
    };
    let fault = |name: &str, times: u8| match times {
        0 => String::new(),
        times => format!("{name} = {{ times = {times}, clients = [\"worker\"] }}"),
    };
    let (crash, pause) = (fault("crash", crashes), fault("pause", pauses));
    format!(
        r#"
story = "Drawn."
stream.orders = {{ groups = {{ workers = "0" }} }}
producer.shop = {{ stream = "orders", messages = {messages} }}
[consumer.worker]
count = {workers}
batch = {batch}
stream = "orders"
group = "workers"
acknowledge = "{acknowledge}"
{reclaim}
[faults]
{crash}
{pause}
[expect]
holds = ["at-most-once", "at-least-once", "no-overlapping-work", "order"]
"#
    )
}

fn simulated(path: &Path, text: &str) -> Outcome {
    let scenario =
        parse(path, text.as_bytes()).unwrap_or_else(|mistakes| panic!("{}\n{text}", mistakes[0].render(false)));
    let options = Options {
        explore: false,
        ..Options::default()
    };
    run(&scenario, &options, &|_, _| ())
}

/// Shrinks the first violation of a seed; false where there is none.
fn shrinks(text: &str, policy: Policy, seed: u64) -> bool {
    let path = Path::new("drawn/drawn.toml");
    let mut scenario = parse(path, text.as_bytes()).expect("it has no mistakes");
    scenario.simulate.policy = policy;
    let run = runs(scenario.simulate.simulation(), seed).swap_remove(0);
    let Ok((check, after)) = violated(&scenario, &run.schedule, run.ended, None) else {
        return false;
    };
    let failure = Failure {
        scenario: &scenario,
        text,
        check: &check,
        schedule: &run.schedule[..after],
        ends: run.ended && after == run.schedule.len(),
    };
    let shrunk = shrink(&failure, TRIES).expect("the run fails again when it is done again");
    assert!(shrunk.is_minimal, "{check}: {} tries were not enough", shrunk.tries);
    let setups = [&scenario.simulate.setup, &shrunk.scenario.simulate.setup];
    let [before, now] = setups.map(|setup| (setup.clients.len(), setup.messages.len()));
    assert!(now.0 <= before.0 && now.1 <= before.1, "{before:?} {now:?}");
    let faults = |schedule: &[redelivery_model::world::Action]| schedule.iter().filter(|it| it.is_fault()).count();
    assert!(faults(&shrunk.schedule) <= faults(failure.schedule));

    let file = found::file(&failure, &shrunk, Confirmed::NotSo, "a test");
    let outcome = simulated(Path::new("found/drawn.toml"), &file);
    assert_eq!(outcome.as_expected(), Some(true), "{file}");
    assert!(
        outcome
            .rows
            .iter()
            .all(|row| row.name == check && row.verdict == Verdict::Violated)
    );

    let left = parse(Path::new("found/drawn.toml"), file.as_bytes()).expect("it was read before");
    let again = found::failure(&left, &file).expect("it expects one violation");
    let again = shrink(&again, TRIES).expect("it fails again");
    assert_eq!(again.schedule, shrunk.schedule, "{file}");
    assert_eq!(
        again.scenario.simulate.setup.clients,
        shrunk.scenario.simulate.setup.clients
    );
    true
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_fails_shrinks_to_something_that_fails_so(
        workers in 1u8..4,
        messages in 1u8..8,
        batch in 1u8..4,
        acknowledge in prop::sample::select(vec!["on-receipt", "after-work"]),
        reclaims: bool,
        crashes in 0u8..4,
        pauses in 0u8..3,
        policy in prop::sample::select(vec![Policy::Uniform, Policy::Swarm, Policy::Pct]),
        seed in 0u64..1_000_000,
    ) {
        let text = text(workers, messages, batch, acknowledge, reclaims, crashes, pauses);
        for seed in seed..seed + 4 {
            if shrinks(&text, policy, seed) {
                break;
            }
        }
    }
}

#[test]
fn one_crash_and_mostly_one_message_are_enough() {
    let text = text(3, 12, 2, "on-receipt", true, 4, 2);
    let path = Path::new("drawn/drawn.toml");
    let scenario = parse(path, text.as_bytes()).unwrap();
    let (mut shrunk, mut smallest) = (0, 0);
    for seed in 0..40 {
        let run = runs(scenario.simulate.simulation(), seed).swap_remove(0);
        let Ok((check, after)) = violated(&scenario, &run.schedule, run.ended, Some("at-least-once")) else {
            continue;
        };
        let failure = Failure {
            scenario: &scenario,
            text: &text,
            check: &check,
            schedule: &run.schedule[..after],
            ends: true,
        };
        let small = shrink(&failure, TRIES).unwrap();
        let setup = &small.scenario.simulate.setup;
        // Two workers: one could have taken over what the other lost.
        assert_eq!(setup.clients.len(), 3, "seed {seed}");
        // A local minimum need not be the smallest.
        assert!(setup.messages.len() < 6, "seed {seed}: {}", setup.messages.len());
        smallest += u32::from(setup.messages.len() == 1);
        assert_eq!(
            (setup.faults.crash.times, setup.faults.pause.times),
            (1, 0),
            "seed {seed}"
        );
        assert_eq!(
            small.schedule.iter().filter(|action| action.is_fault()).count(),
            1,
            "seed {seed}"
        );
        assert!(matches!(confirm(&small), Confirmed::Violated(_)), "seed {seed}");
        shrunk += 1;
    }
    assert!(shrunk > 5 && smallest * 2 >= shrunk, "{smallest} of {shrunk}");
}

/// Clients have other places in a file that is written anew: so has whoever the broker leaves without an answer, or turns.
#[test]
fn runs_in_which_the_broker_fails_are_shrunk() {
    let mut shrunk = 0;
    for family in ["durable", "replicas"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(family);
        for file in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            shrunk += usize::from((0..100).any(|seed| shrinks(&text, Policy::Uniform, seed)));
        }
    }
    assert!(shrunk >= 12, "{shrunk}");
}

#[test]
fn what_does_not_fail_is_not_shrunk() {
    let text = text(1, 2, 1, "after-work", true, 0, 0);
    let scenario = parse(Path::new("drawn/drawn.toml"), text.as_bytes()).unwrap();
    let run = runs(scenario.simulate.simulation(), 0).swap_remove(0);
    assert!(violated(&scenario, &run.schedule, run.ended, None).is_err());
    let failure = Failure {
        scenario: &scenario,
        text: &text,
        check: "at-most-once",
        schedule: &run.schedule,
        ends: run.ended,
    };
    assert!(shrink(&failure, TRIES).is_none());
}
