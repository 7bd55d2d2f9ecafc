//! Reports: a scenario and its outcome as plain data, everything already named and said in words.
//!
//! A report knows no terminal, no clock and no colours, and never decides: verdicts come from `scenarios`. Next:
//! [`timeline`] for what a run looks like, `render` for who shows it.

mod ageing;
pub mod coverage;
pub mod defects;
mod ending;
mod events;
mod failures;
mod holds;
pub mod numbers;
pub mod pairs;
mod request;
pub mod scene;
pub mod search;
pub mod sequence;
mod step;
pub mod timeline;
mod violation;
pub mod words;

use redelivery_scenarios::Scenario;
use redelivery_scenarios::outcome::{Explored, Lived, Outcome, Simulated, Verdict, Way};
use redelivery_scenarios::repairs::Repairs;
use redelivery_scenarios::scenario::Expected;

use numbers::Numbers;
pub use pairs::Pairs;
pub use timeline::{Counterexample, Timeline};

/// What came of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The folder that it lies in.
    pub family: String,
    /// Its name.
    pub name: String,
    /// Its story.
    pub story: String,
    /// What it repairs, what repairs it, or why nothing does.
    pub pairs: Pairs,
    /// Whether everything is as expected; none when that is unknown.
    pub as_expected: Option<bool>,
    /// Why it is unknown, if that is so of the scenario as a whole.
    pub reason: Option<&'static str>,
    /// One for each expectation and way, in the order of the file, each expectation's ways together.
    pub expectations: Vec<Finding>,
    /// One for each thing that must occur, and way.
    pub occurrences: Vec<Occurred>,
    /// The exploration, if there was one.
    pub explored: Option<Explored>,
    /// Which clients exploring took for each other: `worker ×2`.
    pub interchangeable: Vec<String>,
    /// The simulation, if there was one.
    pub simulated: Option<Simulated>,
    /// What became of messages in the simulation, if that was asked for.
    pub numbers: Option<Numbers>,
    /// The live runs, if there were some.
    pub lived: Option<Lived>,
}

/// What was found of one expectation in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check with its parameters.
    pub check: String,
    /// What it claims, in a sentence.
    pub claim: String,
    /// How it was judged.
    pub way: Way,
    /// What the scenario expects.
    pub expected: Expected,
    /// What was found.
    pub verdict: Verdict,
    /// Why it is unknown, or where a server diverged.
    pub reason: Option<String>,
    /// Whether that is as expected; none when it is unknown.
    pub as_expected: Option<bool>,
    /// How the violation comes about, if there is one.
    pub counterexample: Option<Counterexample>,
}

/// Something that must occur, and whether it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurred {
    /// What must occur.
    pub what: String,
    /// In which way of running.
    pub way: Way,
    /// Whether it did.
    pub occurred: bool,
    /// Whether that is as expected; none when it is unknown.
    pub as_expected: Option<bool>,
    /// Why it did not, if somebody knows.
    pub reason: Option<String>,
}

impl Report {
    /// The report of an outcome. `program` is how the commands that replay a run begin; of a live one, with `live` and
    /// the server.
    pub fn new(scenario: &Scenario, outcome: &Outcome, program: &str) -> Self {
        let findings = outcome.rows.iter().map(|row| Finding {
            check: row.name.clone(),
            claim: row.check.claim(),
            way: row.way,
            expected: row.expected,
            verdict: row.verdict.clone(),
            reason: match &row.verdict {
                Verdict::Unknown(unknown) => Some(words::unknown(&scenario.explore.setup, unknown)),
                Verdict::Diverged(diverged) => Some(words::diverged(diverged)),
                Verdict::Holds | Verdict::Violated => None,
            },
            as_expected: row.as_expected(),
            counterexample: row
                .counterexample
                .as_ref()
                .map(|found| Counterexample::new(scenario, row, found, program)),
        });
        let occurrences = outcome.occurrences.iter().map(|row| Occurred {
            what: words::occurrence(row.occurrence),
            way: row.way,
            occurred: row.occurred,
            as_expected: row.as_expected(),
            reason: row.diverged.as_ref().map(words::diverged),
        });
        Self {
            family: outcome.family.clone(),
            name: outcome.name.clone(),
            story: scenario.story.trim().to_owned(),
            pairs: Pairs::default(),
            as_expected: outcome.as_expected(),
            reason: outcome.is_empty().then_some(words::NOTHING_EXPECTED),
            expectations: findings.collect(),
            occurrences: occurrences.collect(),
            explored: outcome.explored,
            interchangeable: outcome
                .interchangeable
                .iter()
                .map(|class| words::alike(&scenario.explore.setup, class))
                .collect(),
            simulated: outcome.simulated,
            numbers: outcome
                .numbers
                .as_ref()
                .map(|numbers| Numbers::of(&scenario.simulate.setup, numbers)),
            lived: outcome.lived,
        }
    }

    /// Names the scenarios that it repairs, and those that repair it.
    #[must_use]
    pub fn among(mut self, scenario: &Scenario, repairs: &Repairs) -> Self {
        self.pairs = Pairs::of(scenario, repairs);
        self
    }

    /// Says in the commands that explore again how far this exploration went, if not as far as the scenario says.
    #[must_use]
    pub fn explored_within(mut self, max_states: Option<u64>) -> Self {
        if let Some(max_states) = max_states {
            let explored = self
                .expectations
                .iter_mut()
                .filter(|finding| finding.way == Way::Explore);
            for found in explored.filter_map(|finding| finding.counterexample.as_mut()) {
                found.replay += &format!(" --max-states {max_states}");
            }
        }
        self
    }

    /// Family and name.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.family, self.name)
    }

    /// The findings, those of one expectation together: each group is of one check and outcome.
    pub fn by_expectation(&self) -> impl Iterator<Item = &[Finding]> {
        self.expectations
            .chunk_by(|one, next| one.check == next.check && one.expected == next.expected)
    }
}
