//! Clients that wait: XREAD and XREADGROUP with BLOCK, BLPOP and its like.
//!
//! A waiter is a command to be tried again when a key it names is added to, created, deleted or overwritten, or loses
//! a group. Those who wait for one key try in the order in which they began; who gets nothing waits on, at the end of
//! the row, with its old deadline. Source: <https://redis.io/docs/latest/commands/xread/#how-multiple-clients-blocked-on-a-single-stream-are-served>.
//! Read next: `time.rs`, how waiting ends otherwise.

use alloc::vec::Vec;
use core::mem;

use super::Broker;
use crate::command::ReadFrom;
use crate::keyspace::Value;
use crate::run::{self, Outcome};
use crate::{Bytes, ClientId, Command, Millis, Reply};

/// A blocked call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Waiter {
    pub(super) client: ClientId,
    pub(super) command: Command,
    /// When it is answered with nothing; never, when none.
    pub(super) deadline: Option<Millis>,
}

impl Waiter {
    fn waits_for(&self, key: &[u8]) -> bool {
        let streams = |streams: &[(Bytes, ReadFrom)]| streams.iter().any(|(awaited, _)| **awaited == *key);
        let keys = |keys: &[Bytes]| keys.iter().any(|awaited| **awaited == *key);
        match &self.command {
            Command::XRead(read) => streams(&read.streams),
            Command::XReadGroup(read) => streams(&read.streams),
            Command::BPop { keys: awaited, .. } => keys(awaited),
            Command::BLMPop { lmpop, .. } => keys(&lmpop.keys),
            Command::BLMove { lmove, .. } => *lmove.source == *key,
            Command::BRPopLPush { source, .. } => **source == *key,
            _ => false,
        }
    }

    /// Whether it tries again for what a key holds now. A group can go away with its key: who reads in one is told. Who
    /// reads a stream or takes from a list waits until there is one again.
    fn tries_for(&self, value: Option<&Value>) -> bool {
        match &self.command {
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

    /// A blocked call of this client is answered with nothing, now.
    pub fn time_out(&mut self, client: ClientId) {
        if let Some(at) = self.waiters.iter().position(|waiter| waiter.client == client) {
            self.waiters.remove(at);
            self.outbox.push((client, Reply::NullArray));
        }
    }

    pub(super) fn wait(&mut self, client: ClientId, command: Command, block_ms: Millis, now: Millis) {
        let deadline = (block_ms > 0).then(|| now.saturating_add(block_ms));
        self.waiters.push(Waiter {
            client,
            command,
            deadline,
        });
    }

    /// Lets those who wait for these keys try again. Their tries may make further keys ready, which come after.
    pub(super) fn serve(&mut self, mut ready: Vec<Bytes>, now: Millis) {
        while !ready.is_empty() {
            for key in mem::take(&mut ready) {
                let waiting = self.waiters.iter().filter(|waiter| waiter.waits_for(&key));
                // Those who wait again come last: everyone tries once.
                let clients: Vec<ClientId> = waiting.map(|waiter| waiter.client).collect();
                for client in clients {
                    ready.extend(self.try_again(client, &key, now));
                }
            }
        }
    }

    fn try_again(&mut self, client: ClientId, key: &[u8], now: Millis) -> Vec<Bytes> {
        let Some(at) = self.waiters.iter().position(|waiter| waiter.client == client) else {
            return Vec::new();
        };
        let waiter = self.waiters.remove(at);
        let (tries, expired) = self.with_keys(now, |db| waiter.tries_for(db.value(key)));
        if !tries {
            self.waiters.insert(at, waiter);
            return expired;
        }
        let (outcome, mut ready) = self.with_keys(now, |db| run::execute(db, &waiter.command));
        ready.extend(expired);
        match outcome {
            Outcome::Replied(reply) => self.outbox.push((client, reply)),
            Outcome::Waits { retry, .. } => self.waiters.push(Waiter {
                command: *retry,
                ..waiter
            }),
        }
        ready
    }
}
