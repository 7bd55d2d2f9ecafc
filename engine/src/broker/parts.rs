//! A broker in parts: each key with what it holds, and all the rest. For explorers, which keep equal parts once.
//!
//! Parts of the first database only: what lies in others belongs to the rest. Nothing here is reported to a witness.
//! Read next: `witness.rs`.

use alloc::sync::Arc;
use core::hash::{Hash, Hasher};

use super::Broker;
use crate::databases::Database;
use crate::keyspace::Slot;
use crate::witness::{Index, Kept, Witness};
use crate::{Bytes, ClientId, Renaming};

/// What lies at a key, with its time to live: to be kept, compared, and put back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPart(Slot);

impl KeyPart {
    /// The same with other names.
    pub fn renamed(&self, renaming: &dyn Renaming) -> Self {
        Self(self.0.renamed(renaming))
    }

    /// What decides how [`Broker::key_index`] lists it: its type, whether it has a time to live, and whether it is a stream
    /// that has groups.
    pub fn listed(&self) -> (&'static str, bool, bool) {
        let has_groups = self.0.is_in(Index::Grouped);
        (self.0.value.type_name(), self.0.expires_at.is_some(), has_groups)
    }
}

impl Broker {
    /// From now on this witness hears of each look at a key of the first database.
    pub fn attend(&mut self, witness: Arc<dyn Witness>) {
        self.databases.first_mut().attend(Some(witness));
    }

    /// What lies at a key.
    pub fn key_part(&self, key: &[u8]) -> Option<KeyPart> {
        self.databases.first().slot(key).map(KeyPart)
    }

    /// Puts this at a key, or takes away what is there. Nobody who waits or watches is told: it is no command's doing.
    pub fn set_key_part(&mut self, key: &Bytes, part: Option<KeyPart>) {
        self.databases.first_mut().set_slot(key, part.map(|KeyPart(slot)| slot));
    }

    /// The keys of an index in their order, of which type, and whether each has a time to live.
    pub fn key_index(&self, of: Index) -> impl Iterator<Item = (&Bytes, &'static str, bool)> {
        self.databases.first().index(of)
    }

    /// The keys of the first database at which a stream may have changed, come or gone since changes were forgotten; none if
    /// they never were, so that all may have. Its witness does not hear of it.
    pub fn changed_streams(&self) -> Option<&[Bytes]> {
        self.databases.first().changed_streams()
    }

    /// No stream has changed since now.
    pub fn forget_changes(&mut self) {
        self.databases.first_mut().forget_changes();
    }

    /// Whether there is anything that ends when this client's connection is closed.
    pub fn knows(&self, client: ClientId) -> bool {
        let is_of_others = self.databases.selected(client) != Database::FIRST;
        let listens = self.pubsub.is_some() || self.membership.is_some();
        is_of_others || listens || self.sessions.contains_key(&client) || self.is_blocked(client)
    }

    /// Puts another broker in place of this one, all but the keys of the first database, which stay, as does who looks on.
    pub fn set_rest(&mut self, mut rest: Self) {
        core::mem::swap(rest.databases.first_mut(), self.databases.first_mut());
        *self = rest;
    }

    /// Whether [`Self::rest`] is that of another.
    pub fn has_rest_of(&self, other: &Self) -> bool {
        let Self {
            databases,
            sessions,
            waiters,
            pubsub,
            outbox,
            membership,
            auto_ids,
            node_limits,
            notifications,
            log,
        } = self;
        databases.is_but_for_first(&other.databases)
            && *sessions == other.sessions
            && *waiters == other.waiters
            && *pubsub == other.pubsub
            && *outbox == other.outbox
            && *membership == other.membership
            && *auto_ids == other.auto_ids
            && *node_limits == other.node_limits
            && *notifications == other.notifications
            && *log == other.log
    }

    /// Brokers with equal [`Self::rest`]s have equal hashes.
    pub fn hash_rest(&self, state: &mut impl Hasher) {
        self.databases.hash_but_for_first(state);
        self.sessions.hash(state);
        self.waiters.hash(state);
        self.pubsub.hash(state);
        self.outbox.hash(state);
        self.membership.hash(state);
        self.log.hash(state);
        self.auto_ids.hash(state);
    }

