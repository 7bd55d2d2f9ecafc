//! A cluster: its nodes, who of the clients connects where, and what each makes of redirections.
//!
//! Fixed before the first step. What a client learns on the way is `client/route.rs`; the nodes themselves are in the world.
//! Source: <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>.

use std::sync::Arc;

use redelivery_engine::cluster::{Cluster, NodeAddress, NodeIndex};

use super::{ClientIx, Setup, Span};

/// The nodes, and which of them owns which slots before the first step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterSetup {
    addresses: Vec<NodeAddress>,
    at_start: Arc<Cluster>,
    /// `cluster-require-full-coverage`: whether nodes serve no key at all once they miss one whose slots nobody serves.
    pub full_coverage: bool,
    /// The node that may be gone for a while.
    pub loss: Option<Loss>,
    /// By client; who is not among them begins at the first node, and follows.
    pub clients: Vec<Member>,
}

/// What a cluster is to one client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Where it connects as long as none of its keys calls for another node.
    pub home: NodeIndex,
    /// What it does about MOVED and ASK.
    pub redirects: Redirects,
}

/// What a client does about MOVED and ASK.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirects {
    /// It sends the request again to the node that it was told.
    #[default]
    Follow,
    /// It takes them for an error like any other.
    Ignore,
}

/// A node that may be gone for a while, as often as the budget says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Which one.
    pub node: NodeIndex,
    /// Whether it comes back with all that it had written to its append-only file; with nothing otherwise.
    pub has_file: bool,
    /// How long it is gone, by a clock.
    pub away: Span,
}

impl Loss {
    /// How long it takes the other nodes to miss it, by a clock: `cluster-node-timeout` is fifteen seconds where nobody
    /// says otherwise, and they ask one another at last.
    pub const MISSED: Span = Span {
        min_ms: 15_000,
        max_ms: 22_500,
    };
    /// How long a node that is back serves no key, by a clock.
    pub const JOINS: Span = Span {
        min_ms: 2_000,
        max_ms: 2_200,
    };
    /// How long after they have missed it the others trust it again at the earliest, by a clock: twice that time-out, and
    /// then at its next pong.
    pub const MISTRUSTED: Span = Span {
        min_ms: 30_000,
        max_ms: 37_500,
    };
    /// How long it takes the others to hear of a node that is back and that they may trust, by a clock.
    pub const HEARD_OF: Span = Span {
        min_ms: 0,
        max_ms: 1_000,
    };
}

impl Setup {
    /// The node that may be gone for a while; none where no node fails.
    pub fn may_lose(&self) -> Option<Loss> {
        self.cluster.as_ref().and_then(|cluster| cluster.loss)
    }
}

impl ClusterSetup {
    /// Nodes that divide the slots among themselves as `redis-cli --cluster create` does.
    pub fn new(addresses: Vec<NodeAddress>) -> Self {
        Self {
            at_start: Arc::new(Cluster::with_slots_divided(addresses.clone())),
            addresses,
            full_coverage: true,
            loss: None,
            clients: Vec::new(),
        }
    }

    /// The nodes in their order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeIndex> + use<> {
        (0..self.addresses.len() as u16).map(NodeIndex)
    }

    /// How a node is called, and where it is reached.
    pub fn address(&self, node: NodeIndex) -> &NodeAddress {
        &self.addresses[usize::from(node.0)]
    }

    /// The cluster before the first step.
    pub fn at_start(&self) -> &Cluster {
        &self.at_start
    }

    /// Who owns the slot of a key, or of a sharded channel, before the first step.
    pub fn owner_of(&self, key: &[u8]) -> Option<NodeIndex> {
        self.at_start.nodes().find_map(|(_, node)| node.owner_of(key))
    }

    /// What the cluster is to a client.
    pub fn member(&self, client: ClientIx) -> Member {
        self.clients.get(usize::from(client.0)).copied().unwrap_or_default()
    }
}
