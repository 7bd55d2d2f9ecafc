//! What a trim removes: first it is found out, then it is done, so that a trim that removes nothing copies nothing.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Entries;
use crate::StreamId;

/// What stays.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keep {
    /// The newest so many.
    Newest(usize),
    /// Those with this ID or a larger one.
    From(StreamId),
}

/// The oldest entries that a trim removes: whole nodes, and of the next node so many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cut {
    nodes: usize,
    inside: usize,
    /// How many entries in all.
    pub(crate) entries: usize,
}

impl Cut {
    /// A cut without entries may still remove nodes that have none.
    pub(crate) fn is_nothing(self) -> bool {
        self.nodes == 0 && self.inside == 0
    }
}

impl Entries {
    /// What `=` removes: all but what stays.
    pub(crate) fn exact_cut(&self, keep: Keep) -> Cut {
        let mut cut = self.cut_of_nodes(keep, usize::MAX);
        if let Some(node) = self.nodes.get(cut.nodes) {
            cut.inside = match keep {
                Keep::Newest(count) => (self.len - cut.entries).saturating_sub(count),
                Keep::From(id) => node.count_below(id),
            };
            cut.entries += cut.inside;
        }
        cut
    }

    /// What `~` removes: nodes of which nothing stays, as long as that is no more than `limit` entries. A deleted entry
    /// at the end of a node counts for its ID.
    pub(crate) fn cut_of_nodes(&self, keep: Keep, limit: usize) -> Cut {
        let mut cut = Cut::default();
        for node in &self.nodes {
            let (left, goes) = (self.len - cut.entries, node.len());
            let is_whole = match keep {
                Keep::Newest(count) => left > count && left - goes >= count,
                Keep::From(id) => node.last < id,
            };
            if !is_whole || goes > limit - cut.entries {
                break;
            }
            cut.nodes += 1;
            cut.entries += goes;
        }
        cut
    }

    /// What `=` removes that asks for each entry: the entries of nodes of which nothing need stay, and of the next
    /// node those that need not. It looks no further, even if it was refused all of those.
    pub(crate) fn each_in_excess(&self, keep: Keep, mut may_go: impl FnMut(StreamId) -> bool) -> Vec<StreamId> {
        let (mut left, mut excess) = (self.len, Vec::new());
        for node in &self.nodes {
            let is_whole = match keep {
                Keep::Newest(count) => left > count && left - node.len() >= count,
                Keep::From(id) => node.last < id,
            };
            for entry in node.entries(0, node.len()) {
                let stays = match keep {
                    Keep::Newest(count) => left <= count,
                    Keep::From(id) => entry.id >= id,
                };
                if stays && !is_whole {
                    return excess;
                }
                if may_go(entry.id) {
                    excess.push(entry.id);
                    left -= 1;
                }
            }
            if !is_whole {
                break;
            }
        }
        excess
    }

    /// Removes the oldest entries.
    pub(crate) fn remove_first(&mut self, cut: Cut) {
        self.nodes.drain(..cut.nodes);
        if cut.inside > 0
            && let Some(node) = self.nodes.front_mut()
        {
            Arc::make_mut(node).remove_first(cut.inside);
            self.as_appended = false;
        }
        self.len -= cut.entries;
    }
}
