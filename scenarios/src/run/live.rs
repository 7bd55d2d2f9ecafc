//! Running scenarios against real servers: along the explorer's paths, and by seed; and what that says of each
//! expectation.
//!
//! What is explored to be violated, and what must occur, is shown by driving the shortest path there on the server; what
//! holds is tried by seeds, and by more of them where something must occur that did not. Runs mostly wait, so that several happen at once, each on a server of its own; on a server
//! that somebody named they happen one after the other. Who names a server must know that it is emptied.

mod again;
mod job;
mod judge;
mod plan;
mod pool;

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;

use super::{Done, Progress};
use crate::live::{self, Launcher, Server};
use crate::outcome::{Outcome, Way};
use crate::scenario::{Scenario, Version};
use plan::{Job, Plan, unknown_at_once};

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

/// How scenarios are run live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveOptions {
    /// Against what.
    pub broker: Broker,
    /// How clients are started.
    pub launcher: Launcher,
    /// The seeds in place of the scenarios' own.
    pub seeds: Option<Range<u64>>,
    /// Follow the path to the violation of this check only, and run no seeds.
    pub check: Option<String>,
    /// So many runs at once, at most.
    pub at_once: usize,
}

/// Which version of Redis that is; none where there is no server.
///
/// # Errors
/// When it cannot be started or reached.
pub fn version(broker: &Broker) -> io::Result<Option<Version>> {
    match broker {
        Broker::None => Ok(None),
        Broker::Binary(binary) => live::version(Server::start(binary, &[])?.address()).map(Some),
        Broker::Address(address) => live::version(*address).map(Some),
    }
}

/// Runs scenarios live; the outcomes are in their order. One fails when a server or a client's process cannot be started
/// or reached, goes away or goes astray. Whether it is of a version that does what is explored ([`version`]) is for the
/// caller to ask.
pub fn live(scenarios: &[Scenario], options: &LiveOptions, progress: Progress<'_>) -> Vec<io::Result<Outcome>> {
    let mut plans: Vec<Plan> = pool::in_parallel(scenarios, |scenario| Plan::new(scenario, options, progress));
    let mut all: pool::All = scenarios.iter().map(|_| Ok(Vec::new())).collect();
    let of_plan = |(place, plan): (usize, &Plan)| plan.jobs().map(|job| (place, job)).collect::<Vec<_>>();
    let mut jobs: Vec<(usize, Job)> = plans.iter().enumerate().flat_map(of_plan).collect();
    // Who names seeds, or a check, wants no others.
    let may_add_seeds = options.seeds.is_none() && options.check.is_none();
    loop {
        pool::run(scenarios, &plans, &jobs, options, progress, &mut all);
        let judged = scenarios.iter().zip(&plans).zip(&all).map(|((scenario, plan), done)| {
            let done = done.as_ref().ok()?;
            Some(judge::judge(scenario, options, plan, done))
        });
        let judged: Vec<Option<Outcome>> = judged.collect();
        let lacking = (0..).zip(&judged).filter(|(place, outcome)| {
            let is_run = unknown_at_once(&scenarios[*place], options).is_none();
            may_add_seeds && is_run && outcome.as_ref().is_some_and(judge::lacks_something)
        });
        let lacking: Vec<usize> = lacking.map(|(place, _)| place).collect();
        jobs = Vec::new();
        for place in lacking {
            jobs.extend(plans[place].add_seeds().into_iter().map(|job| (place, job)));
        }
        if jobs.is_empty() {
            return conclude(scenarios, judged, all, progress);
        }
    }
}

/// What was judged, or why it was not.
fn conclude(
    scenarios: &[Scenario],
    judged: Vec<Option<Outcome>>,
    all: pool::All,
    progress: Progress<'_>,
) -> Vec<io::Result<Outcome>> {
    for scenario in scenarios {
        progress(&scenario.name, Done::Way(Way::Live));
    }
    let outcomes = judged.into_iter().zip(all);
    outcomes
        .filter_map(|(outcome, done)| outcome.map(Ok).or_else(|| done.err().map(Err)))
        .collect()
}
