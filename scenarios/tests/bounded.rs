//! Time that is bounded decides: what a scenario of the corpus holds by its bounds is violated for any durations, and where
//! somebody may stand still.

use redelivery_model::defect::Defect;
use redelivery_model::history::Clock;
use redelivery_model::setup::FaultBudget;
use redelivery_model::world::Action;
use redelivery_scenarios::outcome::{Counterexample, Verdict};
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::{Scenario, corpus, language};

fn load(name: &str) -> Scenario {
    let files = corpus::find(&corpus::shipped(), name.as_ref()).expect("it is there");
    language::load(&files[0]).expect("it has no mistakes")
}

/// What exploring says of a check, when every state was visited.
fn explored(scenario: &Scenario, check: &str) -> (Verdict, Option<Counterexample>) {
    let options = Options {
        simulate: false,
        ..Options::default()
    };
    let outcome = run(scenario, &options, &|_, _| ());
    assert!(outcome.explored.expect("it was explored").complete);
    let mut rows = outcome.rows.into_iter();
    let row = rows.find(|row| row.name == check).expect("the scenario asks");
    (row.verdict, row.counterexample)
}

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
        let mut scenario = load(name);
        assert_eq!(explored(&scenario, check).0, Verdict::Holds, "{name}: {check}");
        scenario.explore.setup.bounds = None;
        let (verdict, found) = explored(&scenario, check);
        assert_eq!(verdict, Verdict::Violated, "{name}: {check}");
        assert_eq!(found.expect("a violation has one").clock, Clock::Abstract);
    }
}

#[test]
fn there_is_a_zombie_only_where_a_pause_is_possible() {
    let mut scenario = load("streams/work-shorter-than-idle");
    scenario.explore.setup.faults.pause = FaultBudget {
        times: 1,
        clients: Vec::new(),
    };
    let (verdict, found) = explored(&scenario, "no-overlapping-work");
    assert_eq!(verdict, Verdict::Violated);
    let found = found.expect("a violation has one");
    assert!(found.schedule.iter().any(|action| matches!(action, Action::Pause(_))));
    assert!(found.steps.iter().all(|step| step.at_ms.is_some()), "it has moments");
}

/// For any durations idle times are known by the thresholds that they have reached: half of one is none.
#[test]
fn a_claim_that_comes_early_shows_only_by_a_clock() {
    let mut scenario = load("streams/work-shorter-than-idle");
    scenario.explore.setup.defect = Some(Defect::ClaimTakesEarly);
    assert_eq!(explored(&scenario, "single-owner within 1m").0, Verdict::Violated);
    scenario.explore.setup.bounds = None;
    assert_eq!(explored(&scenario, "single-owner within 1m").0, Verdict::Holds);
}
