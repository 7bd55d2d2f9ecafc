//! `redelivery live`: scenarios run against real servers, and compared with what they expect.

use std::collections::BTreeSet;
use std::net::{SocketAddr, ToSocketAddrs};
use std::ops::Range;
use std::path::PathBuf;

use redelivery_scenarios::Scenario;
use redelivery_scenarios::live::{Launcher, in_path, servers};
use redelivery_scenarios::outcome::Way;
use redelivery_scenarios::repairs::Repairs;
use redelivery_scenarios::run::{Broker, Done, LiveOptions, live, version};

use super::progress::Progress;
use super::{Exit, Output, program, seeds, select};
use crate::render;
use crate::render::json::ReportJson;
use crate::report::Report;
use crate::report::words::quoted;

/// Run scenarios against a real server: each client is a process, each crash a SIGKILL
#[derive(Debug, clap::Args)]
pub(super) struct Live {
    /// Scenario files, folders, families or names of the corpus; all of the corpus if none is given
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
    /// Follow only the explorer's path to the violation of this check
    #[arg(long, value_name = "NAME", conflicts_with = "seeds")]
    check: Option<String>,
    /// So many runs at once, each on a server of its own
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = at_once)]
    at_once: usize,
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
        let version = match version(&options.broker) {
            Ok(version) => version,
            Err(error) => {
                output.unknown(&format!("the server: {error}"));
                None
            }
        };
        let too_old = |scenario: &Scenario| version.is_some_and(|version| scenario.live.since > Some(version));
        let (left_out, scenarios): (Vec<Scenario>, Vec<Scenario>) =
            select::select(&self.what, output).into_iter().partition(too_old);
        if let Some(check) = &self.check
            && let Err(message) = is_checked(check, scenarios.iter().chain(&left_out))
        {
            output.error(&message);
            return Exit::Error;
        }
        if scenarios.is_empty() && !left_out.is_empty() {
            output.unknown("nothing is left to run on this server");
        }
        if options.broker == Broker::None {
            output.note("no redis-server in PATH, nor in target/servers: nothing can be run");
        }
        let repairs = Repairs::around(&scenarios);
        let progress = Progress::new(scenarios.len(), output);
        let done = live(&scenarios, &options, &|name, done| {
            progress.note(name, done);
            if done == Done::Way(Way::Live) {
                progress.one_done();
            }
        });
        drop(progress);
        let again = self.again();
        let mut reports = Vec::new();
        let mut broken = Vec::new();
        for (scenario, outcome) in scenarios.iter().zip(done) {
            match outcome {
                Ok(outcome) => {
                    reports.push(Report::new(scenario, &outcome, &again).among(scenario, &repairs));
                }
                Err(error) => broken.push(format!("{}: {error}", scenario.path.display())),
            }
        }
        show(&reports, &left_out, output);
        for message in &broken {
            output.unknown(message);
        }
        Exit::of_reports(&reports)
    }

    /// How the command that repeats a run begins: on the same server.
    fn again(&self) -> String {
        let server = match (&self.server, &self.binary) {
            (Some(server), _) => format!(" --server {} --flush", quoted(server)),
            (None, Some(binary)) => format!(" --binary {}", quoted(&binary.display().to_string())),
            (None, None) => String::new(),
        };
        format!("{} live{server}", program())
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
            check: self.check.clone(),
            at_once: self.at_once,
        })
    }
}

/// Whether some scenario is checked so when it is run live.
fn is_checked<'a>(check: &str, scenarios: impl Iterator<Item = &'a Scenario>) -> Result<(), String> {
    let expected = scenarios.flat_map(|scenario| &scenario.expect);
    let names: BTreeSet<&str> = expected.filter(|it| it.ways.live).map(|it| it.name.as_str()).collect();
    match names.contains(check) {
        true => Ok(()),
        false if names.is_empty() => Err("running live checks nothing here".into()),
        false => {
            let names: Vec<&str> = names.into_iter().collect();
            Err(format!(
                "running live does not check `{check}` here; it checks: {}",
                names.join(", ")
            ))
        }
    }
}

fn at_once(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=64) => Ok(number),
        _ => Err("a number from 1 to 64".into()),
    }
}

fn address(server: &str) -> Result<SocketAddr, String> {
    let mut addresses = server.to_socket_addrs().map_err(|error| format!("{server}: {error}"))?;
    addresses.next().ok_or_else(|| format!("{server}: no such host"))
}

/// What was found, and what was not even run: that must not go unseen.
fn show(reports: &[Report], left_out: &[Scenario], output: &mut Output) {
    let left_out = render::left_out(left_out);
    if output.json() {
        for line in left_out.plain().lines() {
            output.note(line);
        }
        output.pretty(&reports.iter().map(ReportJson::of).collect::<Vec<_>>());
        return;
    }
    if !reports.is_empty() {
        if !output.quiet() {
            for report in reports {
                output.text(&render::counterexamples(report));
            }
        }
        output.text(&render::table(reports));
    }
    output.text(&left_out);
    if !reports.is_empty() {
        output.text(&render::summary(reports));
    }
}
