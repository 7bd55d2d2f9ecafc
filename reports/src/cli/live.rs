//! `redelivery live`: scenarios run against a real server, and compared with what they expect.

use std::net::{SocketAddr, ToSocketAddrs};
use std::ops::Range;
use std::path::PathBuf;

use redelivery_scenarios::Scenario;
use redelivery_scenarios::live::{Launcher, in_path, servers};
use redelivery_scenarios::repairs::Repairs;
use redelivery_scenarios::run::{Broker, LiveOptions, live};

use super::progress::Progress;
use super::{Exit, Output, program, seeds, select};
use crate::render;
use crate::render::json::ReportJson;
use crate::report::Report;

/// Run scenarios against a real server: each client is a process, each crash a SIGKILL
#[derive(Debug, clap::Args)]
pub(super) struct Live {
    /// Scenario files, folders, families or names of the corpus; all of the corpus if none is given. Those without
    /// `[live]` are left out
    #[arg(value_name = "FILE|FAMILY")]
    what: Vec<String>,
    /// Use a server that runs already, and lose all that it holds: needs --flush
    #[arg(long, value_name = "HOST:PORT")]
    server: Option<String>,
    /// Allow FLUSHALL on that server
    #[arg(long, requires = "server")]
    flush: bool,
    /// Start this redis-server, in place of the one in PATH
    #[arg(long, value_name = "PATH", conflicts_with = "server")]
    binary: Option<PathBuf>,
    /// Seeds, in place of the scenarios' own
    #[arg(long, value_name = "A..B", value_parser = seeds::parse)]
    seeds: Option<Range<u64>>,
}

impl Live {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let options = match self.options() {
            Ok(options) => options,
            Err(message) => {
                output.error(&message);
                return Exit::Error;
            }
        };
        let runs_live = |scenario: &Scenario| scenario.live.is_some();
        let mut scenarios = Vec::new();
        for word in &self.what {
            let (living, others): (Vec<Scenario>, Vec<Scenario>) = select::select(std::slice::from_ref(word), output)
                .into_iter()
                .partition(runs_live);
            for scenario in &others {
                let left_out = format!("{} has no `[live]` and is left out", scenario.path.display());
                match living.is_empty() {
                    true => output.unknown(&left_out),
                    false => output.note(&left_out),
                }
            }
            scenarios.extend(living);
        }
        if self.what.is_empty() {
            scenarios.extend(select::select(&[], output).into_iter().filter(runs_live));
        }
        if options.broker == Broker::None {
            output.note("no redis-server in PATH, nor in target/servers: nothing can be run");
        }
        let repairs = Repairs::around(&scenarios);
        let progress = Progress::new(scenarios.len(), output);
        let mut reports = Vec::new();
        let mut broken = Vec::new();
        for scenario in &scenarios {
            match live(scenario, &options, &|name, done| progress.note(name, done)) {
                Ok(outcome) => {
                    reports.push(Report::new(scenario, &outcome, &program()).repaired_by(scenario, &repairs))
                }
                Err(error) => broken.push(format!("{}: {error}", scenario.path.display())),
            }
            progress.scenario_done();
        }
        drop(progress);
        show(&reports, output);
        for message in &broken {
            output.unknown(message);
        }
        Exit::of_reports(&reports)
    }

    fn options(&self) -> Result<LiveOptions, String> {
        let broker = match (&self.server, &self.binary) {
            (Some(server), _) if !self.flush => {
                return Err(format!(
                    "each run begins with FLUSHALL: all that {server} holds would be lost. Say --flush if it may be"
                ));
            }
            (Some(server), _) => Broker::Address(address(server)?),
            (None, Some(binary)) if !binary.is_file() => return Err(format!("{}: no such file", binary.display())),
            (None, Some(binary)) => Broker::Binary(binary.clone()),
            (None, None) => {
                let newest = || servers().pop().map(|(_, binary)| binary);
                in_path().or_else(newest).map_or(Broker::None, Broker::Binary)
            }
        };
        let executable = std::env::current_exe().map_err(|error| format!("where is this program? {error}"))?;
        Ok(LiveOptions {
            broker,
            launcher: Launcher {
                executable,
                arguments: vec!["live-client".into()],
            },
            seeds: self.seeds.clone(),
        })
    }
}

fn address(server: &str) -> Result<SocketAddr, String> {
    let mut addresses = server.to_socket_addrs().map_err(|error| format!("{server}: {error}"))?;
    addresses.next().ok_or_else(|| format!("{server}: no such host"))
}

fn show(reports: &[Report], output: &mut Output) {
    if output.json() {
        output.pretty(&reports.iter().map(ReportJson::of).collect::<Vec<_>>());
    } else if !reports.is_empty() {
        if !output.quiet() {
            for report in reports {
                output.text(&render::counterexamples(report));
            }
        }
        output.text(&render::table(reports));
        output.text(&render::summary(reports));
    }
}
