//! What every live run is played on: the clients' processes, their connections, the history, and the one queue in which
//! everything that happens is heard.
//!
//! Each step is done for real by the client's process and once more by the parent on its own copy of the client, from
//! which all events come. Nothing goes on by itself here: `seeded` and `guided` decide who acts and what passes. Read
//! next: `opening` for how it begins, `lives` for processes and connections, `hearing` for the queue, `passing` for one
//! request at a time, `pushes` and `overflow` for what subscribers receive, `failing` for a server that is killed, `lateness`
//! for what the machine does to it.

mod failing;
mod hearing;
mod lateness;
mod lives;
mod opening;
mod overflow;
mod passing;
mod pushes;

pub(super) use passing::{LOOK, PATIENCE_MS};

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender};

use redelivery_engine::{Millis, Push, Reply};
use redelivery_model::check::{Premises, Violation};
use redelivery_model::client::{Intent, Observation};
use redelivery_model::event::{Event, Moment};
use redelivery_model::history::Step;
use redelivery_model::occurrence::Occurrences;
use redelivery_model::setup::{ClientIx, Setup};

use super::actor::{Actor, Doing, Reader, Sent};
use super::ask::Ask;
use super::client;
use super::clock::Clock;
use super::history::History;
use super::process::{Launcher, News};
use super::protocol::Order;
use super::proxy::{Line, Target, Wire};
use super::replica::Replica;
use super::server::Server;
use crate::scenario::Scope;

/// What live runs start from.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// The scenario's file, for the clients.
    pub path: &'a Path,
    /// Which of its setups is played.
    pub scope: Scope,
    /// What durations are divided by.
    pub speed: u64,
    /// That setup, divided already.
    pub setup: &'a Setup,
    /// How clients are started.
    pub launcher: &'a Launcher,
    /// The server, which is emptied.
    pub address: SocketAddr,
    /// The same, if it is ours: then it can be killed.
    pub server: Option<&'a RefCell<Server>>,
    /// What follows it, and may take its place.
    pub replica: Option<&'a RefCell<Replica>>,
}

/// What came of a live run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What was violated, each with the number of steps after which it was.
    pub violations: Vec<(usize, Violation)>,
    /// What occurred.
    pub occurred: Occurrences,
    /// What checks presume, as far as it happened.
    pub premises: Premises,
    /// Requests that the server executed.
    pub requests: u64,
    /// Time from the beginning to the last thing that happened, in milliseconds.
    pub lasted_ms: Millis,
    /// Whether the run ended by itself.
    pub ended: bool,
    /// Otherwise: what would be violated if this were its end.
    pub owed: Vec<Violation>,
    /// How late at most something was that depends on this machine alone, in milliseconds.
    pub late_ms: Millis,
    /// What happened.
    pub steps: Vec<Step>,
}

/// What was heard.
#[derive(Debug)]
pub(super) enum Heard {
    /// A client's process says what it intends.
    Said(ClientIx),
    /// The request that a client was ordered to send is held on its line.
    Asked(ClientIx),
    /// The server answered a request.
    Answered(Box<Answer>),
    /// A message came for a subscriber.
    Pushed(ClientIx),
    /// The server has disconnected a subscriber, which knows it.
    Disconnected(ClientIx),
}

/// A reply of the server.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Whose connection it came over.
    pub(super) client: ClientIx,
    pub(super) sent: Sent,
    /// The messages that came before it, and that its reader reads before it.
    pub(super) messages: Vec<Push>,
    pub(super) reply: Reply,
    pub(super) moment: Moment,
}

/// Clients, connections, history.
pub(super) struct Stage<'a> {
    live: Live<'a>,
    target: Target,
    pub(super) setup: &'a Setup,
    pub(super) clock: Clock,
    pub(super) actors: Vec<Actor>,
    lines: Vec<Line>,
    pub(super) history: History<'a>,
    heard: VecDeque<Heard>,
    sender: Sender<News>,
    news: Receiver<News>,
    ask: Ask,
    /// What came for subscribers and was not told yet, since the answer to PUBLISH comes before.
    handed: Vec<(Wire, Push)>,
    /// What the request that the server has now hands to subscribers that have left too much unread.
    overflowing: Vec<(Wire, Push)>,
    late_ms: Millis,
}

