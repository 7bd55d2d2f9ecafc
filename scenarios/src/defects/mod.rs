//! The table of deliberate defects: which check catches each of them, where, and in which way of looking.
//!
//! Nothing in it is written by hand: [`table`] runs each defect on its [`stages`] (scenarios of the corpus, and a few of
//! its own under `scenarios/defects/`), explored and by seeds, and against the [`laws`] of the broker. A catch counts only
//! where the same check holds without the defect, in the same way and within the same bounds: a check that fails anyway
//! proves nothing. What is expected of a scenario is its file's business; whether every defect is caught, and every check
//! catches one, is for who reads the table. How long each policy searches is for [`search`] to say.

mod caught;
pub mod laws;
pub mod search;
mod stages;

use rayon::prelude::*;
use redelivery_model::defect::Defect;

use crate::language::Diagnostic;
use caught::Healthy;
pub use caught::SEEDS;
pub use stages::{Stage, stages};

/// A way of looking for a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A scenario explored.
    Explore,
    /// A scenario simulated by seeds.
    Simulate,
    /// A law of the broker, tried with random commands by seeds.
    Property,
    /// Threads, interleaved by loom. Nothing here has threads whose interleaving decides, so that it catches nothing.
    Loom,
}

impl Way {
    /// All of them, in the order of the table's columns.
    pub const ALL: [Self; 4] = [Self::Explore, Self::Simulate, Self::Property, Self::Loom];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Explore => "explore",
            Self::Simulate => "simulate",
            Self::Property => "property test",
            Self::Loom => "loom",
        }
    }
}

/// A defect that was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catch {
    /// How.
    pub way: Way,
    /// The scenario, family and name; none for a law.
    pub scenario: Option<String>,
    /// The check with its parameters, or the law.
    pub check: String,
    /// The check without its parameters; none for a law.
    pub of: Option<&'static str>,
    /// What it took.
    pub after: After,
}

/// What it took to catch a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Actions of the shortest path.
    Steps(usize),
    /// Seeds, counted from 0, up to the first that shows it.
    Seeds(u64),
}

/// A defect, and what caught it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The defect.
    pub defect: Defect,
    /// In the order of ways and stages, then as the scenario has its checks.
    pub catches: Vec<Catch>,
}

/// The table of all defects, each with what catches it.
///
/// # Errors
/// When the files of a stage cannot be read.
pub fn table() -> Result<Vec<Row>, Vec<Diagnostic>> {
    let mut wanted: Vec<Stage> = Defect::ALL.iter().flat_map(|&defect| stages(defect)).copied().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let healthy: Result<Vec<Healthy>, _> = wanted.par_iter().map(|&stage| Healthy::of(stage)).collect();
    let healthy = healthy?;
    let rows = Defect::ALL.par_iter().map(|&defect| {
        let on = |stage: &Stage| healthy.iter().find(|healthy| healthy.stage == *stage);
        let stages: Vec<&Healthy> = stages(defect).iter().filter_map(on).collect();
        let explored = stages.iter().flat_map(|stage| stage.explored_with(defect));
        let simulated = stages.iter().flat_map(|stage| stage.simulated_with(defect));
        Row {
            defect,
            catches: explored.chain(simulated).chain(laws::caught(defect)).collect(),
        }
    });
    Ok(rows.collect())
}
