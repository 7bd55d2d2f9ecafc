//! Who hears which keys are looked at: so that explorers learn what a command depended on.
//!
//! Every access to a key goes through [`Slots`], which reports it: what was read or changed is recorded, never declared.
//! Keys of the first database are reported, those of others not. A broker without a witness pays for one comparison.
//! Read next: `keyspace.rs`, the only user, and `broker/parts.rs`.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::Bytes;
use crate::small_map::{Iter, SmallMap};

/// Hears of each look at the keys of a broker, be it to read or to change them.
pub trait Witness: fmt::Debug + Send + Sync {
    /// At what a key holds, at its time to live, or at whether it is there.
    fn key(&self, key: &[u8]);

    /// At which keys there are.
    fn index(&self, of: Index);
}

/// A list of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Index {
    /// All keys, with their types, and which have a time to live.
    Keys,
    /// The streams that have groups.
    Grouped,
    /// The keys with a time to live.
    Expiring,
}

/// Values by key, each access reported.
#[derive(Clone)]
pub(crate) struct Slots<V> {
    map: SmallMap<Bytes, V>,
    witness: Option<Arc<dyn Witness>>,
    /// The streams that may have changed since changes were forgotten; none if they never were, since then nobody asks. No
    /// part of the value.
    changed: Option<Vec<Bytes>>,
}

/// What lies at a key, as far as [`Slots`] asks.
pub(crate) trait Kept {
    /// Whether it is in such an index.
    fn is_in(&self, index: Index) -> bool;

    /// Whether it is a stream.
    fn is_stream(&self) -> bool;
}

impl<V: Kept> Slots<V> {
    pub(crate) fn get(&self, key: &[u8]) -> Option<&V> {
        self.see(key);
        self.map.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &[u8]) -> Option<&mut V> {
        self.see(key);
        let value = self.map.get_mut(key);
        if value.as_ref().is_some_and(|value| value.is_stream()) {
            note(&mut self.changed, key);
        }
        value
    }

    pub(crate) fn contains_key(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn insert(&mut self, key: Bytes, value: V) -> Option<V> {
        self.see(&key);
        let is_stream = value.is_stream() || self.map.get(&*key).is_some_and(Kept::is_stream);
        if is_stream {
            note(&mut self.changed, &key);
        }
        self.map.insert(key, value)
    }

    pub(crate) fn remove(&mut self, key: &[u8]) -> Option<V> {
        self.see(key);
        let before = self.map.remove(key);
        if before.as_ref().is_some_and(Kept::is_stream) {
            note(&mut self.changed, key);
        }
        before
    }

    /// The keys at which a stream may have changed, come or gone since the last [`Self::forget_changes`]; without one,
    /// it may have at any.
    pub(crate) fn changed(&self) -> Option<&[Bytes]> {
        self.changed.as_deref()
    }

    pub(crate) fn forget_changes(&mut self) {
        self.changed.get_or_insert_default().clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.see_index(Index::Keys);
        self.map.is_empty()
    }

    /// The keys; their values are not looked at.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Bytes> {
        self.see_index(Index::Keys);
        self.map.keys()
    }

    /// The keys of an index, with their values.
    pub(crate) fn of(&self, index: Index) -> impl Iterator<Item = (&Bytes, &V)> {
        self.see_index(index);
        let matching = self.map.iter().filter(move |(_, value)| value.is_in(index));
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
            slots.of(Index::Keys).for_each(drop);
        }
        core::mem::swap(&mut self.map, &mut other.map);
        for slots in [&*self, &*other] {
            slots.of(Index::Keys).for_each(drop);
        }
        let all = self.map.iter().chain(other.map.iter());
        for (key, _) in all.filter(|(_, value)| value.is_stream()) {
            note(&mut self.changed, key);
            note(&mut other.changed, key);
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
    pub(crate) fn see_index(&self, of: Index) {
        if let Some(witness) = &self.witness {
            witness.index(of);
        }
    }
}

/// Adds a key that is not there, if somebody asks for them.
fn note(keys: &mut Option<Vec<Bytes>>, key: &[u8]) {
    if let Some(keys) = keys
        && !keys.iter().any(|known| **known == *key)
    {
        keys.push(key.into());
    }
}

// Who looks on is no part of the value.
impl<V> Default for Slots<V> {
    fn default() -> Self {
        Self {
            map: SmallMap::new(),
            witness: None,
            changed: None,
        }
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
