//! Which actions are possible in a world, in a fixed order.

use super::canonical::ages;
use super::{Action, Actor, World};
use crate::client::Intent;
use crate::setup::{ClientIx, Setup};

impl World {
    /// What may happen next, faults last; time passes abstractly, by [`Action::Age`] and [`Action::Expire`].
    pub fn enabled(&self, setup: &Setup, actions: &mut Vec<Action>) {
        self.enabled_but_time(setup, actions);
        let ages = ages(self, setup);
        actions.extend(ages.passages().map(|index| Action::Age(index as u16)));
        let expiring = 0..self.site.keys_that_expire().count() as u16;
        actions.extend(expiring.map(Action::Expire));
        self.enabled_faults(setup, actions);
    }

    /// Who brings about an action that is possible now and no fault.
    pub fn actor(&self, setup: &Setup, action: Action) -> Actor {
        match action {
            Action::Step(client) | Action::Choose(client, _) => Actor::Client(client),
            Action::TimeOut(client) | Action::Restart(client) => Actor::Client(client),
            Action::Execute(connection) | Action::Notice(connection) => Actor::Connection(connection),
            Action::Bus(from, to) => Actor::Bus(from, to),
            Action::Age(index) => Actor::Ageing(ages(self, setup).class(index.into())),
            Action::Expire(index) => {
                let key = self.site.keys_that_expire().nth(index.into());
                Actor::Expiry(key.expect("the action is possible").1.clone())
            }
            Action::Tick(_) => unreachable!("exploring has no clock"),
            Action::Pause(_) | Action::Crash(_) | Action::CrashSending(_) | Action::Cut(..) => {
                unreachable!("a fault is nobody's duty")
            }
        }
    }

    /// Whether an action, of any way of running, is possible now.
    pub fn allows(&self, setup: &Setup, action: Action) -> bool {
        match action {
            Action::Tick(now_ms) => now_ms >= self.now_ms,
            Action::Pause(client) => setup.client_ixs().any(|ix| ix == client) && !self.is_down(client),
            action => {
                let mut actions = Vec::new();
                self.enabled(setup, &mut actions);
                actions.contains(&action)
            }
        }
    }

    /// What clients, connections and the bus may do next.
    pub fn enabled_but_time(&self, setup: &Setup, actions: &mut Vec<Action>) {
        for client in setup.client_ixs() {
            match self.client(client).connection {
                Some(connection) => match self.connection(connection).and_then(|state| state.blocked_on()) {
                    Some(request) if request.may_time_out() => actions.push(Action::TimeOut(client)),
                    Some(_) => {}
                    None => match self.client(client).memory.intent(self.me(setup, client)) {
                        Intent::Stop => {}
                        Intent::Choose => {
                            let turns = self.turns(setup, client).into_iter();
                            actions.extend(turns.map(|turn| Action::Choose(client, turn)));
                        }
                        Intent::Listen if !self.has_unread(client) => {}
                        Intent::Send(_) if self.has_in_flight(client) => {}
                        intent if self.must_drain(setup, client, &intent) => {}
                        _ => actions.push(Action::Step(client)),
                    },
                },
                None if self.starts_again(setup, client) => actions.push(Action::Restart(client)),
                None => {}
            }
        }
        for connection in self.connection_ixs() {
            let state = self.connection(connection).expect("listed as existing");
            if !state.in_flight().is_empty() {
                actions.push(Action::Execute(connection));
            }
            if state.client().is_none() {
                actions.push(Action::Notice(connection));
            }
        }
        actions.extend(self.links().map(|(from, to)| Action::Bus(from, to)));
    }

    /// The faults that the budget still allows.
    pub fn enabled_faults(&self, setup: &Setup, actions: &mut Vec<Action>) {
        for client in setup.client_ixs() {
            let state = self.client(client);
            if let Some(connection) = state.connection.and_then(|connection| self.connection(connection)) {
                let in_flight = !connection.in_flight().is_empty();
                let intent = self.intent(setup, client);
                self.spent.possible(setup, client, intent.as_ref(), in_flight, actions);
            }
        }
    }

    /// Whether a client waits for a reply that the broker holds back, for a message that is yet to be published, or until
    /// what it has sent was executed.
    pub fn waits(&self, setup: &Setup, client: ClientIx) -> bool {
        let listens = || self.intent(setup, client) == Some(Intent::Listen) && !self.has_unread(client);
        let drains = || {
            let intent = self.intent(setup, client);
            intent.is_some_and(|intent| self.must_drain(setup, client, &intent))
        };
        let subscribes = setup.client(client).role.subscriber().is_some();
        self.is_blocked(client) || subscribes && listens() || setup.cluster.is_some() && drains()
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

    /// Whether a client's process is down.
    pub fn is_down(&self, client: ClientIx) -> bool {
        self.client(client).connection.is_none()
    }

    /// Whether a client that is down starts again.
    pub fn starts_again(&self, setup: &Setup, client: ClientIx) -> bool {
        setup.client(client).role.starts_again()
    }
}
