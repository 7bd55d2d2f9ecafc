//! Which actions are possible in a world, in a fixed order.

use super::canonical::ages;
use super::{Action, Actor, ConnectionIx, World};
use crate::client::Intent;
use crate::setup::{ClientIx, Setup};

/// A part of what may happen, which looks at few pieces of a world: explorers ask for one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Section {
    /// What a client does.
    Client(ClientIx),
    /// What happens on a connection without its client.
    Connection(ConnectionIx),
    /// What the bus brings.
    Bus,
    /// What grows old.
    Ageing,
    /// Which keys expire; where exploring has a clock, how the broker's clock jumps.
    Expiry,
    /// The faults that a client may meet.
    Faults(ClientIx),
    /// How the broker may fail.
    Failures,
    /// How the network may part, or be whole again.
    Network,
}

impl Section {
    /// All sections in their order, where there are so many places for connections.
    pub(crate) fn all(setup: &Setup, connections: u16) -> impl Iterator<Item = Self> {
        let own = setup.client_ixs().map(Self::Client);
        let own = own.chain((0..connections).map(ConnectionIx).map(Self::Connection));
        let rest = own.chain([Self::Bus, Self::Ageing, Self::Expiry]);
        let failures = (setup.keeping.is_some() || setup.may_lose().is_some()).then_some(Self::Failures);
        let network = (setup.faults.partition.budget.times > 0).then_some(Self::Network);
        rest.chain(setup.client_ixs().map(Self::Faults))
            .chain(failures)
            .chain(network)
    }
}

impl World {
    /// What may happen next, faults last; time passes abstractly, by [`Action::Age`] and [`Action::Expire`], or where it is
    /// bounded by [`Action::Tick`].
    pub fn enabled(&self, setup: &Setup, actions: &mut Vec<Action>) {
        for section in Section::all(setup, self.connections.len() as u16) {
            self.enabled_in(setup, section, actions);
        }
    }

    /// What of a section may happen next.
    pub(crate) fn enabled_in(&self, setup: &Setup, section: Section, actions: &mut Vec<Action>) {
        match section {
            Section::Client(client) => self.enabled_of_client(setup, client, actions),
            Section::Connection(connection) => self.enabled_of_connection(setup, connection, actions),
            Section::Bus => actions.extend(self.links().map(|(from, to)| Action::Bus(from, to))),
            Section::Ageing if setup.bounds.is_some() => actions.extend(self.passage(setup)),
            Section::Expiry if setup.bounds.is_some() => self.spent.possible_jumps(setup, actions),
            Section::Ageing => {
                let ages = ages(self, setup);
                actions.extend(ages.passages().map(|index| Action::Age(index as u16)));
            }
            Section::Expiry => {
                let expiring = 0..self.keys_that_expire().count() as u16;
                actions.extend(expiring.map(Action::Expire));
            }
            Section::Faults(client) => self.enabled_faults_of(setup, client, actions),
            Section::Failures => {
                self.enabled_failures(setup, actions);
                self.enabled_of_former(setup, actions);
                self.enabled_of_file(setup, actions);
                self.enabled_of_nodes(setup, actions);
            }
            Section::Network => self.enabled_partitions(setup, actions),
        }
    }

    /// Who brings about an action that is possible now and no fault.
    pub fn actor(&self, setup: &Setup, action: Action) -> Actor {
        match action {
            Action::Step(client) | Action::Choose(client, _) | Action::Deviate(client, _) => Actor::Client(client),
            Action::TimeOut(client) | Action::Restart(client) => Actor::Client(client),
            Action::Replicate(client) | Action::Turn(client) => Actor::Client(client),
            Action::Refuse | Action::StepDown => Actor::Former,
            Action::Rewrite | Action::Rewritten => Actor::File,
            Action::Missed | Action::CameBack | Action::Covered | Action::Serves => Actor::Nodes,
            Action::Execute(connection) | Action::Notice(connection) => Actor::Connection(connection),
            Action::Bus(from, to) => Actor::Bus(from, to),
            Action::Age(index) => Actor::Ageing(ages(self, setup).class(index.into())),
            Action::Expire(index) => {
                let key = self.keys_that_expire().nth(index.into());
                Actor::Expiry(key.expect("the action is possible").1.clone())
            }
            Action::Tick(_) => Actor::Clock,
            Action::Heal => Actor::Network,
            Action::Pause(_)
            | Action::Crash(_)
            | Action::CrashSending(_)
            | Action::Cut(..)
            | Action::ClockForward(_)
            | Action::ClockBack(_)
            | Action::Fail(_)
            | Action::Part
            | Action::Forget(_) => unreachable!("a fault is nobody's duty"),
        }
    }

