//! A partition: for a while nothing of some clients reaches the broker, or nothing of the broker reaches them, or both.
//!
//! Neither side is told. Who sends meanwhile hears no answer, gives its connection up and has no other before the
//! network is whole again; whoever waits or listens on a connection goes on believing in it, and so does the broker,
//! which may hand out over it what nobody reads: a connection that is half open. What was sent into the partition lies on
//! the network, and may arrive when it is over, or never. A client that does not send, and for which nothing comes,
//! notices nothing.
//!
//! The broker may lose patience with a connection on which nobody answers, and close it ([`Action::Forget`]). Then only
//! the client believes in it: one that waits for messages hears nothing any more, for ever, unless it sends a PING now and
//! then. What it had not read is lost, which must have come into the partition: who had messages to read before is not
//! forgotten. A PING on a connection that is whole changes nothing, and is no step. Likewise one that waits in a blocking
//! call: the broker serves it no more, and no answer comes, not even that nothing was there. It gives up once its BLOCK is
//! over, as a client library does that has a time-out of its own; with BLOCK 0, never.
//!
//! Of two clients that are cut off at the same time each could as well lose its connection by itself; that all of them do, for
//! one fault and for so long, is what a partition adds. Read next: `connection.rs`.

use redelivery_engine::Millis;

use super::{Action, ConnectionIx, Observer, START_MS, World};
use crate::client::{Intent, Observation, Request};
use crate::defect::Defect;
use crate::event::Event;
use crate::setup::{ClientIx, Setup};

impl World {
    /// Whether a partition lies between a client and the broker.
    pub fn is_parted(&self, setup: &Setup, client: ClientIx) -> bool {
        let partition = &setup.faults.partition;
        // What is not possible is not looked for.
        partition.budget.times > 0 && self.spent.parted_ms.is_some() && partition.budget.concerns(client)
    }

    /// Whether nothing that a client sends reaches the broker.
    pub fn is_mute(&self, setup: &Setup, client: ClientIx) -> bool {
        setup.faults.partition.stops.requests() && self.is_parted(setup, client)
    }

    /// Whether nothing that the broker sends reaches a client.
    pub fn is_deaf(&self, setup: &Setup, client: ClientIx) -> bool {
        setup.faults.partition.stops.replies() && self.is_parted(setup, client)
    }

    /// Whether what lies on a connection does not reach the broker: its client may have given it up.
    pub fn is_held_up(&self, setup: &Setup, connection: ConnectionIx) -> bool {
        let clients = setup.clients.len().max(1) as u16;
        self.is_mute(setup, ClientIx(connection.0 % clients))
    }

    /// Whether a client's process runs, and has no connection before the network is whole again.
    pub fn is_cut_off(&self, client: ClientIx) -> bool {
        self.client(client).is_cut_off
    }

    /// Whether a client believes in a connection that the broker has closed.
    pub fn is_forgotten(&self, client: ClientIx) -> bool {
        self.client(client).is_forgotten
    }

    /// Whether a client sends PINGs now and then, and nobody answers the next of them.
    pub fn pings_in_vain(&self, setup: &Setup, client: ClientIx) -> bool {
        let may_be_in_vain = setup.faults.partition.budget.times > 0 && setup.defect != Some(Defect::PingIsNotMissed);
        may_be_in_vain
            && setup.client(client).role.ping_ms().is_some()
            && (self.is_forgotten(client) || self.is_parted(setup, client))
    }

    /// Whether a client waits for the reply to what it sent on a connection that the broker has closed since.
    pub fn awaits_in_vain(&self, setup: &Setup, client: ClientIx) -> bool {
        self.is_forgotten(client) && matches!(self.intent(setup, client), Some(Intent::Send(_)))
    }

    /// Whether such a client gives up once its BLOCK is over; when that is, in milliseconds.
    pub fn gives_up_after_ms(&self, setup: &Setup, client: ClientIx) -> Option<Millis> {
        if !self.is_forgotten(client) || setup.defect == Some(Defect::ReaderNeverGivesUp) {
            return None;
        }
        match self.intent(setup, client) {
            Some(Intent::Send(request)) => request.block_ms().filter(|ms| *ms > 0),
            _ => None,
        }
    }

    /// Whether the broker may close the connection of a client without its being told: of one that only listens or waits
    /// in a blocking call, and that nothing of the broker reaches.
    pub(super) fn may_be_forgotten(&self, setup: &Setup, client: ClientIx) -> bool {
        setup.faults.forget.allows(self.spent.forgets, client)
            && self.is_deaf(setup, client)
            && (self.intent(setup, client) == Some(Intent::Listen) || self.is_blocked_for_messages(client))
            && !self.is_forgotten(client)
            && !self.client(client).is_behind
    }

