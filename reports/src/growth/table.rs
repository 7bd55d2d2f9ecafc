//! Rows as lines of a table, and as JSON.

use redelivery_scenarios::standard::Size;
use serde::Serialize;

use super::{Form, Prediction, Row};
use crate::apart::{Cost, Limit};
use crate::decimal::decimal;
use crate::report::words;

/// Over the lines.
pub const HEAD: &str =
    "  M   C   K   D          states     transitions  depth    seconds     MiB    states/s   factor       predicted";

/// A row as a line under [`HEAD`]. The factor is that of its states over those of the one before.
pub fn line(row: &Row) -> String {
    let Size {
        messages,
        consumers,
        crashes,
        deliveries,
    } = row.size;
    let size = format!("{messages:>3} {consumers:>3} {crashes:>3} {deliveries:>3}");
    let Some(outcome) = row.outcome else {
        let predicted = row.predicted.map_or_else(String::new, of_prediction);
        return format!("{size}  not tried, it would pass a limit: {predicted}");
    };
    let Cost {
        milliseconds,
        memory_bytes,
    } = outcome.cost;
    let seconds = decimal(milliseconds, 1_000);
    let mebibytes = words::number(memory_bytes >> 20);
    let predicted = match row.predicted {
        Some(predicted) if predicted.is_known => "known".into(),
        Some(predicted) => words::number(predicted.states),
        None => String::new(),
    };
    let line = match outcome.space {
        Err(limit) => {
            let ended = format!("ended at the {} limit", of_limit(limit));
            format!("{size} {ended:>38} {seconds:>10} {mebibytes:>7} {:>36}", predicted)
        }
        Ok(space) => {
            let rate = (milliseconds > 0).then(|| {
                let rate = u128::from(space.states) * 1_000 / u128::from(milliseconds);
                words::number(u64::try_from(rate).unwrap_or(u64::MAX))
            });
            let factor = row.before.filter(|before| *before > 0).map(|before| {
                let hundredths = u128::from(space.states) * 100 / u128::from(before);
                decimal(u64::try_from(hundredths).unwrap_or(u64::MAX), 100)
            });
            format!(
                "{size} {:>15} {:>15} {:>6} {seconds:>10} {mebibytes:>7} {:>11} {:>8} {predicted:>15}",
                words::number(space.states),
                words::number(space.transitions),
                space.depth,
                rate.unwrap_or_default(),
                factor.unwrap_or_default(),
            )
        }
    };
    line.trim_end().to_owned()
}

/// What is tried, and what is predicted of it, in words.
pub fn trial(size: Size, predicted: Option<Prediction>) -> String {
    let predicted = predicted.map_or_else(|| "nothing predicted".to_owned(), of_prediction);
    format!("{size}: {predicted}")
}

fn of_prediction(predicted: Prediction) -> String {
    let states = words::count(predicted.states, "state");
    let cost = predicted.cost.map_or_else(String::new, |cost| {
        let seconds = decimal(cost.milliseconds / 100, 10);
        format!(", {seconds} s, {} MiB", words::number(cost.memory_bytes >> 20))
    });
    let how = if predicted.is_known {
        "known to have"
    } else {
        "predicted"
    };
    format!("{how} {states}{cost}")
}

fn of_limit(limit: Limit) -> &'static str {
    match limit {
        Limit::Time => "time",
        Limit::Memory => "memory",
    }
}

/// A row for machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the row")]
pub struct RowJson {
    pub size: String,
    pub form: Form,
    /// `finished`, `time limit`, `memory limit` or `not tried`.
    pub ended: &'static str,
    pub states: Option<u64>,
    pub transitions: Option<u64>,
    pub depth: Option<u64>,
    pub milliseconds: Option<u64>,
    pub peak_memory_bytes: Option<u64>,
    pub states_before: Option<u64>,
    pub predicted_states: Option<u64>,
    pub predicted_milliseconds: Option<u64>,
    pub predicted_memory_bytes: Option<u64>,
}

impl RowJson {
    /// The JSON form of a row.
    pub fn of(row: &Row) -> Self {
        let space = row.space();
        let cost = row.outcome.map(|outcome| outcome.cost);
        let predicted = row.predicted.and_then(|predicted| predicted.cost);
        Self {
            size: row.size.to_string(),
            form: row.form,
            ended: match row.outcome.map(|outcome| outcome.space) {
                None => "not tried",
                Some(Ok(_)) => "finished",
                Some(Err(Limit::Time)) => "time limit",
                Some(Err(Limit::Memory)) => "memory limit",
            },
            states: space.map(|space| space.states),
            transitions: space.map(|space| space.transitions),
            depth: space.map(|space| space.depth),
            milliseconds: cost.map(|cost| cost.milliseconds),
            peak_memory_bytes: cost.map(|cost| cost.memory_bytes),
            states_before: row.before,
            predicted_states: row.predicted.map(|predicted| predicted.states),
            predicted_milliseconds: predicted.map(|cost| cost.milliseconds),
            predicted_memory_bytes: predicted.map(|cost| cost.memory_bytes),
        }
    }
}
