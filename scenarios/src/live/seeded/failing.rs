//! The server is killed: when nothing is on its way, and whoever is up sees it.

use std::io;
use std::time::Duration;

use redelivery_model::client::Intent;
use redelivery_model::setup::{ClientIx, Mishap, Setup};
use redelivery_model::world::{Action, Failure, Spent};

use super::{Runner, Then};
use crate::live::actor::Doing;
use crate::live::protocol::Order;
use crate::live::stage::{LOOK, PATIENCE_MS};

/// Failures of a run by seed lose nothing of what was written: each is possible.
pub(super) fn possible(setup: &Setup, spent: Spent) -> impl Iterator<Item = Action> {
    let failure = |how| Failure {
        how,
        lost: 0,
        unanswered: None,
    };
    let broker = setup.faults.broker;
    [Mishap::Killed, Mishap::PowerFailed, Mishap::FailedOver]
        .into_iter()
        .filter(move |how| broker.allows(*how, spent))
        .map(move |how| Action::Fail(failure(how)))
}

impl Runner<'_, '_> {
    /// The server is killed and started again.
    pub(super) fn kill_server(&mut self, failure: Failure) -> io::Result<()> {
        self.until_nothing_is_on_its_way()?;
        self.spent.fail(failure.how);
        self.note(Action::Fail(failure), None, None);
        self.stage.kill_server(failure)?;
        self.left.clear();
        for wire in self.stage.left_behind() {
            self.stage.close(wire);
        }
        for client in self.stage.up().collect::<Vec<ClientIx>>() {
            self.due[usize::from(client.0)] = None;
            if self.stage.actor(client).doing == Doing::Waiting {
                self.stage.lose_to_failure(client);
                continue;
            }
            self.then[usize::from(client.0)] = Then::Lost;
            self.stage.order(client, Order::Lose)?;
            // What it sends is not there yet: it is lost as soon as it is.
            if self.stage.actor(client).ordered.is_none() {
                self.stage.lose_to_failure(client);
                self.then[usize::from(client.0)] = Then::Pass;
            }
        }
        Ok(())
    }

    /// A client has sent something over a connection that went with the server.
    pub(super) fn lost(&mut self, client: ClientIx, intent: Intent) {
        self.then[usize::from(client.0)] = Then::Pass;
        self.note(Action::Step(client), Some(intent), None);
        self.stage.lose_to_failure(client);
    }

    /// Whoever decides has decided, and what was sent is with the server.
    fn until_nothing_is_on_its_way(&mut self) -> io::Result<()> {
        let limit_ms = self.stage.clock.floor_ms().saturating_add(PATIENCE_MS);
        loop {
            while let Some(heard) = self.stage.hear(Duration::ZERO)? {
                self.heard(heard)?;
            }
            let is_on_its_way = |client: ClientIx| {
                let actor = &self.stage.actors[usize::from(client.0)];
                actor.doing == Doing::Deciding || actor.ordered.is_some()
            };
            if !self.stage.up().any(is_on_its_way) {
                return Ok(());
            }
            if self.stage.clock.floor_ms() > limit_ms {
                return Err(io::Error::other(format!(
                    "somebody is busy for more than {PATIENCE_MS} ms"
                )));
            }
            if let Some(heard) = self.stage.hear(LOOK)? {
                self.heard(heard)?;
            }
        }
    }
}
