//! The broker's side of a world: one broker, or the nodes of a cluster with what clients know of them.
//!
//! A world without a cluster has one node, the first, and nothing of the rest. Read next: `site/kept.rs`, where the broker may
//! fail.

mod kept;
mod lost;

use std::hash::{Hash, Hasher};

use redelivery_engine::cluster::{Cluster, Message, NodeIndex};
use redelivery_engine::{AutoIds, Broker, Bytes, ClientId, Command, Millis, Reply, Stream};

use super::FORMER;
use crate::client::{Request, Route};
use crate::setup::{ClientIx, Setup};
pub(super) use kept::Kept;
use lost::{Lost, NodeFile};

/// One broker, or several.
#[expect(
    clippy::large_enum_variant,
    reason = "a box would cost each world without a cluster an allocation"
)]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Site {
    One(Broker),
    Cluster(Box<Nodes>),
    Kept(Box<Kept>),
}

/// A cluster, and what its clients know of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Nodes {
    cluster: Cluster,
    /// By client.
    routes: Vec<Route>,
    lost: Option<Lost>,
    file: Option<Box<NodeFile>>,
}

impl Site {
    /// Before the first step.
    pub(super) fn at_start(setup: &Setup) -> Self {
        let ids = if setup.counter_ids {
            AutoIds::Counter
        } else {
            AutoIds::Clock
        };
        let broker = Broker::with_auto_ids(ids);
        match (&setup.cluster, &setup.keeping) {
            (None, None) => Self::One(broker),
            (None, Some(keeping)) => Self::Kept(Box::new(Kept::at_start(broker, setup, keeping))),
            (Some(cluster), _) => {
                let nodes = cluster.at_start().clone().with_auto_ids(ids);
                let (nodes, file) = NodeFile::at_start(cluster, nodes);
                Self::Cluster(Box::new(Nodes {
                    cluster: nodes,
                    routes: vec![Route::default(); setup.clients.len()],
                    lost: None,
                    file,
                }))
            }
        }
    }

