//! A cluster of brokers: masters without replicas, each with its own slots, clients and view, and the bus between them.
//!
//! It is a value, as each broker is. A command is given to one node, which answers as a node of a cluster does: itself, or
//! with MOVED, ASK and their like; nothing here follows a redirection. A message that crosses the bus arrives when
//! [`Cluster::deliver`] says so. Nodes do not join (what would make them is answered with an error, see `members.rs`),
//! and there are no pings: that one is gone or back is for the caller to say (`loss.rs`), and what a node changes in its
//! view, it tells the others at once, and [`Cluster::claim`] says it again. Source:
//! <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>.
//!
//! ```
//! use redelivery_engine::cluster::{Cluster, NodeAddress, NodeIndex};
//! use redelivery_engine::{Bytes, ClientId, Reply};
//!
//! let mut cluster = Cluster::with_slots_divided((0..3).map(NodeAddress::example).collect());
//! let argv = ["SPUBLISH", "apple", "ripe"].map(Bytes::from);
//! let wrong_node = cluster.apply_argv(NodeIndex(0), ClientId(1), &argv, 0);
//! assert_eq!(wrong_node, Some(Reply::Error("MOVED 7092 127.0.0.1:7001".into())));
//! ```
//!
//! Read next: `route.rs`, where a command may be executed; `membership.rs`, what a node knows.

mod administer;
mod bus;
mod describe;
mod keys;
mod loss;
mod members;
mod membership;
mod migrate;
mod route;
mod slot;
mod table;

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use bus::Message;
pub use keys::named_keys;
pub use slot::{SLOTS, Slot, slot_of};
pub use table::SlotRange;

pub(crate) use keys::Named;
pub(crate) use membership::{Changes, Membership};
pub(crate) use migrate::UNREACHABLE;

use crate::{AutoIds, Broker, Bytes, ClientId, Command, Millis, Reply};
use bus::Bus;
use table::SlotTable;

/// One node of a cluster, by its place among all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub u16);

impl NodeIndex {
    fn of(at: usize) -> Self {
        Self(u16::try_from(at).unwrap_or(u16::MAX))
    }

    fn at(self) -> usize {
        self.0.into()
    }
}

/// How a node is called, and where it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeAddress {
    /// 40 hexadecimal digits.
    pub id: Bytes,
    /// So many, too: of the node and its replicas, had it any.
    pub shard_id: Bytes,
    /// As redirections name it.
    pub host: Bytes,
    /// As redirections name it.
    pub port: u16,
    /// Where the other nodes reach it.
    pub bus_port: u16,
}

impl NodeAddress {
    /// The `nth` of some nodes on one machine, from 0.
    pub fn example(nth: u16) -> Self {
        Self {
            id: format!("{nth:040x}").into(),
            shard_id: format!("{:040x}", 0x5_0000_u32 + u32::from(nth)).into(),
            host: "127.0.0.1".into(),
            port: 7_000_u16.saturating_add(nth),
            bus_port: 17_000_u16.saturating_add(nth),
        }
    }
}

/// The slots of each of so many nodes, as `redis-cli --cluster create` divides them; of more nodes than slots some have
/// none.
///
/// ```
/// use redelivery_engine::cluster::divided;
/// let ranges: Vec<_> = divided(3).map(|(_, range)| (range.first, range.last)).collect();
/// assert_eq!(ranges, [(0, 5460), (5461, 10922), (10923, 16383)]);
/// ```
pub fn divided(nodes: usize) -> impl Iterator<Item = (NodeIndex, SlotRange)> {
    let count = u32::try_from(nodes).unwrap_or(u32::MAX).max(1);
    let end = move |nth: u32| Slot::try_from((2 * nth * u32::from(SLOTS) + count) / (2 * count)).unwrap_or(SLOTS);
    (0..count).zip(0..nodes).filter_map(move |(nth, at)| {
        let (first, after) = (end(nth), end(nth + 1));
        let last = after.checked_sub(1).filter(|last| *last >= first)?;
        Some((NodeIndex::of(at), SlotRange { first, last }))
    })
}

/// Some nodes and what is on its way between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cluster {
    nodes: Vec<Broker>,
    bus: Bus,
    /// A node that the bus does not reach.
    gone: Option<NodeIndex>,
}

impl Cluster {
    /// Nodes that know each other; no slot has an owner.
    pub fn new(addresses: Vec<NodeAddress>) -> Self {
        Self::with_slots(addresses, &SlotTable::default())
    }

    /// The same, and each node owns its part of the slots, as `redis-cli --cluster create` divides them.
    pub fn with_slots_divided(addresses: Vec<NodeAddress>) -> Self {
        let mut slots = SlotTable::default();
        for (node, range) in divided(addresses.len()) {
            slots.set(range, Some(node));
        }
        Self::with_slots(addresses, &slots)
    }

