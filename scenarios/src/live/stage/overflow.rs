//! Subscribers that leave too much unread, and the server that disconnects them.
//!
//! A scenario bounds what lies unread in messages, a server in bytes, of which those that lie in sockets do not count. So
//! messages are made long (`proxy`), and the server's limit is set to one byte for the message that is one too many:
//! the server disconnects the subscriber as it would a slow one, with all that it had not read.

use std::io;

use redelivery_engine::command::Subscription;
use redelivery_engine::{Bytes, Command, Push, glob};
use redelivery_model::client::{Observation, Request};
use redelivery_model::event::Event;

use super::passing::{LOOK, PATIENCE_MS};
use super::{Heard, Stage};
use crate::live::actor::{Doing, Reader};
use crate::live::protocol::Order;
use crate::live::proxy::Wire;

/// The next long message is one too many.
const NONE: &str = "pubsub 1 0 0";
/// Any number of messages.
pub(super) const ANY: &str = "pubsub 0 0 0";

impl Stage<'_> {
    /// A request is about to reach the server: whoever it hands one message too many will be disconnected.
    pub(super) fn tighten(&mut self, request: &Request) -> io::Result<()> {
        let Some(limit) = self.setup.output_buffer else {
            return Ok(());
        };
        let pushes = published(request).map_or_else(Vec::new, |(channel, message)| self.due_to(channel, message));
        let mut wires: Vec<Wire> = pushes.iter().map(|(wire, _)| *wire).collect();
        wires.dedup();
        wires.retain(|wire| {
            let new = pushes.iter().filter(|(over, _)| over == wire).count();
            let actor = &self.actors[usize::from(wire.life.client.0)];
            actor.unread_on(*wire) + new > usize::from(limit)
        });
        if wires.is_empty() {
            return Ok(());
        }
        if pushes.iter().any(|(wire, _)| !wires.contains(wire)) {
            let alone = "with an output-buffer limit, live runs disconnect all subscribers of a channel or none";
            return Err(io::Error::other(alone));
        }
        self.overflowing = pushes;
        self.ask.limit_output_buffer(NONE)
    }

    /// The server has executed it: those subscribers are disconnected. Answers what they would have received.
    pub(super) fn disconnect_the_slow(&mut self) -> io::Result<usize> {
        let pushes = std::mem::take(&mut self.overflowing);
        if pushes.is_empty() {
            return Ok(0);
        }
        self.ask.limit_output_buffer(ANY)?;
        for (wire, push) in &pushes {
            self.handed(*wire, push);
        }
        let mut wires: Vec<Wire> = pushes.iter().map(|(wire, _)| *wire).collect();
        wires.dedup();
        for wire in wires {
            self.disconnected(wire)?;
        }
        Ok(pushes.len())
    }

    /// The messages that a PUBLISH has for each subscribed connection, in the order of connections.
    fn due_to(&self, channel: &Bytes, message: &Bytes) -> Vec<(Wire, Push)> {
        let subscribed = self.actors.iter().flat_map(|actor| &actor.subscribed);
        let mut due = Vec::new();
        for (wire, kind, name) in subscribed {
            let (channel, message) = (channel.clone(), message.clone());
            match kind {
                Subscription::Pattern if glob::matches(name, &channel) => {
                    let pattern = name.clone();
                    due.push((
                        *wire,
                        Push::PatternMessage {
                            pattern,
                            channel,
                            message,
                        },
                    ));
                }
                Subscription::Channel if *name == channel => {
                    let sharded = false;
                    due.push((
                        *wire,
                        Push::Message {
                            sharded,
                            channel,
                            message,
                        },
                    ));
                }
                _ => {}
            }
        }
        due
    }

    /// The server has disconnected a subscriber; its process learns that it has lost its connection.
    fn disconnected(&mut self, wire: Wire) -> io::Result<()> {
        let client = wire.life.client;
        let limit_ms = self.clock.floor_ms().saturating_add(PATIENCE_MS);
        let Some(address) = self.line(wire).map(|line| line.address) else {
            return Ok(());
        };
        while self.ask.flags(address)?.is_some() {
            if self.clock.floor_ms() > limit_ms {
                return Err(self.gone(client, "the server does not disconnect it, whatever it leaves unread"));
            }
        }
        let lives = self.actor(client).lives(wire.life) && self.actor(client).wire() == wire;
        self.happens(Event::Overflowed {
            client: lives.then_some(client),
        });
        self.actor(client).forget_unread(wire);
        if !lives {
            self.close(wire);
            return Ok(());
        }
        while self.actor(client).doing == Doing::Deciding && !self.has_decided(client)? {
            if let Ok(news) = self.news.recv_timeout(LOOK) {
                self.take_in(news)?;
            }
        }
        if self.actor(client).doing == Doing::Nothing {
            self.order(client, Order::Lose)?;
        }
        self.actor(client).ordered = None;
        self.note_done(client);
        let wire = self.lose(client, Reader::Nobody);
        self.close(wire);
        let moment = self.now();
        self.heard.push_back(Heard::Disconnected(client));
        self.observe(client, moment, Observation::Lost);
        Ok(())
    }
}

/// What a request publishes, and where.
fn published(request: &Request) -> Option<(&Bytes, &Bytes)> {
    let commands = match request {
        Request::One(command) => std::slice::from_ref(command),
        Request::Transaction(commands) => commands,
        // None publishes.
        Request::Script(_) => &[],
    };
    commands.iter().find_map(|command| match command {
        Command::Publish { channel, message, .. } => Some((channel, message)),
        _ => None,
    })
}
