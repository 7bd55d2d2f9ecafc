//! Deliberate defects: each is caught by a check that holds without it; each check catches one. And each check holds in
//! one shipped scenario and is violated in another.

use std::collections::BTreeMap;

use rayon::prelude::*;
use redelivery_model::defect::Defect;
use redelivery_model::occurrence::Occurrence;
use redelivery_model::setup::policy::Role;
use redelivery_scenarios::outcome::{Verdict, Way};
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::scenario::Expected;
use redelivery_scenarios::{Scenario, corpus, language};

/// The defect, a shipped scenario in which the check holds without it, and the check that catches it.
const TABLE: [(Defect, &str, &str); 29] = [
    (
        Defect::ReadgroupHandsOutTwice,
        "streams/fire-and-forget",
        "at-most-once",
    ),
    (
        Defect::ReadgroupHandsOutTwice,
        "streams/stable-name-reads-history",
        "no-overlapping-work",
    ),
    (
        Defect::ReadgroupExceedsCount,
        "streams/prefetch-is-left-out",
        "no-claim-before-work",
    ),
    (Defect::XaddForgets, "streams/acknowledge-after-work", "at-least-once"),
    (Defect::DedupSetForgets, "streams/dedup-atomic", "exactly-once"),
    (Defect::ClaimIgnoresMinIdle, "streams/racing-xclaim", "single-owner"),
    (
        Defect::ClaimIgnoresMinIdle,
        "streams/crash-then-reclaim",
        "single-owner",
    ),
    (
        Defect::DeadLetterLimitOffByOne,
        "streams/dead-letter-after-limit",
        "dead-letter",
    ),
    (
        Defect::DeadLetterLimitOffByOne,
        "streams/dead-letter-counts-runs",
        "run-limit",
    ),
    (Defect::AutoclaimFindsNothing, "streams/lag-tells", "noticed"),
    (
        Defect::WorksAfterRouting,
        "streams/poison-is-counted-by-the-broker",
        "nothing-after-dead-letter",
    ),
    (Defect::XackLeavesEntry, "streams/crash-then-reclaim", "pending-list"),
    (Defect::ReadgroupReverses, "streams/single-worker-keeps-order", "order"),
    (Defect::ReadgroupSkipsOne, "streams/fan-out-to-groups", "fan-out"),
    (Defect::XackDoesNothing, "streams/acknowledge-after-work", "settles"),
    (Defect::XdelKeepsEntry, "streams/acknowledge-and-delete", "bounded"),
    (Defect::AutoclaimFindsNothing, "streams/crash-then-reclaim", "settles"),
    (
        Defect::AutoclaimFindsNothing,
        "streams/crash-then-reclaim",
        "at-least-once",
    ),
    (Defect::PopLoses, "lists/first-pushed-first-taken", "conservation"),
    (Defect::PopDoubles, "lists/first-pushed-first-taken", "exactly-once"),
    (Defect::MoveLoses, "lists/restore-in-one-step", "conservation"),
    (Defect::PublishReachesTwice, "pubsub/fire-and-forget", "delivery"),
    (Defect::PublishReachesTwice, "pubsub/pattern-alone", "at-most-once"),
    (Defect::PublishReachesOthers, "pubsub/each-its-own-channel", "delivery"),
    (Defect::PublishSkipsOne, "pubsub/fire-and-forget", "delivery"),
    (Defect::PublishOvertakes, "pubsub/fire-and-forget", "order"),
    (
        Defect::SubscriberForgetsOne,
        "pubsub/resubscribes-to-everything",
        "subscribed",
    ),
    (Defect::ShardLeaks, "cluster/sharded-costs-nothing", "bus-limit"),
    (Defect::BusLoses, "cluster/cluster-broadcast-cost-3-nodes", "delivery"),
];

fn load(name: &str) -> Scenario {
    let files = corpus::find(&corpus::shipped(), name.as_ref()).expect("a shipped scenario");
    language::load(&files[0]).expect("a shipped scenario has no mistakes")
}

fn verdict(scenario: &Scenario, check: &str, way: Way) -> Verdict {
    let options = Options {
        explore: way == Way::Explore,
        simulate: way == Way::Simulate,
        seeds: Some(0..100),
        ..Options::default()
    };
    let outcome = run(scenario, &options, &|_, _| ());
    let mut rows = outcome.rows.into_iter().filter(|row| row.check.name() == check);
    rows.next()
        .unwrap_or_else(|| panic!("{} expects nothing of {check}", scenario.name))
        .verdict
}

#[test]
fn each_defect_is_caught_by_a_check_that_holds_without_it() {
    TABLE.par_iter().for_each(|&(defect, name, check)| {
        let mut scenario = load(name);
        assert_eq!(
            verdict(&scenario, check, Way::Explore),
            Verdict::Holds,
            "{name}: {check} without a defect"
        );
        scenario.explore.setup.defect = Some(defect);
        assert_eq!(
            verdict(&scenario, check, Way::Explore),
            Verdict::Violated,
            "{name}: {check} with {defect:?}"
        );
    });
}

#[test]
fn each_defect_is_in_the_table() {
    for defect in Defect::ALL {
        assert!(TABLE.iter().any(|(known, ..)| *known == defect), "{defect:?}");
    }
}

#[test]
fn each_check_holds_somewhere_is_violated_somewhere_and_catches_a_defect() {
    let mut seen: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for path in corpus::all(&corpus::shipped()).expect("the shipped corpus") {
        let scenario = language::load(&path).expect("a shipped scenario has no mistakes");
        for expectation in &scenario.expect {
            let (holds, violated) = seen.entry(expectation.check.name()).or_default();
            match expectation.expected {
                Expected::Holds => *holds = true,
                Expected::Violated => *violated = true,
            }
        }
    }
    let caught = |check: &str| TABLE.iter().any(|(_, _, catcher)| *catcher == check);
    for check in [
        "at-most-once",
        "at-least-once",
        "exactly-once",
        "single-owner",
        "no-overlapping-work",
        "no-claim-before-work",
        "dead-letter",
        "run-limit",
        "noticed",
        "nothing-after-dead-letter",
        "pending-list",
        "order",
        "fan-out",
        "settles",
        "conservation",
        "bounded",
        "delivery",
        "subscribed",
        "bus-limit",
    ] {
        // A law of the broker: no design breaks it.
        let can_be_violated = check != "delivery";
        assert_eq!(
            seen.remove(check),
            Some((true, can_be_violated)),
            "{check} (holds, is violated) in the corpus"
        );
        assert!(caught(check), "no defect shows that {check} can fail");
    }
    assert!(seen.is_empty(), "checks that this test does not know: {seen:?}");
}

#[test]
fn an_alarm_that_never_sounds_did_not_occur() {
    let mut scenario = load("streams/delivery-count-tells");
    let options = Options {
        simulate: false,
        ..Options::default()
    };
    let sounds = |scenario: &Scenario| {
        let outcome = run(scenario, &options, &|_, _| ());
        let mut alarms = outcome
            .occurrences
            .iter()
            .filter(|row| row.occurrence == Occurrence::Alarm);
        alarms.next().expect("the scenario asks for it").occurred
    };
    assert!(sounds(&scenario));
    for client in &mut scenario.explore.setup.clients {
        if let Role::Consumer(policy) = &mut client.role {
            policy.fails_on.clear();
        }
    }
    assert!(!sounds(&scenario));
}
