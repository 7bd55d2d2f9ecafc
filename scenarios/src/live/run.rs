//! One live run: the seeded schedule of a simulation, on the real clock.
//!
//! The parent owns the schedule, the faults and the checks; whoever is due is told to go on, and several may be on
//! their way at once, so that two claims really race. A seed gives the same durations and the same faults, but not the
//! same run: which request the server executes first is the server's affair. Read next: `actor`, `history`, `steps`.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use redelivery_engine::Millis;
use redelivery_model::check::Violation;
use redelivery_model::history::Step;
use redelivery_model::occurrence::Occurrences;
use redelivery_model::setup::{ClientIx, Setup};
use redelivery_model::simulate::random::{Purpose, Stream};
use redelivery_model::simulate::{Faults, Timing};
use redelivery_model::world::Spent;

use super::actor::{Actor, Doing, Next};
use super::beginning::begin;
use super::clock::Clock;
use super::history::History;
use super::process::{Launcher, News};
use super::tap::Tapped;
use crate::scenario::Living;

/// What live runs start from.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// The scenario's file, for the clients.
    pub path: &'a Path,
    /// What it says of live runs.
    pub living: &'a Living,
    /// How clients are started.
    pub launcher: &'a Launcher,
    /// The server, which is emptied.
    pub address: SocketAddr,
}

/// What came of a live run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What was violated, each with the number of steps after which it was.
    pub violations: Vec<(usize, Violation)>,
    /// What occurred.
    pub occurred: Occurrences,
    /// Requests that the server executed.
    pub requests: u64,
    /// Time from the beginning to the last thing that happened, in milliseconds.
    pub lasted_ms: Millis,
    /// Whether the run ended by itself; otherwise it was cut off and says nothing of ends.
    pub ended: bool,
    /// What happened.
    pub steps: Vec<Step>,
}

/// Runs a seed.
///
/// # Errors
/// When the server or a client's process cannot be started or reached, or goes away.
///
/// # Panics
/// When a client's process intends something else than our own copy of the client: that is a bug.
pub fn run(live: Live<'_>, seed: u64) -> io::Result<Run> {
    let mut runner = Runner::new(live, seed);
    begin(runner.setup, live.address, runner.clock, &mut runner.history)?;
    for client in runner.setup.client_ixs() {
        runner.start(client)?;
    }
    let ended = runner.until_end()?;
    let mut history = runner.history;
    if ended {
        history.end();
    }
    Ok(Run {
        violations: history.violations,
        occurred: history.occurred,
        requests: history.requests,
        lasted_ms: history.progress_ms,
        ended,
        steps: history.steps,
    })
}

pub(super) struct Runner<'a> {
    pub(super) live: Live<'a>,
    pub(super) setup: &'a Setup,
    pub(super) timing: &'a Timing,
    pub(super) clock: Clock,
    pub(super) actors: Vec<Actor>,
    pub(super) history: History<'a>,
    pub(super) spent: Spent,
    pub(super) faults: Faults,
    pub(super) durations: Stream,
    order: Stream,
    pub(super) sender: Sender<News>,
    news: Receiver<News>,
}

impl<'a> Runner<'a> {
    fn new(live: Live<'a>, seed: u64) -> Self {
        let setup = &live.living.setup;
        let (sender, news) = channel();
        Self {
            live,
            setup,
            timing: &live.living.timing,
            clock: Clock::start(),
            actors: setup.client_ixs().map(|client| Actor::new(setup, client)).collect(),
            history: History::new(setup),
            spent: Spent::default(),
            faults: Faults::new(Stream::new(seed, Purpose::Faults)),
            durations: Stream::new(seed, Purpose::Durations),
            order: Stream::new(seed, Purpose::Order),
            sender,
            news,
        }
    }

    pub(super) fn actor(&mut self, client: ClientIx) -> &mut Actor {
        &mut self.actors[usize::from(client.0)]
    }

    /// Goes on until nothing but idle polls happens any more; false when the time limit comes first.
    fn until_end(&mut self) -> io::Result<bool> {
        let limit_ms = self.timing.time_limit_ms;
        let quiet_ms = self.timing.quiet_ms(self.setup);
        loop {
            while let Ok(news) = self.news.try_recv() {
                self.hear(news)?;
            }
            let now_ms = self.clock.floor_ms();
            let quiet_until_ms = self.history.progress_ms.saturating_add(quiet_ms);
            let deciding = self.actors.iter().any(|actor| actor.doing == Doing::Deciding);
            if self.actors.iter().all(Actor::is_over) || !deciding && now_ms > quiet_until_ms {
                return Ok(true);
            }
            if now_ms > limit_ms {
                return Ok(false);
            }
            let due_ms = self
                .actors
                .iter()
                .filter_map(|actor| actor.due)
                .map(|(at_ms, _)| at_ms)
                .min();
            if due_ms.is_some_and(|due_ms| due_ms <= now_ms) {
                self.act(due_ms.unwrap_or(now_ms))?;
                continue;
            }
            // While somebody decides, the quiet time is no reason to wake up.
            let quiet_until_ms = if deciding { limit_ms } else { quiet_until_ms };
            let wake_ms = due_ms.into_iter().chain([quiet_until_ms + 1, limit_ms + 1]).min();
            let patience = self.clock.until(wake_ms.unwrap_or(limit_ms));
            if let Ok(news) = self.news.recv_timeout(patience) {
                self.hear(news)?;
            }
        }
    }

    /// One of those that are due at this moment does what it intends.
    fn act(&mut self, at_ms: Millis) -> io::Result<()> {
        let due = |(_, actor): &(ClientIx, &Actor)| actor.due.is_some_and(|(due_ms, _)| due_ms == at_ms);
        let due: Vec<ClientIx> = self
            .setup
            .client_ixs()
            .zip(&self.actors)
            .filter(due)
            .map(|(client, _)| client)
            .collect();
        let client = due[self.order.index(due.len())];
        match self.actor(client).due.take() {
            Some((_, Next::Restart)) => self.restart(client),
            _ => self.step_or_fail(client),
        }
    }

    fn hear(&mut self, news: News) -> io::Result<()> {
        match news {
            News::Announced(life, announced) if self.actor(life.client).lives(life) => {
                self.announced(life.client, &announced);
                Ok(())
            }
            News::Ended(life) if self.actor(life.client).lives(life) => {
                Err(self.gone(life.client, "its process ended by itself"))
            }
            // Last words of a process that was killed.
            News::Announced(..) | News::Ended(_) => Ok(()),
            News::Tapped(wire, Tapped::Frame(frame), latest_ms) => {
                if let Some(sent) = self.actor(wire.life.client).receive(wire, &frame) {
                    self.answered(wire.life.client, &sent, &frame, latest_ms);
                }
                Ok(())
            }
            News::Tapped(wire, Tapped::Closed, _) => match self.actor(wire.life.client).closed(wire) {
                true => Err(self.gone(wire.life.client, "the server closed its connection")),
                false => Ok(()),
            },
        }
    }

    fn gone(&self, client: ClientIx, what: &str) -> io::Error {
        let name = String::from_utf8_lossy(&self.setup.client(client).name);
        io::Error::other(format!("client {name}: {what}"))
    }
}
