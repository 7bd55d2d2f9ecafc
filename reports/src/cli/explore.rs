//! `redelivery explore`: exhaustive exploration, with its size and speed.

use std::path::PathBuf;

use redelivery_model::duration;
use redelivery_model::setup::Ageing;
use redelivery_scenarios::repairs::Repairs;
use redelivery_scenarios::run::{Options, Search, run};
use serde::Serialize;

use super::progress::Progress;
use super::{Exit, Output, browse, program, save, select};
use crate::measure;
use crate::render;
use crate::render::json::{FindingJson, OccurredJson, ReportJson, overall};
use crate::report::{Report, words};
use crate::text::{Text, Tone};

/// Explore scenarios exhaustively, within their bounds
#[derive(Debug, clap::Args)]
pub(super) struct Explore {
    /// Scenario files, folders, families or names of the corpus; all of the corpus if none is given
    #[arg(value_name = "FILE|FAMILY")]
    scenarios: Vec<String>,
    /// Explore at most so many states, in place of the scenarios' own bound
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_states: Option<u64>,
    /// Work with so many threads; all that this machine has if it is not said. What is found does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,
    /// Compare whole states, not 64-bit fingerprints: for small spaces
    #[arg(long)]
    exact: bool,
    /// Do each step, with no look at what is known from before; slow
    #[arg(long, conflicts_with_all = ["threads", "exact"])]
    plain: bool,
    /// Visit all states, also those that differ only in which interchangeable client is which
    #[arg(long)]
    no_symmetry: bool,
    /// Write each counterexample as a schedule file into this folder
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Then walk through one scenario in a browser, action by action; Ctrl-C ends it
    #[arg(long)]
    browse: bool,
    /// With `--browse`: the port, on this machine alone; 0 takes one that is free
    #[arg(long, value_name = "N", default_value_t = 3000, requires = "browse")]
    port: u16,
}

#[derive(Serialize)]
struct Explored<'a> {
    name: &'a str,
    family: &'a str,
    states: u64,
    transitions: u64,
    depth: u64,
    complete: bool,
    ageing: Ageing,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    interchangeable: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    step_ms: Option<u64>,
    seconds: f64,
    peak_memory_bytes: Option<u64>,
    verdict: &'static str,
    as_expected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    expectations: Vec<FindingJson<'a>>,
    occurrences: Vec<OccurredJson<'a>>,
}

impl Explore {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let scenarios = select::select(&self.scenarios, output);
        if self.browse && scenarios.len() > 1 {
            output.error("only one scenario can be browsed: name one");
            return Exit::Error;
        }
        let repairs = Repairs::around(&scenarios);
        let options = Options {
            simulate: false,
            max_states: self.max_states,
            search: match self.plain {
                true => Search::Stepped,
                false => Search::LookedUp {
                    threads: self.threads.map_or_else(processors, usize::from),
                    exact: self.exact,
                },
            },
            symmetry: !self.no_symmetry,
            ..Options::default()
        };
        let mut exit = Exit::AsExpected;
        for scenario in &scenarios {
            let progress = Progress::new(1, output);
            let (outcome, time) = measure::timed(|| run(scenario, &options, &|name, done| progress.note(name, done)));
            drop(progress);
            let report = Report::new(scenario, &outcome, &program())
                .among(scenario, &repairs)
                .explored_within(self.max_states);
            let Some(size) = report.explored else { continue };
            let memory = measure::peak_memory_bytes();
            if output.json() {
                let ReportJson {
                    name,
                    family,
                    as_expected,
                    reason,
                    expectations,
                    occurrences,
                    ..
                } = ReportJson::of(&report);
                output.compact(&Explored {
                    name,
                    family,
                    states: size.states,
                    transitions: size.transitions,
                    depth: size.depth,
                    complete: size.complete,
                    ageing: scenario.explore.setup.ageing,
                    interchangeable: &report.interchangeable,
                    step_ms: size.step_ms,
                    seconds: time.as_secs_f64(),
                    peak_memory_bytes: memory,
                    verdict: overall(&report),
                    as_expected,
                    reason,
                    expectations,
                    occurrences,
                });
            } else {
                if !output.quiet() {
                    output.text(&render::counterexamples(&report));
                }
                output.text(&render::table(std::slice::from_ref(&report)));
                let memory = memory.map_or(String::new(), |bytes| format!(", {} MiB at most", bytes >> 20));
                let line = format!(
                    "{}, {}, depth {}, in {}: {} a second{memory}",
                    words::count(size.states, "state"),
                    words::count(size.transitions, "transition"),
                    size.depth,
                    words::moment(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
                    words::count(measure::per_second(size.states, time), "state"),
                );
                let mut text = Text::default();
                text.line(Tone::Faint, line);
                if let Some(step_ms) = size.step_ms {
                    let line = format!(
                        "for durations within the bounds of the file, in steps of {}",
                        duration(step_ms)
                    );
                    text.line(Tone::Faint, line);
                }
                if scenario.explore.setup.ageing == Ageing::AllAtOnce {
                    text.line(Tone::Faint, "all deliveries age at once: fewer orders than there are");
                }
                text.append(render::interchangeable(&report));
                output.text(&text);
            }
            if let Some(folder) = &self.save {
                save::save(folder, scenario, &outcome, output);
            }
            exit = exit.worst(Exit::of(report.as_expected));
            if self.browse {
                exit = exit.worst(browse::browse(scenario, &outcome, self.port, output));
            }
        }
        exit
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
