//! What one node knows of its cluster: the nodes, its own view of who owns which slot, slots on their way, and which of its
//! clients have sent ASKING.
//!
//! Views may differ: a node learns of a change when the bus delivers it. It never holds a key. Replicas are not its
//! business, since every node is a master; and that one is gone it is told from outside. Read next: `route.rs`,
//! `administer.rs`, `bus.rs`.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::bus::Message;
use super::table::SlotTable;
use super::{NodeAddress, NodeIndex, Slot, SlotRange, slot_of};
use crate::small_map::SmallMap;
use crate::{Bytes, ClientId};

/// A node's part of the cluster's state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Membership {
    pub(super) own: NodeIndex,
    pub(super) nodes: Arc<[NodeAddress]>,
    pub(super) slots: SlotTable,
    /// Of each node, as far as this one has heard: of two that claim a slot, the one of the later epoch has it.
    pub(super) epochs: Vec<u64>,
    /// Own slots on their way to another node.
    pub(super) migrating: SmallMap<Slot, NodeIndex>,
    /// Others' slots on their way here.
    pub(super) importing: SmallMap<Slot, NodeIndex>,
    asking: SmallMap<ClientId, Asking>,
    /// Messages of PUBLISH on the bus: one for each other node.
    pub(super) published: u64,
    pub(super) received: u64,
    /// It serves no key: it misses a node while the cluster wants all slots covered, or it is back since so short a time
    /// that it does not trust what it knows.
    is_down: bool,
    /// What every other node is to be told.
    outgoing: Vec<Message>,
}

/// How long an ASKING holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Asking {
    /// The command that is being executed is ASKING itself.
    Now,
    /// For the next command, or the transaction that it begins.
    Next,
}

/// Slots that a node owns no more, or whose owner it believes to be another than before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Subscriptions to their channels end here.
    pub(crate) reassigned: Vec<SlotRange>,
    /// Their keys are dropped.
    pub(crate) lost: Vec<SlotRange>,
}

impl Membership {
    pub(crate) fn new(own: NodeIndex, nodes: Arc<[NodeAddress]>, slots: SlotTable) -> Self {
        // As after CLUSTER SET-CONFIG-EPOCH 1, 2, …
        let epochs = (1..).take(nodes.len()).collect();
        Self {
            own,
            nodes,
            slots,
            epochs,
            migrating: SmallMap::new(),
            importing: SmallMap::new(),
            asking: SmallMap::new(),
            published: 0,
            received: 0,
            is_down: false,
            outgoing: Vec::new(),
        }
    }

    pub(super) fn address(&self, node: NodeIndex) -> &NodeAddress {
        &self.nodes[node.at()]
    }

    pub(crate) fn owner_of(&self, key: &[u8]) -> Option<NodeIndex> {
        self.slots.owner(slot_of(key))
    }

    pub(super) fn find(&self, id: &[u8]) -> Option<NodeIndex> {
        let at = self.nodes.iter().position(|node| *node.id == *id)?;
        Some(NodeIndex::of(at))
    }

    /// As a redirection names it.
    pub(super) fn node_at(&self, address: &[u8]) -> Option<NodeIndex> {
        let is_it = |node: &NodeAddress| format!("{}:{}", node.host, node.port).as_bytes() == address;
        self.nodes.iter().position(is_it).map(NodeIndex::of)
    }

    /// Whether a sharded channel belongs to one of these slots.
    pub(crate) fn is_of(ranges: &[SlotRange], channel: &[u8]) -> bool {
        let slot = slot_of(channel);
        ranges.iter().any(|range| range.contains(slot))
    }

    pub(crate) fn is_asking(&self, client: ClientId) -> bool {
        self.asking.contains_key(&client)
    }

    /// A client sends ASKING.
    pub(crate) fn ask_once(&mut self, client: ClientId) {
        self.asking.insert(client, Asking::Now);
    }

