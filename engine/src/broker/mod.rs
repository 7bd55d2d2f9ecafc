//! The broker: keys, transactions, subscribers, and clients that wait.
//!
//! It is a value. It never reads a clock (every call says what time it is), never chooses at random, and holds
//! nothing that no command could observe. Read next: `transaction.rs`, `waiting.rs`, `messaging.rs`,
//! `databases.rs`, `time.rs`, `replicas.rs`, `views.rs`, `counts.rs`; for nodes of a cluster `redirection.rs`, `node.rs`; for wrappers that explore
//! or break it `abstraction.rs`, `renamed.rs`, `tampering.rs`.

mod abstraction;
mod counts;
mod databases;
mod following;
mod messaging;
mod node;
mod notifying;
mod parts;
mod redirection;
mod renamed;
mod replicas;
mod tampering;
mod time;
mod transaction;
mod views;
mod waiting;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem;

use crate::cluster::{Membership, UNREACHABLE};
use crate::databases::{Database, Databases};
use crate::errors::fixed;
use crate::keyspace::{Access, Ready, Signals};
use crate::propagation;
use crate::pubsub::PubSub;
use crate::run::{self, Outcome};
use crate::small_map::SmallMap;
use crate::syntax::{self, Failure, Refusal};
use crate::{Bytes, ClientId, Command, Millis, NodeLimits, Notifications, Reply};
pub use counts::{Counts, DatabaseCounts};
pub(crate) use node::Carriage;
use node::Carry;
pub use parts::KeyPart;
pub use tampering::SetAside;
use transaction::Session;
use waiting::Waiter;

/// How XADD's `*` chooses an ID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AutoIds {
    /// As a server does: the broker's clock, or the last ID plus one if the clock is behind.
    #[default]
    Clock,
    /// For explorers: the next entry gets `(last ID's ms + 1)-0`, whatever the time.
    Counter,
    /// The same, and later than this: what was given by a broker before this one is not given again.
    CounterAfter(u64),
}

/// A reference broker, which answers as Redis 8.2.3 does.
///
/// A server handles a client's commands one after the other: while a client is blocked (see [`Broker::is_blocked`])
/// it must not apply another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Broker {
    databases: Databases,
    /// Of clients with MULTI or WATCH only.
    sessions: SmallMap<ClientId, Session>,
    /// In the order in which they began to wait.
    waiters: Vec<Waiter>,
    /// Absent while nobody subscribes and everybody speaks RESP2.
    pubsub: Option<Arc<PubSub>>,
    outbox: Vec<(ClientId, Reply)>,
    /// Of a node of a cluster only.
    membership: Option<Arc<Membership>>,
    auto_ids: AutoIds,
    node_limits: NodeLimits,
    notifications: Notifications,
    /// What was propagated since it was taken.
    log: propagation::Kept,
}

impl Broker {
    /// An empty broker whose automatic IDs come from its clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty broker.
    pub fn with_auto_ids(auto_ids: AutoIds) -> Self {
        Self {
            auto_ids,
            ..Self::default()
        }
    }

    /// The same broker, whose streams fill their nodes from now on within these limits.
    pub fn with_node_limits(self, node_limits: NodeLimits) -> Self {
        Self { node_limits, ..self }
    }

    /// From now on streams fill their nodes within these limits.
    pub fn set_node_limits(&mut self, node_limits: NodeLimits) {
        self.node_limits = node_limits;
    }

    /// Executes one command of one client at the time `now`; none means that the client is blocked and its reply will
    /// come through the outbox. Other clients that this command serves get their replies there too, and so do those
    /// whose time to wait ended before `now`, and subscribers their messages: the client's own follow its reply.
    pub fn apply(&mut self, client: ClientId, command: &Command, now: Millis) -> Option<Reply> {
        self.apply_carrying(client, command, now, &mut |_, _| UNREACHABLE)
    }

    /// The same; `carry` is how MIGRATE, be it within EXEC, reaches other nodes.
    pub(crate) fn apply_carrying(
        &mut self,
        client: ClientId,
        command: &Command,
        now: Millis,
        carry: &mut Carry<'_>,
    ) -> Option<Reply> {
        self.admit(client, now, |broker| {
            if let Some(redirection) = broker.redirect(client, command, now) {
                Some(redirection)
            } else if let Some(refusal) = broker.refusal_to_write(client, || syntax::name_of(command)) {
                Some(refusal)
            } else if let Some(refusal) = broker.refusal_to_subscriber(client, || syntax::name_of(command)) {
                if *command == Command::Exec {
                    // Refused or not, what was watched is so no more.
                    broker.sessions.remove(&client);
                }
                Some(refusal)
            } else if broker.in_transaction(client) {
                Some(broker.apply_in_transaction(client, command, now, carry))
            } else {
                broker.apply_alone(client, command, now, carry)
            }
        })
    }

    /// Executes an argument vector, as a server that received it: what is no command is answered with its error, and
    /// inside MULTI an unknown command or a wrong number of arguments makes EXEC abort.
    pub fn apply_argv(&mut self, client: ClientId, argv: &[Bytes], now: Millis) -> Option<Reply> {
        match syntax::parse(argv) {
            Ok(command) => self.apply(client, &command, now),
            Err(refusal) => self.admit(client, now, |broker| Some(broker.refuse(client, refusal, now))),
        }
    }

    /// The replies to clients that were blocked and the messages to subscribers, in the order in which they were sent.
    /// Messages of one PUBLISH come for the channel, then for each pattern in the order of their bytes; a server has an
    /// order of patterns that is its own.
    pub fn take_outbox(&mut self) -> Vec<(ClientId, Reply)> {
        mem::take(&mut self.outbox)
    }

