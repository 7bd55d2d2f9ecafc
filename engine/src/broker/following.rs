//! A broker that does what another propagated.
//!
//! It has no clients of its own, and does nothing else: who shall answer clients again is made to by whoever keeps it.

use alloc::vec::Vec;

use super::{AutoIds, Broker, Ready};
use crate::propagation::{Log, Unit};
use crate::{Command, run};

impl Broker {
    /// The same broker, which notes from now on what its commands propagate.
    pub fn propagating(mut self) -> Self {
        self.log.get_or_insert_with(|| Log::default().into());
        self
    }

    /// What was propagated since it was last asked, in order; nothing if nobody wanted it noted.
    pub fn take_propagated(&mut self) -> Vec<Unit> {
        self.log.as_deref_mut().map(Log::take).unwrap_or_default()
    }

    /// Does what another broker did.
    pub fn follow(&mut self, unit: &Unit) {
        let now = unit.at;
        for (database, command) in &unit.commands {
            // Nobody waits here.
            let mut ready = Ready::new();
            match command {
                Command::FlushAll => self.flush_all(&mut ready, now),
                Command::SwapDb { first, second } => self.swap(*first, *second, &mut ready, now),
                command => {
                    self.with_keys(*database, now, |db| run::execute(db, command));
                }
            }
        }
    }

    /// What there is of it beside its connections: what a snapshot holds, or the broker after its process has ended and
    /// nothing was lost. Nobody is told anything.
    pub fn without_clients(&self) -> Self {
        Self {
            databases: self.databases.without_selections(),
            membership: self.membership.clone(),
            auto_ids: self.auto_ids,
            node_limits: self.node_limits,
            notifications: self.notifications,
            ..Self::default()
        }
    }

    /// What was kept of a broker that is no more goes on in its place. A clock gives no ID again; a counter goes on where it
    /// stood, as if it were one.
    pub fn going_on_from(self, before: &Self) -> Self {
        let given = before.databases.first().streams_unreported();
        let given = given.map(|(_, stream)| stream.last_id().ms).max().unwrap_or(0);
        let auto_ids = match before.auto_ids {
            AutoIds::Clock => AutoIds::Clock,
            AutoIds::Counter => AutoIds::CounterAfter(given),
            AutoIds::CounterAfter(earlier) => AutoIds::CounterAfter(given.max(earlier)),
        };
        Self {
            auto_ids,
            node_limits: before.node_limits,
            notifications: before.notifications,
            ..self
        }
    }
}