    /// Whether an action, of any way of running, is possible now.
    pub fn allows(&self, setup: &Setup, action: Action) -> bool {
        match action {
            Action::Tick(now_ms) if setup.bounds.is_some() => self.may_be(setup, now_ms),
            Action::Tick(now_ms) => now_ms >= *self.now_ms,
            Action::ClockForward(_) | Action::ClockBack(_) => {
                let mut jumps = Vec::new();
                self.spent.possible_jumps(setup, &mut jumps);
                jumps.contains(&action)
            }
            Action::Deviate(client, choice) => {
                let is_named = setup.choices.contains(&choice);
                is_named && self.allows(setup, Action::Step(client)) && self.deviating(setup, client, choice).is_some()
            }
            Action::Pause(client) if setup.bounds.is_none() => {
                setup.client_ixs().any(|ix| ix == client) && !self.is_down(client)
            }
            action => {
                let mut actions = Vec::new();
                self.enabled(setup, &mut actions);
                actions.contains(&action)
            }
        }
    }

    /// What clients, connections, the bus and a network that is parted may do next.
    pub fn enabled_but_time(&self, setup: &Setup, actions: &mut Vec<Action>) {
        for client in setup.client_ixs() {
            self.enabled_of_client(setup, client, actions);
        }
        for connection in self.connection_ixs() {
            self.enabled_of_connection(setup, connection, actions);
        }
        self.enabled_in(setup, Section::Bus, actions);
        self.enabled_of_former(setup, actions);
        if self.spent.parted_ms.is_some() {
            self.enabled_partitions(setup, actions);
        }
        self.enabled_of_file(setup, actions);
        self.enabled_of_nodes(setup, actions);
    }

    fn enabled_of_client(&self, setup: &Setup, client: ClientIx, actions: &mut Vec<Action>) {
        if self.may_turn(client) {
            actions.push(Action::Turn(client));
        }
        match self.client(client).connection {
            Some(connection) => match self.connection(connection).and_then(|state| state.blocked_on()) {
                Some(request) if request.asks_replicas() => self.enabled_of_wait(setup, client, actions),
                Some(request) if request.may_time_out() && setup.bounds.is_none() => {
                    actions.push(Action::TimeOut(client))
                }
                Some(_) => {}
                None if self.is_turned_away(client) => {}
                None => match self.client(client).memory.intent(self.me(setup, client)) {
                    Intent::Stop => {}
                    Intent::Choose => {
                        let turns = self.turns(setup, client).into_iter();
                        actions.extend(turns.map(|turn| Action::Choose(client, turn)));
                    }
                    Intent::Listen if !self.may_read(setup, client) && !self.pings_in_vain(setup, client) => {}
                    Intent::Send(_) if self.has_in_flight(client) => {}
                    intent if self.must_drain(setup, client, &intent) => {}
                    intent if !self.is_over(setup, client, &intent) => {}
                    _ => actions.push(Action::Step(client)),
                },
            },
            None if self.is_cut_off(client) => {}
            None if self.is_forgotten(client) => {
                let gives_up = self.pings_in_vain(setup, client) || self.gives_up_after_ms(setup, client).is_some();
                actions.extend(gives_up.then_some(Action::Step(client)));
            }
            None if self.starts_again(setup, client) && !self.is_parted(setup, client) => {
                actions.push(Action::Restart(client));
            }
            None => {}
        }
    }

    fn enabled_of_connection(&self, setup: &Setup, connection: ConnectionIx, actions: &mut Vec<Action>) {
        let Some(state) = self.connection(connection) else {
            return;
        };
        if !state.in_flight().is_empty() && !self.is_held_up(setup, connection) {
            actions.push(Action::Execute(connection));
        }
        if state.client().is_none() {
            actions.push(Action::Notice(connection));
        }
    }