    /// For how long the network has been parted; none if it is not.
    pub fn parted_for_ms(&self) -> Option<Millis> {
        self.spent
            .parted_ms
            .map(|since_ms| self.now_ms.saturating_sub(since_ms))
    }

    /// How the network may part, or be whole again.
    pub(super) fn enabled_partitions(&self, setup: &Setup, actions: &mut Vec<Action>) {
        let partition = &setup.faults.partition;
        if partition.budget.times == 0 {
            return;
        }
        match self.parted_for_ms() {
            None if self.spent.partitions < partition.budget.times => actions.push(Action::Part),
            None => {}
            Some(for_ms) if setup.bounds.is_some() && for_ms < partition.lasts.min_ms => {}
            Some(_) => actions.push(Action::Heal),
        }
    }

    pub(super) fn part(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        self.spent.partitions += 1;
        self.spent.parted_ms = Some(*self.now_ms);
        self.note_who_is_behind(setup);
        self.tell(setup, Event::Parted, observer);
    }

    /// The network is whole again: whoever was cut off has a connection.
    pub(super) fn heal(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        self.heal_defective(setup);
        self.spent.parted_ms = None;
        self.note_who_is_behind(setup);
        for client in setup.client_ixs() {
            if self.is_cut_off(client) {
                self.client_mut(client).is_cut_off = false;
                self.come_back(setup, client, observer);
            }
        }
    }

    /// The network has just parted, or is whole again.
    fn note_who_is_behind(&mut self, setup: &Setup) {
        let faults = &setup.faults.forget;
        let exposed = |client: &ClientIx| faults.times > 0 && faults.concerns(*client);
        for client in setup.client_ixs().filter(exposed) {
            let is_behind = self.is_parted(setup, client) && self.has_unread(client);
            if is_behind != self.client(client).is_behind {
                self.client_mut(client).is_behind = is_behind;
            }
        }
    }

    /// The broker closes the connection of a client that does not hear of it.
    pub(super) fn forget(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        self.spent.forgets += 1;
        self.tell(setup, Event::Forgotten { client }, observer);
        let connection = self.connection_of(client);
        let unread = self.connection(connection).map_or(0, |state| state.unread().len());
        if unread > 0 {
            self.tell(setup, Event::LostUnread { client, unread }, observer);
        }
        let is_served = setup.defect == Some(Defect::ClosedReaderIsServed) && self.is_blocked_for_messages(client);
        self.client_mut(client).connection = None;
        self.client_mut(client).is_forgotten = true;
        if is_served {
            self.connection_mut(connection).client = None;
            return observer.stirred(connection);
        }
        self.close(setup, connection, observer);
    }

    /// Nothing answers a client's PING, or its blocking call: it gives its connection up.
    pub(super) fn give_up(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        if self.is_forgotten(client) {
            self.client_mut(client).is_forgotten = false;
        } else {
            self.abandon(setup, client, observer);
        }
        self.come_back(setup, client, observer);
    }

    /// A client that lost its connection has another one, as soon as the network lets it.
    pub(super) fn come_back(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        if self.is_parted(setup, client) || self.is_unreachable(setup, client) {
            self.client_mut(client).is_cut_off = true;
            return;
        }
        self.connect(setup, client);
        self.hear(setup, client, Observation::Lost, observer);
    }

    /// A request is sent into the partition; its client waits for an answer in vain.
    pub(super) fn send_in_vain(
        &mut self,
        setup: &Setup,
        client: ClientIx,
        request: Request,
        observer: &mut dyn Observer,
    ) {
        let connection = self.connection_of(client);
        self.push_in_flight(connection, request, observer);
        self.abandon(setup, client, observer);
        self.come_back(setup, client, observer);
        if !self.is_held_up(setup, connection) {
            self.execute_all_in_flight(setup, connection, observer);
        }
    }

    /// The moment since which the network is parted, as far as it counts.
    pub(super) fn forget_since_when_parted(&mut self, setup: &Setup) {
        let Some(since_ms) = self.spent.unnoted().parted_ms else {
            return;
        };
        let counts_ms = setup.bounds.as_ref().map_or(0, |_| setup.faults.partition.lasts.max_ms);
        let for_ms = self.now_ms.unnoted().saturating_sub(since_ms).min(counts_ms);
        if since_ms != START_MS - for_ms {
            self.spent.parted_ms = Some(START_MS - for_ms);
        }
    }
}
