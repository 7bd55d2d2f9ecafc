//! What every live run is played on: the clients' processes, their connections, the history, and the one queue in which
//! everything that happens is heard.
//!
//! Each step is done for real by the client's process and once more by the parent on its own copy of the client, from
//! which all events come. Nothing goes on by itself here: `seeded` and `guided` decide who acts and what passes.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use redelivery_engine::{Millis, Reply};
use redelivery_model::check::Violation;
use redelivery_model::client::{Intent, Memory, Observation};
use redelivery_model::event::{Event, Moment};
use redelivery_model::history::Step;
use redelivery_model::occurrence::Occurrences;
use redelivery_model::setup::{ClientIx, Setup};

use super::actor::{Actor, Doing, Reader, Sent};
use super::ask::Ask;
use super::beginning::begin;
use super::client;
use super::clock::Clock;
use super::history::History;
use super::process::{Launcher, News, Process};
use super::protocol::{Job, Order};
use super::proxy::{Came, Line, Proxy, Wire};
use super::reply;
use crate::scenario::Scope;

/// Processes start, and requests come over wires, within this time.
const PATIENCE_MS: Millis = 20_000;
/// How long the parent waits before it looks again.
const LOOK: Duration = Duration::from_millis(5);

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
    /// Whether the run ended by itself.
    pub ended: bool,
    /// Otherwise: what would be violated if this were its end.
    pub owed: Vec<Violation>,
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
}

/// A reply of the server.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Whose connection it came over.
    pub(super) client: ClientIx,
    pub(super) sent: Sent,
    pub(super) reply: Reply,
    pub(super) moment: Moment,
}

/// Clients, connections, history.
pub(super) struct Stage<'a> {
    live: Live<'a>,
    pub(super) setup: &'a Setup,
    pub(super) clock: Clock,
    pub(super) actors: Vec<Actor>,
    lines: Vec<Line>,
    pub(super) history: History<'a>,
    heard: VecDeque<Heard>,
    sender: Sender<News>,
    news: Receiver<News>,
}

impl<'a> Stage<'a> {
    /// Starts all clients, empties the server and prepares it.
    pub(super) fn open(live: Live<'a>) -> io::Result<Self> {
        let (sender, news) = channel();
        let setup = live.setup;
        let mut stage = Self {
            live,
            setup,
            clock: Clock::start(),
            actors: setup.client_ixs().map(|client| Actor::new(setup, client)).collect(),
            lines: Vec::new(),
            history: History::new(setup),
            heard: VecDeque::new(),
            sender,
            news,
        };
        begin(setup, live.address, stage.clock, &mut stage.history)?;
        for client in setup.client_ixs() {
            stage.start(client)?;
        }
        stage.wait_until("a client's process is ready", |stage| {
            let clients = setup.client_ixs();
            let decided: io::Result<Vec<bool>> = clients.map(|client| stage.has_decided(client)).collect();
            decided?;
            Ok(stage.actors.iter().all(|actor| actor.doing == Doing::Nothing))
        })?;
        stage.ask_for_what_comes()?;
        Ok(stage)
    }

    /// Readers that want only what is yet to come ask for it, and wait at the server.
    fn ask_for_what_comes(&mut self) -> io::Result<()> {
        let setup = self.setup;
        let waits = |client: &ClientIx| setup.client(*client).role.waits_for_what_comes();
        for client in setup.client_ixs().filter(waits) {
            let intent = self.intent(client);
            self.order(client, Order::Go)?;
            self.wait_until("a reader asks", |stage| Ok(stage.actor(client).ordered.is_none()))?;
            let wire = self.actor(client).wire();
            self.forward(wire, Reader::Client)?;
            let address = self.line(wire).map(|line| line.address);
            let mut ask = Ask::open(self.live.address)?;
            self.wait_until("a reader waits at the server", |_| match address {
                Some(address) => Ok(ask.flags(address)?.is_some_and(|flags| flags.contains('b'))),
                None => Ok(false),
            })?;
            if let Intent::Send(request) = &intent {
                let moment = self.now();
                self.history.executed(moment, Some(client), request, None);
            }
        }
        Ok(())
    }