impl<'a> Stage<'a> {
    /// What it came to.
    pub(super) fn into_run(self, ended: bool) -> Run {
        let mut history = self.history;
        let owed = match ended {
            true => Vec::new(),
            false => history.owed(),
        };
        if ended {
            history.end();
        }
        Run {
            owed,
            violations: history.violations,
            occurred: history.occurred,
            premises: history.premises,
            requests: history.requests,
            lasted_ms: history.progress_ms,
            ended,
            late_ms: self.late_ms,
            steps: history.steps,
        }
    }

    pub(super) fn actor(&mut self, client: ClientIx) -> &mut Actor {
        &mut self.actors[usize::from(client.0)]
    }

    /// The clients whose processes run.
    pub(super) fn up(&self) -> impl Iterator<Item = ClientIx> {
        let is_up = |client: &ClientIx| self.actors[usize::from(client.0)].process.is_some();
        self.setup.client_ixs().filter(is_up)
    }

    /// Where the server listens, or who took its place.
    pub(super) fn address(&self) -> SocketAddr {
        self.target.get()
    }

    /// What a client intends.
    pub(super) fn intent(&self, client: ClientIx) -> Intent {
        self.actors[usize::from(client.0)].intent(self.setup)
    }

    /// Tells a client's process to go on; a request that it sends is held.
    pub(super) fn order(&mut self, client: ClientIx, order: Order) -> io::Result<()> {
        let (setup, now_ms) = (self.setup, self.clock.floor_ms());
        let actor = self.actor(client);
        if let Intent::Send(request) | Intent::SendOnly(request) = actor.intent(setup) {
            actor.ordered = Some(client::typed(order.clone(), request)?);
            actor.doing = Doing::Waiting;
            actor.owes_since_ms = Some(now_ms);
        }
        match actor.process.as_mut() {
            Some(process) => process.order(order),
            None => Err(self.gone(client, "it is down")),
        }
    }

    /// Lets the oldest request that is held on a connection pass; answers whether there was one.
    pub(super) fn forward(&mut self, wire: Wire, reader: Reader) -> io::Result<bool> {
        let Some(line) = self.line(wire) else { return Ok(false) };
        if let Some(request) = line.held.front().cloned() {
            self.tighten(&request)?;
        }
        let earliest_ms = self.clock.floor_ms();
        let pads = self.setup.output_buffer.is_some();
        let Some(line) = self.line(wire) else { return Ok(false) };
        let Some(request) = line.forward(pads)? else {
            return Ok(false);
        };
        self.actor(wire.life.client).send(wire, request, earliest_ms, reader);
        Ok(true)
    }

    /// A client observes something, here as in its process, and decides what to do next.
    pub(super) fn observe(&mut self, client: ClientIx, moment: Moment, observation: Observation<'_>) {
        let (setup, now_ms) = (self.setup, self.clock.floor_ms());
        let actor = self.actor(client);
        let me = actor.me(setup);
        let mut told = Vec::new();
        actor.memory.observe(me, observation, &mut |event| told.push(event));
        actor.doing = Doing::Deciding;
        actor.owes_since_ms = Some(now_ms);
        // Its process may have been faster.
        if actor.said.is_some() {
            self.heard.push_back(Heard::Said(client));
        }
        for event in told {
            self.history.tell(moment, event);
        }
    }

    /// Something happens that is no exchange.
    pub(super) fn happens(&mut self, event: Event) {
        let moment = self.now();
        self.history.tell(moment, event);
    }

    pub(super) fn now(&self) -> Moment {
        Moment {
            earliest_ms: self.clock.floor_ms(),
            latest_ms: self.clock.ceil_ms(),
        }
    }

    fn gone(&self, client: ClientIx, what: &str) -> io::Error {
        io::Error::other(format!("client {}: {what}", self.setup.client(client).name))
    }
}
