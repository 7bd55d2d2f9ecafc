//! Runs our workloads and their peers in Promela beside each other, and prints states, seconds, memory and ratios.
//!
//! ```text
//! cargo run --release -p redelivery-reports --example peers -- [--runs N] [WORKLOAD…]
//! ```
//!
//! Of several runs, which take turns, the median counts. Needs SPIN, gcc and the binary `redelivery` of the same build. What
//! is compared is in `spin`, beside this.

mod spin;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use redelivery_reports::apart::{Explorer, Limits};
use redelivery_reports::decimal::decimal;
use spin::{Counted, PEERS, Peer};

/// Compare workloads with their peers
#[derive(Parser)]
struct Arguments {
    /// Workloads, such as standard-4-3-2-2; all of them, from small to large, if none is given
    workloads: Vec<String>,
    /// Runs of each, of which the median counts
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Have both take consumers and workers as interchangeable, where there are several
    #[arg(long)]
    symmetric: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let known = |name: &&String| PEERS.iter().any(|peer| peer.workload == name.as_str());
    if let Some(unknown) = arguments.workloads.iter().find(|name| !known(name)) {
        eprintln!("there is no workload `{unknown}`");
        return ExitCode::from(2);
    }
    if !spin::is_installed() {
        eprintln!("spin or gcc is missing");
        return ExitCode::FAILURE;
    }
    println!("{HEAD}");
    let named = |peer: &Peer| arguments.workloads.iter().any(|name| name == peer.workload);
    let wanted = |peer: &&Peer| arguments.workloads.is_empty() || named(peer);
    let mut agree = true;
    for peer in PEERS.iter().filter(wanted) {
        let symmetric = peer.symmetric.filter(|_| arguments.symmetric);
        match compare(peer, symmetric.is_some(), arguments.runs) {
            Ok((ours, theirs)) => {
                let claimed = symmetric.unwrap_or(peer.states);
                agree &= ours.states == claimed && theirs.states == claimed;
                print(peer.workload, ours, theirs);
            }
            Err(error) => {
                eprintln!("{}: {error}", peer.workload);
                return ExitCode::FAILURE;
            }
        }
    }
    match agree {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!("these are not the states that are claimed");
            ExitCode::FAILURE
        }
    }
}

const HEAD: &str =
    "workload              states: ours       spin   seconds: ours     spin  ratio   MiB: ours   spin  ratio";

fn print(name: &str, ours: Counted, theirs: Counted) {
    println!(
        "{name:<18} {:>15} {:>10} {:>15} {:>8} {:>6} {:>11} {:>6} {:>6}",
        ours.states,
        theirs.states,
        decimal(ours.milliseconds, 1_000),
        decimal(theirs.milliseconds, 1_000),
        decimal(ours.milliseconds * 100 / theirs.milliseconds.max(1), 100),
        ours.memory_bytes >> 20,
        theirs.memory_bytes >> 20,
        decimal(ours.memory_bytes * 100 / theirs.memory_bytes.max(1), 100),
    );
}

/// Both sides, in turns.
fn compare(peer: &Peer, symmetric: bool, runs: u32) -> io::Result<(Counted, Counted)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = std::env::temp_dir().join(format!("redelivery-peers-{}", std::process::id()));
    let explorer = Explorer {
        program: Explorer::beside_example()?,
        threads: 1,
        folder: folder.clone(),
    };
    std::fs::create_dir_all(&folder)?;
    let counted = spin::compile(peer, symmetric, &root.join("model/peers"), &folder).and_then(|()| {
        let turns = (0..runs).map(|_| Ok((explore(peer, symmetric, &root, &explorer)?, spin::count(peer, &folder)?)));
        let turns: io::Result<(Vec<Counted>, Vec<Counted>)> = turns.collect();
        turns.map(|(ours, theirs)| (median(ours), median(theirs)))
    });
    std::fs::remove_dir_all(&folder)?;
    counted
}

fn median(mut runs: Vec<Counted>) -> Counted {
    runs.sort_by_key(|run| run.milliseconds);
    runs[runs.len() / 2]
}

/// By the binary of the same build as this.
fn explore(peer: &Peer, symmetric: bool, root: &Path, explorer: &Explorer) -> io::Result<Counted> {
    let scenario = root.join("scenarios/bench").join(peer.workload).with_extension("toml");
    let outcome = explorer.explore(&scenario, symmetric, Limits::NONE)?;
    let space = outcome.space.map_err(|_| io::Error::other("there are no limits"))?;
    Ok(Counted {
        states: space.states,
        milliseconds: outcome.cost.milliseconds,
        memory_bytes: outcome.cost.memory_bytes,
    })
}
