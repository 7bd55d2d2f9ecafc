//! `redelivery shrink`: the smallest run that violates a check as another did, as a scenario of its own.

use std::fs;
use std::path::PathBuf;

use redelivery_model::defect::Defect;
use redelivery_model::history::Clock;
use redelivery_model::simulate::Policy;
use redelivery_model::simulate::policy::runs;
use redelivery_scenarios::Scenario;
use redelivery_scenarios::schedule;
use redelivery_scenarios::shrink::found::{Confirmed, confirm, file, of_seed};
use redelivery_scenarios::shrink::{Failure, TRIES, shrink, text_of, violated};

use super::{Exit, Output, defects, policy, select};
use crate::report::words;

/// Shrink a simulated run that violates a check, and write what is left as a scenario file
#[derive(Debug, clap::Args)]
pub(super) struct Shrink {
    /// A scenario file, or its name in the corpus; one with a schedule is shrunk further
    #[arg(value_name = "FILE")]
    scenario: String,
    /// The simulated run of this seed
    #[arg(long, value_name = "N", conflicts_with = "schedule")]
    seed: Option<u64>,
    /// With `--seed`: how seeds are searched, in place of the scenario's own policy
    #[arg(long, value_name = "POLICY", value_parser = policy::parser(), requires = "seed")]
    policy: Option<Policy>,
    /// With `--seed`: which of its runs, where the policy has several
    #[arg(long, value_name = "N", default_value_t = 0, requires = "seed")]
    generation: usize,
    /// The run of a schedule file, as `simulate --save` writes them
    #[arg(long, value_name = "FILE")]
    schedule: Option<PathBuf>,
    /// With this deliberate bug, as `redelivery defects` names them
    #[arg(long, value_name = "NAME", value_parser = defects::parser())]
    defect: Option<Defect>,
    /// The check that is violated, by its name; the first that is if it is not said
    #[arg(long, value_name = "NAME")]
    check: Option<String>,
    /// Give up after so many tries
    #[arg(long, value_name = "N", default_value_t = TRIES)]
    tries: u64,
    /// Write the file here; to stdout otherwise
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Shrink {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let mut scenarios = select::select(std::slice::from_ref(&self.scenario), output);
        policy::set(self.policy, &mut scenarios);
        defects::set(self.defect, &mut scenarios);
        let [scenario] = scenarios.as_slice() else {
            if !scenarios.is_empty() {
                output.error("these are several scenarios: name one of them");
            }
            return Exit::Error;
        };
        match self.shrink(scenario, output) {
            Ok(Some(text)) => self.write(&text, output),
            Ok(None) => Exit::Error,
            Err(message) => {
                output.error(&message);
                Exit::Error
            }
        }
    }

    /// The file that is left; none where mistakes were told already.
    fn shrink(&self, scenario: &Scenario, output: &mut Output) -> Result<Option<String>, String> {
        let text = text_of(&scenario.path)?;
        let (mut schedule, mut ends, how);
        if let Some(seed) = self.seed {
            let mut runs = runs(scenario.simulate.simulation(), seed);
            if self.generation >= runs.len() {
                let count = words::count(runs.len() as u64, "run");
                return Err(format!("a seed of this policy has {count}"));
            }
            let run = runs.swap_remove(self.generation);
            (schedule, ends) = (run.schedule, run.ended);
            how = of_seed(scenario.simulate.policy, seed, self.generation);
        } else if let Some(path) = &self.schedule {
            let file = match schedule::load(path, scenario) {
                Ok(file) => file,
                Err(diagnostics) => {
                    output.diagnostics(&diagnostics);
                    return Ok(None);
                }
            };
            if file.schedule.clock != Clock::Virtual {
                return Err("this schedule was explored: it is the shortest there is".into());
            }
            (schedule, ends) = (file.schedule.steps, file.schedule.ends);
            how = "a schedule".to_owned();
        } else if let Some(scheduled) = &scenario.simulate.schedule {
            (schedule, ends) = (scheduled.steps.clone(), scheduled.ends);
            how = "its schedule".to_owned();
        } else {
            return Err("name the run: --seed N, or --schedule FILE".into());
        }
        let (check, after) = violated(scenario, &schedule, ends, self.check.as_deref())?;
        ends &= after == schedule.len();
        schedule.truncate(after);
        let failure = Failure {
            scenario,
            text: &text,
            check: &check,
            schedule: &schedule,
            ends,
        };
        let Some(shrunk) = shrink(&failure, self.tries) else {
            return Err(format!(
                "{check} is not violated again when the run is done again by itself: it cannot be shrunk"
            ));
        };
        let confirmed = confirm(&shrunk);
        let said = match confirmed {
            Confirmed::Violated(_) => "exploring violates it too",
            Confirmed::Beyond(_) => "exploring has not met it within its bound",
            Confirmed::NotSo => "exploring does not meet it",
        };
        output.note(&format!(
            "{check}: from {} to {} in {}; {said}",
            words::count(schedule.len() as u64, "step"),
            words::count(shrunk.schedule.len() as u64, "step"),
            words::count(shrunk.tries, "attempt"),
        ));
        Ok(Some(file(&failure, &shrunk, confirmed, &how)))
    }

    fn write(&self, text: &str, output: &mut Output) -> Exit {
        let Some(path) = &self.out else {
            output.raw(text.as_bytes());
            return Exit::AsExpected;
        };
        match fs::write(path, text) {
            Ok(()) => Exit::AsExpected,
            Err(error) => {
                output.error(&format!("cannot write {}: {error}", path.display()));
                Exit::Error
            }
        }
    }
}
