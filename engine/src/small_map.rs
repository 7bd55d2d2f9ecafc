//! A sorted map for the many maps that hold a handful of keys and the few that hold a hundred thousand.
//!
//! While small it is one sorted vector, which a model checker copies and hashes quickly; above a threshold it comes in
//! chunks, whose updates stay cheap. Equality and hash depend on the contents only, never on the form.
//! It never exposes an order other than the keys'. Read next: `pending/`, its most demanding user.

mod chunks;

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::slice;

use chunks::Chunks;

/// Above this length the vector is cut into chunks, …
const FLAT_MAX: usize = 64;
/// … and below this one they become a vector again. The gap keeps a map at the border from changing to and fro.
const CHUNKED_MIN: usize = 16;

/// A sorted map, flat while small.
#[derive(Clone)]
pub(crate) struct SmallMap<K, V>(Form<K, V>);

#[derive(Clone)]
enum Form<K, V> {
    Flat(Vec<(K, V)>),
    Chunked(Chunks<K, V>),
}

impl<K: Ord + Clone, V> SmallMap<K, V> {
    /// The empty map; allocates nothing.
    pub(crate) const fn new() -> Self {
        Self(Form::Flat(Vec::new()))
    }

    pub(crate) fn len(&self) -> usize {
        match &self.0 {
            Form::Flat(flat) => flat.len(),
            Form::Chunked(chunks) => chunks.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        match &self.0 {
            Form::Flat(flat) => search(flat, key).ok().map(|at| &flat[at].1),
            Form::Chunked(chunks) => chunks.get(key),
        }
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        match &mut self.0 {
            Form::Flat(flat) => search(flat, key).ok().map(|at| &mut flat[at].1),
            Form::Chunked(chunks) => chunks.get_mut(key),
        }
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Sets `key`'s value and gives the earlier one.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match &mut self.0 {
            Form::Flat(flat) => match search(flat, &key) {
                Ok(at) => return Some(core::mem::replace(&mut flat[at].1, value)),
                Err(at) => flat.insert(at, (key, value)),
            },
            Form::Chunked(chunks) => return chunks.insert(key, value),
        }
        self.grow();
        None
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        match &mut self.0 {
            Form::Flat(flat) => search(flat, key).ok().map(|at| flat.remove(at).1),
            Form::Chunked(chunks) => {
                let removed = chunks.remove(key);
                self.shrink();
                removed
            }
        }
    }

    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        match &self.0 {
            Form::Flat(flat) => Iter::Flat(flat.iter()),
            Form::Chunked(chunks) => Iter::Chunked(chunks.iter()),
        }
    }

    /// From `key` (included) upwards.
    pub(crate) fn iter_from(&self, key: &K) -> Iter<'_, K, V> {
        match &self.0 {
            Form::Flat(flat) => {
                let at = search(flat, key).unwrap_or_else(|at| at);
                Iter::Flat(flat[at..].iter())
            }
            Form::Chunked(chunks) => Iter::Chunked(chunks.iter_from(key)),
        }
    }

    pub(crate) fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        let (flat, chunked) = match &mut self.0 {
            Form::Flat(flat) => (Some(flat.iter_mut().map(|(_, value)| value)), None),
            Form::Chunked(chunks) => (None, Some(chunks.values_mut())),
        };
        flat.into_iter().flatten().chain(chunked.into_iter().flatten())
    }

    fn grow(&mut self) {
        if let Form::Flat(flat) = &mut self.0
            && flat.len() > FLAT_MAX
        {
            self.0 = Form::Chunked(Chunks::of(core::mem::take(flat)));
        }
    }

    fn shrink(&mut self) {
        if let Form::Chunked(chunks) = &mut self.0
            && chunks.len() < CHUNKED_MIN
        {
            self.0 = Form::Flat(core::mem::replace(chunks, Chunks::new()).into_pairs());
        }
    }
}

fn search<K: Borrow<Q>, V, Q: Ord + ?Sized>(flat: &[(K, V)], key: &Q) -> Result<usize, usize> {
    flat.binary_search_by(|(candidate, _)| candidate.borrow().cmp(key))
}

/// The pairs in the order of their keys.
#[derive(Clone)]
pub(crate) enum Iter<'a, K, V> {
    Flat(slice::Iter<'a, (K, V)>),
    Chunked(chunks::Iter<'a, K, V>),
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Iter::Flat(flat) => flat.next().map(|(key, value)| (key, value)),
            Iter::Chunked(chunks) => chunks.next().map(|(key, value)| (key, value)),
        }
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match self {
            Iter::Flat(flat) => flat.next_back().map(|(key, value)| (key, value)),
            Iter::Chunked(chunks) => chunks.next_back().map(|(key, value)| (key, value)),
        }
    }
}

impl<K: Ord + Clone, V> Default for SmallMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord + Clone, V: PartialEq> PartialEq for SmallMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Ord + Clone, V: Eq> Eq for SmallMap<K, V> {}

impl<K: Ord + Clone + Hash, V: Hash> Hash for SmallMap<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        for pair in self.iter() {
            pair.hash(state);
        }
    }
}

impl<K: Ord + Clone + fmt::Debug, V: fmt::Debug> fmt::Debug for SmallMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::hash::BuildHasher;

    fn hash(map: &SmallMap<u32, u32>) -> u64 {
        core::hash::BuildHasherDefault::<std::collections::hash_map::DefaultHasher>::default().hash_one(map)
    }

    /// A map that was large once equals one that never was.
    #[test]
    fn form_does_not_show() {
        let mut once_large = SmallMap::new();
        let mut always_small = SmallMap::new();
        for key in 0..200 {
            once_large.insert(key, key);
        }
        for key in 20..200 {
            assert_eq!(once_large.remove(&key), Some(key));
        }
        for key in (0..20).rev() {
            always_small.insert(key, key);
        }
        assert!(matches!(once_large.0, Form::Chunked(_)) && matches!(always_small.0, Form::Flat(_)));
        assert_eq!(once_large, always_small);
        assert_eq!(hash(&once_large), hash(&always_small));
        assert!(once_large.iter_from(&7).eq(always_small.iter_from(&7)));
    }
}