    /// The same broker without the keys of the first database, and without a witness.
    pub fn rest(&self) -> Self {
        Self {
            databases: self.databases.without_first(),
            sessions: self.sessions.clone(),
            waiters: self.waiters.clone(),
            pubsub: self.pubsub.clone(),
            outbox: self.outbox.clone(),
            membership: self.membership.clone(),
            auto_ids: self.auto_ids,
            node_limits: self.node_limits,
            notifications: self.notifications,
            log: self.log.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;

    fn apply(broker: &mut Broker, lines: &[&str]) {
        for line in lines {
            let argv: alloc::vec::Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
            broker.apply(ClientId(1), &Command::parse(&argv).expect("a command"), 1_000);
        }
    }

    #[test]
    fn streams_that_may_have_changed_are_named_each_once() {
        let mut broker = Broker::new();
        let changed = |broker: &Broker| broker.changed_streams().map(<[Bytes]>::to_vec);
        apply(&mut broker, &["XADD s 1-0 f v"]);
        assert_eq!(changed(&broker), None, "nobody has asked");
        broker.forget_changes();
        apply(
            &mut broker,
            &["XADD s 1-1 f v", "XADD s 1-2 f v", "XADD t 1-1 f v", "SET a 1"],
        );
        assert_eq!(changed(&broker), Some([Bytes::from("s"), Bytes::from("t")].into()));
        broker.forget_changes();
        apply(&mut broker, &["SET b 1", "LPUSH l x"]);
        assert_eq!(changed(&broker), Some([].into()));
        apply(&mut broker, &["DEL t", "XGROUP CREATE s g 0"]);
        assert_eq!(changed(&broker), Some([Bytes::from("t"), Bytes::from("s")].into()));
        broker.forget_changes();
        apply(&mut broker, &["SET s 1"]);
        assert_eq!(
            changed(&broker),
            Some([Bytes::from("s")].into()),
            "what was there counts"
        );
    }

    #[test]
    fn streams_are_listed_by_whether_they_have_groups() {
        let mut broker = Broker::new();
        apply(
            &mut broker,
            &["XADD s 1-1 f v", "XADD t 1-1 f v", "XGROUP CREATE s g 0"],
        );
        let grouped = |broker: &Broker| broker.key_index(Index::Grouped).count();
        assert_eq!(grouped(&broker), 1);
        let listed = |broker: &Broker| broker.key_part(b"s").map(|part| part.listed());
        assert_eq!(listed(&broker), Some(("stream", false, true)));
        apply(&mut broker, &["XGROUP DESTROY s g"]);
        assert_eq!(grouped(&broker), 0);
        assert_eq!(listed(&broker), Some(("stream", false, false)));
    }

    #[test]
    fn rests_are_compared_where_they_lie() {
        let histories: [&[&str]; 8] = [
            &[],
            &["SET a 1", "XADD s 1-1 f v"],
            &["MULTI"],
            &["WATCH a"],
            &["BLPOP l 0"],
            &["SUBSCRIBE c"],
            &["SELECT 1"],
            &["SELECT 1", "SET a 1", "SELECT 0"],
        ];
        let brokers = histories.map(|lines| {
            let mut broker = Broker::new();
            apply(&mut broker, lines);
            broker
        });
        let hash = |broker: &Broker| {
            let mut state = std::hash::DefaultHasher::new();
            broker.hash_rest(&mut state);
            state.finish()
        };
        for (one_place, one) in brokers.iter().enumerate() {
            for (other_place, other) in brokers.iter().enumerate() {
                let are_equal = one_place == other_place || one_place.max(other_place) == 1;
                assert_eq!(one.has_rest_of(other), are_equal, "{one:?} {other:?}");
                assert_eq!(one.rest() == other.rest(), are_equal, "{one:?} {other:?}");
                assert!(!are_equal || hash(one) == hash(other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn parts_make_the_whole() {
        let mut broker = Broker::new();
        apply(&mut broker, &["SET a 1 PX 500", "LPUSH b x", "SADD c m"]);
        let mut built = broker.rest();
        assert_eq!(built.key_index(Index::Keys).count(), 0);
        for (key, ..) in broker.key_index(Index::Keys) {
            built.set_key_part(key, broker.key_part(key));
        }
        assert_eq!(built, broker);
        built.assert_invariants();
        built.set_key_part(&Bytes::from("a"), None);
        built.assert_invariants();
        let index: alloc::vec::Vec<_> = built
            .key_index(Index::Keys)
            .map(|(key, kind, expires)| (&**key, kind, expires))
            .collect();
        assert_eq!(index, [(&b"b"[..], "list", false), (b"c", "set", false)]);
    }
}
