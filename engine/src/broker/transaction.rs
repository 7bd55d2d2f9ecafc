//! MULTI, EXEC, DISCARD, WATCH, UNWATCH.
//! Source: <https://redis.io/docs/latest/develop/using-commands/transactions/>.
//!
//! Nothing else runs between the commands of one EXEC; whoever waits is served after the last of them. A command that
//! fails does not undo the others. Read next: `waiting.rs`.

use alloc::vec::Vec;

use super::messaging::SHARDED_IN_TRANSACTION;
use super::node::Carry;
use super::{Broker, Ready};
use crate::cluster::Named;
use crate::command::Subscription;
use crate::databases::Database;
use crate::errors::fixed;
use crate::renaming::{Renaming, texts};
use crate::run::{self, Outcome};
use crate::small_map::SmallMap;
use crate::syntax::{self, Failure};
use crate::{Bytes, ClientId, Command, Millis, Reply};

/// A client's MULTI and WATCH.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Session {
    /// What EXEC will execute, since MULTI.
    queue: Option<Vec<Queued>>,
    /// An argument vector was no command since MULTI.
    aborted: bool,
    watched: SmallMap<(Database, Bytes), ()>,
    /// A watched key was modified.
    dirty: bool,
}

/// A command, or the error that its arguments will give once they are looked at.
type Queued = Result<Command, Failure>;

impl Session {
    /// Whether it is worth keeping.
    pub(super) fn is_used(&self) -> bool {
        self.queue.is_some() || !self.watched.is_empty()
    }

    pub(super) fn watched(&self) -> impl Iterator<Item = &(Database, Bytes)> {
        self.watched.keys()
    }

    /// The same with other names.
    pub(super) fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self {
            queue,
            aborted,
            watched,
            dirty,
        } = self;
        let queued = |queued: &Queued| match queued {
            Ok(command) => Ok(command.renamed(renaming)),
            Err(failure) => Err(Failure {
                argv: texts(&failure.argv, renaming),
                ..failure.clone()
            }),
        };
        let mut renamed = SmallMap::new();
        for (database, key) in watched.keys() {
            renamed.insert((*database, renaming.text(key)), ());
        }
        Self {
            queue: queue.as_ref().map(|queue| queue.iter().map(queued).collect()),
            aborted: *aborted,
            watched: renamed,
            dirty: *dirty,
        }
    }

    /// What is watched and was modified makes EXEC fail.
    pub(super) fn modify(&mut self, is_modified: impl FnMut(&(Database, Bytes)) -> bool) {
        self.dirty |= self.watched.keys().any(is_modified);
    }
}

impl Broker {
    pub(super) fn in_transaction(&self, client: ClientId) -> bool {
        self.sessions
            .get(&client)
            .is_some_and(|session| session.queue.is_some())
    }

    /// How many commands of this client wait for EXEC; none outside MULTI.
    pub fn queued(&self, client: ClientId) -> Option<usize> {
        self.sessions.get(&client)?.queue.as_ref().map(Vec::len)
    }

    /// Whether this client watches a key.
    pub fn is_watching(&self, client: ClientId) -> bool {
        self.watched(client) > 0
    }

    /// How many keys this client watches.
    pub fn watched(&self, client: ClientId) -> usize {
        let session = self.sessions.get(&client);
        session.map_or(0, |session| session.watched.len())
    }

    pub(super) fn begin_transaction(&mut self, client: ClientId) -> Reply {
        let mut session = self.sessions.remove(&client).unwrap_or_default();
        session.queue = Some(Vec::new());
        self.sessions.insert(client, session);
        Reply::OK
    }

    /// Makes EXEC answer EXECABORT; outside MULTI nothing happens.
    pub fn abort_transaction(&mut self, client: ClientId) {
        if let Some(session) = self.sessions.get_mut(&client) {
            session.aborted = session.queue.is_some();
        }
    }

    /// Whether something writes that EXEC would execute.
    pub(super) fn is_writing(&self, client: ClientId) -> bool {
        let session = self.sessions.get(&client);
        let mut queued = session.and_then(|session| session.queue.as_ref()).into_iter().flatten();
        queued.any(|queued| match queued {
            Ok(command) => syntax::writes(&syntax::name_of(command)),
            Err(failure) => failure.writes,
        })
    }

    /// The keys and channels of all that EXEC would execute.
    pub(super) fn named_by_transaction(&self, client: ClientId) -> Named {
        let mut named = Named::default();
        let session = self.sessions.get(&client);
        for queued in session.and_then(|session| session.queue.as_ref()).into_iter().flatten() {
            match queued {
                Ok(command) => named.add(&command.to_argv()),
                Err(failure) => named.add(&failure.argv),
            }
        }
        named
    }

