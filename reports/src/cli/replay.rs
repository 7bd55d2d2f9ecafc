//! `redelivery replay`: one run again, step by step.
//!
//! A seed, a schedule file or, since exploring is deterministic, the name of a check is enough to repeat a run.

use std::path::{Path, PathBuf};

use redelivery_model::check::Violation;
use redelivery_model::defect::Defect;
use redelivery_model::durations::date;
use redelivery_model::explore::{from_step_to_step, round_steps};
use redelivery_model::history::{Clock, Step, replay};
use redelivery_model::simulate::Policy;
use redelivery_model::simulate::policy::{drawn, runs};
use redelivery_model::world::{Action, World};
use redelivery_scenarios::Scenario;
use redelivery_scenarios::language::Diagnostic;
use redelivery_scenarios::outcome::Verdict;
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::scenario::{Expectation, Expected};
use redelivery_scenarios::schedule::{self, FromFile, Schedule, name_of, setup_of};
use serde::Serialize;
use serde_json::Value;

use super::progress::Progress;
use super::{Exit, Output, defects, policy, select};
use crate::render::json::RoundJson;
use crate::render::{round, run_with_breaks};
use crate::report::timeline::{Broken, Timeline, breaks, ending, is_at_rest};
use crate::report::words;
use crate::text::{Text, Tone};

/// Show a run step by step
#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    /// A scenario file, or its name in the corpus
    #[arg(value_name = "FILE")]
    scenario: String,
    #[command(flatten)]
    which: Which,
    /// With `--check`: explore at most so many states
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_states: Option<u64>,
    /// With `--seed`: how seeds are searched, in place of the scenario's own policy
    #[arg(long, value_name = "POLICY", value_parser = policy::parser(), requires = "seed")]
    policy: Option<Policy>,
    /// With `--seed`: which of its runs, where the policy has several
    #[arg(long, value_name = "N", default_value_t = 0, requires = "seed")]
    generation: usize,
    /// With a deliberate defect around broker and clients; `redelivery defects` names them
    #[arg(long, value_name = "DEFECT", hide_possible_values = true, value_parser = defects::parser())]
    defect: Option<Defect>,
}

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Which {
    /// The simulated run of this seed; that of the scenario's own schedule if none is named
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The run of a schedule file, as `--save` writes them
    #[arg(long, value_name = "FILE")]
    schedule: Option<PathBuf>,
    /// The shortest run that violates this check, found again by exploring
    #[arg(long, value_name = "NAME")]
    check: Option<String>,
}

#[derive(Serialize)]
struct Replayed<'a> {
    scenario: String,
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    drawn: Vec<String>,
    ends: bool,
    cut_off: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    durations: Option<&'static str>,
    broken: Vec<BrokenJson<'a>>,
    schedule: &'a [String],
    events: &'a [Value],
    #[serde(skip_serializing_if = "Option::is_none")]
    again_and_again: Option<RoundJson<'a>>,
}

#[derive(Serialize)]
struct BrokenJson<'a> {
    check: &'a str,
    after: usize,
    broken: &'a str,
}

impl Replay {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let mut scenarios = select::select(std::slice::from_ref(&self.scenario), output);
        if scenarios.len() > 1 {
            let help = Some("name one of them".to_owned());
            let several = Diagnostic::about_file(Path::new(&self.scenario), "these are several scenarios", help);
            output.diagnostics(&[several]);
            return Exit::Error;
        }
        let Some(mut scenario) = scenarios.pop() else {
            return Exit::Error;
        };
        defects::set(self.defect, std::slice::from_mut(&mut scenario));
        policy::set(self.policy, std::slice::from_mut(&mut scenario));
        let scenario = &scenario;
        if let Some(seed) = self.which.seed {
            let simulation = scenario.simulate.simulation();
            let mut runs = runs(simulation, seed);
            if self.generation >= runs.len() {
                let policy = simulation.policy.name();
                output.error(&format!(
                    "a seed of policy `{policy}` has {}",
                    words::count(runs.len() as u64, "run")
                ));
                return Exit::Error;
            }
            let run = runs.swap_remove(self.generation);
            let origin = Origin {
                seed: Some(seed),
                drawn: words::drawn(&drawn(simulation, seed)).collect(),
                cut_off: !run.ended,
                ..Origin::default()
            };
            let schedule = schedule_of(scenario, Clock::Virtual, run.ended, run.schedule);
            show(scenario, &schedule, origin, output)
        } else if let Some(path) = &self.which.schedule {
            match schedule::load(path, scenario) {
                Ok(file) => {
                    let origin = Origin {
                        file: Some(&file),
                        ..Origin::default()
                    };
                    show(scenario, &file.schedule, origin, output)
                }
                Err(diagnostics) => {
                    output.diagnostics(&diagnostics);
                    Exit::Error
                }
            }
        } else if self.which.check.is_some() {
            self.explore_again(scenario, output)
        } else if let Some(scheduled) = &scenario.simulate.schedule {
            let schedule = schedule_of(scenario, Clock::Virtual, scheduled.ends, scheduled.steps.clone());
            show(scenario, &schedule, Origin::default(), output)
        } else {
            output.error("name the run: --seed N, --schedule FILE or --check NAME");
            Exit::Error
        }
    }

    fn explore_again(&self, scenario: &Scenario, output: &mut Output) -> Exit {
        let name = self.which.check.as_deref().unwrap_or_default();
        let known = scenario.expect.iter().filter(|expectation| expectation.ways.explore);
        let known: Vec<&str> = known.map(|expectation| expectation.name.as_str()).collect();
        if !known.contains(&name) {
            let names = known.join("`, `");
            output.error(&format!("exploring does not check `{name}` here; it checks `{names}`"));
            return Exit::Error;
        }
        let options = Options {
            simulate: false,
            max_states: self.max_states,
            ..Options::default()
        };
        let progress = Progress::new(1, output);
        let outcome = run(scenario, &options, &|name, done| progress.note(name, done));
        drop(progress);
        let Some(row) = outcome.rows.iter().find(|row| row.name == name) else {
            return Exit::Error;
        };
        match &row.counterexample {
            Some(found) => {
                let schedule = schedule_of(scenario, found.clock, found.at_end, found.schedule.clone());
                show(scenario, &schedule, Origin::default(), output)
            }
            None => {
                let states = outcome.explored.map_or(0, |explored| explored.states);
                let mut line = format!(
                    "{name} {} in {}",
                    words::verdict(&row.verdict),
                    words::count(states, "state")
                );
                if let Verdict::Unknown(unknown) = &row.verdict {
                    line += &format!(": {}", words::unknown(&scenario.explore.setup, unknown));
                }
                let mut text = Text::default();
                text.line(Tone::Plain, line);
                output.text(&text);
                Exit::of(row.as_expected())
            }
        }
    }
}

