//! WAIT: the replica has everything, or it does not confirm in time.
//!
//! A replica confirms at any time from now on what it has received, and then has everything that was written before: that it
//! has more than it confirmed makes no difference to anybody. While exploring for any durations, WAIT runs out of time as
//! often as the scenario says; elsewhere clocks decide. Source: <https://redis.io/docs/latest/commands/wait/>.

use super::connection::broker_side;
use super::site::Kept;
use super::{Action, Connection, Observer, World};
use crate::setup::{ClientIx, Setup};

impl World {
    /// What becomes of a WAIT that the broker holds back.
    pub(super) fn enabled_of_wait(&self, setup: &Setup, client: ClientIx, actions: &mut Vec<Action>) {
        let may_replicate = self.may_replicate(setup, client);
        if may_replicate {
            actions.push(Action::Replicate(client));
        }
        // Where nobody can answer it, nothing else ends it.
        let may_be_short = self.spent.short_waits < setup.short_waits || !may_replicate;
        if may_be_short && setup.bounds.is_none() {
            actions.push(Action::TimeOut(client));
        }
    }

    /// Whether the broker holds back a WAIT of this client, and has a replica that may confirm.
    pub(crate) fn may_replicate(&self, setup: &Setup, client: ClientIx) -> bool {
        let connection = self.client(client).connection.and_then(|ix| self.connection(ix));
        let request = connection.and_then(Connection::blocked_on);
        let follows = !self.site.kept().is_some_and(Kept::has_own_data);
        let has_replica = setup.has_replica() && follows && (!self.may_turn(client) || self.former_counts(setup));
        request.is_some_and(|request| request.asks_replicas()) && has_replica
    }

    /// A blocked call is about to run out of time.
    pub(super) fn note_short_wait(&mut self, setup: &Setup, client: ClientIx) {
        if self.may_replicate(setup, client) {
            self.spent.short_waits += 1;
        }
    }

    /// The replica confirms.
    pub(super) fn replicate(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        let connection = self.connection_of(client);
        let node = self.connection_mut(connection).node();
        if let Some(kept) = self.site.kept_mut() {
            kept.replicate(node, broker_side(connection));
        }
        self.hand_out(setup, false, observer);
    }
}
