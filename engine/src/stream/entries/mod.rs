//! The entries of a stream, in shared nodes: a copy of a stream of a million entries copies ten thousand pointers, and
//! a write to the copy then copies one node.
//!
//! Nodes are filled as a server fills its own ([`NodeLimits`]), because trims with `~` remove whole nodes: how entries
//! are spread over nodes, the *packing*, is a trace of the stream's past that clients can see. So equality and hash
//! include it. Who never trims with `~` nor asks XINFO STREAM can have it forgotten
//! ([`Broker::forget_packing`](crate::Broker::forget_packing)); then equal entries are equal.
//! Read next: `node.rs`, `range.rs`, `trim.rs`.

mod entry;
mod limits;
mod listpack;
mod node;
mod radix;
mod range;
mod trim;
mod varint;

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::hash::{Hash, Hasher};

pub use entry::Entry;
pub use limits::NodeLimits;
pub(crate) use trim::{Cut, Keep};

use crate::{Bytes, StreamId};
use node::Node;

/// The entries in ascending order of their IDs.
#[derive(Clone, Debug)]
pub(crate) struct Entries {
    nodes: VecDeque<Arc<Node>>,
    len: usize,
    /// Whether the packing is that of an empty stream to which the entries were appended. Trims of whole nodes leave it
    /// so. False only means that nobody knows: equality and hash ignore it.
    as_appended: bool,
}

impl Default for Entries {
    fn default() -> Self {
        Self {
            nodes: VecDeque::new(),
            len: 0,
            as_appended: true,
        }
    }
}

impl Entries {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// How many nodes there are, and how many nodes the tree of them would have.
    pub(crate) fn tree_size(&self) -> (usize, usize) {
        (self.nodes.len(), radix::nodes(self.nodes.iter().map(|node| node.base)))
    }

    pub(crate) fn first(&self) -> Option<Entry<'_>> {
        self.iter().next()
    }

    pub(crate) fn last(&self) -> Option<Entry<'_>> {
        self.iter().next_back()
    }

    pub(crate) fn get(&self, id: StreamId) -> Option<Entry<'_>> {
        let (node, at) = self.find(id)?;
        Some(self.nodes[node].entry(at))
    }

    pub(crate) fn contains(&self, id: StreamId) -> bool {
        self.find(id).is_some()
    }

    /// Appends an entry; its ID is larger than every other.
    pub(crate) fn push(&mut self, id: StreamId, fields: &[Bytes], limits: NodeLimits) {
        match self.nodes.back_mut() {
            Some(node) if !limits.are_reached(node, fields) => Arc::make_mut(node).push(id, fields),
            full => {
                let mut node = Node::new(id, fields, full.as_deref().map(|full| &**full));
                node.push(id, fields);
                if let Some(full) = full.and_then(Arc::get_mut) {
                    full.close();
                }
                self.nodes.push_back(Arc::new(node));
            }
        }
        self.len += 1;
    }

    /// Removes an entry; false when there is none.
    pub(crate) fn remove(&mut self, id: StreamId) -> bool {
        let Some((node, at)) = self.find(id) else {
            return false;
        };
        if self.nodes[node].len() == 1 {
            self.nodes.remove(node);
        } else {
            Arc::make_mut(&mut self.nodes[node]).remove(at);
        }
        self.len -= 1;
        self.as_appended = false;
        true
    }

    /// Packs the entries as if they had just been appended to an empty stream.
    pub(crate) fn forget_packing(&mut self, limits: NodeLimits) {
        let mut anew = Self::default();
        for entry in self.iter() {
            anew.push(entry.id, &entry.fields(), limits);
        }
        *self = anew;
    }

    /// Whether `forget_packing` would change nothing.
    pub(crate) fn is_packing_forgotten(&self) -> bool {
        self.as_appended
    }

    /// How many nodes begin with `id` or before it.
    fn nodes_until(&self, id: StreamId) -> usize {
        // Most look at the end.
        match self.nodes.back() {
            Some(node) if node.base <= id => self.nodes.len(),
            _ => self.nodes.partition_point(|node| node.base <= id),
        }
    }

    /// The node and the position in it of this entry.
    fn find(&self, id: StreamId) -> Option<(usize, usize)> {
        let node = self.nodes_until(id).checked_sub(1)?;
        Some((node, self.nodes[node].position(id)?))
    }

    /// # Panics
    /// When the length is wrong or the IDs do not ascend.
    pub(crate) fn assert_consistent(&self) {
        let (mut count, mut last) = (0, None);
        for node in &self.nodes {
            for entry in node.entries(0, node.len()) {
                let is_framed = node.base <= entry.id && entry.id <= node.last;
                assert!(is_framed, "a node's ends: {self:?}");
                assert!(last < Some(entry.id), "order: {self:?}");
                (count, last) = (count + 1, Some(entry.id));
            }
        }
        assert_eq!(count, self.len, "length: {self:?}");
    }
}

impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        // Clones share their nodes: equal pointers spare the look inside.
        self.len == other.len && self.nodes == other.nodes
    }
}

impl Eq for Entries {}

impl Hash for Entries {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nodes.hash(state);
    }
}
