//! What a command that was executed tells the append-only file and the replicas: commands that do the same again, and that
//! need neither a clock nor a choice.
//!
//! An automatic ID is written out, a time to live becomes a moment, a blocking pop becomes the pop. What a read of a group
//! did becomes claims; a consumer's reading of its own history becomes nothing, so that its delivery counters are behind
//! wherever else the stream is kept. What is published goes nowhere. The commands of a transaction, and all that one command
//! caused, stay together ([`Unit`]): whoever follows has all of it or nothing.
//!
//! Nothing is noted until [`crate::Broker::propagating`] asks for it. Nodes of a cluster do not propagate: MIGRATE does
//! not. Sources: <https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/>,
//! <https://redis.io/docs/latest/operate/oss_and_stack/management/replication/>; beyond them the agreement with servers that
//! were killed decides (`scenarios/tests/agreement`). Read next: `rewriting.rs`, `groups.rs`, then `broker/following.rs`,
//! the other end.

mod groups;
mod rewriting;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use crate::databases::Database;
use crate::keyspace::Access;
use crate::run::Outcome;
use crate::{Bytes, Command, Millis};

/// What is written, or sent, as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unit {
    /// When it happened.
    pub at: Millis,
    /// What to do, one after the other; never nothing.
    pub commands: Vec<(Database, Command)>,
}

/// What was propagated and not taken yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Log {
    units: Vec<Unit>,
    /// What comes next belongs to the last of them.
    is_open: bool,
    /// There are too few who follow: nothing may be written.
    pub(crate) refuses: bool,
}

impl Log {
    /// What comes from now on is a unit of its own.
    pub(crate) fn begin(&mut self) {
        self.is_open = false;
    }

    /// A command to do again.
    pub(crate) fn add(&mut self, at: Millis, database: Database, command: Command) {
        match self.units.last_mut().filter(|_| self.is_open) {
            Some(unit) => unit.commands.push((database, command)),
            None => self.units.push(Unit {
                at,
                commands: Vec::from([(database, command)]),
            }),
        }
        self.is_open = true;
    }

    pub(crate) fn take(&mut self) -> Vec<Unit> {
        self.is_open = false;
        mem::take(&mut self.units)
    }
}

/// Where a broker keeps it; nothing while nobody follows.
pub(crate) type Kept = Option<Box<Log>>;

impl Access<'_> {
    /// A key whose time is over is no more: followers are told, for they wait for it.
    pub(crate) fn propagate_expiry(&mut self, key: &[u8]) {
        if self.signals.log.is_some() {
            let keys = Vec::from([Bytes::from(key)]);
            self.propagate(Command::Del { keys });
        }
    }

    fn propagate(&mut self, command: Command) {
        if let Some(log) = &mut self.signals.log {
            log.add(self.now, self.database, command);
        }
    }
}

/// Executes a command that is about keys, and notes what it propagates.
pub(crate) fn execute(
    db: &mut Access<'_>,
    command: &Command,
    run: impl FnOnce(&mut Access<'_>, &Command) -> Outcome,
) -> Outcome {
    let before = groups::Before::of(db, command);
    db.signals.changed = false;
    let outcome = run(db, command);
    let reply = match &outcome {
        Outcome::Replied(reply) => Some(reply),
        Outcome::Waits { .. } => None,
    };
    if reply.is_none_or(|reply| !reply.is_error()) {
        let commands = match before {
            Some(before) => before.commands(db, command, reply),
            None => reply
                .and_then(|reply| rewriting::rewritten(db, command, reply))
                .into_iter()
                .collect(),
        };
        commands.into_iter().for_each(|command| db.propagate(command));
    }
    outcome
}
