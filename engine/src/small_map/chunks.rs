//! A sorted map in chunks: the large form of a small map.
//!
//! A B-tree of two levels whose nodes are wide: a search looks at one dense row of first keys and at one chunk, which
//! are fewer cache lines than the levels of a narrow tree. Whoever appends fills its chunks to the brim, as IDs do that
//! only grow. It never holds an empty chunk.

use alloc::vec::Vec;
use core::borrow::Borrow;

use super::search;

/// So many pairs a chunk, at most.
const CHUNK_MAX: usize = 64;
/// Below this, a chunk joins the next one if both fit into three quarters of one.
const CHUNK_MIN: usize = 16;

/// Sorted pairs.
#[derive(Clone)]
pub(super) struct Chunks<K, V> {
    /// The first key of each chunk.
    firsts: Vec<K>,
    chunks: Vec<Vec<(K, V)>>,
    len: usize,
}

impl<K: Ord + Clone, V> Chunks<K, V> {
    pub(super) const fn new() -> Self {
        Self {
            firsts: Vec::new(),
            chunks: Vec::new(),
            len: 0,
        }
    }

    /// Of pairs that are sorted already.
    pub(super) fn of(pairs: Vec<(K, V)>) -> Self {
        let mut all = Self::new();
        for (key, value) in pairs {
            all.insert(key, value);
        }
        all
    }

    pub(super) fn into_pairs(self) -> Vec<(K, V)> {
        self.chunks.into_iter().flatten().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let chunk = &self.chunks[self.chunk_of(key)?];
        search(chunk, key).ok().map(|at| &chunk[at].1)
    }

    pub(super) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.chunk_of(key)?;
        let chunk = &mut self.chunks[place];
        search(chunk, key).ok().map(|at| &mut chunk[at].1)
    }

    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        // What comes before everything becomes the first of the first chunk.
        let place = self.chunk_of(&key).unwrap_or(0);
        let is_last = place + 1 == self.chunks.len();
        let Some(chunk) = self.chunks.get_mut(place) else {
            self.begin(key, value);
            return None;
        };
        match search(chunk, &key) {
            Ok(at) => return Some(core::mem::replace(&mut chunk[at].1, value)),
            Err(CHUNK_MAX) if is_last => self.begin(key, value),
            Err(at) => {
                if at == 0 {
                    self.firsts[place] = key.clone();
                }
                chunk.insert(at, (key, value));
                self.len += 1;
                if self.chunks[place].len() > CHUNK_MAX {
                    self.split(place);
                }
            }
        }
        None
    }

    pub(super) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.chunk_of(key)?;
        let chunk = &mut self.chunks[place];
        let at = search(chunk, key).ok()?;
        let (_, value) = chunk.remove(at);
        self.len -= 1;
        match chunk.first() {
            None => {
                self.chunks.remove(place);
                self.firsts.remove(place);
            }
            Some((first, _)) if at == 0 => self.firsts[place] = first.clone(),
            Some(_) => {}
        }
        self.join(place);
        Some(value)
    }

    pub(super) fn iter(&self) -> Iter<'_, K, V> {
        Iter::of(&self.chunks, 0)
    }

    /// From `key` (included) upwards.
    pub(super) fn iter_from<Q: Ord + ?Sized>(&self, key: &Q) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let Some(place) = self.chunk_of(key) else {
            return self.iter();
        };
        let at = search(&self.chunks[place], key).unwrap_or_else(|at| at);
        Iter::of(&self.chunks[place..], at)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.chunks.iter_mut().flatten().map(|(_, value)| value)
    }

    /// The chunk in which a key is if it is anywhere; none for one before all.
    fn chunk_of<Q: Ord + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        self.firsts
            .partition_point(|first| first.borrow() <= key)
            .checked_sub(1)
    }

    /// A new last chunk.
    fn begin(&mut self, key: K, value: V) {
        self.firsts.push(key.clone());
        let mut chunk = Vec::with_capacity(CHUNK_MAX + 1);
        chunk.push((key, value));
        self.chunks.push(chunk);
        self.len += 1;
    }

    fn split(&mut self, place: usize) {
        let mut upper = Vec::with_capacity(CHUNK_MAX + 1);
        upper.extend(self.chunks[place].drain(CHUNK_MAX / 2..));
        self.firsts.insert(place + 1, upper[0].0.clone());
        self.chunks.insert(place + 1, upper);
    }

    fn join(&mut self, place: usize) {
        if let [here, next, ..] = self.chunks.get_mut(place..).unwrap_or_default()
            && here.len() < CHUNK_MIN
            && here.len() + next.len() <= CHUNK_MAX * 3 / 4
        {
            here.append(next);
            self.chunks.remove(place + 1);
            self.firsts.remove(place + 1);
        }
    }
}

/// The pairs in the order of their keys.
#[derive(Clone)]
pub(crate) struct Iter<'a, K, V> {
    front: core::slice::Iter<'a, (K, V)>,
    between: core::slice::Iter<'a, Vec<(K, V)>>,
    back: core::slice::Iter<'a, (K, V)>,
}

impl<'a, K, V> Iter<'a, K, V> {
    /// From this place in the first of these chunks.
    fn of(chunks: &'a [Vec<(K, V)>], at: usize) -> Self {
        let (first, rest): (&[(K, V)], _) = match chunks {
            [first, rest @ ..] => (&first[at..], rest),
            [] => (&[], chunks),
        };
        Self {
            front: first.iter(),
            between: rest.iter(),
            back: [].iter(),
        }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = &'a (K, V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pair) = self.front.next() {
                return Some(pair);
            }
            match self.between.next() {
                Some(chunk) => self.front = chunk.iter(),
                None => return self.back.next(),
            }
        }
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pair) = self.back.next_back() {
                return Some(pair);
            }
            match self.between.next_back() {
                Some(chunk) => self.back = chunk.iter(),
                None => return self.front.next_back(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Runs of keys to insert or to remove.
    fn steps() -> impl Strategy<Value = Vec<(bool, u16, u16)>> {
        prop::collection::vec((prop::bool::weighted(0.6), 0..2_000_u16, 1..200_u16), 1..60)
    }

    proptest! {
        #[test]
        fn behaves_as_a_sorted_map(steps in steps(), from in 0..2_200_u16) {
            let (mut chunks, mut map) = (Chunks::new(), BTreeMap::new());
            for (inserts, first, count) in steps {
                for key in first..first + count {
                    match inserts {
                        true => prop_assert_eq!(chunks.insert(key, first), map.insert(key, first)),
                        false => prop_assert_eq!(chunks.remove(&key), map.remove(&key)),
                    }
                }
                prop_assert_eq!(chunks.len(), map.len());
                prop_assert!(chunks.iter().map(|(key, value)| (key, value)).eq(map.iter()));
                prop_assert!(chunks.iter().rev().map(|(key, value)| (key, value)).eq(map.iter().rev()));
                prop_assert!(chunks.iter_from(&from).map(|(key, value)| (key, value)).eq(map.range(from..)));
                prop_assert_eq!(chunks.get(&from), map.get(&from));
                prop_assert!(chunks.chunks.iter().all(|chunk| (1..=CHUNK_MAX).contains(&chunk.len())));
                prop_assert!(chunks.chunks.iter().map(|chunk| &chunk[0].0).eq(&chunks.firsts));
            }
        }
    }
}
