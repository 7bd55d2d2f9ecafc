//! What a sweep says of its scenarios, from its header and records alone.
//!
//! A shard has few of the seeds: what it never showed another may have. So of a shard only failures and holes of its own
//! are judged; of a whole sweep everything is, as simulating judges.

use serde::Serialize;

use super::{Expect, Header, Hole, Planned, Tally};
use crate::scenario::Expected;

/// What a sweep says of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Family and name.
    pub name: String,
    /// Whether all is as expected; none where that is unknown.
    pub as_expected: Option<bool>,
    /// Seeds that were run.
    pub seeds: u64,
    /// Seeds that were not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_run: Option<Hole>,
    /// Requests that brokers executed.
    pub commands: u64,
    /// Virtual time of all runs.
    pub virtual_ms: u64,
    /// Runs that did not end before the time limit.
    pub cut_off: u64,
    /// What must occur and never did.
    pub never_occurred: Vec<String>,
    /// One for each check of which something is expected.
    pub expectations: Vec<Row>,
}

/// What a sweep says of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its name with its parameters.
    pub check: String,
    /// What is expected of it.
    pub expected: Expected,
    /// What was found.
    pub verdict: Verdict,
    /// Why that is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether it is as expected; none where that is unknown.
    pub as_expected: Option<bool>,
    /// How many seeds violated it.
    pub violating_seeds: u64,
    /// The first of them.
    pub first_seed: Option<u64>,
    /// Of a check that should hold: how many failures that differ the first runs that violated it shrank to.
    pub failures: usize,
    /// The steps of the smallest of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smallest: Option<usize>,
}

/// What was found of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// No seed violated it.
    Holds,
    /// Some seed violated it.
    Violated,
    /// Neither can be said.
    Unknown,
}

impl Summary {
    /// What is to be said of each scenario.
    pub fn of(header: &Header, tallies: &[Tally]) -> Vec<Self> {
        let each = header.scenarios.iter().zip(tallies).enumerate();
        each.map(|(place, (planned, tally))| Self::of_scenario(header, place, planned, tally))
            .collect()
    }

    fn of_scenario(header: &Header, place: usize, planned: &Planned, tally: &Tally) -> Self {
        let not_run = tally.hole(header, place);
        let whole = header.shard.is_whole();
        let never = planned
            .occurs
            .iter()
            .filter(|what| whole && !tally.shown.contains(*what));
        let never_occurred: Vec<String> = never.cloned().collect();
        let judge = |expect: &Expect| Row::of(expect, tally, not_run, never_occurred.first(), whole);
        let expectations: Vec<Row> = planned.expect.iter().map(judge).collect();
        let verdicts = || expectations.iter().map(|row| row.as_expected);
        let nothing = planned.expect.is_empty() && planned.occurs.is_empty();
        let as_expected = if verdicts().any(|verdict| verdict == Some(false)) {
            Some(false)
        } else if nothing || not_run.is_some() || !never_occurred.is_empty() || verdicts().any(|row| row.is_none()) {
            None
        } else {
            Some(true)
        };
        Self {
            name: planned.name.clone(),
            as_expected,
            seeds: tally.seeds,
            not_run,
            commands: tally.requests,
            virtual_ms: tally.virtual_ms,
            cut_off: tally.cut_off,
            never_occurred,
            expectations,
        }
    }
}

impl Row {
    fn of(expect: &Expect, tally: &Tally, not_run: Option<Hole>, never: Option<&String>, whole: bool) -> Self {
        let violated = tally.violated.get(&expect.check);
        let unmet = expect.presumes.iter().find(|premise| !tally.shown.contains(*premise));
        let untested = |what: &String| format!("`{what}` never occurred, so that nothing was tested");
        let reason = if violated.is_some() {
            None
        } else if let Some(hole) = not_run {
            Some(format!("{} of its seeds were not run", hole.seeds))
        } else if expect.ends && tally.cut_off > 0 {
            Some(format!(
                "{} of its runs did not end within the time limit",
                tally.cut_off
            ))
        } else if !whole {
            None
        } else if !expect.applies {
            Some("nothing is there that it could judge".into())
        } else {
            never.or(unmet).map(untested)
        };
        let verdict = match (violated, &reason) {
            (Some(_), _) => Verdict::Violated,
            (None, Some(_)) => Verdict::Unknown,
            (None, None) => Verdict::Holds,
        };
        let as_expected = match (verdict, expect.expected) {
            (Verdict::Unknown, _) => None,
            (Verdict::Violated, expected) => Some(expected == Expected::Violated),
            // Another shard may find it.
            (Verdict::Holds, expected) => Some(!whole || expected == Expected::Holds),
        };
        let failures = tally.failures.get(&expect.check).map_or(&[][..], Vec::as_slice);
        Self {
            check: expect.check.clone(),
            expected: expect.expected,
            verdict,
            reason,
            as_expected,
            violating_seeds: violated.map_or(0, |(seeds, _)| *seeds),
            first_seed: violated.map(|(_, first)| *first),
            failures: failures.len(),
            smallest: failures.iter().map(|(_, failure)| failure.actions).min(),
        }
    }
}

#[cfg(test)]
mod tests;
