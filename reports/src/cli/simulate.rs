//! `redelivery simulate`: seeded runs in virtual time, with their size and speed.

use std::ops::Range;
use std::path::PathBuf;

use redelivery_model::simulate::Policy;
use redelivery_scenarios::repairs::Repairs;
use redelivery_scenarios::run::{Options, run};
use serde::Serialize;

use super::progress::Progress;
use super::{Exit, Output, policy, program, save, seeds, select};
use crate::measure;
use crate::render;
use crate::render::json::{FindingJson, OccurredJson, ReportJson, overall};
use crate::report::numbers::Numbers;
use crate::report::{Report, words};
use crate::text::{Text, Tone};

/// Simulate scenarios, one run a seed
#[derive(Debug, clap::Args)]
pub(super) struct Simulate {
    /// Scenario files, folders, families or names of the corpus; all of the corpus if none is given
    #[arg(value_name = "FILE|FAMILY")]
    scenarios: Vec<String>,
    /// Seeds, in place of the scenarios' own
    #[arg(long, value_name = "A..B", value_parser = seeds::parse)]
    seeds: Option<Range<u64>>,
    /// How seeds are searched, in place of the scenarios' own policies
    #[arg(long, value_name = "POLICY", value_parser = policy::parser())]
    policy: Option<Policy>,
    /// Count what is lost, repeated and late, and what is pending
    #[arg(long)]
    numbers: bool,
    /// Write each counterexample as a schedule file into this folder
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

#[derive(Serialize)]
struct Simulated<'a> {
    name: &'a str,
    family: &'a str,
    commands: u64,
    messages: u64,
    seeds: u64,
    virtual_ms: u64,
    cut_off: u64,
    seconds: f64,
    verdict: &'static str,
    as_expected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    expectations: Vec<FindingJson<'a>>,
    occurrences: Vec<OccurredJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    numbers: Option<&'a Numbers>,
}

impl Simulate {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let scenarios = select::select(&self.scenarios, output);
        let repairs = Repairs::around(&scenarios);
        let options = Options {
            explore: false,
            seeds: self.seeds,
            policy: self.policy,
            numbers: self.numbers,
            ..Options::default()
        };
        let mut exit = Exit::AsExpected;
        for scenario in &scenarios {
            let progress = Progress::new(1, output);
            let (outcome, time) = measure::timed(|| run(scenario, &options, &|name, done| progress.note(name, done)));
            drop(progress);
            let report = Report::new(scenario, &outcome, &program()).among(scenario, &repairs);
            let Some(size) = report.simulated else { continue };
            let messages = scenario.simulate.setup.messages.len() as u64 * size.seeds;
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
                output.compact(&Simulated {
                    name,
                    family,
                    commands: size.requests,
                    messages,
                    seeds: size.seeds,
                    virtual_ms: size.virtual_ms,
                    cut_off: size.cut_off,
                    seconds: time.as_secs_f64(),
                    verdict: overall(&report),
                    as_expected,
                    reason,
                    expectations,
                    occurrences,
                    numbers: report.numbers.as_ref(),
                });
            } else {
                if !output.quiet() {
                    output.text(&render::counterexamples(&report));
                }
                output.text(&render::table(std::slice::from_ref(&report)));
                let line = format!(
                    "{}, {}, {} of virtual time, in {}: {} a second",
                    words::count(messages, "message"),
                    words::count(size.requests, "command"),
                    words::moment(size.virtual_ms),
                    words::moment(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
                    words::count(measure::per_second(size.requests, time), "command"),
                );
                let mut text = Text::default();
                text.line(Tone::Faint, line);
                output.text(&text);
                if let Some(numbers) = &report.numbers {
                    output.text(&render::numbers(numbers));
                }
            }
            if let Some(folder) = &self.save {
                save::save(folder, scenario, &outcome, output);
            }
            exit = exit.worst(Exit::of(report.as_expected));
        }
        exit
    }
}
