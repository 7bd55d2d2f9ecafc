//! `redelivery run`: scenarios explored and simulated, and compared with what they expect.

use std::ops::Range;

use rayon::prelude::*;
use redelivery_model::simulate::Policy;
use redelivery_scenarios::repairs::Repairs;
use redelivery_scenarios::run::{Options, run};

use super::progress::Progress;
use super::{Exit, Output, policy, program, seeds, select};
use crate::render;
use crate::render::json::ReportJson;
use crate::report::Report;

/// Explore and simulate scenarios, and compare with what they expect
#[derive(Debug, Default, clap::Args)]
pub(super) struct Run {
    /// Scenario files, folders, families or names of the corpus; all of the corpus if none is given
    #[arg(value_name = "FILE|FAMILY")]
    what: Vec<String>,
    /// Seeds to simulate, in place of the scenarios' own
    #[arg(long, value_name = "A..B", value_parser = seeds::parse)]
    seeds: Option<Range<u64>>,
    /// How seeds are searched, in place of the scenarios' own policies
    #[arg(long, value_name = "POLICY", value_parser = policy::parser())]
    policy: Option<Policy>,
    /// Explore at most so many states, in place of the scenarios' own bound
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_states: Option<u64>,
}

impl Run {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let scenarios = select::select(&self.what, output);
        let repairs = Repairs::around(&scenarios);
        let options = Options {
            seeds: self.seeds,
            policy: self.policy,
            max_states: self.max_states,
            ..Options::default()
        };
        let program = program();
        let progress = Progress::new(scenarios.len(), output);
        let reports: Vec<Report> = scenarios
            .par_iter()
            .map(|scenario| {
                let outcome = run(scenario, &options, &|name, done| progress.note(name, done));
                progress.one_done();
                Report::new(scenario, &outcome, &program)
                    .among(scenario, &repairs)
                    .explored_within(self.max_states)
            })
            .collect();
        drop(progress);
        if output.json() {
            output.pretty(&reports.iter().map(ReportJson::of).collect::<Vec<_>>());
        } else if !reports.is_empty() {
            if !output.quiet() {
                for report in &reports {
                    output.text(&render::counterexamples(report));
                }
            }
            output.text(&render::table(&reports));
            output.text(&render::summary(&reports));
        }
        Exit::of_reports(&reports)
    }
}
