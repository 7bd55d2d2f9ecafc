//! `redelivery coverage`: which actions, steps of clients and events no scenario takes.

use redelivery_scenarios::coverage::{Reach, coverage};

use super::progress::Progress;
use super::{Exit, Output, select};
use crate::render;
use crate::report::coverage::CoverageReport;

/// Say which actions, steps of clients and events no scenario ever takes
#[derive(Debug, clap::Args)]
pub(super) struct Coverage {
    /// Scenario files, folders, families or names of the corpus; all of the corpus if none is given
    #[arg(value_name = "FILE|FAMILY")]
    what: Vec<String>,
    /// Simulate so many seeds of each scenario, its first ones
    #[arg(long, value_name = "N", default_value_t = 20)]
    seeds: u64,
    /// Explore at most so many states, in place of the scenarios' own bound
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_states: Option<u64>,
}

impl Coverage {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let scenarios = select::select(&self.what, output);
        let reach = Reach {
            seeds: self.seeds,
            max_states: self.max_states,
        };
        let progress = Progress::new(scenarios.len(), output);
        let taken = coverage(&scenarios, reach, &|| progress.one_done());
        drop(progress);
        let report = CoverageReport::new(&taken, scenarios.len(), self.seeds);
        if output.json() {
            output.pretty(&report);
        } else if !scenarios.is_empty() {
            output.text(&render::coverage(&report));
        }
        Exit::AsExpected
    }
}