    /// Queues what EXEC will execute.
    pub(super) fn queue(&mut self, client: ClientId, queued: Queued) -> Reply {
        let session = self.sessions.get_mut(&client);
        // What will not be executed is not kept either.
        let session = session.filter(|session| !session.aborted && !session.dirty);
        if let Some(queue) = session.and_then(|session| session.queue.as_mut()) {
            queue.push(queued);
        }
        Reply::Status("QUEUED".into())
    }

    pub(super) fn apply_in_transaction(
        &mut self,
        client: ClientId,
        command: &Command,
        now: Millis,
        carry: &mut Carry<'_>,
    ) -> Reply {
        match command {
            Command::Multi => fixed("ERR MULTI calls can not be nested"),
            Command::Watch { .. } => fixed("ERR WATCH inside MULTI is not allowed"),
            Command::Discard => {
                self.sessions.remove(&client);
                Reply::OK
            }
            Command::Exec => self.exec(client, now, carry),
            Command::Reset | Command::Quit => self.apply_to_connection(client, command).unwrap_or(Reply::OK),
            command => self.queue(client, Ok(command.clone())),
        }
    }

    /// <https://redis.io/docs/latest/commands/exec/>
    fn exec(&mut self, client: ClientId, now: Millis, carry: &mut Carry<'_>) -> Reply {
        // A watched key whose time is over by now counts as modified.
        let watched: Vec<(Database, Bytes)> = self
            .sessions
            .get(&client)
            .into_iter()
            .flat_map(|session| session.watched.keys().cloned())
            .collect();
        let mut expired = Ready::new();
        for (database, key) in watched {
            self.with_keys_and(&mut expired, database, now, |db| db.expire_if_due(&key));
        }
        let session = self.sessions.remove(&client).unwrap_or_default();
        let reply = if session.aborted {
            fixed("EXECABORT Transaction discarded because of previous errors.")
        } else if session.dirty {
            Reply::NullArray
        } else {
            return self.execute_all(client, session.queue.unwrap_or_default(), expired, now, carry);
        };
        self.serve(expired, now);
        reply
    }

    fn execute_all(
        &mut self,
        client: ClientId,
        queue: Vec<Queued>,
        mut ready: Ready,
        now: Millis,
        carry: &mut Carry<'_>,
    ) -> Reply {
        let execute = |queued| self.execute_queued(client, queued, &mut ready, now, carry);
        let replies = queue.into_iter().map(execute).collect();
        self.serve(ready, now);
        Reply::Array(replies)
    }

    fn execute_queued(
        &mut self,
        client: ClientId,
        queued: Queued,
        ready: &mut Ready,
        now: Millis,
        carry: &mut Carry<'_>,
    ) -> Reply {
        let database = self.database(client);
        let command = match queued {
            Ok(command) => command,
            Err(failure) => return self.refuse_failure(client, &failure, ready, now),
        };
        if let Command::Subscribe { kind, .. } = command
            && kind == Subscription::ShardChannel
        {
            return SHARDED_IN_TRANSACTION;
        }
        if let Some(reply) = self.apply_to_connection(client, &command) {
            return reply;
        }
        if let Some(reply) = self.apply_to_databases(client, &command, ready, now) {
            return reply;
        }
        if let Command::Migrate(migrate) = &command {
            return self.migrate(migrate, ready, now, carry);
        }
        if let Some(reply) = self.apply_to_node(client, &command, now) {
            return reply;
        }
        match self.with_keys_and(ready, database, now, |db| run::execute(db, &command)) {
            Outcome::Replied(reply) => reply,
            // Nothing waits inside a transaction: it is as if the time had passed at once.
            Outcome::Waits { .. } => match command {
                Command::BLMove { .. } | Command::BRPopLPush { .. } => Reply::Null,
                Command::Wait { .. } => Reply::Integer(0),
                _ => Reply::NullArray,
            },
        }
    }

    /// <https://redis.io/docs/latest/commands/watch/>
    pub(super) fn watch(&mut self, client: ClientId, keys: &[Bytes], now: Millis) -> Reply {
        // A key whose time is over goes now, so that its going does not count as a modification later.
        let database = self.database(client);
        let ((), expired) = self.with_keys(database, now, |db| keys.iter().for_each(|key| db.expire_if_due(key)));
        let mut session = self.sessions.remove(&client).unwrap_or_default();
        for key in keys {
            session.watched.insert((database, key.clone()), ());
        }
        self.sessions.insert(client, session);
        self.serve(expired, now);
        Reply::OK
    }

    /// <https://redis.io/docs/latest/commands/unwatch/>
    pub(super) fn unwatch(&mut self, client: ClientId) -> Reply {
        self.sessions.remove(&client);
        Reply::OK
    }

    /// Whoever watches one of these keys will see EXEC fail.
    pub(super) fn mark_watchers(&mut self, database: Database, modified: &[Bytes]) {
        if modified.is_empty() {
            return;
        }
        for session in self.sessions.values_mut() {
            session.modify(|(watched, key)| *watched == database && modified.contains(key));
        }
    }
}
