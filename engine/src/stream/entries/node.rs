//! One node: some entries that follow each other, packed into one row of bytes.
//!
//! An entry is its ID less the node's first one, and its values; its fields stand once in the node as long as they are
//! those of the first entry. An index says where each entry begins, so that one is found by bisection. A node knows
//! what a server would know of it (`listpack.rs`) but never decides whether it is full. Read next: `entry.rs`.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use super::{Entry, listpack, varint};
use crate::{Bytes, StreamId};

/// Entries, ascending.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The ID of its first entry, whether or not that is still there.
    pub(super) base: StreamId,
    /// The ID of its last entry, whether or not that is still there.
    pub(super) last: StreamId,
    /// How many entries were here and are not any more; a server still holds their bytes.
    pub(super) deleted: usize,
    /// The bytes of a server's node but for its counters.
    size: usize,
    /// The fields of its first entry, which that shares with those that have the same.
    pub(super) names: Arc<[Bytes]>,
    /// Where the entries begin in `packed`.
    starts: Vec<u32>,
    /// How many of the first of `starts` are deleted: trims would move all bytes otherwise.
    gone: usize,
    pub(super) packed: Vec<u8>,
}

impl Node {
    /// A node whose first entry, still to be pushed, has this ID and these fields; `like` is the node before it.
    pub(super) fn new(base: StreamId, fields: &[Bytes], like: Option<&Self>) -> Self {
        let same = like.filter(|like| like.names.iter().eq(names_of(fields)));
        let names = same.map_or_else(|| names_of(fields).cloned().collect(), |same| same.names.clone());
        let (entries, bytes) = like.map_or((0, 0), |like| (like.starts.len(), like.packed.len()));
        Self {
            base,
            last: base,
            deleted: 0,
            size: listpack::of_fields(names.iter()),
            names,
            starts: Vec::with_capacity(entries),
            gone: 0,
            packed: Vec::with_capacity(bytes),
        }
    }

