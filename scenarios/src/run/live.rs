//! Running a scenario against a real server: a run a seed, and of each check the shortest run that violates it.
//!
//! Runs mostly wait, so that several happen at once, each on a server of its own; on a server that somebody named they
//! happen one after the other. It never empties a server: who names one must know that `live::run` does.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use redelivery_model::event::Sight;
use redelivery_model::history::Clock;
use redelivery_model::occurrence::Occurrences;

use super::{Done, Progress, expectations, in_order, note_occurrences, nothing_yet};
use crate::live::{Launcher, Live, Run, Server, run};
use crate::outcome::{Counterexample, Lived, Outcome, Unknown, Verdict, Way};
use crate::scenario::{Living, Scenario};

/// So many servers run at once, at most.
const SERVERS_MAX: u64 = 5;

/// The broker of live runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broker {
    /// There is none: everything is unknown.
    None,
    /// Servers that are started from this executable.
    Binary(PathBuf),
    /// A server that runs already. All that it holds is lost.
    Address(SocketAddr),
}

/// How a scenario is run live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveOptions {
    /// Against what.
    pub broker: Broker,
    /// How clients are started.
    pub launcher: Launcher,
    /// The seeds in place of the scenario's own.
    pub seeds: Option<Range<u64>>,
}

/// Runs a scenario live; one that does not run live has no rows.
///
/// # Errors
/// When the server or a client's process cannot be started or reached, or goes away in the middle of a run.
pub fn live(scenario: &Scenario, options: &LiveOptions, progress: Progress<'_>) -> io::Result<Outcome> {
    let mut outcome = nothing_yet(scenario);
    let Some(living) = &scenario.live else {
        return Ok(outcome);
    };
    let seeds = options.seeds.clone().unwrap_or(living.seeds.clone());
    let total = seeds.end.saturating_sub(seeds.start);
    let next = AtomicU64::new(seeds.start);
    let worker = |address: Option<SocketAddr>| {
        let server = match (&options.broker, address) {
            (Broker::Binary(binary), None) => Some(Server::start(binary, &[])?),
            _ => None,
        };
        let address = address.or(server.as_ref().map(Server::address));
        let mut runs = Vec::new();
        while let Some(address) = address {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= seeds.end {
                break;
            }
            let live = Live {
                path: &scenario.path,
                living,
                launcher: &options.launcher,
                address,
            };
            runs.push((seed, run(live, seed)?));
            progress(&scenario.name, Done::Seed(total));
        }
        Ok(runs)
    };
    let mut runs = match options.broker {
        Broker::None => Vec::new(),
        Broker::Address(address) => worker(Some(address))?,
        Broker::Binary(_) => at_once(total.min(SERVERS_MAX), &|| worker(None))?,
    };
    runs.sort_by_key(|(seed, _)| *seed);
    judge(scenario, living, options, &runs, &mut outcome);
    progress(&scenario.name, Done::Way(Way::Live));
    Ok(outcome)
}

type Runs = Vec<(u64, Run)>;

fn at_once(count: u64, worker: &(dyn Fn() -> io::Result<Runs> + Sync)) -> io::Result<Runs> {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(worker)).collect();
        let results = workers.into_iter().map(|worker| match worker.join() {
            Ok(runs) => runs,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        // All have ended when the first error is answered.
        let results: Vec<io::Result<Runs>> = results.collect();
        results
            .into_iter()
            .collect::<io::Result<Vec<Runs>>>()
            .map(|runs| runs.concat())
    })
}

fn judge(scenario: &Scenario, living: &Living, options: &LiveOptions, runs: &[(u64, Run)], outcome: &mut Outcome) {
    let mut occurred = Occurrences::default();
    let mut size = Lived::default();
    for (_, run) in runs {
        occurred.extend(run.occurred);
        size.seeds += 1;
        size.requests += run.requests;
        size.real_ms += run.lasted_ms;
        size.cut_off += u64::from(!run.ended);
    }
    let evidence = note_occurrences(scenario, Way::Live, occurred, outcome);
    for (place, mut row) in expectations(scenario, Way::Live) {
        let ends = row.check.is_about_ends() && size.cut_off > 0;
        let unknown = if options.broker == Broker::None {
            Some(Unknown::NoServer)
        } else if living.setup.checks[place].sight() == Sight::Broker {
            Some(Unknown::NotVisible)
        } else {
            ends.then_some(Unknown::CutOff(size.cut_off))
        };
        row.counterexample = shortest(runs, place);
        row.verdict = match row.counterexample {
            Some(_) => Verdict::Violated,
            None => evidence.held(&row.check, &living.setup, unknown),
        };
        outcome.rows.push(row);
    }
    outcome.lived = (size.seeds > 0).then_some(size);
    in_order(scenario, outcome);
}

/// The violation of a check after the fewest steps.
fn shortest(runs: &[(u64, Run)], place: usize) -> Option<Counterexample> {
    let violations = runs.iter().flat_map(|(seed, run)| {
        let of_check = run
            .violations
            .iter()
            .filter(move |(_, it)| usize::from(it.check.0) == place);
        of_check.map(move |(after, violation)| (*after, *seed, run, violation))
    });
    let (after, seed, run, violation) = violations.min_by_key(|(after, seed, ..)| (*after, *seed))?;
    let steps = run.steps[..after].to_vec();
    Some(Counterexample {
        violation: violation.clone(),
        seed: Some(seed),
        at_end: run.ended && after == run.steps.len(),
        clock: Clock::Virtual,
        durations: None,
        schedule: steps.iter().filter_map(|step| step.action).collect(),
        steps,
    })
}
