//! `redelivery defects`: deliberate bugs of broker and clients, and what catches each of them.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use redelivery_model::defect::Defect;
use redelivery_model::simulate::Policy;
use redelivery_scenarios::Scenario;
use redelivery_scenarios::defects::search::{Search, search};
use redelivery_scenarios::defects::table;

use super::progress::Progress;
use super::{Exit, Output, policy};
use crate::render;
use crate::report::defects;
use crate::report::search::Searched;

/// Run each deliberate defect and show which check catches it, where and how
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Defects {
    /// With `--search`: these defects; all if none is named
    #[arg(value_name = "NAME", value_parser = parser(), requires = "search")]
    names: Vec<Defect>,
    /// Show after how many seeds each policy finds each defect
    #[arg(long)]
    search: bool,
    /// With `--search`: this policy alone
    #[arg(long, value_name = "POLICY", value_parser = policy::parser(), requires = "search")]
    policy: Option<Policy>,
    /// With `--search`: from so many starts, whose median is shown
    #[arg(long, value_name = "N", default_value_t = 10, requires = "search", value_parser = clap::value_parser!(u64).range(1..=1_000))]
    starts: u64,
    /// With `--search`: give up after so many seeds
    #[arg(long, value_name = "N", default_value_t = 10_000, requires = "search", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    limit: u64,
}

const AFTER_HELP: &str = "\
Examples:
  redelivery defects
  redelivery defects --search
  redelivery defects --search --policy pct --starts 3 claim-ignores-min-idle

With --search a seed is run in each scenario that the defect is put on. It counts where a
check is violated that should hold, and that the same seed without the defect does not
violate. What is not found within the limit is said so (exit code 1, unless another
policy finds it from every start).";

/// Reads the name of a defect.
pub(super) fn parser() -> impl TypedValueParser<Value = Defect> {
    let names = Defect::ALL.iter().map(|defect| defect.name());
    PossibleValuesParser::new(names).map(|name| Defect::named(&name).expect("one of those that are possible"))
}

/// Has scenarios explored and simulated with a defect.
pub(super) fn set(defect: Option<Defect>, scenarios: &mut [Scenario]) {
    for scenario in scenarios {
        for setup in [&mut scenario.explore.setup, &mut scenario.simulate.setup] {
            setup.defect = defect.or(setup.defect);
        }
    }
}

impl Defects {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        if self.search {
            return self.searched(output);
        }
        let rows = match table() {
            Ok(rows) => rows,
            Err(diagnostics) => {
                output.diagnostics(&diagnostics);
                return Exit::Error;
            }
        };
        let table = defects::Defects::of(&rows);
        if output.json() {
            output.pretty(&table);
        } else {
            output.text(&render::defects(&table));
        }
        match table.escaped().next() {
            Some(_) => Exit::Failed,
            None => Exit::AsExpected,
        }
    }

    fn searched(&self, output: &mut Output) -> Exit {
        let is_wanted = |defect: &Defect| self.names.is_empty() || self.names.contains(defect);
        let wanted = Search {
            defects: Defect::ALL.iter().copied().filter(is_wanted).collect(),
            policies: self.policy.map_or(Policy::ALL.to_vec(), |policy| vec![policy]),
            starts: self.starts,
            limit: self.limit,
        };
        let progress = Progress::of(wanted.units(), "searches", output);
        let sought = search(&wanted, &|| progress.one_done());
        drop(progress);
        let searched = match sought {
            Ok(sought) => Searched::of(&wanted, &sought),
            Err(diagnostics) => {
                output.diagnostics(&diagnostics);
                return Exit::Error;
            }
        };
        if output.json() {
            output.pretty(&searched);
        } else {
            output.text(&render::search(&searched));
        }
        match searched.is_complete() {
            true => Exit::AsExpected,
            false => Exit::Failed,
        }
    }
}
