//! SELECT, SWAPDB, FLUSHALL: the commands that are about databases as a whole.
//!
//! A client waits in the database that it uses, and watches keys of the database that it used then. Read next:
//! `databases.rs` beside the keyspace.

use alloc::vec::Vec;

use super::{Broker, Ready};
use crate::databases::Database;
use crate::keyspace::Change;
use crate::{Bytes, ClientId, Command, Millis, Reply};

impl Broker {
    /// The database that a client uses.
    pub fn database(&self, client: ClientId) -> Database {
        self.databases.selected(client)
    }

    /// Executes a command that is about databases as a whole, and adds the keys whose waiters must try again; none for
    /// any other.
    pub(super) fn apply_to_databases(
        &mut self,
        client: ClientId,
        command: &Command,
        ready: &mut Ready,
        now: Millis,
    ) -> Option<Reply> {
        if let Some(refusal) = self.refuse_databases(command) {
            return Some(refusal);
        }
        match command {
            Command::Select { database } => self.databases.select(client, *database),
            Command::SwapDb { first, second } => {
                self.swap(*first, *second, ready, now);
                self.propagate_whole(client, command, now);
            }
            Command::FlushAll => {
                self.flush_all(ready, now);
                self.propagate_whole(client, command, now);
            }
            _ => return None,
        }
        Some(Reply::OK)
    }

    fn propagate_whole(&mut self, client: ClientId, command: &Command, now: Millis) {
        let database = self.database(client);
        if let Some(log) = &mut self.log {
            log.add(now, database, command.clone());
        }
    }

    /// <https://redis.io/docs/latest/commands/flushall/>
    pub(super) fn flush_all(&mut self, ready: &mut Ready, now: Millis) {
        let used: Vec<Database> = self.databases.iter().map(|(database, _)| database).collect();
        for database in used {
            self.with_keys_and(ready, database, now, |db| db.remove_all());
        }
    }

    /// <https://redis.io/docs/latest/commands/swapdb/>. A key that either database has counts as modified in both.
    /// Whoever waits for such a key tries again: of several keys first those that were waited for first, where a server
    /// follows its hash table, whose order nobody knows.
    pub(super) fn swap(&mut self, first: Database, second: Database, ready: &mut Ready, now: Millis) {
        if first == second {
            return;
        }
        for database in [first, second] {
            self.with_keys_and(ready, database, now, |db| db.expire_all_due());
        }
        let swapped = [first, second];
        let databases = &self.databases;
        let is_there = |key: &Bytes| swapped.iter().any(|database| databases.contains(*database, key));
        for session in self.sessions.values_mut() {
            session.modify(|(database, key)| swapped.contains(database) && is_there(key));
        }
        for database in swapped {
            let waiters = self.waiters.iter();
            let here = waiters.filter(|waiter| databases.selected(waiter.client) == database);
            for key in here.flat_map(|waiter| waiter.keys()).filter(|key| is_there(key)) {
                let key = (database, key.clone(), Change::There);
                if !ready.contains(&key) {
                    ready.push(key);
                }
            }
        }
        self.databases.swap(first, second);
    }
}
