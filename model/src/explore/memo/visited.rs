//! The states that were visited: a fingerprint and the first parent of each, in seventeen to twenty bytes a state.
//!
//! They lie in a fixed number of shards by fingerprint, so that threads fill one each, and what is found does not depend
//! on how many threads there are.

use super::store::{Id, NOTHING};
use super::table::{Table, upper};

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
    /// The upper halves of fingerprints; the lower ones lie in the index.
    uppers: Chunks<u32>,
    parents: Chunks<State>,
    table: Table,
    /// Where fingerprints alone are not trusted: whole rows, without free seats at the end.
    rows: Option<Vec<Box<[Id]>>>,
}

impl Shard {
    pub(super) fn new(is_exact: bool) -> Self {
        Self {
            uppers: Chunks::default(),
            parents: Chunks::default(),
            table: Table::default(),
            rows: is_exact.then(Vec::new),
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.uppers.len
    }

    pub(super) fn parent(&self, place: u32) -> State {
        *self.parents.get(place)
    }

    /// Looks where a search will begin, so that it is near when the search comes.
    #[inline]
    pub(super) fn glance(&self, fingerprint: u64) -> u64 {
        self.table.glance(fingerprint)
    }

    /// The place of a state whose fingerprint has the same lower half, if there is one; most often it is the state.
    #[inline]
    pub(super) fn nearly(&self, fingerprint: u64) -> Option<u32> {
        self.table.find(fingerprint, |_| true)
    }

    /// The upper half of a fingerprint.
    #[inline]
    pub(super) fn upper(&self, place: u32) -> u32 {
        *self.uppers.get(place)
    }

    /// Whether whole rows are compared.
    pub(super) fn is_exact(&self) -> bool {
        self.rows.is_some()
    }

    /// The place of a state; its row is looked at only where fingerprints are not trusted.
    #[inline]
    pub(super) fn find(&self, fingerprint: u64, row: &[Id]) -> Option<u32> {
        match &self.rows {
            None => self
                .table
                .find(fingerprint, |place| *self.uppers.get(place) == upper(fingerprint)),
            Some(rows) => {
                let row = without_free_end(row);
                self.table.find(fingerprint, |place| *rows[place as usize] == *row)
            }
        }
    }

    /// Adds a state that is not there.
    pub(super) fn insert(&mut self, fingerprint: u64, parent: State, row: &[Id]) -> u32 {
        let uppers = &self.uppers;
        let place = self.table.add(fingerprint, |place| *uppers.get(place));
        self.uppers.push(upper(fingerprint));
        self.parents.push(parent);
        if let Some(rows) = &mut self.rows {
            rows.push(without_free_end(row).into());
        }
        place
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
            assert_eq!(shard.find(fingerprint, &[]), None);
            shard.insert(fingerprint, State::NONE, &[]);
            let room = |chunks: usize, size: usize| chunks * super::CHUNK as usize * size;
            let lists = room(shard.uppers.chunks.len(), 4) + room(shard.parents.chunks.len(), 4);
            let all = lists + shard.table.bytes();
            assert!(
                number < 200_000 || all as u64 <= 20 * (number + 1),
                "{all} bytes for {number} states"
            );
        }
    }
}
