//! What a scenario comes to with other values, as plain data: a row for each combination.
//!
//! Which rows are worth a look is said (no other is as good in everything and better in something), not which is best:
//! how much a repetition costs beside a second of delay is for people to know. Next: `table`, `plot`.

mod plot;
mod scale;
mod table;

use redelivery_engine::Millis;
use redelivery_scenarios::tune::{Point, Tuned};
use serde::Serialize;

pub use plot::{MAX_LINES, plot};
pub use table::table;

use crate::report::numbers::{Group, Numbers};

/// A grid and what it came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tuning {
    /// The scenario.
    pub scenario: String,
    /// What was varied, by its path in the file.
    pub parameters: Vec<String>,
    /// One for each combination.
    pub rows: Vec<Row>,
}

/// What a combination came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// A value for each parameter.
    pub values: Vec<String>,
    /// Whether no other row loses and repeats as little, takes as little time and leaves as few runs unsettled, and is
    /// better in one of these.
    pub on_front: bool,
    /// What should hold and does not.
    pub violated: Vec<String>,
    /// All groups together.
    pub all: Group,
    /// Each by itself, and the runs.
    pub numbers: Numbers,
}

impl Tuning {
    /// Puts together what combinations came to.
    pub fn new(scenario: String, parameters: Vec<String>, points: &[Point], tuned: &[Tuned]) -> Self {
        let rows = points.iter().zip(tuned).map(|(point, tuned)| Row {
            values: point.values.clone(),
            on_front: false,
            violated: tuned.violated.clone(),
            all: Group::of("all".into(), &tuned.numbers.of_all_groups().unwrap_or_default()),
            numbers: Numbers::of(&point.scenario.simulate.setup, &tuned.numbers),
        });
        let mut tuning = Self {
            scenario,
            parameters,
            rows: rows.collect(),
        };
        let costs: Vec<[u128; 4]> = tuning.rows.iter().map(|row| tuning.costs(row)).collect();
        let is_worse =
            |mine: &[u128; 4], other: &[u128; 4]| other != mine && other.iter().zip(mine).all(|(a, b)| a <= b);
        for (row, mine) in tuning.rows.iter_mut().zip(&costs) {
            row.on_front = !costs.iter().any(|other| is_worse(mine, other));
        }
        tuning
    }

    /// What was varied, in two words where these tell it from the others.
    fn heads(&self) -> Vec<String> {
        let short = |name: &str| {
            let keys: Vec<&str> = name.split('.').collect();
            keys[keys.len().saturating_sub(2)..].join(".")
        };
        let all: Vec<String> = self.parameters.iter().map(|name| short(name)).collect();
        let is_alone = |head: &String| all.iter().filter(|other| *other == head).count() == 1;
        let heads = all.iter().zip(&self.parameters);
        let heads = heads.map(|(head, whole)| if is_alone(head) { head } else { whole });
        heads.cloned().collect()
    }

    /// Whether times are those from a run's last fault: where no run has a fault, they are those of messages.
    fn recovers(&self) -> bool {
        self.rows.iter().any(|row| row.numbers.recovery_ms.is_some())
    }

    /// The time that 99 in 100 do not exceed; none where nothing ever settled.
    fn time_ms(&self, row: &Row) -> Option<Millis> {
        let found = match self.recovers() {
            true => row.numbers.recovery_ms,
            false => row.all.latency_ms,
        };
        found.map(|found| found.p99)
    }

    /// What is to be as small as possible.
    fn costs(&self, row: &Row) -> [u128; 4] {
        let share = |part: u64, whole: u64| match whole {
            0 => u128::MAX,
            _ => u128::from(part) * 1_000_000_000 / u128::from(whole),
        };
        [
            share(row.all.lost, row.all.messages_of_ended_runs),
            share(row.all.duplicates, row.all.messages),
            share(row.numbers.never_recovered, row.numbers.ended),
            self.time_ms(row).map_or(u128::MAX, u128::from),
        ]
    }
}