    /// The connection is closed: its MULTI, WATCH, waiting and subscriptions are over. So they are after QUIT, which the
    /// owner of the connection answers by closing it.
    pub fn disconnect(&mut self, client: ClientId) {
        self.disconnect_from_all(client);
    }

    fn admit(
        &mut self,
        client: ClientId,
        now: Millis,
        apply: impl FnOnce(&mut Self) -> Option<Reply>,
    ) -> Option<Reply> {
        self.end_overdue_waits(now);
        if self.is_blocked(client) {
            return Some(fixed(
                "ERR this client is blocked: a server would not have read its command yet",
            ));
        }
        self.begin_unit();
        let reply = apply(self);
        self.use_up_asking(client);
        self.debug_assert_invariants();
        reply
    }

    /// What is propagated from now on is a unit of its own.
    pub(super) fn begin_unit(&mut self) {
        if let Some(log) = &mut self.log {
            log.begin();
        }
    }

    fn refuse(&mut self, client: ClientId, refusal: Refusal, now: Millis) -> Reply {
        match refusal {
            Refusal::Rejected(reply) => {
                self.abort_transaction(client);
                reply
            }
            Refusal::RejectedExec(reply) => {
                self.sessions.remove(&client);
                reply
            }
            Refusal::Failed { name, failure } => {
                if let Some(redirection) = self.redirect_failure(client, &failure, now) {
                    return redirection;
                }
                if let Some(refusal) = self.refusal_to_write(client, || name.into()) {
                    return refusal;
                }
                if let Some(refusal) = self.refusal_to_subscriber(client, || name.into()) {
                    return refusal;
                }
                if self.in_transaction(client) {
                    return self.queue(client, Err(failure));
                }
                let mut ready = Ready::new();
                let reply = self.refuse_failure(client, &failure, &mut ready, now);
                self.serve(ready, now);
                reply
            }
        }
    }

    /// The answer to arguments that are wrong in themselves.
    fn refuse_failure(&mut self, client: ClientId, failure: &Failure, ready: &mut Ready, now: Millis) -> Reply {
        if let Some(reply) = self.refuse_databases_by_name(failure) {
            return reply;
        }
        let database = self.database(client);
        self.with_keys_and(ready, database, now, |db| run::refused(db, failure))
    }

    fn apply_alone(
        &mut self,
        client: ClientId,
        command: &Command,
        now: Millis,
        carry: &mut Carry<'_>,
    ) -> Option<Reply> {
        match command {
            Command::Multi => Some(self.begin_transaction(client)),
            Command::Exec => Some(fixed("ERR EXEC without MULTI")),
            Command::Discard => Some(fixed("ERR DISCARD without MULTI")),
            Command::Watch { keys } => Some(self.watch(client, keys, now)),
            Command::Unwatch => Some(self.unwatch(client)),
            Command::Subscribe { .. }
            | Command::Unsubscribe { .. }
            | Command::Publish { .. }
            | Command::PubSub(_)
            | Command::Ping { .. }
            | Command::Reset
            | Command::Quit => self.apply_to_connection(client, command),
            Command::Select { .. } | Command::SwapDb { .. } | Command::FlushAll => {
                let mut ready = Ready::new();
                let reply = self.apply_to_databases(client, command, &mut ready, now);
                self.serve(ready, now);
                reply
            }
            Command::Migrate(migrate) => {
                let mut ready = Ready::new();
                let reply = self.migrate(migrate, &mut ready, now, carry);
                self.serve(ready, now);
                Some(reply)
            }
            Command::Cluster(_) | Command::Asking | Command::ReadOnly | Command::ReadWrite => {
                self.apply_to_node(client, command, now)
            }
            command => {
                let database = self.database(client);
                let (outcome, ready) = self.with_keys(database, now, |db| run::execute(db, command));
                let reply = match outcome {
                    Outcome::Replied(reply) => Some(reply),
                    Outcome::Waits { instead, block_ms } => {
                        let command = instead.map_or_else(|| command.clone(), |instead| *instead);
                        self.wait(client, command, block_ms, now);
                        None
                    }
                };
                self.serve(ready, now);
                reply
            }
        }
    }

    /// Lets `use_keys` reach the keys of a database; afterwards whoever watches what it modified knows. Gives also the
    /// keys whose waiters must try again, when the command or transaction has ended.
    fn with_keys<T>(
        &mut self,
        database: Database,
        now: Millis,
        use_keys: impl FnOnce(&mut Access<'_>) -> T,
    ) -> (T, Ready) {
        let mut ready = Ready::new();
        let result = self.with_keys_and(&mut ready, database, now, use_keys);
        (result, ready)
    }

    /// The same, one command after the other: adds the keys whose waiters must try again to those that there are.
    fn with_keys_and<T>(
        &mut self,
        ready: &mut Ready,
        database: Database,
        now: Millis,
        use_keys: impl FnOnce(&mut Access<'_>) -> T,
    ) -> T {
        let mut signals = Signals {
            watching: !self.sessions.is_empty(),
            waiting: !self.waiters.is_empty(),
            modified: Vec::new(),
            events: Vec::new(),
            notifications: self.notifications_heard(),
            ready: mem::take(ready),
            changed: false,
            log: self.log.take(),
        };
        let (auto_ids, node_limits) = (self.auto_ids, self.node_limits);
        let result = self.databases.reach(database, |keyspace| {
            use_keys(&mut Access {
                keyspace,
                database,
                signals: &mut signals,
                now,
                auto_ids,
                node_limits,
            })
        });
        *ready = signals.ready;
        self.log = signals.log;
        self.mark_watchers(database, &signals.modified);
        self.tell(database, &signals.events);
        result
    }
}
