//! `redelivery tune`: a scenario with other values, simulated; where more of one thing costs more of another.

mod vary;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use redelivery_model::simulate::Policy;
use redelivery_scenarios::language::load;
use redelivery_scenarios::tune::{Grid, Refused};

use super::progress::Progress;
use super::{Exit, Output, policy, seeds, select};
use crate::tune::{Tuning, plot, table};
use vary::Wanted;

/// Simulate a scenario with other values, and compare what is lost, repeated and late
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Tune {
    /// A scenario file, or a name of the corpus
    #[arg(value_name = "FILE")]
    scenario: String,
    /// A value of the file and what to put in its place: a range, which is gone through in growing steps, or a list
    #[arg(long, required = true, value_name = "NAME=A..B|A,B,C", value_parser = vary::parse)]
    vary: Vec<Wanted>,
    /// How many values of each range
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u64).range(2..=100))]
    steps: u64,
    /// The seeds of each combination, in place of the scenario's own
    #[arg(long, value_name = "A..B", value_parser = seeds::parse)]
    seeds: Option<Range<u64>>,
    /// How seeds are searched, in place of the scenario's own policy
    #[arg(long, value_name = "POLICY", value_parser = policy::parser())]
    policy: Option<Policy>,
    /// Draw the grid into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  redelivery tune mine.toml --vary min-idle-time=10ms..2s --vary consumers=1..16
  redelivery tune mine.toml --vary worker.work=1s..5s,10s..50s --vary faults.crash.times=1..8
  redelivery tune mine.toml --vary latency=1ms..100ms --steps 5 --seeds 0..10000 --svg knee.svg

A name is the path of a value in the file, or as much of its end as tells it from
others. `consumers`, `workers`, `producers` and `publishers` are how many there are.
What is put in is read as if it stood in the file. The first name goes along the plot;
each combination of the others is a line.";

impl Tune {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let Some(path) = select::one(&self.scenario, output) else {
            return Exit::Error;
        };
        match self.tune(&path, output) {
            Ok(tuning) => {
                if output.json() {
                    output.pretty(&tuning);
                } else {
                    output.text(&table(&tuning));
                }
                Exit::AsExpected
            }
            Err(Refused::Request(message)) => {
                output.error(&message);
                Exit::Error
            }
            Err(Refused::File { with, diagnostics }) => {
                if !with.is_empty() {
                    output.error(&format!("with {with} the scenario is refused"));
                }
                output.diagnostics(&diagnostics);
                Exit::Error
            }
        }
    }

    fn tune(&self, path: &Path, output: &Output) -> Result<Tuning, Refused> {
        let refused = |diagnostics| Refused::File {
            with: String::new(),
            diagnostics,
        };
        let scenario = load(path).map_err(refused)?;
        let content = fs::read(path);
        let content = content.map_err(|error| Refused::Request(format!("cannot read {}: {error}", path.display())))?;
        let varied: Vec<_> = self.vary.iter().map(|wanted| wanted.values(self.steps)).collect();
        let grid = Grid::new(path, &content, &varied)?;
        let progress = Progress::of(grid.points.len() as u64, "combinations", output);
        let mut tuned = Vec::new();
        for point in &grid.points {
            tuned.push(point.run(self.seeds.clone(), self.policy, &|name, done| progress.note(name, done)));
            progress.done(tuned.len() as u64);
        }
        drop(progress);
        let name = format!("{}/{}", scenario.family, scenario.name);
        let tuning = Tuning::new(name, grid.parameters, &grid.points, &tuned);
        if let Some(file) = &self.svg {
            let drawing = plot(&tuning).map_err(Refused::Request)?;
            let written = fs::write(file, drawing);
            written.map_err(|error| Refused::Request(format!("cannot write {}: {error}", file.display())))?;
        }
        Ok(tuning)
    }
}
