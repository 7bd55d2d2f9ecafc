//! The bus between the nodes: what each has told the others and they have not heard yet.
//!
//! It keeps order between two nodes and none beyond; nothing is lost but with a node, and nothing arrives before somebody
//! says so ([`super::Cluster::deliver`]). Pings are left out, with all that only they tell. Source:
//! <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#the-cluster-bus>.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::{NodeIndex, SlotRange};
use crate::Bytes;
use crate::small_map::SmallMap;

/// What one node tells another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// Somebody published.
    Publish {
        /// Where to.
        channel: Bytes,
        /// What.
        message: Bytes,
    },
    /// The sender owns these slots.
    Claim {
        /// Since when, compared with other claims.
        epoch: u64,
        /// All of them.
        slots: Vec<SlotRange>,
    },
}

/// Messages on their way, by sender and receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Bus {
    /// Never empty queues, the oldest message first.
    links: SmallMap<(NodeIndex, NodeIndex), VecDeque<Message>>,
}

impl Bus {
    pub(super) fn send(&mut self, from: NodeIndex, to: NodeIndex, message: Message) {
        if let Some(queue) = self.links.get_mut(&(from, to)) {
            queue.push_back(message);
        } else {
            self.links.insert((from, to), VecDeque::from([message]));
        }
    }

    pub(super) fn take(&mut self, from: NodeIndex, to: NodeIndex) -> Option<Message> {
        let queue = self.links.get_mut(&(from, to))?;
        let message = queue.pop_front();
        if queue.is_empty() {
            self.links.remove(&(from, to));
        }
        message
    }

    /// What is on its way from and to a node is gone.
    pub(super) fn forget(&mut self, node: NodeIndex) {
        let all: Vec<_> = self.links.keys().copied().collect();
        for link in all.into_iter().filter(|(from, to)| [*from, *to].contains(&node)) {
            self.links.remove(&link);
        }
    }

    /// A link that has messages.
    pub(super) fn first(&self) -> Option<(NodeIndex, NodeIndex)> {
        self.links.keys().next().copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeIndex, NodeIndex, &VecDeque<Message>)> {
        self.links.iter().map(|(&(from, to), queue)| (from, to, queue))
    }
}
