//! What the table of deliberate defects rests on: each check holds in one shipped scenario and is violated in another, the
//! laws of the broker hold without a defect, and what must occur is seen not to. The table itself is run where it is
//! reported.

use std::collections::{BTreeMap, BTreeSet};

use redelivery_model::defect::Defect;
use redelivery_model::occurrence::Occurrence;
use redelivery_model::setup::policy::Role;
use redelivery_scenarios::defects::laws::{LAWS, SEEDS, broken};
use redelivery_scenarios::defects::stages;
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::scenario::Expected;
use redelivery_scenarios::{Scenario, corpus, language};

#[path = "common/explored.rs"]
mod explored;
#[path = "common/load.rs"]
mod load;

use explored::explored;
use load::load;

#[test]
fn each_check_of_the_corpus_holds_somewhere_and_is_violated_somewhere() {
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
    assert!(seen.len() >= 19, "the checks are found");
    for (check, found) in seen {
        // A law of the broker: no design breaks it.
        let can_be_violated = check != "delivery";
        assert_eq!(
            found,
            (true, can_be_violated),
            "{check} (holds, is violated) in the corpus"
        );
    }
}

#[test]
fn laws_hold_without_a_defect() {
    for seed in SEEDS {
        let broken = broken(None, seed);
        let names: Vec<&str> = LAWS
            .iter()
            .zip(broken)
            .filter_map(|(law, broken)| broken.then_some(law.name))
            .collect();
        assert!(names.is_empty(), "seed {seed} breaks {names:?} without a defect");
    }
}

/// Who writes a stage says what it shows without a defect, and some defect is put on it.
#[test]
fn each_stage_is_as_expected_and_used() {
    let files = corpus::in_folder(&corpus::stages());
    assert!(files.len() >= 8, "the stages are found");
    let used: BTreeSet<&str> = Defect::ALL
        .iter()
        .flat_map(|&it| stages(it))
        .map(|it| it.name())
        .collect();
    for path in files {
        let scenario = language::load(&path).expect("a stage has no mistakes");
        assert!(
            used.contains(scenario.name.as_str()),
            "no defect is put on {}",
            scenario.name
        );
        let outcome = run(&scenario, &Options::default(), &|_, _| ());
        assert_eq!(
            outcome.as_expected(),
            Some(true),
            "{}: {:#?}",
            scenario.name,
            outcome.rows
        );
    }
}

#[test]
fn an_alarm_that_never_sounds_did_not_occur() {
    let mut scenario = load(&corpus::shipped(), "streams/delivery-count-tells");
    let sounds = |scenario: &Scenario| {
        let outcome = explored(scenario);
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
