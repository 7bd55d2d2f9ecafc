//! Time that is bounded decides: what a scenario of the corpus holds by its bounds is violated for any durations, and where
//! somebody may stand still.

use redelivery_model::defect::Defect;
use redelivery_model::history::Clock;
use redelivery_model::setup::FaultBudget;
use redelivery_model::world::Action;
use redelivery_scenarios::outcome::Verdict;
use redelivery_scenarios::{Scenario, corpus};

#[path = "common/explored.rs"]
mod explored;
#[path = "common/judged.rs"]
mod judged;
#[path = "common/load.rs"]
mod load;

use judged::judged;
use load::load;

/// What holds by bounds alone.
const BY_BOUNDS: [(&str, &str); 5] = [
    ("streams/work-shorter-than-idle", "no-overlapping-work"),
    ("streams/work-once-while-nobody-fails", "exactly-once"),
    ("streams/work-once-while-nobody-fails", "no-overlapping-work"),
    ("streams/owner-faster-than-idle", "settles"),
    ("lists/visibility-timeout-long-enough", "no-overlapping-work"),
];

#[test]
fn what_holds_by_bounds_is_violated_for_any_durations() {
    for (name, check) in BY_BOUNDS {
        let mut scenario = load(&corpus::shipped(), name);
        assert_eq!(judged(&scenario, check).verdict, Verdict::Holds, "{name}: {check}");
        scenario.explore.setup.bounds = None;
        let row = judged(&scenario, check);
        assert_eq!(row.verdict, Verdict::Violated, "{name}: {check}");
        let found = row.counterexample.expect("a violation has one");
        assert_eq!(found.clock, Clock::Abstract);
    }
}

#[test]
fn there_is_a_zombie_only_where_a_pause_is_possible() {
    let mut scenario = load(&corpus::shipped(), "streams/work-shorter-than-idle");
    scenario.explore.setup.faults.pause = FaultBudget {
        times: 1,
        clients: Vec::new(),
    };
    let row = judged(&scenario, "no-overlapping-work");
    assert_eq!(row.verdict, Verdict::Violated);
    let found = row.counterexample.expect("a violation has one");
    assert!(found.schedule.iter().any(|action| matches!(action, Action::Pause(_))));
    assert!(found.steps.iter().all(|step| step.at_ms.is_some()), "it has moments");
}

/// For any durations idle times are known by the thresholds that they have reached: half of one is none.
#[test]
fn a_claim_that_comes_early_shows_only_by_a_clock() {
    let verdict = |scenario: &Scenario| judged(scenario, "single-owner within 1m").verdict;
    let mut scenario = load(&corpus::shipped(), "streams/work-shorter-than-idle");
    scenario.explore.setup.defect = Some(Defect::ClaimTakesEarly);
    assert_eq!(verdict(&scenario), Verdict::Violated);
    scenario.explore.setup.bounds = None;
    assert_eq!(verdict(&scenario), Verdict::Holds);
}
