//! The agreement of our engine with real Redis servers.
//!
//! `cargo test -p redelivery-scenarios --test agreement` plays the golden scripts (`scenarios/golden`) and random
//! scripts (`generate`) on the engine (`ours`) and on real servers (`theirs`), in RESP2 and RESP3, and compares every
//! answer after a written normalisation (`normalise`). With 8.2.3 there must be no difference, with 7.0.15 and 6.2.14
//! none but those of two tables (`known`). Scripts of a family of their own kill the server, which starts again from its
//! append-only file, which they rewrite now and then (`rewriting`): what our engine rebuilds from what it propagated must look the
//! same (`generate/restarts.rs`); so must a replica that takes a
//! server's place (`replica`), and what two primaries do of which one is an old one (`split`). So it
//! is with clusters of three servers (`cluster`), with a server whose clock is set (`clock`), and with what our own server answers over TCP (`serving`), to random scripts, too. A difference is shrunk and
//! printed as a golden script.
//!
//! | variable | meaning |
//! |---|---|
//! | `REDELIVERY_AGREEMENT_COMMANDS` | random commands for each server, family and version of the protocol; 20000 with 8.2.3, 10000 with others |
//! | `REDELIVERY_AGREEMENT_SEED` | their seed; 1 |
//! | `REDELIVERY_AGREEMENT_DIFFERENCES` | go on until so many differences; 1 |
//! | `REDELIVERY_REQUIRE_SERVERS` | set: a missing server is a failure |
//! | `REDELIVERY_BLESS` | set: write the servers' answers into the golden scripts |
//! | `REDELIVERY_SERVERS` | where the servers are, instead of `target/servers` (`.ci/servers` puts them there) |

mod clock;
mod cluster;
mod compare;
mod coverage;
mod exchange;
mod generate;
mod golden;
mod held;
mod hunt;
mod known;
mod look;
mod normalise;
mod notation;
mod ours;
mod play;
mod protocol;
mod received;
mod rewriting;
mod serving;
mod side;
mod split;
mod step;
mod tally;
mod theirs;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use redelivery_engine::resp::Version;
use redelivery_scenarios::live::{Server, servers};

use cluster::Servers;
use compare::{Compared, compare};
use generate::Family;
use golden::{Golden, REFERENCE};
use hunt::{Effort, hunt};
use known::TABLES;
use ours::Ours;
use serving::while_served;
use theirs::Theirs;
use trial::{Run, Trial};

/// The servers that are asked, the reference first.
const VERSIONS: [&str; 3] = [REFERENCE, "7.0.15", "6.2.14"];
const PROTOCOLS: [(Version, &str); 2] = [(Version::Resp2, "RESP2"), (Version::Resp3, "RESP3")];

/// So many tests at once: they mostly wait for servers.
const AT_ONCE: usize = 4;

/// A test that needs a server.
type Check<'a> = Box<dyn FnOnce(&Server) -> Result<String, String> + Send + 'a>;

/// How long a test takes.
#[derive(Clone, Copy)]
enum Length {
    Short,
    Long,
}

fn main() -> ExitCode {
    let available = servers();
    let started: Vec<(&str, Result<Server, String>)> = VERSIONS
        .into_iter()
        .map(|version| (version, start(version, &available)))
        .collect();
    let turns = VERSIONS.map(|_| Mutex::new(()));
    let clusters = cluster::VERSIONS.map(|version| {
        (
            version,
            binary(version, &available).and_then(|binary| Servers::start(binary, cluster::NODES)),
        )
    });
    if std::env::var_os("REDELIVERY_BLESS").is_some() {
        bless(&started);
        cluster::bless(&clusters);
    }
    let mut trials = golden_on_engine();
    trials.extend(cluster::golden_on_engine());
    // What mostly waits first.
    for (version, servers) in &clusters {
        trials.extend(cluster::with_servers(version, servers));
    }
    for ((version, server), turn) in started.iter().zip(&turns) {
        trials.extend(with_server(version, server, turn));
    }
    trials.push(with_its_clock_set(&started[0].1));
    trials.push(split_in_two(&started[0].1));
    trials.push(served(&started[0].1));
    trial::run_all(
        trials,
        std::env::var_os("REDELIVERY_REQUIRE_SERVERS").is_some(),
        AT_ONCE,
    )
}

fn start(version: &str, available: &[(String, PathBuf)]) -> Result<Server, String> {
    start_binary(binary(version, available)?)
}

fn start_binary(binary: &Path) -> Result<Server, String> {
    Server::start(binary, &theirs::options(binary)).map_err(|error| error.to_string())
}

