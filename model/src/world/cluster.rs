//! Clients among the nodes of a cluster: the one connection that each has goes where its next request must; and what the
//! bus brings.
//!
//! Where there is no cluster nothing of this ever happens. What a client knows of the slots is `client/route.rs`.

use redelivery_engine::Reply;
use redelivery_engine::cluster::{Message, NodeIndex};

use super::connection::broker_side;
use super::{ConnectionIx, Observer, World};
use crate::client::{Intent, Observation, Redirection, Request};
use crate::defect::Defect;
use crate::event::Event;
use crate::setup::{ClientIx, Redirects, Setup};

impl World {
    /// The links of the bus that carry something: from, to.
    pub fn links(&self) -> impl Iterator<Item = (NodeIndex, NodeIndex)> {
        self.site.links()
    }

    /// The node at which a connection stands.
    pub fn node_of(&self, connection: ConnectionIx) -> Option<NodeIndex> {
        self.connection(connection).map(|state| state.node())
    }

    /// The node that a client's request needs; none if any will do.
    pub fn destination(&self, setup: &Setup, client: ClientIx, request: &Request) -> Option<NodeIndex> {
        let cluster = setup.cluster.as_ref()?;
        let chosen = self.client(client).memory.node(self.me(setup, client));
        chosen.or_else(|| self.site.route(client)?.destination(cluster, request))
    }

    /// Where a client connects: for its next request, or at home.
    pub(super) fn node_to_connect(&self, setup: &Setup, client: ClientIx) -> NodeIndex {
        let Some(cluster) = &setup.cluster else {
            return NodeIndex(0);
        };
        let needed = match self.client(client).memory.intent(self.me(setup, client)) {
            Intent::Send(request) | Intent::SendOnly(request) => self.destination(setup, client, &request),
            _ => None,
        };
        needed.unwrap_or_else(|| self.there(setup, cluster.member(client).home))
    }

    /// Whether a client must wait until what it has sent was executed, before its connection can go to another node.
    pub(super) fn must_drain(&self, setup: &Setup, client: ClientIx, intent: &Intent) -> bool {
        let (Intent::Send(request) | Intent::SendOnly(request)) = intent else {
            return false;
        };
        let connection = self.client(client).connection.and_then(|ix| self.connection(ix));
        connection.is_some_and(|connection| {
            let elsewhere = || {
                self.destination(setup, client, request)
                    .is_some_and(|to| to != connection.node())
            };
            !connection.in_flight().is_empty() && elsewhere()
        })
    }

    /// Brings a client's connection to the node that a request needs. False when something was lost with the old one: then
    /// the client has heard so, and may intend something else.
    pub(super) fn reach(
        &mut self,
        setup: &Setup,
        client: ClientIx,
        request: &Request,
        observer: &mut dyn Observer,
    ) -> bool {
        if setup.cluster.is_none() {
            return true;
        }
        let connection = self.connection_of(client);
        let to = self.destination(setup, client, request);
        if to.is_some_and(|to| self.is_gone(to)) {
            self.find_nobody(setup, client, observer);
            return false;
        }
        if let Some(to) = to.filter(|to| Some(*to) != self.node_of(connection)) {
            let held = self.holds_something(connection);
            self.reconnect(setup, client, to, observer);
            if held {
                self.hear(setup, client, Observation::Lost, observer);
                return false;
            }
        }
        let asks = self.site.route_mut(client).is_some_and(|route| route.send(request));
        let connection = self.connection_of(client);
        self.connection_mut(connection).set_asking(asks);
        true
    }

    /// Whether a client would miss something if this connection were closed: subscriptions, be it that the node has ended
    /// them and the client has not read so, or a WATCH.
    pub(super) fn holds_something(&self, connection: ConnectionIx) -> bool {
        let client = self.connection(connection).and_then(|state| state.client());
        if client.is_some_and(|client| self.client(client).memory.believes_subscribed()) {
            return true;
        }
        let broker = self.site.node(self.node_of(connection).unwrap_or(NodeIndex(0)));
        let who = broker_side(connection);
        broker.is_subscribed(who) || broker.is_watching(who)
    }

    fn reconnect(&mut self, setup: &Setup, client: ClientIx, to: NodeIndex, observer: &mut dyn Observer) {
        let old = self.abandon(setup, client, observer);
        // It says goodbye: the node need not find out.
        if self.connection(old).is_some() {
            self.close(setup, old, observer);
        }
        self.connect_to(setup, client, to);
    }

    /// A client has the reply to its request: it follows a redirection if it does that, and observes anything else.
    /// `held`: before the request it had what would be gone with its connection.
    pub(super) fn answer(
        &mut self,
        setup: &Setup,
        client: ClientIx,
        reply: &Reply,
        held: bool,
        observer: &mut dyn Observer,
    ) {
        if self.is_refused(client, reply) {
            self.tell(setup, Event::WriteRefused { client }, observer);
            return self.turn(setup, client, observer);
        }
        if self.is_turned_away_by(setup, client, reply, held, observer) {
            return;
        }
        let cluster = setup.cluster.as_ref();
        let Some((cluster, redirection)) = cluster.and_then(|it| Some((it, Redirection::of(it, reply)?))) else {
            if let Some(route) = self.site.route_mut(client) {
                route.answered();
            }
            return self.hear(setup, client, Observation::Reply(reply), observer);
        };
        let Redirection { to, asking, .. } = redirection;
        self.tell(setup, Event::Redirected { client, to, asking }, observer);
        let follows = cluster.member(client).redirects == Redirects::Follow;
        let route = self.site.route_mut(client);
        if !follows || !route.is_some_and(|route| route.follow(redirection)) {
            return self.hear(setup, client, Observation::Reply(reply), observer);
        }
        if held {
            self.reconnect(setup, client, to, observer);
            self.hear(setup, client, Observation::Lost, observer);
        }
    }

    /// The oldest message of a link of the bus arrives.
    pub(super) fn carry(&mut self, setup: &Setup, from: NodeIndex, to: NodeIndex, observer: &mut dyn Observer) {
        let broker_ms = self.broker_ms();
        let carried = self.site.deliver(from, to, broker_ms);
        if setup.defect == Some(Defect::BusLoses) && matches!(carried, Some(Message::Publish { .. })) {
            drop(self.site.take_outbox());
            return;
        }
        match carried {
            Some(Message::Publish { channel, message }) => {
                if let Some(message) = setup.messages.find(&message) {
                    let arrived = Event::BusArrived {
                        message,
                        channel,
                        from,
                        to,
                    };
                    self.tell(setup, arrived, observer);
                }
            }
            Some(Message::Claim { .. }) => self.tell(setup, Event::SlotsClaimed { from, to }, observer),
            None => {}
        }
        self.hand_out(setup, false, observer);
    }

    /// Tells what a request has put onto the bus.
    pub(super) fn tell_bus(
        &mut self,
        setup: &Setup,
        from: NodeIndex,
        before: &[(NodeIndex, usize)],
        observer: &mut dyn Observer,
    ) {
        let mut sent = self.site.sent_since(from, before);
        sent.sort_unstable();
        for copies in sent.chunk_by(|one, other| one == other) {
            if let Some(message) = setup.messages.find(&copies[0]) {
                let copies = copies.len() as u16;
                self.tell(setup, Event::BusSent { message, copies }, observer);
            }
        }
    }
}
