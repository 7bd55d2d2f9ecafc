//! Processes and connections come and go: started, killed, cut, closed.

use std::io;

use redelivery_model::client::Memory;
use redelivery_model::setup::ClientIx;

use super::Stage;
use crate::live::actor::{Doing, Reader};
use crate::live::process::Process;
use crate::live::protocol::Job;
use crate::live::proxy::{Line, Proxy, Wire};

impl Stage<'_> {
    /// Starts a client's process.
    pub(in crate::live) fn start(&mut self, client: ClientIx) -> io::Result<()> {
        let (setup, now_ms) = (self.setup, self.clock.floor_ms());
        let actor = self.actor(client);
        actor.generation += 1;
        actor.connection = 0;
        actor.memory = Memory::at_start(actor.me(setup));
        actor.doing = Doing::Deciding;
        actor.owes_since_ms = Some(now_ms);
        actor.said = None;
        let (life, restarts) = (actor.life(), actor.restarts);
        let resp3 = setup
            .client(client)
            .role
            .subscriber()
            .is_some_and(|policy| policy.resp3);
        let proxy = Proxy::open(self.target.clone(), life, resp3, self.clock, self.sender.clone())?;
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
    pub(in crate::live) fn restart(&mut self, client: ClientIx) -> io::Result<()> {
        if self.setup.client(client).role.is_renamed() {
            self.actor(client).restarts += 1;
        }
        self.start(client)
    }

    /// SIGKILL. Its connection stays as the server knows it; whoever answers on it is not heard.
    pub(in crate::live) fn kill(&mut self, client: ClientIx) -> Wire {
        self.lose_unread(client);
        let actor = self.actor(client);
        let wire = actor.wire();
        actor.process = None;
        actor.let_go(wire, Reader::Gone);
        actor.doing = Doing::Nothing;
        actor.said = None;
        actor.ordered = None;
        actor.owes_since_ms = None;
        if let Some(line) = self.line(wire) {
            line.shut_client();
        }
        wire
    }

    /// A client loses its connection and opens another one; the server knows nothing of it.
    pub(in crate::live) fn lose(&mut self, client: ClientIx, reader: Reader) -> Wire {
        self.lose_unread(client);
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
    pub(in crate::live) fn close(&mut self, wire: Wire) {
        let address = self.line(wire).map(|line| line.address);
        self.lines.retain(|line| line.wire != wire);
        let was_subscribed = self.actor(wire.life.client).is_subscribed(wire);
        self.actor(wire.life.client).closed(wire);
        if let Some(address) = address.filter(|_| was_subscribed) {
            self.unsubscribed(wire, address);
        }
    }

    /// The open connections that no client uses any more.
    pub(in crate::live) fn left_behind(&mut self) -> Vec<Wire> {
        let wires: Vec<Wire> = self.lines.iter().map(|line| line.wire).collect();
        let is_used = |wire: &Wire| {
            let actor = &self.actors[usize::from(wire.life.client.0)];
            actor.lives(wire.life) && actor.wire() == *wire
        };
        wires.into_iter().filter(|wire| !is_used(wire)).collect()
    }

    /// A connection that is open.
    pub(in crate::live) fn line(&mut self, wire: Wire) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.wire == wire)
    }
}
