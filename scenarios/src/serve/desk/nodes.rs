//! One broker, or the nodes of a cluster, between which messages arrive at once.

use redelivery_engine::cluster::{Cluster, NodeAddress, NodeIndex};
use redelivery_engine::{Broker, Bytes, ClientId, Millis, Reply};

use super::Options;
use super::options::node_id;

/// Who has the keys.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of it")]
pub(super) enum Nodes {
    One(Broker),
    Cluster(Cluster),
}

impl Nodes {
    pub(super) fn new(options: &Options) -> Self {
        if !options.is_cluster {
            return Self::One(Broker::new());
        }
        let addresses = (0..).zip(&options.addresses).map(|(nth, address)| NodeAddress {
            id: node_id(options.seed, nth),
            shard_id: node_id(!options.seed, nth),
            host: address.ip().to_string().into(),
            port: address.port(),
            bus_port: address.port().wrapping_add(10_000),
        });
        Self::Cluster(Cluster::with_slots_divided(addresses.collect()))
    }

    pub(super) fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }

    pub(super) fn of(&self, node: NodeIndex) -> &Broker {
        match self {
            Self::One(broker) => broker,
            Self::Cluster(cluster) => cluster.node(node),
        }
    }

    pub(super) fn at<T>(&mut self, node: NodeIndex, run: impl FnOnce(&mut Broker) -> T) -> T {
        match self {
            Self::One(broker) => run(broker),
            Self::Cluster(cluster) => cluster.at(node, run),
        }
    }

    /// The answer to a command that is the broker's; none if the client waits.
    pub(super) fn apply(&mut self, node: NodeIndex, client: ClientId, argv: &[Bytes], now: Millis) -> Option<Reply> {
        match self {
            Self::One(broker) => broker.apply_argv(client, argv, now),
            Self::Cluster(cluster) => cluster.apply_argv(node, client, argv, now),
        }
    }

    /// Whatever is on its way between nodes arrives.
    pub(super) fn settle(&mut self, now: Millis) {
        if let Self::Cluster(cluster) = self {
            cluster.deliver_all(now);
        }
    }

    /// It is `now`; keys whose time is over go by themselves, or stay until somebody looks at them.
    pub(super) fn advance(&mut self, now: Millis, expires: bool) {
        self.each(|broker| match expires {
            true => broker.advance(now),
            false => broker.end_overdue_waits(now),
        });
        self.settle(now);
    }

    pub(super) fn next_deadline(&self, expires: bool) -> Option<Millis> {
        let deadline = |broker: &Broker| match expires {
            true => broker.next_deadline(),
            false => broker.next_timeout(),
        };
        match self {
            Self::One(broker) => deadline(broker),
            Self::Cluster(cluster) => cluster.nodes().filter_map(|(_, node)| deadline(node)).min(),
        }
    }

    /// What all brokers have for clients.
    pub(super) fn take_outbox(&mut self) -> Vec<(ClientId, Reply)> {
        match self {
            Self::One(broker) => broker.take_outbox(),
            Self::Cluster(cluster) => {
                let nodes: Vec<NodeIndex> = cluster.nodes().map(|(node, _)| node).collect();
                nodes.into_iter().flat_map(|node| cluster.take_outbox(node)).collect()
            }
        }
    }

    pub(super) fn each(&mut self, mut run: impl FnMut(&mut Broker)) {
        match self {
            Self::One(broker) => run(broker),
            Self::Cluster(cluster) => {
                let nodes: Vec<NodeIndex> = cluster.nodes().map(|(node, _)| node).collect();
                nodes.into_iter().for_each(|node| cluster.at(node, &mut run));
            }
        }
    }
}
