//! One scenario with other values: each combination is put into the file, read again, and simulated.
//!
//! The language judges every value as if somebody had written it there. Nothing is judged of expectations but whether
//! what should hold is violated. Nothing here draws or decides which value is best. Next: `parameter` for what a name
//! means, `document` for how a value gets into a file.

mod document;
mod parameter;

use std::ops::Range;
use std::path::Path;

use redelivery_model::simulate::Policy;
use redelivery_model::simulate::numbers::Numbers;

use crate::language::{self, Diagnostic};
use crate::outcome::Verdict;
use crate::run::{self, Options, Progress};
use crate::scenario::{Expected, Scenario};
use document::Document;
use parameter::Parameter;

/// More combinations than that are a slip.
pub const MAX_POINTS: usize = 10_000;

/// What is to be varied: a parameter as people call it, and its values as a scenario file writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vary {
    /// `min-idle-time`, `worker.work`, `consumer.worker.count`.
    pub name: String,
    /// `30s`, `4`.
    pub values: Vec<String>,
}

/// Why a grid cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A name that means nothing, or several things; or there would be too much of it.
    Request(String),
    /// The language refuses the file, perhaps with these values in it.
    File {
        /// `min-idle-time = 30s`; empty where it is the file as it stands.
        with: String,
        /// What is wrong.
        diagnostics: Vec<Diagnostic>,
    },
}

/// A scenario with all combinations of some values.
#[derive(Clone, Debug)]
pub struct Grid {
    /// What is varied, by the path in the file.
    pub parameters: Vec<String>,
    /// The combinations, the last parameter's values first.
    pub points: Vec<Point>,
}

/// One combination.
#[derive(Clone, Debug)]
pub struct Point {
    /// A value for each parameter.
    pub values: Vec<String>,
    /// The scenario with them.
    pub scenario: Scenario,
}

/// What a combination came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tuned {
    /// What became of messages.
    pub numbers: Numbers,
    /// Checks that the scenario expects to hold and that some run violates.
    pub violated: Vec<String>,
}

impl Grid {
    /// Puts each combination of values into the content of a file.
    ///
    /// # Errors
    /// When a parameter is unknown, when there are too many combinations, or when the language refuses one of them.
    pub fn new(path: &Path, content: &[u8], varied: &[Vary]) -> Result<Self, Refused> {
        let refused = |with: String, diagnostics| Refused::File { with, diagnostics };
        language::parse(path, content).map_err(|diagnostics| refused(String::new(), diagnostics))?;
        let document = Document::new(content).map_err(Refused::Request)?;
        let known = parameter::known(&document);
        let wanted = varied.iter().map(|vary| parameter::find(&known, &document, &vary.name));
        let wanted: Vec<Parameter> = wanted.collect::<Result<_, _>>().map_err(Refused::Request)?;
        let twice = (1..wanted.len()).find(|&at| wanted[..at].iter().any(|other| other.place == wanted[at].place));
        if let Some(twice) = twice {
            return Err(Refused::Request(format!("`{}` is varied twice", wanted[twice].name())));
        }
        let count = varied.iter().map(|vary| vary.values.len());
        let count = count.fold(1_usize, usize::saturating_mul);
        if count > MAX_POINTS {
            return Err(Refused::Request(format!(
                "{count} combinations are too many: there may be {MAX_POINTS}"
            )));
        }
        let points = combinations(varied).into_iter().map(|values| {
            let mut document = document.clone();
            for (parameter, value) in wanted.iter().zip(&values) {
                document.set(&parameter.place, value).map_err(Refused::Request)?;
            }
            let said = wanted.iter().zip(&values);
            let said: Vec<String> = said
                .map(|(parameter, value)| format!("{} = {value}", parameter.name()))
                .collect();
            let scenario = language::parse_to_simulate(path, document.text().as_bytes());
            let scenario = scenario.map_err(|diagnostics| refused(said.join(", "), diagnostics))?;
            Ok(Point { values, scenario })
        });
        Ok(Self {
            parameters: wanted.iter().map(Parameter::name).collect(),
            points: points.collect::<Result<_, _>>()?,
        })
    }
}

impl Point {
    /// Simulates it, under its own seeds or these, by its own policy or this.
    pub fn run(&self, seeds: Option<Range<u64>>, policy: Option<Policy>, progress: Progress<'_>) -> Tuned {
        let options = Options {
            explore: false,
            numbers: true,
            seeds,
            policy,
            ..Options::default()
        };
        let outcome = run::run(&self.scenario, &options, progress);
        let violated = outcome
            .rows
            .into_iter()
            .filter(|row| row.expected == Expected::Holds && row.verdict == Verdict::Violated);
        Tuned {
            violated: violated.map(|row| row.name).collect(),
            numbers: outcome.numbers.unwrap_or_default(),
        }
    }
}

/// Every value with every other.
fn combinations(varied: &[Vary]) -> Vec<Vec<String>> {
    varied.iter().fold(vec![Vec::new()], |before, vary| {
        let with = |values: &Vec<String>| {
            let values = values.clone();
            let and = move |value: &String| values.iter().chain([value]).cloned().collect();
            vary.values.iter().map(and).collect::<Vec<_>>()
        };
        before.iter().flat_map(with).collect()
    })
}
