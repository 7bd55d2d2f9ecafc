//! Some consecutive entries, from either end.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::iter::FusedIterator;

use super::node::Node;
use super::{Entries, Entry};
use crate::StreamId;

/// A node, and a position among the entries that are left in it.
type Place = (usize, usize);

/// The entries between two places. Nothing is looked at before it is asked for: most ask for the first few.
#[derive(Clone, Debug)]
pub(crate) struct Range<'a> {
    nodes: &'a VecDeque<Arc<Node>>,
    front: Place,
    /// Behind the last one.
    back: Place,
}

impl Entries {
    /// All entries.
    pub(crate) fn iter(&self) -> Range<'_> {
        Range {
            nodes: &self.nodes,
            front: (0, 0),
            back: (self.nodes.len(), 0),
        }
    }

    /// The entries with `start <= id <= end`.
    pub(crate) fn range(&self, start: StreamId, end: StreamId) -> Range<'_> {
        let front = start.previous().map_or((0, 0), |before| self.place_after(before));
        let back = self.place_after(end);
        Range {
            front,
            back,
            ..self.iter()
        }
    }

    /// The entries with larger IDs.
    pub(crate) fn after(&self, id: StreamId) -> Range<'_> {
        let front = self.place_after(id);
        Range { front, ..self.iter() }
    }

    /// Behind the entries whose IDs are `id` or smaller.
    fn place_after(&self, id: StreamId) -> Place {
        match self.nodes_until(id).checked_sub(1) {
            Some(node) => (node, self.nodes[node].count_until(id)),
            None => (0, 0),
        }
    }
}

impl<'a> Iterator for Range<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.front < self.back {
            let (at_node, at) = self.front;
            let node = &self.nodes[at_node];
            if at < node.len() {
                self.front.1 += 1;
                return Some(node.entry(at));
            }
            self.front = (at_node + 1, 0);
        }
        None
    }
}

impl DoubleEndedIterator for Range<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        while self.front < self.back {
            match self.back {
                (at_node, 0) => self.back = (at_node - 1, self.nodes[at_node - 1].len()),
                (at_node, behind) => {
                    self.back.1 -= 1;
                    return Some(self.nodes[at_node].entry(behind - 1));
                }
            }
        }
        None
    }
}

impl FusedIterator for Range<'_> {}