    /// Whether the end of a command changes what a client's ASKING is good for; `goes_on`: it has not ended, since the
    /// client is blocked or in a transaction.
    pub(crate) fn uses_up(&self, client: ClientId, goes_on: bool) -> bool {
        match self.asking.get(&client) {
            None => false,
            Some(Asking::Now) => true,
            Some(Asking::Next) => !goes_on,
        }
    }

    /// A client's command has ended.
    pub(crate) fn use_up(&mut self, client: ClientId) {
        if self.asking.remove(&client) == Some(Asking::Now) {
            self.asking.insert(client, Asking::Next);
        }
    }

    /// The client is new, or gone.
    pub(crate) fn forget(&mut self, client: ClientId) {
        self.asking.remove(&client);
    }

    /// Somebody published here: every other node is told.
    pub(crate) fn publish(&mut self, channel: &Bytes, message: &Bytes) {
        let others = u64::try_from(self.nodes.len() - 1).unwrap_or(u64::MAX);
        self.published = self.published.saturating_add(others);
        let (channel, message) = (channel.clone(), message.clone());
        self.outgoing.push(Message::Publish { channel, message });
    }

    /// A message of another node's PUBLISH has come.
    pub(crate) fn count_received(&mut self) {
        self.received = self.received.saturating_add(1);
    }

    pub(crate) fn has_counted(&self) -> bool {
        (self.published, self.received) != (0, 0)
    }

    pub(crate) fn forget_counts(&mut self) {
        (self.published, self.received) = (0, 0);
    }

    /// Every other node is told which slots this one owns.
    pub(crate) fn claim(&mut self) {
        let epoch = self.epochs[self.own.at()];
        let slots = self.slots.of(self.own).collect();
        self.outgoing.push(Message::Claim { epoch, slots });
    }

    /// Another node says that these slots are its own. Source:
    /// <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-slots-configuration-propagation>.
    pub(crate) fn hear(&mut self, from: NodeIndex, epoch: u64, claimed: &[SlotRange]) -> Changes {
        let known = &mut self.epochs[from.at()];
        *known = epoch.max(*known);
        let mut changes = Changes::default();
        // Whoever imports a slot waits to be told by its administrator.
        let mut wanted = SlotTable::default();
        claimed.iter().for_each(|range| wanted.set(*range, Some(from)));
        self.importing
            .keys()
            .for_each(|slot| wanted.set(SlotRange::one(*slot), None));
        let before = self.slots.clone();
        for range in wanted.of(from) {
            self.slots.set(range, Some(from));
            for (part, owner) in before.parts(range).filter(|(_, owner)| *owner != from) {
                if self.epochs[owner.at()] >= epoch {
                    self.slots.set(part, Some(owner));
                    continue;
                }
                changes.reassigned.push(part);
                if owner == self.own {
                    changes.lost.push(part);
                }
            }
        }
        changes
    }

    /// What its process knows when it is started again: its configuration has the nodes and the slots, also those on their
    /// way; what it had counted, and its clients, are gone.
    pub(crate) fn started_again(&self) -> Self {
        Self {
            asking: SmallMap::new(),
            published: 0,
            received: 0,
            is_down: false,
            outgoing: Vec::new(),
            ..self.clone()
        }
    }

    /// Whether it serves no key.
    pub(crate) fn is_down(&self) -> bool {
        self.is_down
    }

    pub(crate) fn set_down(&mut self, is_down: bool) {
        self.is_down = is_down;
    }

    /// Whether some slot is not served, and keys of the others are not either.
    pub(super) fn fails(&self) -> bool {
        self.is_down || !self.slots.is_whole()
    }

    /// What every other node is to be told, which is forgotten.
    pub(crate) fn take_outgoing(&mut self) -> Vec<Message> {
        core::mem::take(&mut self.outgoing)
    }

    pub(crate) fn has_outgoing(&self) -> bool {
        !self.outgoing.is_empty()
    }
}