fn schedule_of(scenario: &Scenario, clock: Clock, ends: bool, steps: Vec<Action>) -> Schedule {
    Schedule {
        scenario: name_of(scenario),
        clock,
        ends,
        steps,
    }
}

/// Where a run comes from.
#[derive(Clone, Default)]
struct Origin<'a> {
    seed: Option<u64>,
    /// What was drawn before it began.
    drawn: Vec<String>,
    /// Whether the time limit cut it off.
    cut_off: bool,
    file: Option<&'a FromFile>,
}

/// Shows a run; an expectation that it breaks has failed.
fn show(scenario: &Scenario, schedule: &Schedule, origin: Origin<'_>, output: &mut Output) -> Exit {
    let setup = setup_of(scenario, schedule.clock);
    let (mut steps, at_end, world): (Vec<Step>, Vec<Violation>, World) =
        match replay(setup, schedule.clock, &schedule.steps) {
            Ok((steps, world)) => {
                let mut at_end = Vec::new();
                if schedule.ends {
                    world.monitors().at_end(setup, &mut |violation| at_end.push(violation));
                }
                (steps, at_end, world)
            }
            Err(impossible) => {
                match origin.file {
                    Some(file) => output.diagnostics(&[file.impossible(&impossible)]),
                    None => output.error(&impossible.to_string()),
                }
                return Exit::Error;
            }
        };
    let durations = match schedule.clock {
        Clock::Abstract => words::durations(date(setup, &schedule.steps, &mut steps)),
        Clock::Virtual | Clock::Bounded => None,
    };
    let timeline = Timeline::new(setup, schedule.clock, &schedule.steps, &steps);
    let goes_round = match (schedule.clock, schedule.ends) {
        (Clock::Abstract, true) => round_steps(setup, &schedule.steps),
        (Clock::Bounded, true) => round_steps(setup, &from_step_to_step(&schedule.steps)),
        _ => Vec::new(),
    };
    let again = Timeline::round(setup, schedule.clock, &schedule.steps, &steps, &goes_round);
    let broken = breaks(setup, &steps, &at_end);
    let check = |broken: &Broken| {
        let mut expectations = scenario.expect.iter();
        expectations
            .find(|expectation| expectation.place == broken.place)
            .map_or("", |found| found.name.as_str())
    };
    if output.json() {
        output.pretty(&Replayed {
            scenario: schedule.scenario.clone(),
            seed: origin.seed,
            drawn: origin.drawn,
            ends: schedule.ends,
            cut_off: origin.cut_off,
            durations,
            broken: broken
                .iter()
                .map(|broken| BrokenJson {
                    check: check(broken),
                    after: broken.after,
                    broken: &broken.broken,
                })
                .collect(),
            schedule: &timeline.schedule,
            events: &timeline.records,
            again_and_again: again.as_ref().map(RoundJson::of),
        });
    } else {
        let ending = match (schedule.ends, origin.file) {
            (false, _) => origin
                .cut_off
                .then(|| "cut off by the time limit: this says nothing of how it would end".to_owned()),
            // Anybody can write that a run ends.
            (true, Some(_)) if goes_round.is_empty() && !is_at_rest(setup, &world) => {
                Some("the schedule says that the run ends here; something new may still happen".to_owned())
            }
            (true, _) => Some(ending(setup, &steps)),
        };
        let mut text = run_with_breaks(&timeline, &broken, &check, ending.as_deref());
        if let Some(again) = &again {
            text.append(round(again));
        }
        for drawn in &origin.drawn {
            text.line(Tone::Faint, format!("    drawn: {drawn}"));
        }
        if let Some(durations) = durations {
            text.line(Tone::Unknown, format!("    {durations}"));
        }
        output.text(&text);
    }
    let judged = |expectation: &&Expectation| match schedule.clock {
        Clock::Abstract | Clock::Bounded => expectation.ways.explore,
        Clock::Virtual => expectation.ways.simulate,
    };
    let is_broken = |expectation: &Expectation| broken.iter().any(|broken| broken.place == expectation.place);
    let mut exit = Exit::AsExpected;
    for expectation in scenario.expect.iter().filter(judged) {
        if is_broken(expectation) {
            let as_expected = expectation.expected == Expected::Violated;
            exit = exit.worst(Exit::of(Some(as_expected)));
        } else if origin.cut_off && expectation.check.is_about_ends() {
            exit = exit.worst(Exit::Unknown);
        }
    }
    exit
}
