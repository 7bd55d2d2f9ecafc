//! Scenarios run live, on each available server: what they expect comes true, what is explored to be violated is seen on
//! the server, and a run along a path can fail.
//!
//! The clients' processes are this very executable, called with `live-client`. `REDELIVERY_SERVERS` says where the
//! servers are (`.ci/servers` puts them into `target/servers`); with `REDELIVERY_REQUIRE_SERVERS` a missing one is a
//! failure. These are a few scenarios; `redelivery live` runs all of them, in `.ci/run` too.

#[path = "live/astray.rs"]
mod astray;
#[path = "agreement/trial.rs"]
mod trial;

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use redelivery_model::occurrence::Occurrence;
use redelivery_scenarios::live::{Launcher, client, servers};
use redelivery_scenarios::outcome::{Outcome, Unknown, Verdict};
use redelivery_scenarios::run::{Broker, LiveOptions, live};
use redelivery_scenarios::{Scenario, corpus, language};

use trial::{Run, Trial};

const VERSIONS: [&str; 2] = ["8.2.3", "7.0.15"];
const CLIENT: &str = "live-client";
/// Runs mostly wait: so many trials at once, and so many runs of each.
const TRIALS_AT_ONCE: usize = 8;
const RUNS_AT_ONCE: usize = 4;

/// Shipped scenarios whose violations, or whose repair, must be seen on real servers.
const SHIPPED: [&str; 12] = [
    "streams/claim-with-zero-idle",
    "streams/zombie-ack-removes-new-owner",
    "streams/setid-back-steals",
    "streams/delconsumer-drops",
    "streams/dedup-mark-before",
    "streams/timeout-retry-duplicates",
    "streams/crash-then-reclaim",
    "streams/racing-xclaim",
    "durable/history-count-rolls-back",
    "durable/killed-after-a-snapshot",
    "durable/everysec-loses-a-second",
    "durable/acked-writes-lost-at-failover",
];
/// Seeds alone find a violation; connections are lost and clients come back; the server is killed.
const OWN: [&str; 4] = ["claims-at-once", "cut-and-restarted", "flushed", "killed-and-started"];

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
    let available: BTreeMap<String, PathBuf> = servers().into_iter().collect();
    let mut trials = vec![Trial {
        name: "live::without_a_server".into(),
        run: Run::Test(Box::new(nothing_is_known_without_a_server)),
    }];
    for version in VERSIONS {
        let binary = available.get(version).cloned();
        let mut add = |name: &str, test: Box<dyn FnOnce(PathBuf) -> Result<String, String> + Send>| {
            let run = match binary.clone() {
                Some(binary) => Run::Test(Box::new(move || test(binary))),
                None => Run::Missing(format!("no redis-server {version}")),
            };
            let name = format!("live::{name}::{version}");
            trials.push(Trial { name, run });
        };
        add(
            "what_does_not_occur_is_looked_for",
            Box::new(|binary| {
                // As many as there are, and no more.
                what_does_not_occur_is_looked_for(None, 32, binary.clone())?;
                what_does_not_occur_is_looked_for(Some(0..1), 1, binary)
            }),
        );
        // The longest first.
        for (name, scenario) in OWN
            .map(|name| (name, own(name)))
            .into_iter()
            .chain(SHIPPED.map(|name| (name, shipped(name))))
        {
            add(name, Box::new(move |binary| as_expected(&scenario, binary)));
        }
        add("a_path_of_another_broker_diverges", Box::new(astray::another_broker));
        add(
            "a_killed_broker_that_forgets_diverges",
            Box::new(astray::a_killed_broker),
        );
        add("a_path_without_its_durations_diverges", Box::new(astray::no_time));
    }
    trial::run_all(
        trials,
        std::env::var_os("REDELIVERY_REQUIRE_SERVERS").is_some(),
        TRIALS_AT_ONCE,
    )
}

fn options(broker: Broker) -> LiveOptions {
    LiveOptions {
        broker,
        launcher: launcher(),
        seeds: None,
        check: None,
        at_once: RUNS_AT_ONCE,
    }
}

fn launcher() -> Launcher {
    Launcher {
        executable: std::env::current_exe().expect("this is running"),
        arguments: vec![CLIENT.into()],
    }
}

fn load(path: &Path) -> Scenario {
    language::load(path).unwrap_or_else(|mistakes| panic!("{}", mistakes[0].render(false)))
}

fn shipped(name: &str) -> Scenario {
    load(&corpus::find(&corpus::shipped(), name.as_ref()).expect("it is shipped")[0])
}

fn own(name: &str) -> Scenario {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live");
    load(&folder.join(format!("{name}.toml")))
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

/// All that the scenario expects comes true, and what is explored to be violated is seen along the explored path.
fn as_expected(scenario: &Scenario, binary: PathBuf) -> Result<String, String> {
    let outcomes = live(
        std::slice::from_ref(scenario),
        &options(Broker::Binary(binary)),
        &|_, _| (),
    );
    let outcome = outcomes[0].as_ref().map_err(ToString::to_string)?;
    if outcome.as_expected() != Some(true) {
        let found = outcome.rows.iter().find_map(|row| row.counterexample.as_ref());
        return Err(format!("{}\n{found:#?}", said(outcome)));
    }
    // Where exploring stops at once there is no path.
    let by_seed = scenario.explore.max_states == 1;
    for row in outcome.rows.iter().filter(|row| row.verdict == Verdict::Violated) {
        let found = row.counterexample.as_ref().ok_or("nobody knows how")?;
        let last = found.steps.last().ok_or("nothing was done")?;
        if found.seed.is_some() != by_seed || !found.at_end && last.violations.is_empty() {
            return Err(format!("{} of {}: {found:#?}", row.name, scenario.name));
        }
    }
    Ok(said(outcome))
}

/// What must occur and does not is looked for in further seeds, unless seeds were named, and then unknown.
fn what_does_not_occur_is_looked_for(named: Option<Range<u64>>, seeds: u64, binary: PathBuf) -> Result<String, String> {
    let scenario = own("nobody-fails");
    let options = LiveOptions {
        seeds: named,
        ..options(Broker::Binary(binary))
    };
    let outcomes = live(std::slice::from_ref(&scenario), &options, &|_, _| ());
    let outcome = outcomes[0].as_ref().map_err(ToString::to_string)?;
    let unknown = Verdict::Unknown(Unknown::NeverOccurred(Occurrence::DeadLetter));
    let run = outcome.lived.map_or(0, |lived| lived.seeds);
    match outcome.rows.iter().all(|row| row.verdict == unknown) && run == seeds {
        true => Ok(String::new()),
        false => Err(said(outcome)),
    }
}

fn nothing_is_known_without_a_server() -> Result<String, String> {
    let scenario = shipped("streams/crash-then-reclaim");
    let outcomes = live(std::slice::from_ref(&scenario), &options(Broker::None), &|_, _| ());
    let outcome = outcomes[0].as_ref().map_err(ToString::to_string)?;
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
        false => Err(said(outcome)),
    }
}
