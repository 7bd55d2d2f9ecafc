//! Our side: the engine, and a clock that moves 1 ms from one command to the next.

use std::mem;

use redelivery_engine::resp::{Frame, Version};
use redelivery_engine::{Broker, Bytes, ClientId, Millis, NodeLimits, Reply};

use crate::side::{Outcome, Side, is_quit};
use crate::step::CLIENTS_OF_ONE;

/// The moment at which every script begins: any whose automatic IDs have 13 digits.
pub(crate) const BEGIN_MS: Millis = 1_800_000_000_000;

/// The engine, whose answers are read in one version of the protocol.
pub(crate) struct Ours {
    version: Version,
    broker: Broker,
    /// What is left of it when its process is killed: built from what it propagates alone.
    file: Broker,
    /// Whether that is being rewritten, in vain.
    is_rewriting: bool,
    now_ms: Millis,
    /// The connection that a client of the script has now.
    connections: [ClientId; CLIENTS_OF_ONE],
    next_connection: u64,
}

impl Ours {
    pub(crate) fn new(version: Version) -> Self {
        let mut ours = Self {
            version,
            broker: Broker::new(),
            file: Broker::new(),
            is_rewriting: false,
            now_ms: BEGIN_MS,
            connections: [ClientId(0); CLIENTS_OF_ONE],
            next_connection: 1,
        };
        ours.reset();
        ours
    }

    fn delivered(&mut self) -> Vec<(usize, Frame)> {
        let outbox = self.broker.take_outbox().into_iter();
        let frames = |(connection, reply)| {
            let frames = self.frames(connection, &reply).into_iter();
            frames.map(move |frame| (connection, frame))
        };
        let named = |(connection, frame)| {
            let index = self.connections.iter().position(|known| *known == connection);
            (index.expect("a reply goes to a client that is there"), frame)
        };
        let mut delivered: Vec<_> = outbox.flat_map(frames).map(named).collect();
        delivered.sort_by_key(|(client, _)| *client);
        delivered
    }

    fn frames(&self, connection: ClientId, reply: &Reply) -> Vec<Frame> {
        reply.to_frames(self.broker.version(connection))
    }

    fn connect(&mut self, client: usize) {
        self.connections[client] = ClientId(self.next_connection);
        self.broker.set_version(self.connections[client], self.version);
        self.next_connection += 1;
    }
}

impl Side for Ours {
    fn reset(&mut self) {
        self.broker = Broker::new().propagating();
        self.file = Broker::new();
        self.is_rewriting = false;
        self.now_ms = BEGIN_MS;
        (0..CLIENTS_OF_ONE).for_each(|client| self.connect(client));
    }

    fn command(&mut self, client: usize, argv: &[Bytes]) -> Outcome {
        self.now_ms += 1;
        let reply = self.broker.apply_argv(self.connections[client], argv, self.now_ms);
        let propagated = self.broker.take_propagated();
        propagated.iter().for_each(|unit| self.file.follow(unit));
        let connection = self.connections[client];
        let mut frames = reply
            .map_or(Vec::new(), |reply| self.frames(connection, &reply))
            .into_iter();
        let reply = frames.next();
        // What follows the first frame comes before all else.
        let mut delivered: Vec<_> = frames.map(|frame| (client, frame)).collect();
        delivered.extend(self.delivered());
        delivered.sort_by_key(|(client, _)| *client);
        if is_quit(argv) {
            self.connect(client);
        }
        Outcome { reply, delivered }
    }

    fn limit_nodes(&mut self, limits: NodeLimits) {
        self.broker = mem::take(&mut self.broker).with_node_limits(limits);
    }

    fn notify(&mut self, letters: &str) {
        let notifications = letters.parse().expect("letters of the setting");
        self.broker = mem::take(&mut self.broker).with_notifications(notifications);
    }

    /// A new file begins with a copy of the memory. It gets what the old one gets, so that it may take its place at once.
    fn rewrite(&mut self, ends: bool) {
        if ends && !self.is_rewriting {
            self.file = self.broker.without_clients();
        }
        self.is_rewriting |= !ends;
    }

    fn restart(&mut self) {
        self.is_rewriting = false;
        self.broker = self.file.clone().propagating();
        self.broker.assert_invariants();
        (0..CLIENTS_OF_ONE).for_each(|client| self.connect(client));
    }

    /// A replica gets what a file gets; the next one begins with a copy of the memory.
    fn fail_over(&mut self) {
        self.restart();
    }

    fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
    }

    fn time_out(&mut self, client: usize) -> Outcome {
        self.broker.time_out(self.connections[client]);
        Outcome {
            reply: None,
            delivered: self.delivered(),
        }
    }

    fn disconnect(&mut self, client: usize) -> Outcome {
        self.broker.disconnect(self.connections[client]);
        self.connect(client);
        Outcome {
            reply: None,
            delivered: self.delivered(),
        }
    }
}
