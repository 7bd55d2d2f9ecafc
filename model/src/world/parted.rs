//! A partition: for a while nothing of some clients reaches the broker, or nothing of the broker reaches them, or both.
//!
//! Neither side is told. Who sends meanwhile hears no answer, gives its connection up and has no other before the
//! network is whole again; whoever waits or listens on a connection goes on believing in it, and so does the broker, which may hand
//! out over it what nobody reads: a connection that is half open. What was sent into the partition lies on the network, and
//! may arrive when it is over, or never. A client that does not send, and for which nothing comes, notices nothing.
//!
//! Of two clients that are cut off at the same time each could as well lose its connection by itself; that all of them do, for
//! one fault and for so long, is what a partition adds. Read next: `connection.rs`.

use redelivery_engine::Millis;

use super::{Action, ConnectionIx, Observer, START_MS, World};
use crate::client::{Observation, Request};
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
        self.tell(setup, Event::Parted, observer);
    }

    /// The network is whole again: whoever was cut off has a connection.
    pub(super) fn heal(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        self.heal_defective(setup);
        self.spent.parted_ms = None;
        for client in setup.client_ixs() {
            if self.is_cut_off(client) {
                self.client_mut(client).is_cut_off = false;
                self.come_back(setup, client, observer);
            }
        }
    }

    /// A client that lost its connection has another one, as soon as the network lets it.
    pub(super) fn come_back(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        if self.is_parted(setup, client) {
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
        let arrives = !self.is_held_up(setup, connection);
        while arrives
            && self
                .connection(connection)
                .is_some_and(|state| !state.in_flight().is_empty())
        {
            self.execute_in_flight(setup, connection, observer);
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
