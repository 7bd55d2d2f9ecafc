//! What subscribers receive: put onto their connections by the broker, read by them later, lost with a connection.
//!
//! A subscriber reads one message in one step, or all that came before the reply that it waits for. How much it may
//! leave unread is bounded: then the broker disconnects it, and what it had not read is gone. While exploring and simulating
//! the bound counts messages ([`Setup::output_buffer`]); a server counts bytes. A connection whose client has gone receives
//! messages, too, as long as the broker has not noticed; PUBLISH counts it.

use redelivery_engine::{Push, Reply};

use super::connection::broker_side;
use super::{ConnectionIx, Observer, World};
use crate::client::Observation;
use crate::defect::{self, Defect};
use crate::event::Event;
use crate::setup::{ClientIx, Setup};

impl World {
    /// Whether something lies on a client's connection that it has not read.
    pub fn has_unread(&self, client: ClientIx) -> bool {
        let connection = self.client(client).connection.and_then(|ix| self.connection(ix));
        connection.is_some_and(|connection| !connection.unread().is_empty())
    }

    /// A subscriber reads one message.
    pub(super) fn listen(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        if let Some(push) = self.pop_unread(self.connection_of(client)) {
            self.hear(setup, client, Observation::Push(&push), observer);
        }
    }

    /// Who waits for a reply reads first what came before it.
    pub(super) fn listen_to_all(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        while self.has_unread(client) {
            self.listen(setup, client, observer);
        }
    }

    /// A subscriber has other subscriptions than before.
    pub(super) fn tell_subscriptions(
        &mut self,
        setup: &Setup,
        connection: ConnectionIx,
        reply: &Reply,
        observer: &mut dyn Observer,
    ) {
        let state = self.connection_mut(connection);
        let (Reply::Pushes(confirmations), Some(group), node) = (reply, state.subscriber(), state.node()) else {
            return;
        };
        for confirmation in confirmations.iter() {
            if let Some(event) = Event::confirmed(group, connection.0, node, confirmation) {
                self.tell(setup, event, observer);
            }
        }
    }

    /// The broker puts messages onto a connection.
    pub(super) fn hand_pushes(
        &mut self,
        setup: &Setup,
        connection: ConnectionIx,
        pushes: &[Push],
        observer: &mut dyn Observer,
    ) {
        let Some(group) = self.connection_mut(connection).subscriber() else {
            return;
        };
        for push in pushes {
            if let Some(event) = Event::handed(setup, group, connection.0, push) {
                self.tell(setup, event, observer);
            }
            self.push_unread(setup, connection, push.clone());
        }
    }

    /// The broker disconnects those who have left too much unread.
    pub(super) fn disconnect_the_slow(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        let Some(limit) = setup.output_buffer else { return };
        let slow = |connection: &ConnectionIx| {
            let connection = self.connection(*connection);
            connection.is_some_and(|connection| connection.unread().len() > usize::from(limit))
        };
        for connection in self.connection_ixs().filter(slow).collect::<Vec<_>>() {
            let client = self.connection_mut(connection).client();
            self.tell(setup, Event::Overflowed { client }, observer);
            self.close(setup, connection, observer);
            if let Some(client) = client {
                self.come_back(setup, client, observer);
            }
        }
    }

    /// What the broker has for others than who asked; a deliberate defect has its way with it.
    pub(super) fn take_outbox(&mut self, setup: &Setup) -> Vec<(redelivery_engine::ClientId, Reply)> {
        let mut outbox = self.site.take_outbox();
        if let Some(defect) = setup.defect {
            let subscribed = self
                .connection_ixs()
                .filter(|connection| self.is_subscribed(*connection));
            let subscribed = subscribed.map(broker_side).collect::<Vec<_>>();
            defect::outbox(defect, &subscribed, &mut outbox);
        }
        outbox
    }

    fn push_unread(&mut self, setup: &Setup, connection: ConnectionIx, push: Push) {
        let overtakes = setup.defect == Some(Defect::PublishOvertakes);
        let state = self.connection_mut(connection);
        // Nobody will read it; how much it is shows only where that is bounded.
        if state.client().is_none() && setup.output_buffer.is_none() {
            return;
        }
        let unread = state.unread_mut();
        let place = unread.len().saturating_sub(usize::from(overtakes));
        unread.insert(place, push);
    }
}