    fn with_slots(addresses: Vec<NodeAddress>, slots: &SlotTable) -> Self {
        let addresses: Arc<[NodeAddress]> = addresses.into();
        let member = |at| Membership::new(NodeIndex::of(at), addresses.clone(), slots.clone());
        Self {
            nodes: (0..addresses.len()).map(|at| Broker::of_cluster(member(at))).collect(),
            bus: Bus::default(),
            gone: None,
        }
    }

    /// The same cluster, whose automatic IDs are chosen so from now on.
    pub fn with_auto_ids(mut self, auto_ids: AutoIds) -> Self {
        for node in &mut self.nodes {
            *node = core::mem::take(node).and_auto_ids(auto_ids);
        }
        self
    }

    /// The nodes in their order.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeIndex, &Broker)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (NodeIndex::of(at), node))
    }

    /// One node.
    ///
    /// # Panics
    /// When there is none of this number; so in all that follows.
    pub fn node(&self, node: NodeIndex) -> &Broker {
        &self.nodes[node.at()]
    }

    /// The node of this address, as a redirection names it: `127.0.0.1:7001`.
    pub fn node_at(&self, address: &[u8]) -> Option<NodeIndex> {
        self.nodes.first().and_then(Broker::membership)?.node_at(address)
    }

    /// [`Broker::apply`] at one node.
    pub fn apply(&mut self, node: NodeIndex, client: ClientId, command: &Command, now: Millis) -> Option<Reply> {
        match command {
            Command::Migrate(_) | Command::Exec => self.apply_carrying(node, client, command, now),
            command => self.at(node, |broker| broker.apply(client, command, now)),
        }
    }

    /// [`Broker::apply_argv`] at one node.
    pub fn apply_argv(&mut self, node: NodeIndex, client: ClientId, argv: &[Bytes], now: Millis) -> Option<Reply> {
        match Command::parse(argv) {
            Ok(command @ (Command::Migrate(_) | Command::Exec)) => self.apply(node, client, &command, now),
            _ => self.at(node, |broker| broker.apply_argv(client, argv, now)),
        }
    }

    /// Lets one broker do what it does beside executing commands: time out, expire, close a connection, …; what it
    /// tells the other nodes goes onto the bus.
    pub fn at<T>(&mut self, node: NodeIndex, run: impl FnOnce(&mut Broker) -> T) -> T {
        let result = run(&mut self.nodes[node.at()]);
        self.send_off(node);
        result
    }

    fn send_off(&mut self, node: NodeIndex) {
        for message in self.nodes[node.at()].take_outgoing() {
            let others = (0..self.nodes.len()).map(NodeIndex::of).filter(|to| *to != node);
            for to in others.filter(|to| Some(*to) != self.gone) {
                self.bus.send(node, to, message.clone());
            }
        }
    }

    /// [`Broker::take_outbox`] of one node.
    pub fn take_outbox(&mut self, node: NodeIndex) -> Vec<(ClientId, Reply)> {
        self.nodes[node.at()].take_outbox()
    }

    /// What is on its way: from, to, and the messages, the oldest first.
    pub fn on_the_bus(&self) -> impl Iterator<Item = (NodeIndex, NodeIndex, impl Iterator<Item = &Message>)> {
        self.bus.iter().map(|(from, to, queue)| (from, to, queue.iter()))
    }

    /// The oldest message from one node to another arrives; none: there was none. Then subscribers of that node
    /// have their copy in its outbox, or the node its new view.
    pub fn deliver(&mut self, from: NodeIndex, to: NodeIndex, now: Millis) -> Option<Message> {
        let message = self.bus.take(from, to)?;
        self.at(to, |broker| broker.hear(from, &message, now));
        Some(message)
    }

    /// All messages arrive, and those that they give rise to.
    pub fn deliver_all(&mut self, now: Millis) {
        while let Some((from, to)) = self.bus.first() {
            self.deliver(from, to, now);
        }
    }

    /// A node tells the others which slots it owns, as a server's pings do now and then.
    pub fn claim(&mut self, node: NodeIndex) {
        self.at(node, Broker::claim_slots);
    }

    /// How many messages of PUBLISH each node has sent to others over the bus, and how many it has received.
    pub fn bus_counts(&self) -> impl Iterator<Item = (u64, u64)> {
        let known = self.nodes.iter().filter_map(Broker::membership);
        known.map(|known| (known.published, known.received))
    }

    /// Forgets how many those were: for explorers of worlds where nobody asks, so that what behaves alike becomes equal.
    pub fn forget_bus_counts(&mut self) {
        for node in &mut self.nodes {
            node.forget_bus_counts();
        }
    }
}
