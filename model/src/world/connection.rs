//! Connections between clients and the broker, and what is in flight on them.

use std::collections::VecDeque;

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::resp::Version;
use redelivery_engine::{ClientId, Push};

use super::{Observer, Place, World};
use crate::client::Request;
use crate::event::Event;
use crate::setup::{ClientIx, GroupIx, Setup};

/// A connection, as its place in the world's row of them. The broker knows its client by the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionIx(pub u16);

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Connection {
    /// Whose it is; none when the client is gone and the broker has not noticed.
    pub(super) client: Option<ClientIx>,
    /// At which node it stands.
    pub(super) node: NodeIndex,
    /// ASKING goes before the next request.
    pub(super) asking: bool,
    /// Requests that were sent and not executed yet.
    pub(super) in_flight: VecDeque<Request>,
    /// The request that the broker holds back until something comes.
    pub(super) blocked_on: Option<Request>,
    /// The subscriber's row whose it is, or was.
    pub(super) subscriber: Option<GroupIx>,
    /// Messages that the subscriber has not read, the oldest first.
    pub(super) unread: Vec<Push>,
}

impl Connection {
    /// Whose it is; none when the client is gone and the broker has not noticed.
    pub fn client(&self) -> Option<ClientIx> {
        self.client
    }

    /// At which node it stands; where there is no cluster, the first.
    pub fn node(&self) -> NodeIndex {
        self.node
    }

    /// Whether ASKING goes before its next request.
    pub fn is_asking(&self) -> bool {
        self.asking
    }

    pub(super) fn set_asking(&mut self, asking: bool) {
        self.asking = asking;
    }

    /// Requests that were sent and not executed yet, the oldest first.
    pub fn in_flight(&self) -> &VecDeque<Request> {
        &self.in_flight
    }

    /// The request that the broker holds back until something comes.
    pub fn blocked_on(&self) -> Option<&Request> {
        self.blocked_on.as_ref()
    }

    /// Messages that the subscriber has not read, the oldest first.
    pub fn unread(&self) -> &[Push] {
        &self.unread
    }

    /// Whose request is executed now, and where; ASKING is used up.
    pub(super) fn take_place(&mut self) -> Place {
        Place {
            client: self.client,
            node: self.node,
            asking: std::mem::take(&mut self.asking),
        }
    }

    pub(super) fn unread_mut(&mut self) -> &mut Vec<Push> {
        &mut self.unread
    }

    /// The subscriber's row whose it is, or was.
    pub(super) fn subscriber(&self) -> Option<GroupIx> {
        self.subscriber
    }
}

impl World {
    /// A connection that exists.
    pub fn connection(&self, connection: ConnectionIx) -> Option<&Connection> {
        self.connections.get(connection)
    }

    /// Every connection that exists.
    pub fn connection_ixs(&self) -> impl Iterator<Item = ConnectionIx> {
        self.connections.ixs()
    }

    pub(super) fn connection_mut(&mut self, connection: ConnectionIx) -> &mut Connection {
        self.connections
            .get_mut(connection)
            .expect("the caller has the connection from this world")
    }

    pub(super) fn connection_of(&self, client: ClientIx) -> ConnectionIx {
        self.client(client).connection.expect("the client is up")
    }

    /// Gives a client a new connection.
    pub(super) fn connect(&mut self, setup: &Setup, client: ClientIx) {
        let node = self.node_to_connect(setup, client);
        self.connect_to(setup, client, node);
    }

    /// The same, to this node. Every client has places of its own in the row, and takes the first free one of them: so the
    /// same things have the same names, in whatever order clients come back.
    pub(super) fn connect_to(&mut self, setup: &Setup, client: ClientIx, node: NodeIndex) {
        let policy = setup.client(client).role.subscriber();
        let fresh = Some(Connection {
            client: Some(client),
            node,
            asking: false,
            in_flight: VecDeque::new(),
            blocked_on: None,
            subscriber: policy.map(|policy| policy.group),
            unread: Vec::new(),
        });
        let mut places = (client.0..).step_by(setup.clients.len()).map(ConnectionIx);
        let is_free = |place: &ConnectionIx| self.connection(*place).is_none();
        let connection = places.find(is_free).expect("a client has few connections");
        self.connections.set(connection, fresh);
        if policy.is_some_and(|policy| policy.resp3) {
            let who = broker_side(connection);
            self.site.at(node, |broker| broker.set_version(who, Version::Resp3));
        }
        let state = self.client_mut(client);
        state.connection = Some(connection);
        state.is_turned_away = false;
    }

    /// The client lets go of its connection; the broker notices at once when nothing is in flight or held back, and it is
    /// not subscribed.
    pub(super) fn abandon(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) -> ConnectionIx {
        let connection = self.connection_of(client);
        observer.stirred(connection);
        self.client_mut(client).connection = None;
        let state = self.connection_mut(connection);
        state.client = None;
        let unread = std::mem::take(&mut state.unread).len();
        let is_idle = state.in_flight.is_empty() && state.blocked_on.is_none();
        if unread > 0 {
            self.tell(setup, Event::LostUnread { client, unread }, observer);
        }
        if is_idle && !self.is_subscribed(connection) {
            self.close(setup, connection, observer);
        }
        connection
    }

    /// The broker notices that the connection is closed.
    pub(super) fn close(&mut self, setup: &Setup, connection: ConnectionIx, observer: &mut dyn Observer) {
        observer.stirred(connection);
        let node = self.connection_mut(connection).node;
        if let Some(group) = self.connection_mut(connection).subscriber
            && self.is_subscribed(connection)
        {
            let connection = connection.0;
            self.tell(setup, Event::Disconnected { group, connection }, observer);
        }
        // Mostly nothing is known of it: then the broker need not change.
        let who = broker_side(connection);
        if self.site.node(node).knows(who) {
            self.site.at(node, |broker| broker.disconnect(who));
        }
        self.connections.set(connection, None);
    }

    /// Whether the broker has subscriptions of this connection.
    pub(super) fn is_subscribed(&self, connection: ConnectionIx) -> bool {
        let node = self.connection(connection).map_or(NodeIndex(0), Connection::node);
        self.site.node(node).is_subscribed(broker_side(connection))
    }

    pub(super) fn push_in_flight(&mut self, connection: ConnectionIx, request: Request, observer: &mut dyn Observer) {
        observer.stirred(connection);
        self.connection_mut(connection).in_flight.push_back(request);
    }

    pub(super) fn pop_in_flight(&mut self, connection: ConnectionIx, observer: &mut dyn Observer) -> Option<Request> {
        observer.stirred(connection);
        self.connection_mut(connection).in_flight.pop_front()
    }

    pub(super) fn pop_unread(&mut self, connection: ConnectionIx) -> Option<Push> {
        let unread = &mut self.connection_mut(connection).unread;
        (!unread.is_empty()).then(|| unread.remove(0))
    }

    pub(super) fn hold_back(&mut self, connection: ConnectionIx, request: Option<Request>) -> Option<Request> {
        std::mem::replace(&mut self.connection_mut(connection).blocked_on, request)
    }
}

/// The name under which the broker knows a connection.
pub(super) fn broker_side(connection: ConnectionIx) -> ClientId {
    ClientId(u64::from(connection.0))
}
