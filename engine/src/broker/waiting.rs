//! Clients that wait: XREAD and XREADGROUP with BLOCK, BLPOP and its like.
//!
//! A waiter is a command to be tried again when a key it names is added to, created, deleted or overwritten, or loses
//! a group. Those who wait for one key try in the order in which they began; who gets nothing waits on, at the end of
//! the row, with its old deadline. WAIT waits for no key, but for replicas, of which the broker hears. Source: <https://redis.io/docs/latest/commands/xread/#how-multiple-clients-blocked-on-a-single-stream-are-served>.
//! Read next: `time.rs`, how waiting ends otherwise.

use alloc::sync::Arc;
use core::{mem, slice};

use super::{Broker, Ready};
use crate::command::ReadFrom;
use crate::databases::Database;
use crate::keyspace::{Change, Value};
use crate::run::{self, Outcome};
use crate::{Bytes, ClientId, Command, Millis, Reply};

/// A blocked call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Waiter {
    pub(super) client: ClientId,
    /// Shared with copies of the broker: waiters change places more often than they change.
    pub(super) command: Arc<Command>,
    /// When it is answered with nothing; never, when none.
    pub(super) deadline: Option<Millis>,
}

impl Waiter {
    fn waits_for(&self, key: &[u8]) -> bool {
        self.keys().any(|awaited| **awaited == *key)
    }

    /// The keys that it waits for.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Bytes> {
        let (streams, keys): (&[(Bytes, ReadFrom)], &[Bytes]) = match &*self.command {
            Command::XRead(read) => (&read.streams, &[]),
            Command::XReadGroup(read) => (&read.streams, &[]),
            Command::BPop { keys, .. } => (&[], keys),
            Command::BLMPop { lmpop, .. } => (&[], &lmpop.keys),
            Command::BLMove { lmove, .. } => (&[], slice::from_ref(&lmove.source)),
            Command::BRPopLPush { source, .. } => (&[], slice::from_ref(source)),
            _ => (&[], &[]),
        };
        streams.iter().map(|(key, _)| key).chain(keys)
    }

    /// Whether such a change of a key that it waits for makes it the key's turn.
    fn is_woken_by(&self, change: Change) -> bool {
        change == Change::There || matches!(*self.command, Command::XReadGroup(_))
    }

    /// Whether it tries again for what a key holds now. A group can go away with its key: who reads in one is told. Who
    /// reads a stream or takes from a list waits until there is one again.
    fn tries_for(&self, value: Option<&Value>) -> bool {
        match &*self.command {
            Command::XReadGroup(_) => true,
            Command::XRead(_) => matches!(value, Some(Value::Stream(_))),
            _ => matches!(value, Some(Value::List(_))),
        }
    }
}

impl Broker {
    /// Whether this client waits for a reply.
    pub fn is_blocked(&self, client: ClientId) -> bool {
        self.waiters.iter().any(|waiter| waiter.client == client)
    }

    /// A blocked call of this client is answered with nothing, now; WAIT with 0, for no replica was heard of.
    pub fn time_out(&mut self, client: ClientId) {
        if let Some(at) = self.waiters.iter().position(|waiter| waiter.client == client) {
            let reply = match &*self.waiters[at].command {
                Command::Wait { .. } => Reply::Integer(0),
                _ => Reply::NullArray,
            };
            self.end_wait(client, reply);
        }
    }

    /// A blocked call of this client is answered with this, now.
    pub fn end_wait(&mut self, client: ClientId, reply: Reply) {
        if let Some(at) = self.waiters.iter().position(|waiter| waiter.client == client) {
            self.waiters.remove(at);
            self.use_up_asking(client);
            self.outbox.push((client, reply));
        }
    }

    pub(super) fn wait(&mut self, client: ClientId, command: Command, block_ms: Millis, now: Millis) {
        let deadline = (block_ms > 0).then(|| now.saturating_add(block_ms));
        self.waiters.push(Waiter {
            client,
            command: Arc::new(command),
            deadline,
        });
    }

    /// Lets those who wait for these keys try again. Their tries may make further keys ready, which come after.
    pub(super) fn serve(&mut self, mut ready: Ready, now: Millis) {
        while !ready.is_empty() {
            let mut keys = mem::take(&mut ready);
            let mut count = 0;
            for at in 0..keys.len() {
                let (database, key, change) = &keys[at];
                // When a key goes away it is not its turn, unless somebody must be told.
                let is_its_turn = self.waiting(*database, key).any(|waiter| waiter.is_woken_by(*change));
                let is_known = |(of, known, _): &(Database, Bytes, Change)| (of, known) == (database, key);
                if is_its_turn && !keys[..count].iter().any(is_known) {
                    keys.swap(count, at);
                    count += 1;
                }
            }
            for (database, key, _) in &keys[..count] {
                // Those who wait again come last: everyone tries once.
                let mut at = 0;
                for _ in 0..self.waiters.len() {
                    let waiter = &self.waiters[at];
                    let tries = waiter.waits_for(key) && self.database(waiter.client) == *database;
                    if !tries || !self.try_again(at, *database, key, now, &mut ready) {
                        at += 1;
                    }
                }
            }
        }
    }

    fn waiting(&self, database: Database, key: &[u8]) -> impl Iterator<Item = &Waiter> {
        let waiters = self.waiters.iter();
        waiters.filter(move |waiter| waiter.waits_for(key) && self.database(waiter.client) == database)
    }

    /// Lets one of those who wait try again; false if it stays where it is.
    fn try_again(&mut self, at: usize, database: Database, key: &[u8], now: Millis, ready: &mut Ready) -> bool {
        self.begin_unit();
        let waiter = self.waiters.remove(at);
        // Who reads one stream in a group tries whatever is there.
        if !matches!(&*waiter.command, Command::XReadGroup(read) if read.streams.len() == 1) {
            let tries = self.with_keys_and(ready, database, now, |db| waiter.tries_for(db.value(key)));
            if !tries {
                self.waiters.insert(at, waiter);
                return false;
            }
        }
        let before = self.outbox.len();
        let outcome = match self.redirect_waiter(waiter.client, &waiter.command, now) {
            Some(error) => Outcome::Replied(error),
            None => self.with_keys_and(ready, database, now, |db| run::execute(db, &waiter.command)),
        };
        match outcome {
            // What it is told of its own doing follows its reply.
            Outcome::Replied(reply) => {
                self.use_up_asking(waiter.client);
                self.outbox.insert(before, (waiter.client, reply));
            }
            Outcome::Waits { instead, .. } => self.waiters.push(Waiter {
                command: instead.map_or(waiter.command, |instead| Arc::new(*instead)),
                ..waiter
            }),
        }
        true
    }
}
