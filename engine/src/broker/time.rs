//! What happens because time passes: keys expire, and waiting ends.
//!
//! Keys also expire when a command looks at them, whether or not anybody told the broker that time has passed.

use super::Broker;
use crate::databases::Database;
use crate::{Bytes, ClientId, Millis};

impl Broker {
    /// It is `now`: keys whose time is over are gone, blocked calls whose time is over are answered with nothing; the
    /// earlier ones first.
    pub fn advance(&mut self, now: Millis) {
        loop {
            let overdue = self.earliest_wait().filter(|&(deadline, _)| deadline <= now);
            let expired = self
                .databases
                .earliest_expiry()
                .filter(|&(deadline, ..)| deadline <= now);
            match (overdue, expired) {
                (None, None) => break,
                (Some((_, client)), None) => self.time_out(client),
                (Some((overdue, client)), Some((expiry, ..))) if overdue <= expiry => self.time_out(client),
                (_, Some((_, database, key))) => {
                    let key = key.clone();
                    self.expire_at(database, &key, now);
                }
            }
        }
        self.debug_assert_invariants();
    }

    /// It is `now`, but keys whose time is over stay until somebody looks at them: DEBUG SET-ACTIVE-EXPIRE 0.
    pub fn end_overdue_waits(&mut self, now: Millis) {
        while let Some((_, client)) = self.earliest_wait().filter(|&(deadline, _)| deadline <= now) {
            self.time_out(client);
        }
    }

    /// When somebody will next have waited long enough.
    pub fn next_timeout(&self) -> Option<Millis> {
        self.earliest_wait().map(|(deadline, _)| deadline)
    }

    /// When time itself will next change something.
    pub fn next_deadline(&self) -> Option<Millis> {
        let expiry = self.databases.earliest_expiry().map(|(deadline, ..)| deadline);
        self.next_timeout().into_iter().chain(expiry).min()
    }

    /// A key of the first database with a time to live expires now, though its time may not be over: explorers let time run at any speed.
    pub fn expire(&mut self, key: &Bytes) {
        // The moment shows in nothing but the time at which a consumer that waits was last seen.
        let now = self.databases.first().expires_at(key);
        if let Some(now) = now {
            self.expire_at(Database::FIRST, key, now);
            self.debug_assert_invariants();
        }
    }

    /// The keys of the first database with a time to live.
    pub fn keys_that_expire(&self) -> impl Iterator<Item = &Bytes> {
        self.databases.first().keys_that_expire().map(|(key, _)| key)
    }

    /// When the time to live of a key of the first database ends; none for a key that has none, or is not there.
    pub fn expires_at(&self, key: &[u8]) -> Option<Millis> {
        self.databases.first().expires_at(key)
    }

    fn expire_at(&mut self, database: Database, key: &[u8], now: Millis) {
        self.begin_unit();
        let ((), ready) = self.with_keys(database, now, |db| db.expire(key));
        self.serve(ready, now);
    }

    fn earliest_wait(&self) -> Option<(Millis, ClientId)> {
        let deadlines = self
            .waiters
            .iter()
            .filter_map(|waiter| Some((waiter.deadline?, waiter.client)));
        deadlines.min_by_key(|&(deadline, _)| deadline)
    }
}
