//! Of its replicas a broker knows what whoever keeps it says: it never talks to them.
//!
//! Sources: <https://redis.io/docs/latest/commands/wait/>,
//! <https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#allow-writes-only-with-n-attached-replicas>.

use alloc::format;
use alloc::string::String;

use super::Broker;
use super::waiting::Waiter;
use crate::errors::{fixed, formatted};
use crate::{ClientId, Command, Reply, syntax};

/// What answers a write.
const REFUSAL: &str = "NOREPLICAS Not enough good replicas to write.";

impl Broker {
    /// So many replicas have all that this client has written: its WAIT is answered, if it waits for no more.
    pub fn replicated(&mut self, client: ClientId, replicas: i64) {
        let is_enough = |waiter: &Waiter| match *waiter.command {
            Command::Wait { replicas: wanted, .. } => waiter.client == client && wanted <= replicas,
            _ => false,
        };
        if let Some(at) = self.waiters.iter().position(is_enough) {
            self.waiters.remove(at);
            self.outbox.push((client, Reply::Integer(replicas)));
        }
    }

    /// The same broker, which has fewer replicas than `min-replicas-to-write` from now on: it refuses to write.
    pub fn lacking_replicas(self) -> Self {
        let mut broker = self.propagating();
        if let Some(log) = &mut broker.log {
            log.refuses = true;
        }
        broker
    }

    /// Whether it does.
    pub fn lacks_replicas(&self) -> bool {
        self.log.as_ref().is_some_and(|log| log.refuses)
    }

    /// Whether a command of that name may change what replicas have: CLIENT PAUSE WRITE lets it wait.
    pub fn may_write(&self, client: ClientId, name: &str) -> bool {
        match name {
            "exec" => self.is_writing(client),
            "publish" | "spublish" => true,
            name => syntax::writes(name),
        }
    }

    /// What answers a command of that name, if it writes and the broker may not: EXEC, if what was queued writes.
    pub(super) fn refusal_to_write(&mut self, client: ClientId, name: impl FnOnce() -> String) -> Option<Reply> {
        if !self.lacks_replicas() {
            return None;
        }
        let name = name();
        if name == "exec" && self.is_writing(client) {
            self.sessions.remove(&client);
            return Some(formatted(format!(
                "EXECABORT Transaction discarded because of: {REFUSAL}"
            )));
        }
        syntax::writes(&name).then(|| {
            self.abort_transaction(client);
            fixed(REFUSAL)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bytes;

    const CLIENT: ClientId = ClientId(1);

    fn apply(broker: &mut Broker, line: &str) -> Option<Reply> {
        let argv: alloc::vec::Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        broker.apply_argv(CLIENT, &argv, 1_000)
    }

    #[test]
    fn wait_is_answered_by_enough_replicas_or_by_none() {
        let mut broker = Broker::new();
        assert_eq!(apply(&mut broker, "WAIT 0 0"), Some(Reply::Integer(0)));
        assert_eq!(apply(&mut broker, "WAIT 2 100"), None);
        broker.replicated(CLIENT, 1);
        assert!(broker.is_blocked(CLIENT), "one is too few");
        broker.replicated(ClientId(2), 2);
        assert!(broker.is_blocked(CLIENT), "that was another client's");
        broker.replicated(CLIENT, 2);
        assert_eq!(broker.take_outbox(), [(CLIENT, Reply::Integer(2))]);
        assert_eq!(apply(&mut broker, "WAIT 1 100"), None);
        broker.advance(1_100);
        assert_eq!(broker.take_outbox(), [(CLIENT, Reply::Integer(0))]);
    }

    #[test]
    fn a_broker_that_lacks_replicas_writes_nothing() {
        let mut broker = Broker::new().lacking_replicas();
        let empty = broker.clone();
        let refusal = Some(fixed(REFUSAL));
        for line in [
            "SET a 1",
            "XADD s bad f v",
            "XGROUP CREATE s g 0 MKSTREAM",
            "DEL a",
            "FLUSHALL",
        ] {
            assert_eq!(apply(&mut broker, line), refusal, "{line}");
        }
        assert_eq!(broker, empty);
        assert_eq!(apply(&mut broker, "GET a"), Some(Reply::Null));
        assert_eq!(apply(&mut broker, "MULTI"), Some(Reply::OK));
        assert_eq!(apply(&mut broker, "SET a 1"), refusal);
        let aborted = fixed("EXECABORT Transaction discarded because of previous errors.");
        assert_eq!(apply(&mut broker, "EXEC"), Some(aborted));
    }

    #[test]
    fn what_was_queued_before_is_refused_too() {
        let mut broker = Broker::new();
        apply(&mut broker, "MULTI");
        apply(&mut broker, "SET a 1");
        let mut broker = broker.lacking_replicas();
        let text = format!("EXECABORT Transaction discarded because of: {REFUSAL}");
        assert_eq!(apply(&mut broker, "EXEC"), Some(formatted(text)));
        assert_eq!(apply(&mut broker, "GET a"), Some(Reply::Null));
    }
}