    /// The faults that the budget still allows.
    pub fn enabled_faults(&self, setup: &Setup, actions: &mut Vec<Action>) {
        for client in setup.client_ixs() {
            self.enabled_faults_of(setup, client, actions);
        }
        self.spent.possible_jumps(setup, actions);
        self.enabled_failures(setup, actions);
        if self.spent.parted_ms.is_none() {
            self.enabled_partitions(setup, actions);
        }
    }

    fn enabled_faults_of(&self, setup: &Setup, client: ClientIx, actions: &mut Vec<Action>) {
        let state = self.client(client);
        if let Some(connection) = state.connection.and_then(|connection| self.connection(connection)) {
            let in_flight = !connection.in_flight().is_empty();
            let intent = self.intent(setup, client);
            self.spent.possible(setup, client, intent.as_ref(), in_flight, actions);
            if self.is_parted(setup, client) {
                // Nobody tells it.
                actions.retain(|action| !matches!(action, Action::Cut(cut, _) if *cut == client));
            }
            if self.may_pause(setup, client) {
                actions.push(Action::Pause(client));
            }
            if self.may_be_forgotten(setup, client) {
                actions.push(Action::Forget(client));
            }
        }
    }

    /// Whether a client waits for a reply that the broker holds back, for a message that is yet to be published, or until
    /// what it has sent was executed.
    pub fn waits(&self, setup: &Setup, client: ClientIx) -> bool {
        let subscribes = setup.client(client).role.subscriber().is_some();
        let intent = || self.intent(setup, client);
        let may_wait = subscribes || setup.cluster.is_some() || self.is_forgotten(client);
        self.is_blocked(client) || may_wait && intent().is_some_and(|intent| self.waits_with(setup, client, &intent))
    }

    /// The same of a client that is not blocked and intends this.
    pub(crate) fn waits_with(&self, setup: &Setup, client: ClientIx, intent: &Intent) -> bool {
        if self.is_turned_away(client) {
            return true;
        }
        if self.is_forgotten(client) && matches!(intent, Intent::Send(_)) {
            return self.gives_up_after_ms(setup, client).is_none();
        }
        let listens = *intent == Intent::Listen && !self.may_read(setup, client) && !self.pings_in_vain(setup, client);
        listens || setup.cluster.is_some() && self.must_drain(setup, client, intent)
    }

    /// Whether something has come to a subscriber that it has not read.
    pub(super) fn may_read(&self, setup: &Setup, client: ClientIx) -> bool {
        self.has_unread(client) && !self.is_deaf(setup, client)
    }

    /// Whether something that a client sent without waiting has not reached the broker yet: what it sends next comes after.
    pub fn has_in_flight(&self, client: ClientIx) -> bool {
        let connection = self.client(client).connection.and_then(|ix| self.connection(ix));
        connection.is_some_and(|connection| !connection.in_flight().is_empty())
    }

    fn is_blocked(&self, client: ClientIx) -> bool {
        let connection = self
            .client(client)
            .connection
            .and_then(|connection| self.connection(connection));
        connection.is_some_and(|connection| connection.blocked_on().is_some())
    }

    /// Whether a client waits for what others add: not for a replica.
    pub(super) fn is_blocked_for_messages(&self, client: ClientIx) -> bool {
        let connection = self.client(client).connection.and_then(|ix| self.connection(ix));
        let request = connection.and_then(|connection| connection.blocked_on());
        request.is_some_and(|request| !request.asks_replicas())
    }

    /// Whether a client's process is down.
    pub fn is_down(&self, client: ClientIx) -> bool {
        let state = self.client(client);
        state.connection.is_none() && !state.is_cut_off && !state.is_forgotten
    }

    /// Whether a client has a connection.
    pub(super) fn is_connected(&self, client: ClientIx) -> bool {
        self.client(client).connection.is_some()
    }

    /// Whether a client that is down starts again.
    pub fn starts_again(&self, setup: &Setup, client: ClientIx) -> bool {
        setup.client(client).role.starts_again()
    }
}