fn binary<'a>(version: &str, available: &'a [(String, PathBuf)]) -> Result<&'a Path, String> {
    let found = available.iter().find(|(name, _)| name == version);
    found
        .map(|(_, binary)| binary.as_path())
        .ok_or(format!("no redis-server {version}"))
}

fn golden_on_engine() -> Vec<Trial<'static>> {
    let trial = |golden: Golden| {
        let name = format!("golden::{}::engine", golden.name());
        let test = move || {
            golden
                .check(&mut Ours::new(golden.version), REFERENCE)
                .map(|steps| format!("{steps} steps"))
        };
        Trial {
            name,
            run: Run::Test(Box::new(test)),
        }
    };
    Golden::all().into_iter().map(trial).collect()
}

/// Needs the reference server, and a library that sets its clock.
fn with_its_clock_set(server: &Result<Server, String>) -> Trial<'_> {
    let run = match (server, clock::library()) {
        (Ok(server), Some(library)) => Run::Test(Box::new(move || clock::agree(server.binary(), &library))),
        (Ok(_), None) => Run::Missing("no libfaketime".into()),
        (Err(reason), _) => Run::Missing(reason.clone()),
    };
    Trial {
        name: format!("agreement::clock::{REFERENCE}"),
        run,
    }
}

/// Needs the reference server, and starts two of it.
fn split_in_two(server: &Result<Server, String>) -> Trial<'_> {
    let run = match server {
        Ok(server) => Run::Test(Box::new(move || split::agree(server.binary()))),
        Err(reason) => Run::Missing(reason.clone()),
    };
    Trial {
        name: format!("agreement::split::{REFERENCE}"),
        run,
    }
}

/// Our server beside this one.
fn served(server: &Result<Server, String>) -> Trial<'_> {
    let run = match server {
        Ok(server) => Run::Test(Box::new(move || serving::agree(&another(server)?))),
        Err(reason) => Run::Missing(reason.clone()),
    };
    Trial {
        name: format!("agreement::served::{REFERENCE}"),
        run,
    }
}

/// Another server like this one, which nobody else talks to.
fn another(server: &Server) -> Result<Server, String> {
    start_binary(server.binary())
}

/// Another server like this one that may be killed: it keeps an append-only file.
fn mortal(server: &Server, protocol: Version) -> Result<Theirs<'static>, String> {
    let mut options = theirs::options(server.binary());
    options.extend([("appendonly", "yes"), ("appendfsync", "always")]);
    let own = Server::start(server.binary(), &options).map_err(|error| error.to_string())?;
    Ok(Theirs::owning(own, protocol))
}

/// Another server like this one, and its replica.
fn replicated(server: &Server, protocol: Version) -> Result<Theirs<'static>, String> {
    let mut options = theirs::options(server.binary());
    options.push(("repl-diskless-sync-delay", "0"));
    let start = || Server::start(server.binary(), &options).map_err(|error| error.to_string());
    Ok(Theirs::with_replica(start()?, start()?, protocol))
}