    /// The nodes in their order.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (NodeIndex, &Broker)> {
        let (one, several) = match self {
            Self::One(broker) => (Some((NodeIndex(0), broker)), None),
            Self::Kept(kept) => (Some((NodeIndex(0), &kept.broker)), None),
            Self::Cluster(nodes) => (None, Some(nodes.cluster.nodes())),
        };
        let former = self.former().map(|former| (FORMER, former));
        one.into_iter().chain(former).chain(several.into_iter().flatten())
    }

    /// The one broker there is; none where there is a cluster.
    pub(super) fn alone(&self) -> Option<&Broker> {
        match self {
            Self::One(broker) => Some(broker),
            Self::Cluster(_) | Self::Kept(_) => None,
        }
    }

    pub(super) fn alone_mut(&mut self) -> Option<&mut Broker> {
        match self {
            Self::One(broker) => Some(broker),
            Self::Cluster(_) | Self::Kept(_) => None,
        }
    }

    /// The same without the keys of the one broker; of a cluster all of it.
    pub(super) fn without_keys(&self) -> Self {
        match self {
            Self::One(broker) => Self::One(broker.rest()),
            Self::Cluster(_) | Self::Kept(_) => self.clone(),
        }
    }

    /// Whether all but the keys of the one broker is equal.
    pub(super) fn is_but_for_keys(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::One(broker), Self::One(other)) => broker.has_rest_of(other),
            (own, other) => own == other,
        }
    }

    /// A hash of the same.
    pub(super) fn hash_but_for_keys(&self, state: &mut impl Hasher) {
        match self {
            Self::One(broker) => broker.hash_rest(state),
            Self::Cluster(nodes) => nodes.hash(state),
            Self::Kept(kept) => kept.hash(state),
        }
    }

    /// Puts another in place of all but the keys of the one broker.
    pub(super) fn put_all_but_keys(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::One(broker), Self::One(rest)) => broker.set_rest(rest),
            (_, other) => *self = other,
        }
    }

    pub(super) fn node(&self, node: NodeIndex) -> &Broker {
        match self {
            Self::One(broker) => broker,
            Self::Cluster(nodes) => nodes.cluster.node(node),
            Self::Kept(kept) => kept.node(node),
        }
    }

    /// Changes one node; what it tells the others goes onto the bus.
    pub(super) fn at<T>(&mut self, node: NodeIndex, change: impl FnOnce(&mut Broker) -> T) -> T {
        match self {
            Self::One(broker) => change(broker),
            Self::Cluster(nodes) => {
                let result = nodes.cluster.at(node, change);
                nodes.write(node);
                result
            }
            Self::Kept(kept) => kept.at(node, None, change),
        }
    }

    /// Changes each node, and what is kept of it.
    pub(super) fn each(&mut self, mut change: impl FnMut(&mut Broker)) {
        match self {
            Self::One(broker) => change(broker),
            Self::Cluster(nodes) => {
                let all: Vec<NodeIndex> = nodes.cluster.nodes().map(|(node, _)| node).collect();
                for node in all {
                    nodes.cluster.at(node, &mut change);
                    nodes.write(node);
                }
                nodes.file.iter_mut().for_each(|file| change(&mut file.broker));
            }
            Self::Kept(kept) => {
                kept.each(&mut change);
                kept.write(None);
            }
        }
    }

    /// A node executes a request. Of a transaction one of whose commands belongs elsewhere the answer is that.
    pub(super) fn apply(&mut self, node: NodeIndex, who: ClientId, request: &Request, now_ms: Millis) -> Option<Reply> {
        match (self, request) {
            (_, Request::Script(_)) => unreachable!("a script's commands come one by one"),
            (Self::One(broker), Request::One(command)) => broker.apply(who, command, now_ms),
            (Self::One(broker), Request::Transaction(_)) => request
                .commands()
                .iter()
                .fold(None, |_, command| broker.apply(who, command, now_ms)),
            (Self::Kept(kept), request) => {
                let commands = request.commands().into_iter();
                kept.at(node, Some(now_ms), |broker| {
                    commands.fold(None, |_, command| broker.apply(who, &command, now_ms))
                })
            }
            (Self::Cluster(nodes), Request::One(command)) => {
                let reply = nodes.cluster.apply(node, who, command, now_ms);
                nodes.write(node);
                reply
            }
            (Self::Cluster(nodes), Request::Transaction(_)) => {
                let replies = request.commands().into_iter();
                let replies = replies.map(|command| nodes.cluster.apply(node, who, &command, now_ms));
                let replies: Vec<Option<Reply>> = replies.collect();
                nodes.write(node);
                let is_refusal = |reply: &&Option<Reply>| reply.as_ref().is_some_and(Reply::is_error);
                replies.iter().find(is_refusal).or(replies.last()).cloned().flatten()
            }
        }
    }

    /// The next request of this client may be of a slot that is on its way here.
    pub(super) fn ask(&mut self, node: NodeIndex, who: ClientId, now_ms: Millis) {
        self.at(node, |broker| broker.apply(who, &Command::Asking, now_ms));
    }

    /// What the nodes have for others than who asked.
    pub(super) fn take_outbox(&mut self) -> Vec<(ClientId, Reply)> {
        match self {
            Self::One(broker) => broker.take_outbox(),
            Self::Kept(kept) => kept.take_outbox(),
            Self::Cluster(nodes) => {
                let all: Vec<NodeIndex> = nodes.cluster.nodes().map(|(node, _)| node).collect();
                let taken = all.into_iter().map(|node| nodes.cluster.take_outbox(node));
                taken.flatten().collect()
            }
        }
    }

    /// The links of the bus that carry something: from, to.
    pub(super) fn links(&self) -> impl Iterator<Item = (NodeIndex, NodeIndex)> {
        let queues = self.cluster().map(Cluster::on_the_bus).into_iter().flatten();
        queues.map(|(from, to, _)| (from, to))
    }

    /// The oldest message from one node to another arrives.
    pub(super) fn deliver(&mut self, from: NodeIndex, to: NodeIndex, now_ms: Millis) -> Option<Message> {
        match self {
            Self::One(_) | Self::Kept(_) => None,
            Self::Cluster(nodes) => nodes.cluster.deliver(from, to, now_ms),
        }
    }

    /// How much lies on each link from a node.
    pub(super) fn sent(&self, from: NodeIndex) -> Vec<(NodeIndex, usize)> {
        let queues = self.cluster().map(Cluster::on_the_bus).into_iter().flatten();
        let own = queues.filter(|(sender, ..)| *sender == from);
        own.map(|(_, to, queue)| (to, queue.count())).collect()
    }

    /// What was published since then by way of this node's links, once for each copy.
    pub(super) fn sent_since(&self, from: NodeIndex, before: &[(NodeIndex, usize)]) -> Vec<Bytes> {
        let queues = self.cluster().map(Cluster::on_the_bus).into_iter().flatten();
        let own = queues.filter(|(sender, ..)| *sender == from);
        let new = own.flat_map(|(_, to, queue)| {
            let known = before.iter().find(|(known, _)| *known == to);
            queue.skip(known.map_or(0, |(_, count)| *count))
        });
        let published = new.filter_map(|message| match message {
            Message::Publish { message, .. } => Some(message.clone()),
            Message::Claim { .. } => None,
        });
        published.collect()
    }

    /// What a client knows of where things are; none where there is no cluster.
    pub(super) fn route(&self, client: ClientIx) -> Option<&Route> {
        match self {
            Self::One(_) | Self::Kept(_) => None,
            Self::Cluster(nodes) => nodes.routes.get(usize::from(client.0)),
        }
    }

    pub(super) fn route_mut(&mut self, client: ClientIx) -> Option<&mut Route> {
        match self {
            Self::One(_) | Self::Kept(_) => None,
            Self::Cluster(nodes) => nodes.routes.get_mut(usize::from(client.0)),
        }
    }

    /// The stream at a key, on whichever node it lies.
    pub(super) fn stream(&self, key: &[u8]) -> Option<&Stream> {
        self.nodes().find_map(|(_, broker)| broker.stream(key))
    }

    /// The keys with a time to live, node by node in their order.
    pub(super) fn keys_that_expire(&self) -> impl Iterator<Item = (NodeIndex, &Bytes)> {
        let keys = |(node, broker): (NodeIndex, _)| Broker::keys_that_expire(broker).map(move |key| (node, key));
        self.nodes().flat_map(keys)
    }

    /// Forgets what nobody can see any more: when waits and keys end, what the bus has carried.
    pub(super) fn forget_times(&mut self) {
        self.each(Broker::forget_times);
        match self {
            Self::One(_) => {}
            Self::Cluster(nodes) => nodes.cluster.forget_bus_counts(),
            Self::Kept(kept) => kept.forget_moments(),
        }
    }

    /// Whether a stream may have changed since changes were forgotten.
    pub(super) fn streams_changed(&self) -> bool {
        self.all()
            .any(|broker| broker.changed_streams().is_none_or(|changed| !changed.is_empty()))
    }

    /// Whether the stream at a key may have changed since changes were forgotten.
    pub(super) fn is_changed(&self, key: &[u8]) -> bool {
        let is_it = |changed: &[Bytes]| changed.iter().any(|changed| **changed == *key);
        self.all().any(|broker| broker.changed_streams().is_none_or(is_it))
    }

    /// No stream has changed since now.
    pub(super) fn forget_changes(&mut self) {
        self.each(Broker::forget_changes);
    }

    /// Every broker: the nodes, and what is kept of one that may fail.
    pub(super) fn all(&self) -> impl Iterator<Item = &Broker> {
        let (nodes, kept) = match self {
            Self::One(_) | Self::Cluster(_) => (Some(self.nodes().map(|(_, broker)| broker)), None),
            Self::Kept(kept) => (None, Some(kept.all())),
        };
        let file = match self {
            Self::Cluster(nodes) => nodes.file.as_deref().map(|file| &file.broker),
            Self::One(_) | Self::Kept(_) => None,
        };
        let all = nodes.into_iter().flatten().chain(kept.into_iter().flatten());
        all.chain(file)
    }

    /// What is kept of a broker that may fail; none of one that cannot.
    pub(super) fn kept(&self) -> Option<&Kept> {
        match self {
            Self::Kept(kept) => Some(kept),
            Self::One(_) | Self::Cluster(_) => None,
        }
    }

    pub(super) fn kept_mut(&mut self) -> Option<&mut Kept> {
        match self {
            Self::Kept(kept) => Some(kept),
            Self::One(_) | Self::Cluster(_) => None,
        }
    }

    /// The old primary, if it goes on though its replica has taken over.
    pub(super) fn former(&self) -> Option<&Broker> {
        self.kept().and_then(Kept::former)
    }

    fn cluster(&self) -> Option<&Cluster> {
        match self {
            Self::One(_) | Self::Kept(_) => None,
            Self::Cluster(nodes) => Some(&nodes.cluster),
        }
    }
}
