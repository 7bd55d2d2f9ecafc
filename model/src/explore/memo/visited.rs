//! The states that were visited: a fingerprint and the first parent of each, in eighteen to twenty bytes a state.
//!
//! They lie in a fixed number of shards by fingerprint, so that threads fill one each, and what is found does not depend
//! on how many threads there are. Within a shard they are numbered as they come.

use super::slots::Slots;
use super::store::{Id, NOTHING};

/// How many shards there are, whatever the number of threads.
pub(super) const SHARDS: usize = 8;

/// A state, by shard and place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State(pub(super) u32);

impl State {
    /// The parent of the first state.
    pub(super) const NONE: Self = Self(u32::MAX);

    pub(super) fn new(shard: usize, place: u32) -> Self {
        Self(place * SHARDS as u32 + shard as u32)
    }

    pub(super) fn shard(self) -> usize {
        self.0 as usize % SHARDS
    }

    pub(super) fn place(self) -> u32 {
        self.0 / SHARDS as u32
    }
}

/// The shard of a fingerprint. The index uses the upper bits, this the lowest.
#[inline]
pub(super) fn shard(fingerprint: u64) -> usize {
    fingerprint as usize % SHARDS
}

/// The states of one shard.
#[derive(Debug)]
pub(super) struct Shard {
    slots: Slots,
    parents: Chunks<State>,
    /// Where fingerprints alone are not trusted: whole rows, without free seats at the end.
    rows: Option<Vec<Box<[Id]>>>,
}

impl Shard {
    pub(super) fn new(is_exact: bool) -> Self {
        Self {
            slots: Slots::default(),
            parents: Chunks::default(),
            rows: is_exact.then(Vec::new),
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.parents.len
    }

    pub(super) fn parent(&self, place: u32) -> State {
        *self.parents.get(place)
    }

    /// Makes room for so many states more.
    pub(super) fn reserve(&mut self, more: usize) {
        self.slots.reserve(more);
    }

    /// Looks where a search will begin, so that it is near when the search comes. There is room.
    #[inline]
    pub(super) fn glance(&self, fingerprint: u64) -> u32 {
        self.slots.glance(fingerprint)
    }

    /// Whether whole rows are compared.
    pub(super) fn is_exact(&self) -> bool {
        self.rows.is_some()
    }

    /// The place of a state; its row is looked at only where fingerprints are not trusted.
    pub(super) fn find(&self, fingerprint: u64, row: &[Id]) -> Option<u32> {
        let is_known = !self.slots.is_empty();
        is_known.then(|| self.search(fingerprint, row).ok()).flatten()
    }

    /// The place of a state, or the slot in which it would be found.
    #[inline]
    fn search(&self, fingerprint: u64, row: &[Id]) -> Result<u32, usize> {
        self.slots.find(fingerprint, |place| match &self.rows {
            None => true,
            Some(rows) => *rows[place as usize] == *without_free_end(row),
        })
    }

    /// The place of a state that was visited before; or else it is now, and has this place. There is room.
    #[inline]
    pub(super) fn visit(&mut self, fingerprint: u64, parent: impl FnOnce() -> State, row: &[Id]) -> Result<u32, u32> {
        let free = match self.search(fingerprint, row) {
            Ok(known) => return Ok(known),
            Err(free) => free,
        };
        let place = self.len();
        self.slots.insert(free, fingerprint, place);
        self.parents.push(parent());
        if let Some(rows) = &mut self.rows {
            rows.push(without_free_end(row).into());
        }
        Err(place)
    }
}

fn without_free_end(row: &[Id]) -> &[Id] {
    let end = row.iter().rposition(|&id| id != NOTHING).map_or(0, |last| last + 1);
    &row[..end]
}

/// A long list that never moves, so that it is never there twice.
#[derive(Debug)]
struct Chunks<T> {
    chunks: Vec<Vec<T>>,
    len: u32,
}

const CHUNK: u32 = 1 << 14;

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Chunks<T> {
    #[inline]
    fn get(&self, place: u32) -> &T {
        &self.chunks[(place / CHUNK) as usize][(place % CHUNK) as usize]
    }

    fn push(&mut self, thing: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK as usize => last.push(thing),
            last => {
                // The first grows as it is needed: most spaces are small.
                let mut chunk = Vec::with_capacity(if last.is_some() { CHUNK as usize } else { 16 });
                chunk.push(thing);
                self.chunks.push(chunk);
            }
        }
        self.len += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Shard, State};
    use crate::explore::memo::table::spread;

    #[test]
    fn a_state_costs_twenty_bytes_at_most() {
        let mut shard = Shard::new(false);
        for number in 0..400_000 {
            let fingerprint = spread(number);
            shard.reserve(1);
            assert_eq!(shard.find(fingerprint, &[]), None);
            assert_eq!(shard.visit(fingerprint, || State::NONE, &[]), Err(number as u32));
            let parents = shard.parents.chunks.len() * super::CHUNK as usize * size_of::<State>();
            let all = parents + shard.slots.bytes();
            assert!(
                number < 200_000 || all as u64 <= 20 * (number + 1),
                "{all} bytes for {number} states"
            );
        }
        for number in 0..400_000 {
            let known = shard.visit(spread(number), || unreachable!("it is known"), &[]);
            assert_eq!(known, Ok(number as u32));
        }
    }
}