/// All that needs this server. What is short takes turns on it, what is long has a server of its own.
fn with_server<'a>(version: &'a str, server: &'a Result<Server, String>, turn: &'a Mutex<()>) -> Vec<Trial<'a>> {
    let mut trials = Vec::new();
    let mut add = |length: Length, name: String, test: Check<'a>| {
        let run = match (server, length) {
            (Ok(server), Length::Short) => Run::Test(Box::new(move || {
                let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
                test(server)
            })),
            (Ok(server), Length::Long) => Run::Test(Box::new(move || test(&another(server)?))),
            (Err(reason), _) => Run::Missing(reason.clone()),
        };
        trials.push(Trial { name, run });
    };
    for golden in Golden::all().into_iter().filter(|golden| golden.is_for(version)) {
        add(
            Length::Short,
            format!("golden::{}::{version}", golden.name()),
            Box::new(move |server| {
                golden
                    .check(&mut Theirs::new(server, golden.version), version)
                    .map(|steps| format!("{steps} steps"))
            }),
        );
    }
    for (protocol, label) in PROTOCOLS {
        if Golden::all().iter().any(|golden| golden.is_for(version)) {
            add(
                Length::Short,
                format!("agreement::golden::{version}::{label}"),
                Box::new(move |server| golden_agree(server, version, protocol)),
            );
        }
        for family in Family::ALL {
            add(
                Length::Long,
                format!("agreement::random::{version}::{}::{label}", family.name()),
                Box::new(move |server| {
                    let (mut ours, mut theirs) = (Ours::new(protocol), Theirs::new(server, protocol));
                    hunt(&mut ours, &mut theirs, version, effort(family, version))
                }),
            );
            add(
                Length::Long,
                format!("agreement::served::{version}::{}::{label}", family.name()),
                Box::new(move |server| {
                    let effort = effort(family, version).part_of(5);
                    while_served(|address| {
                        let (mut ours, mut theirs) = (Theirs::served(address, protocol), Theirs::new(server, protocol));
                        hunt(&mut ours, &mut theirs, version, effort)
                    })
                }),
            );
        }
    }
    add(
        Length::Long,
        format!("agreement::random::{version}::{}", Family::Restarts.name()),
        Box::new(move |server| {
            let (mut ours, mut theirs) = (Ours::new(Version::Resp3), mortal(server, Version::Resp3)?);
            hunt(&mut ours, &mut theirs, version, effort(Family::Restarts, version))
        }),
    );
    add(
        Length::Long,
        format!("agreement::random::{version}::{}", Family::Replicas.name()),
        Box::new(move |server| {
            let (mut ours, mut theirs) = (Ours::new(Version::Resp3), replicated(server, Version::Resp3)?);
            hunt(&mut ours, &mut theirs, version, effort(Family::Replicas, version))
        }),
    );
    add(
        Length::Long,
        format!("agreement::protocol::{version}"),
        Box::new(move |server| protocol::agree(server, effort(Family::Streams, version).seed)),
    );
    // What a server does twice must look the same twice, or the normalisation misses something.
    for family in Family::ALL {
        add(
            Length::Long,
            format!("agreement::itself::{version}::{}", family.name()),
            Box::new(move |server| {
                let effort = effort(family, version).part_of(10);
                let twin = another(server)?;
                hunt(
                    &mut Theirs::new(&twin, Version::Resp3),
                    &mut Theirs::new(server, Version::Resp3),
                    version,
                    effort,
                )
            }),
        );
    }
    let rows = TABLES
        .iter()
        .filter(|(until, _)| *until == version)
        .flat_map(|(_, rows)| *rows);
    for (index, row) in rows.enumerate() {
        add(
            Length::Short,
            format!("known::{version}::{index}"),
            Box::new(move |server| {
                let mut ours = Ours::new(Version::Resp2);
                let mut theirs = match row.restarts() {
                    true => mortal(server, Version::Resp2)?,
                    false => Theirs::new(server, Version::Resp2),
                };
                row.is_shown_by_its_example(&mut ours, &mut theirs, version)
            }),
        );
    }
    trials
}

/// All golden scripts on both sides at once: frame by frame, also where the notation does not tell two frames apart.
fn golden_agree(server: &Server, version: &str, protocol: Version) -> Result<String, String> {
    let (mut ours, mut theirs) = (Ours::new(protocol), Theirs::new(server, protocol));
    let (mut agreed, mut known) = (0, 0);
    for golden in Golden::all().into_iter().filter(|golden| golden.is_for(version)) {
        match compare(&golden.steps(), &mut ours, &mut theirs, version) {
            Compared::Disagree(disagreement) => return Err(format!("{}\n{}", golden.name(), disagreement.to_golden())),
            Compared::Known(..) => known += 1,
            Compared::Agree(_) => agreed += 1,
        }
    }
    Ok(format!("{agreed} scripts, {known} ended at a known difference"))
}

fn bless(started: &[(&str, Result<Server, String>)]) {
    for mut golden in Golden::all() {
        for (version, server) in started {
            if !golden.is_for(version) {
                continue;
            }
            let server = server.as_ref().expect("blessing needs all servers");
            golden.bless(&mut Theirs::new(server, golden.version), version);
        }
        golden.save();
    }
}

fn effort(family: Family, version: &str) -> Effort {
    let commands = match (family, version) {
        // To start a server again takes as long as hundreds of commands.
        (Family::Restarts | Family::Replicas, _) => 2_000,
        (_, REFERENCE) => 20_000,
        _ => 10_000,
    };
    let number = |name: &str, default: u64| match std::env::var(name) {
        Ok(number) => number
            .parse()
            .unwrap_or_else(|_| panic!("{name} must be a number, not {number:?}")),
        Err(_) => default,
    };
    Effort {
        family,
        commands: number("REDELIVERY_AGREEMENT_COMMANDS", commands) as usize,
        seed: number("REDELIVERY_AGREEMENT_SEED", 1),
        disagreements: number("REDELIVERY_AGREEMENT_DIFFERENCES", 1) as usize,
    }
}
