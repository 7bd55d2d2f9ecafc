//! Each scenario with a design that fails has one beside it that repairs it, and that is proven: in the repair holds,
//! explored to the end and under no fewer faults, a check that the failing design violates.

use std::collections::BTreeMap;

use redelivery_model::check::CheckSpec;
use redelivery_scenarios::outcome::{Outcome, Verdict, Way};
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::scenario::Expected;
use redelivery_scenarios::{Scenario, corpus, language};

fn shipped() -> BTreeMap<(String, String), Scenario> {
    let files = corpus::all(&corpus::shipped()).expect("the shipped corpus");
    let scenarios = files
        .iter()
        .map(|path| language::load(path).expect("it has no mistakes"));
    scenarios
        .map(|scenario| ((scenario.family.clone(), scenario.name.clone()), scenario))
        .collect()
}

/// The checks that are expected to have this outcome when explored.
fn explored(scenario: &Scenario, expected: Expected) -> Vec<&CheckSpec> {
    let mut expectations = scenario.expect.iter().collect::<Vec<_>>();
    expectations.retain(|expectation| expectation.ways.explore && expectation.expected == expected);
    expectations.into_iter().map(|expectation| &expectation.check).collect()
}

fn explore(scenario: &Scenario) -> Outcome {
    let options = Options {
        simulate: false,
        ..Options::default()
    };
    run(scenario, &options, &|_, _| ())
}

/// Whether what may fail in the repair, and how much it has to do, is no less.
fn faces_no_less(repair: &Scenario, repaired: &Scenario) -> bool {
    let (ours, theirs) = (&repair.explore.setup, &repaired.explore.setup);
    ours.faults.crash.times >= theirs.faults.crash.times
        && ours.faults.cut.times >= theirs.faults.cut.times
        && ours.messages.len() >= theirs.messages.len()
}

#[test]
fn each_repair_is_proven() {
    let shipped = shipped();
    let (mut pairs, mut wrong) = (0, Vec::new());
    for repair in shipped.values().filter(|scenario| !scenario.repairs.is_empty()) {
        let outcome = explore(repair);
        if !outcome.explored.is_some_and(|explored| explored.complete) {
            wrong.push(format!("{} is not explored to its end", repair.name));
        }
        let proven = |check: &CheckSpec| {
            let mut rows = outcome.rows.iter();
            rows.any(|row| row.check == *check && row.way == Way::Explore && row.verdict == Verdict::Holds)
        };
        for name in &repair.repairs {
            let repaired = &shipped[&(repair.family.clone(), name.clone())];
            let violated = explored(repaired, Expected::Violated);
            let holds = explored(repair, Expected::Holds);
            if !violated.iter().any(|check| holds.contains(check) && proven(check)) {
                wrong.push(format!(
                    "{name} violates {violated:?}, {} proves {holds:?}",
                    repair.name
                ));
            }
            if !faces_no_less(repair, repaired) {
                wrong.push(format!("{} repairs {name} in easier circumstances", repair.name));
            }
            pairs += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(pairs > 0);
}

#[test]
fn each_design_that_fails_is_repaired_or_says_why_not() {
    let shipped = shipped();
    let mut failing = 0;
    for scenario in shipped.values() {
        let fails = scenario
            .expect
            .iter()
            .any(|expectation| expectation.expected == Expected::Violated);
        let mut others = shipped.values().filter(|other| other.family == scenario.family);
        let repaired = others.any(|other| other.repairs.contains(&scenario.name));
        match (fails, repaired, &scenario.unrepaired) {
            (true, true, None) | (true, false, Some(_)) => failing += 1,
            (false, false, None) => {}
            (true, false, None) => panic!("nothing repairs {}", scenario.name),
            (true, true, Some(_)) => panic!("{} is repaired and says that it is not", scenario.name),
            (false, ..) => panic!("{} does not fail: there is nothing to repair", scenario.name),
        }
    }
    assert!(failing > 0);
}
