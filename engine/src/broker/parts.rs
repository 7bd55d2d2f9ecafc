//! A broker in parts: each key with what it holds, and all the rest. For explorers, which keep equal parts once.
//!
//! Parts of the first database only: what lies in others belongs to the rest. Nothing here is reported to a witness.
//! Read next: `witness.rs`.

use alloc::sync::Arc;

use super::Broker;
use crate::databases::Database;
use crate::keyspace::Slot;
use crate::witness::{Index, Witness};
use crate::{Bytes, ClientId, Renaming};

/// What lies at a key, with its time to live: to be kept, compared, and put back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPart(Slot);

impl KeyPart {
    /// The same with other names.
    pub fn renamed(&self, renaming: &dyn Renaming) -> Self {
        Self(self.0.renamed(renaming))
    }

    /// How [`Broker::key_index`] lists it: its type, and whether it has a time to live.
    pub fn listed(&self) -> (&'static str, bool) {
        (self.0.value.type_name(), self.0.expires_at.is_some())
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

    /// Whether a stream of the first database may have changed, come or gone since changes were forgotten.
    pub fn streams_changed(&self) -> bool {
        self.databases.first().streams_changed()
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;

    #[test]
    fn parts_make_the_whole() {
        let mut broker = Broker::new();
        let client = ClientId(1);
        for line in ["SET a 1 PX 500", "LPUSH b x", "SADD c m"] {
            let argv: alloc::vec::Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
            broker.apply(client, &Command::parse(&argv).expect("a command"), 1_000);
        }
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
