//! Running scenarios against real servers: along the explorer's paths, and by seed; and what that says of each
//! expectation.
//!
//! What is explored to be violated, and what must occur, is shown by driving the shortest path there on the server; what
//! holds is tried by seeds. Runs mostly wait, so that several happen at once, each on a server of its own; on a server
//! that somebody named they happen one after the other. Who names a server must know that it is emptied.

mod job;
mod judge;
mod pool;

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;

use super::Progress;
use crate::live::{self, Launcher, Server};
use crate::outcome::Outcome;
use crate::scenario::{Scenario, Version};
use job::Plan;

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
    let plans: Vec<Plan> = pool::in_parallel(scenarios, |scenario| Plan::new(scenario, options, progress));
    let done = pool::run(scenarios, &plans, options, progress);
    let outcomes = scenarios.iter().zip(&plans).zip(done);
    outcomes
        .map(|((scenario, plan), done)| Ok(judge::judge(scenario, options, plan, done?)))
        .collect()
}
