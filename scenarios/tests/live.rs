//! Scenarios run live, on each available server: what they expect comes true, crashes and claims really occur, and a
//! check can fail.
//!
//! The clients' processes are this very executable, called with `live-client`. `REDELIVERY_SERVERS` says where the
//! servers are (`.ci/servers` puts them into `target/servers`); with `REDELIVERY_REQUIRE_SERVERS` a missing one is a
//! failure.

#[path = "agreement/trial.rs"]
mod trial;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use redelivery_model::occurrence::Occurrence;
use redelivery_scenarios::live::{Launcher, client, servers};
use redelivery_scenarios::outcome::{Outcome, Unknown, Verdict};
use redelivery_scenarios::run::{Broker, LiveOptions, live};
use redelivery_scenarios::{corpus, language};

use trial::{Run, Trial};

const VERSIONS: [&str; 2] = ["8.2.3", "7.0.15"];
const CLIENT: &str = "live-client";

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|argument| argument == CLIENT) {
        return match client(io::stdin().lock(), io::stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{CLIENT}: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let available = servers();
    let mut trials = vec![Trial {
        name: "live::without_a_server".into(),
        run: Run::Test(Box::new(nothing_is_known_without_a_server)),
    }];
    for version in VERSIONS {
        let binary = available
            .iter()
            .find(|(name, _)| name == version)
            .map(|(_, binary)| binary);
        let mut add = |name: &str, test: fn(&Path) -> Result<String, String>| {
            let run = match binary.cloned() {
                Some(binary) => Run::Test(Box::new(move || test(&binary))),
                None => Run::Missing(format!("no redis-server {version}")),
            };
            let name = format!("live::{name}::{version}");
            trials.push(Trial { name, run });
        };
        add("crash-then-reclaim", |binary| {
            as_expected(binary, "streams/crash-then-reclaim")
        });
        add("racing-xclaim", |binary| as_expected(binary, "streams/racing-xclaim"));
        add("a-check-can-fail", a_check_can_fail);
        add("cut-and-restarted", cut_and_restarted);
    }
    trial::run_all(trials, std::env::var_os("REDELIVERY_REQUIRE_SERVERS").is_some())
}

fn outcome(path: &Path, broker: Broker) -> Result<Outcome, String> {
    let scenario = language::load(path).map_err(|mistakes| mistakes[0].render(false))?;
    let launcher = Launcher {
        executable: std::env::current_exe().map_err(|error| error.to_string())?,
        arguments: vec![CLIENT.into()],
    };
    let options = LiveOptions {
        broker,
        launcher,
        seeds: None,
    };
    live(&scenario, &options, &|_, _| ()).map_err(|error| error.to_string())
}

fn shipped(name: &str) -> PathBuf {
    corpus::find(&corpus::shipped(), name.as_ref()).expect("it is shipped")[0].clone()
}

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live").join(name)
}

fn said(outcome: &Outcome) -> String {
    let rows = outcome
        .rows
        .iter()
        .map(|row| format!("{}: {:?}", row.name, row.verdict));
    let occurred = outcome
        .occurrences
        .iter()
        .map(|row| format!("{:?}: {}", row.occurrence, row.occurred));
    format!(
        "{}; {:?}",
        rows.chain(occurred).collect::<Vec<_>>().join(", "),
        outcome.lived
    )
}

/// All that the scenario expects comes true; the corpus says what must occur.
fn as_expected(binary: &Path, name: &str) -> Result<String, String> {
    expect_true(&outcome(&shipped(name), Broker::Binary(binary.to_owned()))?)
}

fn expect_true(outcome: &Outcome) -> Result<String, String> {
    match outcome.as_expected() {
        Some(true) => Ok(said(outcome)),
        _ => Err(format!(
            "{}\n{:#?}",
            said(outcome),
            outcome.rows.iter().find_map(|row| row.counterexample.as_ref())
        )),
    }
}

/// Two workers that claim at once both get the entry: seen from outside, too.
fn a_check_can_fail(binary: &Path) -> Result<String, String> {
    let outcome = outcome(&own("claims-at-once.toml"), Broker::Binary(binary.to_owned()))?;
    let row = outcome.rows.iter().find(|row| row.check.name() == "single-owner");
    let row = row.ok_or("nobody looked")?;
    match (&row.verdict, &row.counterexample) {
        (Verdict::Violated, Some(found)) if found.steps.last().is_some_and(|step| !step.violations.is_empty()) => {
            expect_true(&outcome)
        }
        other => Err(format!("{other:?}")),
    }
}

/// Producers and consumers lose connections, consumers come back under their own or another name.
fn cut_and_restarted(binary: &Path) -> Result<String, String> {
    expect_true(&outcome(
        &own("cut-and-restarted.toml"),
        Broker::Binary(binary.to_owned()),
    )?)
}

fn nothing_is_known_without_a_server() -> Result<String, String> {
    let outcome = outcome(&shipped("streams/crash-then-reclaim"), Broker::None)?;
    let unknown = outcome
        .rows
        .iter()
        .all(|row| row.verdict == Verdict::Unknown(Unknown::NoServer));
    let must_occur = [Occurrence::Crash, Occurrence::Claim];
    let named = |wanted: &Occurrence| {
        outcome
            .occurrences
            .iter()
            .any(|row| row.occurrence == *wanted && !row.occurred)
    };
    match unknown && outcome.as_expected().is_none() && must_occur.iter().all(named) {
        true => Ok(String::new()),
        false => Err(said(&outcome)),
    }
}
