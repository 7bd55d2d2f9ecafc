//! The entries of a stream, in shared chunks: a copy of a stream of a million entries copies ten thousand pointers,
//! and a write to the copy then copies one chunk.
//!
//! How entries are spread over chunks depends on the stream's past and never shows: equality and hash look at the
//! entries only. Redis packs entries into nodes too, but for memory; `~` trims, which show its nodes, are not here.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use crate::{Bytes, StreamId};

/// How many entries a chunk takes before the next one begins.
const CHUNK: usize = 100;

/// One entry; its fields and values in turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    pub(crate) id: StreamId,
    pub(crate) fields: Arc<[Bytes]>,
}

/// The entries in ascending order of their IDs. No chunk is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    chunks: Vec<Arc<Vec<Entry>>>,
    len: usize,
}

impl Entries {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn first(&self) -> Option<&Entry> {
        self.chunks.first()?.first()
    }

    pub(crate) fn last(&self) -> Option<&Entry> {
        self.chunks.last()?.last()
    }

    pub(crate) fn get(&self, id: StreamId) -> Option<&Entry> {
        let (chunk, at) = self.find(id)?;
        Some(&self.chunks[chunk][at])
    }

    pub(crate) fn contains(&self, id: StreamId) -> bool {
        self.find(id).is_some()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// The entries with `start <= id <= end`.
    pub(crate) fn range(&self, start: StreamId, end: StreamId) -> impl DoubleEndedIterator<Item = &Entry> {
        let from = self
            .chunks
            .partition_point(|chunk| chunk.last().is_some_and(|last| last.id < start));
        let to = self
            .chunks
            .partition_point(|chunk| chunk.first().is_some_and(|first| first.id <= end));
        self.chunks[from..to.max(from)].iter().flat_map(move |chunk| {
            let from = chunk.partition_point(|entry| entry.id < start);
            let to = chunk.partition_point(|entry| entry.id <= end);
            chunk[from..to.max(from)].iter()
        })
    }

    /// Appends an entry; its ID is larger than every other.
    pub(crate) fn push(&mut self, entry: Entry) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => Arc::make_mut(chunk).push(entry),
            _ => self.chunks.push(Arc::new(Vec::from([entry]))),
        }
        self.len += 1;
    }

    /// Removes an entry; false when there is none.
    pub(crate) fn remove(&mut self, id: StreamId) -> bool {
        let Some((chunk, at)) = self.find(id) else {
            return false;
        };
        if self.chunks[chunk].len() == 1 {
            self.chunks.remove(chunk);
        } else {
            Arc::make_mut(&mut self.chunks[chunk]).remove(at);
        }
        self.len -= 1;
        true
    }

    /// Removes the oldest `count` entries.
    pub(crate) fn remove_first(&mut self, count: usize) {
        let mut left = count.min(self.len);
        self.len -= left;
        let mut whole = 0;
        while let Some(chunk) = self.chunks.get(whole)
            && chunk.len() <= left
        {
            left -= chunk.len();
            whole += 1;
        }
        self.chunks.drain(..whole);
        if left > 0
            && let Some(chunk) = self.chunks.first_mut()
        {
            Arc::make_mut(chunk).drain(..left);
        }
    }

    /// How many entries have an ID below `id`.
    pub(crate) fn count_below(&self, id: StreamId) -> usize {
        let whole = self
            .chunks
            .partition_point(|chunk| chunk.last().is_some_and(|last| last.id < id));
        let before: usize = self.chunks[..whole].iter().map(|chunk| chunk.len()).sum();
        let inside = self
            .chunks
            .get(whole)
            .map_or(0, |chunk| chunk.partition_point(|entry| entry.id < id));
        before + inside
    }

    fn find(&self, id: StreamId) -> Option<(usize, usize)> {
        let chunk = self
            .chunks
            .partition_point(|chunk| chunk.last().is_some_and(|last| last.id < id));
        let at = self
            .chunks
            .get(chunk)?
            .binary_search_by_key(&id, |entry| entry.id)
            .ok()?;
        Some((chunk, at))
    }

    /// # Panics
    /// When a chunk is empty, the length is wrong or the IDs do not ascend.
    pub(crate) fn assert_consistent(&self) {
        assert!(
            self.chunks.iter().all(|chunk| !chunk.is_empty()),
            "an empty chunk: {self:?}"
        );
        assert_eq!(self.iter().count(), self.len, "length: {self:?}");
        assert!(self.iter().is_sorted_by(|a, b| a.id < b.id), "order: {self:?}");
    }
}

impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        // Clones share their chunks: equal pointers spare the look inside.
        let shared = || {
            self.chunks.len() == other.chunks.len()
                && self.chunks.iter().zip(&other.chunks).all(|(a, b)| Arc::ptr_eq(a, b))
        };
        self.len == other.len && (shared() || self.iter().eq(other.iter()))
    }
}

impl Eq for Entries {}

impl Hash for Entries {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        for entry in self.iter() {
            entry.hash(state);
        }
    }
}
