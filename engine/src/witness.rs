//! Who hears which keys are looked at: so that explorers learn what a command depended on.
//!
//! Every access to a key goes through [`Slots`], which reports it: what was read or changed is recorded, never declared.
//! Keys of the first database are reported, those of others not. A broker without a witness pays for one comparison.
//! Read next: `keyspace.rs`, the only user, and `broker/parts.rs`.

use alloc::sync::Arc;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::Bytes;
use crate::small_map::{Iter, SmallMap};

/// Hears of each look at the keys of a broker, be it to read or to change them.
pub trait Witness: fmt::Debug + Send + Sync {
    /// At what a key holds, at its time to live, or at whether it is there.
    fn key(&self, key: &[u8]);

    /// At which keys there are, of which type, and which have a time to live.
    fn index(&self);
}

/// Values by key, each access reported.
#[derive(Clone)]
pub(crate) struct Slots<V> {
    map: SmallMap<Bytes, V>,
    witness: Option<Arc<dyn Witness>>,
}

impl<V> Slots<V> {
    pub(crate) fn get(&self, key: &[u8]) -> Option<&V> {
        self.see(key);
        self.map.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &[u8]) -> Option<&mut V> {
        self.see(key);
        self.map.get_mut(key)
    }

    pub(crate) fn contains_key(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn insert(&mut self, key: Bytes, value: V) -> Option<V> {
        self.see(&key);
        self.map.insert(key, value)
    }

    pub(crate) fn remove(&mut self, key: &[u8]) -> Option<V> {
        self.see(key);
        self.map.remove(key)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.see_index();
        self.map.is_empty()
    }

    /// The keys; their values are not looked at.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Bytes> {
        self.see_index();
        self.map.keys()
    }

    /// The keys of whose values this is true, with them. It may ask for what the index tells, and nothing else.
    pub(crate) fn matching(&self, is_so: impl Fn(&V) -> bool) -> impl Iterator<Item = (&Bytes, &V)> {
        self.see_index();
        let matching = self.map.iter().filter(move |(_, value)| is_so(value));
        matching.inspect(|(key, _)| self.see(key))
    }

    /// All of them; nobody hears of it. For checks that cannot change an outcome, and for what the witness itself asks.
    pub(crate) fn unreported(&self) -> Iter<'_, Bytes, V> {
        self.map.iter()
    }

    /// One of them; nobody hears of it.
    pub(crate) fn unreported_at(&self, key: &[u8]) -> Option<&V> {
        self.map.get(key)
    }

    /// Puts a value in place of another, or of none; nobody hears of it.
    pub(crate) fn replace(&mut self, key: &Bytes, value: Option<V>) -> Option<V> {
        match value {
            Some(value) => self.map.insert(key.clone(), value),
            None => self.map.remove(&**key),
        }
    }

    /// From now on somebody hears of each access, or nobody.
    pub(crate) fn attend(&mut self, witness: Option<Arc<dyn Witness>>) {
        self.witness = witness;
    }

    /// Sees all there is, then exchanges it with another's. Witnesses stay where they are.
    pub(crate) fn exchange(&mut self, other: &mut Self) {
        for slots in [&*self, &*other] {
            slots.matching(|_| true).for_each(drop);
        }
        core::mem::swap(&mut self.map, &mut other.map);
        for slots in [&*self, &*other] {
            slots.matching(|_| true).for_each(drop);
        }
    }

    /// Reports a look at a key.
    #[inline]
    pub(crate) fn see(&self, key: &[u8]) {
        if let Some(witness) = &self.witness {
            witness.key(key);
        }
    }

    /// Reports a look at which keys there are.
    pub(crate) fn see_index(&self) {
        if let Some(witness) = &self.witness {
            witness.index();
        }
    }
}

// Who looks on is no part of the value.
impl<V> Default for Slots<V> {
    fn default() -> Self {
        let map = SmallMap::new();
        Self { map, witness: None }
    }
}

impl<V: PartialEq> PartialEq for Slots<V> {
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl<V: Eq> Eq for Slots<V> {}

impl<V: Hash> Hash for Slots<V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.map.hash(state);
    }
}

impl<V: fmt::Debug> fmt::Debug for Slots<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}
