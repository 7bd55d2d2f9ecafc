//! Reports for machines. Fields keep their order; nothing here is a measurement, so the bytes are the same every time.

use redelivery_scenarios::outcome::Verdict;
use serde::Serialize;
use serde_json::Value;

use crate::report::{Counterexample, Finding, Pairs, Report, Timeline, words};

/// A report.
#[derive(Debug, Serialize)]
pub struct ReportJson<'a> {
    /// The scenario.
    pub name: &'a str,
    /// Its folder.
    pub family: &'a str,
    /// What it repairs, what repairs it, or why nothing does.
    pub pairs: &'a Pairs,
    /// Whether all is as expected; null when that is unknown.
    pub as_expected: Option<bool>,
    /// Why it is unknown, if that is so of the scenario as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// One for each expectation and way.
    pub expectations: Vec<FindingJson<'a>>,
    /// One for each thing that must occur, and way.
    pub occurrences: Vec<OccurredJson<'a>>,
}

/// What was found of an expectation.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the report")]
pub struct FindingJson<'a> {
    pub check: &'a str,
    pub way: &'static str,
    pub expected: String,
    pub verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    pub as_expected: Option<bool>,
    pub states: Option<u64>,
    pub seeds: Option<u64>,
    /// Live runs that were thrown away, since the machine was late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<u64>,
    pub counterexample: Option<CounterexampleJson<'a>>,
}

/// How a violation comes about.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the report")]
pub struct CounterexampleJson<'a> {
    pub broken: &'a str,
    pub seed: Option<u64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub drawn: &'a [String],
    pub at_end: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durations: Option<&'static str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub driven: &'a [String],
    pub replay: &'a str,
    pub schedule: &'a [String],
    pub events: &'a [Value],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again_and_again: Option<RoundJson<'a>>,
}

/// One round of the cycle that follows a run's end.
#[derive(Debug, Serialize)]
pub struct RoundJson<'a> {
    /// What is done.
    pub schedule: &'a [String],
    /// What happens.
    pub events: &'a [Value],
}

/// Something that must occur.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the report")]
pub struct OccurredJson<'a> {
    pub occurrence: &'a str,
    pub way: &'static str,
    pub occurred: bool,
}

impl<'a> ReportJson<'a> {
    /// The JSON form of a report.
    pub fn of(report: &'a Report) -> Self {
        Self {
            name: &report.name,
            family: &report.family,
            pairs: &report.pairs,
            as_expected: report.as_expected,
            reason: report.reason,
            expectations: report
                .expectations
                .iter()
                .map(|finding| FindingJson::of(report, finding))
                .collect(),
            occurrences: report
                .occurrences
                .iter()
                .map(|row| OccurredJson {
                    occurrence: &row.what,
                    way: row.way.name(),
                    occurred: row.occurred,
                })
                .collect(),
        }
    }
}

impl<'a> FindingJson<'a> {
    fn of(report: &Report, finding: &'a Finding) -> Self {
        use redelivery_scenarios::outcome::Way;
        Self {
            check: &finding.check,
            way: finding.way.name(),
            expected: finding.expected.to_string(),
            verdict: words::verdict(&finding.verdict),
            reason: finding.reason.as_deref(),
            as_expected: finding.as_expected,
            states: report
                .explored
                .filter(|_| finding.way == Way::Explore)
                .map(|explored| explored.states),
            seeds: match finding.way {
                Way::Explore => None,
                Way::Simulate => report.simulated.map(|simulated| simulated.seeds),
                Way::Live => report.lived.map(|lived| lived.seeds),
            },
            late: report
                .lived
                .filter(|_| finding.way == Way::Live)
                .map(|lived| lived.late),
            counterexample: finding.counterexample.as_ref().map(CounterexampleJson::of),
        }
    }
}

impl<'a> CounterexampleJson<'a> {
    fn of(found: &'a Counterexample) -> Self {
        let Timeline { schedule, records, .. } = &found.timeline;
        Self {
            broken: &found.broken,
            seed: found.seed,
            drawn: &found.drawn,
            at_end: found.at_end,
            durations: found.durations,
            driven: &found.driven,
            replay: &found.replay,
            schedule,
            events: records,
            again_and_again: found.round.as_ref().map(RoundJson::of),
        }
    }
}

impl<'a> RoundJson<'a> {
    /// The JSON form of a round.
    pub fn of(round: &'a Timeline) -> Self {
        Self {
            schedule: &round.schedule,
            events: &round.records,
        }
    }
}

/// The verdict over all expectations: violated if one is, else unknown if one is or nothing was judged, else holds.
pub fn overall(report: &Report) -> &'static str {
    let verdicts = || report.expectations.iter().map(|finding| &finding.verdict);
    let never = report.occurrences.iter().any(|row| !row.occurred);
    if verdicts().any(|verdict| *verdict == Verdict::Violated) {
        "violated"
    } else if verdicts().any(|verdict| matches!(verdict, Verdict::Diverged(_))) {
        "diverged"
    } else if report.reason.is_some() || never || verdicts().any(|verdict| matches!(verdict, Verdict::Unknown(_))) {
        "unknown"
    } else {
        "holds"
    }
}
