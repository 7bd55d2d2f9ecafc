//! The nodes of a cluster one of which may be gone for a while, and what is kept of that one.
//!
//! Its append-only file has all that it propagated, since only its process ends. What it comes back with takes its place
//! at once; nobody asks it before it is back. Read next: `world/losing.rs`.

use redelivery_engine::cluster::{Cluster, Message, NodeIndex};
use redelivery_engine::{Broker, Bytes};

use super::{Nodes, Site};
use crate::setup::{ClusterSetup, Loss};

/// A node that is gone, or not yet again what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::world) struct Lost {
    pub(in crate::world) node: NodeIndex,
    /// Whether the other nodes serve no key because of it.
    pub(in crate::world) is_missed: bool,
    /// Whether it is there.
    pub(in crate::world) is_back: bool,
    /// Whether it is there and serves its slots.
    pub(in crate::world) serves: bool,
}

/// A node's append-only file: the broker that it makes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct NodeFile {
    node: NodeIndex,
    pub(super) broker: Broker,
}

impl NodeFile {
    /// Before the first step; none where no node is lost, or it keeps nothing.
    pub(super) fn at_start(setup: &ClusterSetup, cluster: Cluster) -> (Cluster, Option<Box<Self>>) {
        match setup.loss {
            Some(Loss {
                node, has_file: true, ..
            }) => {
                let broker = cluster.node(node).without_clients();
                (cluster.propagating(node), Some(Box::new(Self { node, broker })))
            }
            _ => (cluster, None),
        }
    }
}

impl Nodes {
    /// What a node has done is written to its file, if it has one.
    pub(super) fn write(&mut self, node: NodeIndex) {
        if let Some(file) = self.file.as_mut().filter(|file| file.node == node) {
            let units = self.cluster.at(node, Broker::take_propagated);
            units.iter().for_each(|unit| file.broker.follow(unit));
        }
    }

    fn others(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let nodes = self.cluster.nodes().map(|(other, _)| other);
        nodes.filter(|other| *other != node).collect()
    }
}

impl Site {
    /// The node that is gone, if one is.
    pub(in crate::world) fn lost(&self) -> Option<Lost> {
        match self {
            Self::One(_) | Self::Kept(_) => None,
            Self::Cluster(nodes) => nodes.lost,
        }
    }

    /// What is published and on its way from or to a node, each with where it goes.
    pub(in crate::world) fn on_links_of(&self, node: NodeIndex) -> Vec<(Bytes, NodeIndex)> {
        let links = self.cluster().map(Cluster::on_the_bus).into_iter().flatten();
        let its = links.filter(|(from, to, _)| [*from, *to].contains(&node));
        let published = its.flat_map(|(_, to, queue)| {
            queue.filter_map(move |message| match message {
                Message::Publish { message, .. } => Some((message.clone(), to)),
                Message::Claim { .. } => None,
            })
        });
        published.collect()
    }

    /// A node is gone. `again`: that may happen once more, so that its file is kept.
    pub(in crate::world) fn lose(&mut self, node: NodeIndex, again: bool) {
        let Self::Cluster(nodes) = self else { return };
        let kept = nodes.file.as_ref().map(|file| file.broker.clone());
        nodes.cluster.lose(node, kept.unwrap_or_default());
        if !again {
            nodes.file = None;
        }
        nodes.lost = Some(Lost {
            node,
            is_missed: false,
            is_back: false,
            serves: false,
        });
    }

    /// The other nodes serve no key any more.
    pub(in crate::world) fn miss(&mut self) {
        self.change_lost(|lost, nodes| {
            lost.is_missed = true;
            for other in nodes.others(lost.node) {
                nodes.cluster.set_down(other, true);
            }
        });
    }

    /// The node is there, and serves no key yet.
    pub(in crate::world) fn call_back(&mut self) {
        self.change_lost(|lost, nodes| {
            lost.is_back = true;
            nodes.cluster.call_back();
            nodes.cluster.set_down(lost.node, true);
        });
    }

    /// The other nodes serve their slots again.
    pub(in crate::world) fn cover(&mut self) {
        self.change_lost(|lost, nodes| {
            lost.is_missed = false;
            for other in nodes.others(lost.node) {
                nodes.cluster.set_down(other, false);
            }
        });
    }

    /// The node that is back serves its slots again.
    pub(in crate::world) fn serve_again(&mut self) {
        self.change_lost(|lost, nodes| {
            lost.serves = true;
            nodes.cluster.set_down(lost.node, false);
        });
    }

    fn change_lost(&mut self, change: impl FnOnce(&mut Lost, &mut Nodes)) {
        if let Self::Cluster(nodes) = self
            && let Some(mut lost) = nodes.lost
        {
            change(&mut lost, nodes);
            // Then all is as it was.
            let is_over = lost.serves && !lost.is_missed;
            nodes.lost = (!is_over).then_some(lost);
        }
    }
}