    /// How many entries it has. None may be left: a server keeps such a node.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - self.gone
    }

    /// How many bytes a server's node has.
    pub(super) fn size(&self) -> usize {
        self.size + listpack::of_counters(self.len(), self.deleted)
    }

    /// The `at`-th entry that is left.
    pub(super) fn entry(&self, at: usize) -> Entry<'_> {
        let mut start = self.starts[self.gone + at] as usize;
        let id = self.id_at(&mut start);
        Entry {
            id,
            node: self,
            fields_at: start,
        }
    }

    /// The entries from the `from`-th up to the `to`-th, which is excluded.
    pub(super) fn entries(&self, from: usize, to: usize) -> impl DoubleEndedIterator<Item = Entry<'_>> {
        (from..to).map(|at| self.entry(at))
    }

    /// How many of its entries have an ID below `id`.
    pub(super) fn count_below(&self, id: StreamId) -> usize {
        id.previous().map_or(0, |before| self.count_until(before))
    }

    /// How many of its entries have this ID or a smaller one.
    pub(super) fn count_until(&self, id: StreamId) -> usize {
        if id < self.base {
            return 0;
        }
        if id >= self.last {
            return self.len();
        }
        let offset = self.offset(id);
        let left = &self.starts[self.gone..];
        let is_until = |start: &u32| self.offset_at(&mut (*start as usize)) <= offset;
        let guess = self.guess(offset).min(left.len());
        let (lower, upper) = left.split_at(guess);
        match (lower.split_last(), upper.split_first()) {
            (Some((last, lower)), _) if !is_until(last) => lower.partition_point(is_until),
            (_, Some((first, upper))) if is_until(first) => guess + 1 + upper.partition_point(is_until),
            _ => guess,
        }
    }

    /// How many of its entries would lie up to this offset if their IDs grew steadily, as they often do.
    fn guess(&self, offset: StreamId) -> usize {
        let (StreamId { ms, seq }, steps) = (self.offset(self.last), self.starts.len().saturating_sub(1).max(1));
        let (at, whole) = if ms > 0 { (offset.ms, ms) } else { (offset.seq, seq) };
        let step = (whole / steps as u64).max(1);
        ((at / step) as usize + 1).saturating_sub(self.gone)
    }

    /// Which of its entries has this ID.
    pub(super) fn position(&self, id: StreamId) -> Option<usize> {
        let at = self.count_until(id).checked_sub(1)?;
        (self.entry(at).id == id).then_some(at)
    }

    /// Appends an entry, whose ID is larger than every other.
    pub(super) fn push(&mut self, id: StreamId, fields: &[Bytes]) {
        let start = u32::try_from(self.packed.len()).expect("a node is full long before 4 GiB");
        let are_shared = fields.len().is_multiple_of(2) && self.names.iter().eq(names_of(fields));
        let offset = self.offset(id);
        self.size += listpack::of_entry(fields, offset.ms, id.seq.wrapping_sub(self.base.seq), are_shared);
        self.last = id;
        self.starts.push(start);
        let packed = &mut self.packed;
        varint::write(offset.ms, packed);
        varint::write(offset.seq, packed);
        // No count: the fields are the shared ones, and only values follow.
        let (count, step) = if are_shared { (0, 2) } else { (fields.len() + 1, 1) };
        varint::write_len(count, packed);
        for item in fields.iter().skip(step - 1).step_by(step) {
            varint::write_len(item.len(), packed);
            packed.extend_from_slice(item);
        }
    }

    /// Removes the `at`-th entry.
    pub(super) fn remove(&mut self, at: usize) {
        if at == 0 {
            return self.remove_first(1);
        }
        let at = self.gone + at;
        let start = self.starts.remove(at);
        let end = self.starts.get(at).map_or(self.packed.len(), |end| *end as usize);
        self.packed.drain(start as usize..end);
        let moved = end as u32 - start;
        self.starts[at..].iter_mut().for_each(|start| *start -= moved);
        self.deleted += 1;
    }

    /// Removes the first `count` entries.
    pub(super) fn remove_first(&mut self, count: usize) {
        self.gone += count;
        self.deleted += count;
    }

    /// Gives back what it holds ready for more entries: there will be none.
    pub(super) fn close(&mut self) {
        self.starts.shrink_to_fit();
        self.packed.shrink_to_fit();
    }

    /// An ID that is not below the first one, as it is packed: less the first one, in the order of the IDs.
    fn offset(&self, id: StreamId) -> StreamId {
        match id.ms - self.base.ms {
            0 => StreamId::new(0, id.seq - self.base.seq),
            ms => StreamId::new(ms, id.seq),
        }
    }

    /// The packed ID of the entry that begins at `at`, which moves behind it.
    fn offset_at(&self, at: &mut usize) -> StreamId {
        let ms = varint::read(&self.packed, at);
        StreamId::new(ms, varint::read(&self.packed, at))
    }

    /// The ID of the entry that begins at `at`, which moves behind it.
    fn id_at(&self, at: &mut usize) -> StreamId {
        let StreamId { ms, seq } = self.offset_at(at);
        match ms {
            0 => StreamId::new(self.base.ms, self.base.seq + seq),
            ms => StreamId::new(self.base.ms + ms, seq),
        }
    }

    /// What it is, without the bytes of entries that were trimmed.
    fn key(&self) -> impl Eq + Hash + use<'_> {
        let start = self
            .starts
            .get(self.gone)
            .map_or(self.packed.len(), |start| *start as usize);
        let counts = (self.len(), self.deleted, self.size);
        (self.base, self.last, counts, &self.names, &self.packed[start..])
    }
}

/// Every second of fields and values in turn.
fn names_of(fields: &[Bytes]) -> impl Iterator<Item = &Bytes> {
    fields.iter().step_by(2)
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Node {}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}
