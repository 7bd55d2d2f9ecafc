//! Settling under weak fairness: a claim ping-pong is found, whether a design or a defect plays it; workers that claim from
//! each other for ever but get their work done raise no alarm, although they never come to rest.

use std::collections::BTreeSet;

use redelivery_model::defect::Defect;
use redelivery_model::event::{Event, Grant};
use redelivery_scenarios::outcome::{Row, Verdict};
use redelivery_scenarios::{Scenario, corpus};

#[path = "common/explored.rs"]
mod explored;
#[path = "common/judged.rs"]
mod judged;
#[path = "common/load.rs"]
mod load;

use judged::judged;
use load::load;

fn settles(scenario: &Scenario) -> Row {
    judged(scenario, "settles")
}

/// The consumers that claim in one round of the cycle in which a run stays.
fn claim_in_turn(row: &Row) -> BTreeSet<String> {
    let found = row.counterexample.as_ref().expect("a violation has one");
    assert!(found.at_end && !found.round.is_empty(), "no cycle was found");
    let events = found.round.iter().flat_map(|step| &step.events);
    let claims = events.filter_map(|event| match event {
        Event::Granted {
            consumer,
            how: Grant::Claim,
            ..
        } => Some(consumer.to_string()),
        _ => None,
    });
    claims.collect()
}

#[test]
fn a_design_that_claims_back_and_forth_does_not_settle() {
    let row = settles(&load(&corpus::shipped(), "streams/check-owner-then-ack"));
    assert_eq!(row.verdict, Verdict::Violated);
    assert_eq!(
        claim_in_turn(&row),
        ["worker-1".to_owned(), "worker-2".to_owned()].into()
    );
}

#[test]
fn an_honest_reclaim_loop_settles_until_its_consumers_forget_what_they_claim() {
    let mut scenario = load(&corpus::stages(), "honest-reclaim-loop");
    assert_eq!(settles(&scenario).verdict, Verdict::Holds);
    scenario.explore.setup.defect = Some(Defect::ClaimerForgets);
    let row = settles(&scenario);
    assert_eq!(row.verdict, Verdict::Violated);
    assert!(!claim_in_turn(&row).is_empty(), "it is claimed again and again");
}
