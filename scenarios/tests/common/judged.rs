//! One check of a scenario, explored to the end.

use redelivery_scenarios::Scenario;
use redelivery_scenarios::outcome::Row;

use crate::explored::explored;

/// What exploring says of a check, when every state was visited.
pub(crate) fn judged(scenario: &Scenario, check: &str) -> Row {
    let outcome = explored(scenario);
    assert!(outcome.explored.expect("it was explored").complete);
    let mut rows = outcome.rows.into_iter();
    rows.find(|row| row.name == check).expect("the scenario asks")
}
