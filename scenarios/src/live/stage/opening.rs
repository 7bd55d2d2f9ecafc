//! The beginning of a live run: all clients up, the server empty and prepared, readers in their places.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::channel;

use redelivery_model::client::{Intent, Observation};
use redelivery_model::setup::ClientIx;

use super::overflow::ANY;
use super::passing::{LOOK, PATIENCE_MS};
use super::{Heard, Live, Stage};
use crate::live::actor::{Actor, Doing, Reader};
use crate::live::ask::Ask;
use crate::live::beginning::begin;
use crate::live::clock::Clock;
use crate::live::history::History;
use crate::live::protocol::Order;
use crate::live::proxy::Target;

impl<'a> Stage<'a> {
    /// Starts all clients, empties the server and prepares it.
    pub(in crate::live) fn open(live: Live<'a>) -> io::Result<Self> {
        Self::be_followed(live)?;
        let (sender, news) = channel();
        let setup = live.setup;
        let mut stage = Self {
            live,
            target: Target::new(live.address),
            setup,
            clock: Clock::start(),
            actors: setup.client_ixs().map(|client| Actor::new(setup, client)).collect(),
            lines: Vec::new(),
            history: History::new(setup),
            heard: VecDeque::new(),
            sender,
            news,
            ask: Ask::open(live.address)?,
            handed: Vec::new(),
            overflowing: Vec::new(),
            late_ms: 0,
        };
        if setup.output_buffer.is_some() {
            stage.ask.limit_output_buffer(ANY)?;
        }
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
        stage.forget_lateness();
        Ok(stage)
    }

    /// Readers that want only what is yet to come ask for it, and wait at the server.
    fn ask_for_what_comes(&mut self) -> io::Result<()> {
        let setup = self.setup;
        let waits = |client: &ClientIx| setup.client(*client).role.waits_for_what_comes();
        for client in setup.client_ixs().filter(waits) {
            if setup.client(client).role.subscriber().is_some() {
                self.subscribe(client)?;
                continue;
            }
            let intent = self.intent(client);
            self.order(client, Order::Go)?;
            self.wait_until("a reader asks", |stage| Ok(stage.actor(client).ordered.is_none()))?;
            let wire = self.actor(client).wire();
            self.forward(wire, Reader::Client)?;
            self.wait_until("a reader waits at the server", |stage| stage.is_held_back(wire))?;
            if let Intent::Send(request) = &intent {
                let moment = self.now();
                self.history.executed(moment, Some(client), request, None);
            }
        }
        Ok(())
    }

    /// A subscriber asks for all that it wants, until it listens.
    fn subscribe(&mut self, client: ClientIx) -> io::Result<()> {
        loop {
            let reader = match self.intent(client) {
                Intent::Send(_) => Reader::Client,
                Intent::SendOnly(_) => Reader::Nobody,
                _ => return Ok(()),
            };
            self.order(client, Order::Go)?;
            self.wait_until("a subscriber asks", |stage| Ok(stage.actor(client).ordered.is_none()))?;
            let wire = self.actor(client).wire();
            self.pass(wire, reader)?;
            let answered = |heard: &Heard| matches!(heard, Heard::Answered(answer) if answer.client == client);
            let place = self.heard.iter().position(answered);
            let Some(Heard::Answered(answer)) = place.and_then(|place| self.heard.remove(place)) else {
                return Err(io::Error::other("a subscriber's request is not answered"));
            };
            self.executed(&answer, Some(client))?;
            let moment = answer.moment;
            match reader {
                Reader::Client => self.observe(client, moment, Observation::Reply(&answer.reply)),
                Reader::Nobody | Reader::Gone => self.observe(client, moment, Observation::Sent),
            }
            self.wait_until("a subscriber decides", |stage| stage.has_decided(client))?;
        }
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
}
