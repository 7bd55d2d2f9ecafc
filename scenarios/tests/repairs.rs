//! Each scenario with a design that fails has one beside it that repairs it, and that is proven: explored to its end, and
//! with no less to do and to stand, each check that the failing design violates holds there, or is said to be violated
//! still.

use std::collections::BTreeSet;

use rayon::prelude::*;
use redelivery_scenarios::outcome::{Outcome, Verdict, Way};
use redelivery_scenarios::repairs::Repairs;
use redelivery_scenarios::scenario::Expected;
use redelivery_scenarios::{Scenario, corpus, language};

#[path = "common/explored.rs"]
mod explored;

use explored::explored;

fn shipped() -> Vec<Scenario> {
    let files = corpus::all(&corpus::shipped()).expect("the shipped corpus");
    let scenarios = files
        .iter()
        .map(|path| language::load(path).expect("it has no mistakes"));
    scenarios.collect()
}

#[test]
fn each_repair_is_proven() {
    let shipped = shipped();
    let repairs = Repairs::around(&shipped);
    let mut wrong = Vec::new();
    let mut pairs = 0;
    let repairing: Vec<&Scenario> = shipped.iter().filter(|scenario| !scenario.repairs.is_empty()).collect();
    let outcomes: Vec<Outcome> = repairing.par_iter().map(|repair| explored(repair)).collect();
    for (repair, outcome) in repairing.into_iter().zip(&outcomes) {
        if !outcome.explored.is_some_and(|explored| explored.complete) {
            wrong.push(format!("{} is not explored to its end", repair.name));
        }
        let found = |check: &str, verdict: &Verdict| {
            let mut rows = outcome.rows.iter();
            rows.any(|row| row.name == *check && row.way == Way::Explore && row.verdict == *verdict)
        };
        for pair in repairs.by(repair) {
            let named = |what: String| format!("{} repairs {}, but {what}", pair.repair, pair.failing);
            wrong.extend(pair.flaws().into_iter().map(named));
            for (checks, verdict) in [
                (&pair.proves, Verdict::Holds),
                (&pair.still_violated, Verdict::Violated),
            ] {
                let otherwise = checks.iter().filter(|check| !found(check, &verdict));
                wrong.extend(otherwise.map(|check| named(format!("{check} is not {verdict:?} when explored"))));
            }
            pairs += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let named: usize = shipped.iter().map(|scenario| scenario.repairs.len()).sum();
    assert_eq!(pairs, named);
    assert!(pairs > 0);
}

#[test]
fn each_design_that_fails_is_repaired_or_says_why_not() {
    let shipped = shipped();
    let repaired: BTreeSet<(&str, &str)> = shipped
        .iter()
        .flat_map(|scenario| {
            scenario
                .repairs
                .iter()
                .map(|name| (scenario.family.as_str(), name.as_str()))
        })
        .collect();
    let mut failing = 0;
    for scenario in &shipped {
        let fails = scenario
            .expect
            .iter()
            .any(|expectation| expectation.expected == Expected::Violated);
        let is_repaired = repaired.contains(&(scenario.family.as_str(), scenario.name.as_str()));
        match (fails, is_repaired, &scenario.unrepaired) {
            (true, true, None) | (true, false, Some(_)) => failing += 1,
            (false, false, None) => {}
            (true, false, None) => panic!("nothing repairs {}", scenario.name),
            (true, true, Some(_)) => panic!("{} is repaired and says that it is not", scenario.name),
            (false, ..) => panic!("{} does not fail: there is nothing to repair", scenario.name),
        }
    }
    assert!(failing > 0);
}