    /// Hears until this is so, which must be soon. What is heard meanwhile is forgotten: nobody has begun yet.
    fn wait_until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> io::Result<bool>) -> io::Result<()> {
        let limit_ms = self.clock.floor_ms().saturating_add(PATIENCE_MS);
        while !is_so(self)? {
            if self.clock.floor_ms() > limit_ms {
                return Err(io::Error::other(format!("{what}: not in {PATIENCE_MS} ms")));
            }
            self.hear(LOOK)?;
        }
        Ok(())
    }

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
            requests: history.requests,
            lasted_ms: history.progress_ms,
            ended,
            steps: history.steps,
        }
    }

    pub(super) fn actor(&mut self, client: ClientIx) -> &mut Actor {
        &mut self.actors[usize::from(client.0)]
    }

    /// What a client intends.
    pub(super) fn intent(&self, client: ClientIx) -> Intent {
        self.actors[usize::from(client.0)].intent(self.setup)
    }

    /// Starts a client's process.
    pub(super) fn start(&mut self, client: ClientIx) -> io::Result<()> {
        let setup = self.setup;
        let actor = self.actor(client);
        actor.generation += 1;
        actor.connection = 0;
        actor.memory = Memory::at_start(actor.me(setup));
        actor.doing = Doing::Deciding;
        actor.said = None;
        let (life, restarts) = (actor.life(), actor.restarts);
        let proxy = Proxy::open(self.live.address, life, self.clock, self.sender.clone())?;
        let job = Job {
            scenario: self.live.path.to_owned(),
            scope: self.live.scope,
            speed: self.live.speed,
            client: client.0,
            restarts,
            address: proxy.address(),
        };
        let process = Process::start(self.live.launcher, life, &job, proxy, self.sender.clone())?;
        self.actor(client).process = Some(process);
        Ok(())
    }

    /// A crashed client comes back.
    pub(super) fn restart(&mut self, client: ClientIx) -> io::Result<()> {
        if self.setup.client(client).role.is_renamed() {
            self.actor(client).restarts += 1;
        }
        self.start(client)
    }

    /// SIGKILL. Its connection stays as the server knows it; whoever answers on it is not heard.
    pub(super) fn kill(&mut self, client: ClientIx) -> Wire {
        let actor = self.actor(client);
        let wire = actor.wire();
        actor.process = None;
        actor.let_go(wire, Reader::Gone);
        actor.doing = Doing::Nothing;
        actor.said = None;
        actor.ordered = None;
        if let Some(line) = self.line(wire) {
            line.shut_client();
        }
        wire
    }

    /// A client loses its connection and opens another one; the server knows nothing of it.
    pub(super) fn lose(&mut self, client: ClientIx, reader: Reader) -> Wire {
        let actor = self.actor(client);
        let wire = actor.wire();
        actor.let_go(wire, reader);
        actor.connection += 1;
        if let Some(line) = self.line(wire) {
            line.shut_client();
        }
        wire
    }

    /// The server sees a connection close.
    pub(super) fn close(&mut self, wire: Wire) {
        self.lines.retain(|line| line.wire != wire);
        self.actor(wire.life.client).closed(wire);
    }

    /// The open connections that no client uses any more.
    pub(super) fn left_behind(&mut self) -> Vec<Wire> {
        let wires: Vec<Wire> = self.lines.iter().map(|line| line.wire).collect();
        let is_used = |wire: &Wire| {
            let actor = &self.actors[usize::from(wire.life.client.0)];
            actor.lives(wire.life) && actor.wire() == *wire
        };
        wires.into_iter().filter(|wire| !is_used(wire)).collect()
    }

    /// A connection that is open.
    pub(super) fn line(&mut self, wire: Wire) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.wire == wire)
    }

    /// Tells a client's process to go on; a request that it sends is held.
    pub(super) fn order(&mut self, client: ClientIx, order: Order) -> io::Result<()> {
        let setup = self.setup;
        let actor = self.actor(client);
        if let Intent::Send(request) | Intent::SendOnly(request) = actor.intent(setup) {
            actor.ordered = Some(client::typed(order.clone(), request)?);
            actor.doing = Doing::Waiting;
        }
        match actor.process.as_mut() {
            Some(process) => process.order(order),
            None => Err(self.gone(client, "it is down")),
        }
    }

    /// Lets the oldest request that is held on a connection pass; answers whether there was one.
    pub(super) fn forward(&mut self, wire: Wire, reader: Reader) -> io::Result<bool> {
        let earliest_ms = self.clock.floor_ms();
        let Some(line) = self.line(wire) else { return Ok(false) };
        let Some(request) = line.forward()? else {
            return Ok(false);
        };
        self.actor(wire.life.client).send(wire, request, earliest_ms, reader);
        Ok(true)
    }

    /// A client observes something, here as in its process, and decides what to do next.
    pub(super) fn observe(&mut self, client: ClientIx, moment: Moment, observation: Observation<'_>) {
        let setup = self.setup;
        let actor = self.actor(client);
        let me = actor.me(setup);
        let mut told = Vec::new();
        actor.memory.observe(me, observation, &mut |event| told.push(event));
        actor.doing = Doing::Deciding;
        // Its process may have been faster.
        if actor.said.is_some() {
            self.heard.push_back(Heard::Said(client));
        }
        for event in told {
            self.history.tell(moment, event);
        }
    }

    /// Whether a client's process has said what the client intends here too, over an open connection.
    ///
    /// # Errors
    /// When it says something else: the process has gone astray.
    pub(super) fn has_decided(&mut self, client: ClientIx) -> io::Result<bool> {
        let setup = self.setup;
        let actor = self.actor(client);
        let wire = actor.wire();
        if actor.doing != Doing::Deciding || actor.said.is_none() || self.line(wire).is_none() {
            return Ok(false);
        }
        let actor = self.actor(client);
        let (said, intent) = (actor.said.take(), format!("{:?}", actor.intent(setup)));
        if said.as_ref() != Some(&intent) {
            let astray = format!("its process intends {}, not {intent}", said.unwrap_or_default());
            return Err(self.gone(client, &astray));
        }
        actor.doing = Doing::Nothing;
        Ok(true)
    }

    /// The next thing that is heard within this time.
    pub(super) fn hear(&mut self, patience: Duration) -> io::Result<Option<Heard>> {
        if self.heard.is_empty()
            && let Ok(news) = self.news.recv_timeout(patience)
        {
            self.take_in(news)?;
        }
        while let Ok(news) = self.news.try_recv() {
            self.take_in(news)?;
        }
        Ok(self.heard.pop_front())
    }

    fn take_in(&mut self, news: News) -> io::Result<()> {
        match news {
            News::Announced(life, said) if self.actor(life.client).lives(life) => {
                self.actor(life.client).said = Some(said);
                self.heard.push_back(Heard::Said(life.client));
            }
            News::Ended(life) if self.actor(life.client).lives(life) => {
                return Err(self.gone(life.client, "its process ended by itself"));
            }
            // Last words of a process that was killed.
            News::Announced(..) | News::Ended(_) => {}
            News::Came(_, Came::Opened(line), _) => {
                let client = line.wire.life.client;
                // Who died meanwhile has no connection.
                if self.actor(client).lives(line.wire.life) {
                    self.lines.push(line);
                    self.heard.push_back(Heard::Said(client));
                }
            }
            News::Came(wire, Came::Command(command), _) => self.command(wire, command)?,
            News::Came(wire, Came::Replies(bytes, frames), latest_ms) => {
                let Some(line) = self.line(wire) else { return Ok(()) };
                line.deliver(&bytes);
                for frame in frames {
                    self.frame(wire, &frame, latest_ms)?;
                }
            }
            News::Came(wire, Came::Closed, _) => {
                if self.line(wire).is_some() && self.actor(wire.life.client).closed(wire) {
                    return Err(self.gone(wire.life.client, "the server closed its connection"));
                }
            }
        }
        Ok(())
    }

    /// A command of a client: with the others of its request it is held.
    fn command(&mut self, wire: Wire, command: Vec<redelivery_engine::Bytes>) -> io::Result<()> {
        let client = wire.life.client;
        let ordered = self.actor(client).ordered.clone();
        let Some(line) = self.line(wire) else { return Ok(()) };
        line.came.push(command);
        let Some(request) = ordered else {
            return Err(self.gone(client, "its process sends what nobody ordered"));
        };
        let wanted: Vec<_> = request.commands().iter().map(|command| command.to_argv()).collect();
        if line.came.len() < wanted.len() {
            return Ok(());
        }
        if line.came != wanted {
            return Err(self.gone(client, "its process sends something else than it said"));
        }
        line.came.clear();
        line.held.push_back(request);
        self.actor(client).ordered = None;
        self.heard.push_back(Heard::Asked(client));
        Ok(())
    }

    fn frame(&mut self, wire: Wire, frame: &redelivery_engine::resp::Frame, latest_ms: Millis) -> io::Result<()> {
        let client = wire.life.client;
        if let Some(sent) = self.actor(client).receive(wire, frame)? {
            let moment = Moment {
                earliest_ms: sent.earliest_ms,
                latest_ms,
            };
            let reply = reply(&sent.request, frame);
            self.heard.push_back(Heard::Answered(Box::new(Answer {
                client,
                sent,
                reply,
                moment,
            })));
        }
        Ok(())
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
