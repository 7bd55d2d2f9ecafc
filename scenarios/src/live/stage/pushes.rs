//! What subscribers receive: told after the answer to the PUBLISH that it came of, read when a subscriber listens.
//!
//! PUBLISH answers how many connections were handed its message, so that all of it can be waited for: nothing comes later,
//! and what a subscriber has not read by then is known.

use std::io;
use std::net::SocketAddr;

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Bytes, Command, Push, Reply};
use redelivery_model::client::{Observation, Request};
use redelivery_model::event::Event;
use redelivery_model::setup::ClientIx;

use super::passing::{LOOK, PATIENCE_MS};
use super::{Answer, Heard, Stage};
use crate::live::proxy::Wire;

impl Stage<'_> {
    /// The server executed a request: tells it, and what it brought for subscribers. Without a client nobody reads the
    /// reply.
    pub(in crate::live) fn executed(&mut self, answer: &Answer, client: Option<ClientIx>) -> io::Result<()> {
        let request = &answer.sent.request;
        self.history
            .executed(answer.moment, client, request, Some(&answer.reply));
        let owner = answer.sent.wire.life.client;
        if let (Reply::Pushes(confirmations), Some(policy)) =
            (&answer.reply, self.setup.client(owner).role.subscriber())
        {
            let connection = number(answer.sent.wire);
            for confirmation in confirmations.iter() {
                let actor = self.actor(owner);
                match confirmation {
                    Push::Subscribed { kind, name, .. } => actor.subscribe(answer.sent.wire, *kind, name),
                    Push::Unsubscribed {
                        kind, name: Some(name), ..
                    } => actor.unsubscribe(answer.sent.wire, *kind, name),
                    _ => {}
                }
                if let Some(event) = Event::confirmed(policy.group, connection, NodeIndex(0), confirmation) {
                    self.history.tell(answer.moment, event);
                }
            }
        }
        for command in request.commands() {
            if let Command::Publish { message, .. } = command {
                self.hand_out(&message, receivers(request, &answer.reply))?;
            }
        }
        Ok(())
    }

    /// A client reads an answer, and before it the messages that came before.
    pub(in crate::live) fn observe_answer(&mut self, client: ClientIx, answer: &Answer) {
        for push in &answer.messages {
            self.observe(client, answer.moment, Observation::Push(push));
        }
        self.observe(client, answer.moment, Observation::Reply(&answer.reply));
    }

    /// A message came over a subscriber's connection.
    pub(super) fn pushed(&mut self, wire: Wire, push: Push) {
        self.handed.push((wire, push.clone()));
        let client = wire.life.client;
        self.actor(client).receive_message(wire, push);
        self.heard.push_back(Heard::Pushed(client));
    }

    /// A subscriber loses what it has not read.
    pub(super) fn lose_unread(&mut self, client: ClientIx) {
        let unread = self.actor(client).read_messages().len();
        if unread > 0 {
            self.happens(Event::LostUnread { client, unread });
        }
    }

    /// The subscriptions of a connection are gone once the server has noticed that it was closed: until then messages are
    /// handed to it.
    pub(super) fn unsubscribed(&mut self, wire: Wire, address: SocketAddr) {
        let limit_ms = self.clock.floor_ms().saturating_add(PATIENCE_MS);
        // A server that cannot be asked is missed soon enough.
        while matches!(self.ask.flags(address), Ok(Some(_))) && self.clock.floor_ms() < limit_ms {}
        self.actor(wire.life.client).disconnect(wire);
        if let Some(policy) = self.setup.client(wire.life.client).role.subscriber() {
            let (group, connection) = (policy.group, number(wire));
            self.happens(Event::Disconnected { group, connection });
        }
    }

    /// Tells who was handed a message, once it has come to all of them. Others may have come meanwhile: of a PUBLISH that
    /// was answered, too, and is told next.
    fn hand_out(&mut self, message: &Bytes, receivers: usize) -> io::Result<()> {
        let lost = self.disconnect_the_slow()?;
        let receivers = receivers.saturating_sub(lost);
        let limit_ms = self.clock.floor_ms().saturating_add(PATIENCE_MS);
        let is_it = |(_, push): &(Wire, Push)| match push {
            Push::Message { message: handed, .. } | Push::PatternMessage { message: handed, .. } => handed == message,
            Push::Subscribed { .. } | Push::Unsubscribed { .. } => false,
        };
        let came = |handed: &[(Wire, Push)]| handed.iter().filter(|handed| is_it(handed)).count();
        while came(&self.handed) < receivers {
            if let Ok(news) = self.news.recv_timeout(LOOK) {
                self.take_in(news)?;
            }
            if self.clock.floor_ms() > limit_ms {
                let came = came(&self.handed);
                return Err(io::Error::other(format!(
                    "{receivers} received a message, by {came} it came"
                )));
            }
        }
        for _ in 0..receivers {
            if let Some(place) = self.handed.iter().position(is_it) {
                let (wire, push) = self.handed.remove(place);
                self.handed(wire, &push);
            }
        }
        Ok(())
    }

    /// The server has put a message onto a connection.
    pub(super) fn handed(&mut self, wire: Wire, push: &Push) {
        if let Some(policy) = self.setup.client(wire.life.client).role.subscriber()
            && let Some(event) = Event::handed(self.setup, policy.group, number(wire), push)
        {
            self.happens(event);
        }
    }
}

/// The answer to PUBLISH, which comes last in a transaction.
fn receivers(request: &Request, reply: &Reply) -> usize {
    let last = match (request, reply) {
        (Request::Transaction(_), Reply::Array(replies)) => replies.last(),
        (Request::Transaction(_), _) => None,
        (Request::One(_) | Request::Script(_), reply) => Some(reply),
    };
    match last {
        Some(Reply::Integer(count)) => usize::try_from(*count).unwrap_or(0),
        _ => 0,
    }
}

/// A connection among those of its client.
fn number(wire: Wire) -> u16 {
    (wire.life.generation * 256 + wire.connection) as u16
}
