//! `[cluster]`, `[mover.…]`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::language::located::Located;
use crate::language::named::Named;
use crate::language::value::{Number, Stretch};

use super::Flag;

/// The number of a node, from 1.
pub(in crate::language) type NodeNumber = Located<Number<1, 16>>;

/// A Redis cluster in place of one broker: masters without replicas, which divide the slots as `redis-cli --cluster create`
/// does. A client has one connection at a time, which goes to the node that its next request needs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Cluster {
    /// How many nodes there are.
    pub(in crate::language) nodes: NodeNumber,
    /// `cluster-require-full-coverage`: whether nodes answer CLUSTERDOWN to whoever needs a key, of any slot, once they
    /// miss a node that is gone; so by default. Otherwise only the slots of that node are not served.
    pub(in crate::language) full_coverage: Flag,
    /// Where clients connect as long as no key calls for another node, by the names of their tables: the number of a
    /// node, 1 by default. A subscriber that catches up in a stream connects where that is, a reaper where its list is.
    #[serde(default)]
    pub(in crate::language) home: Named<NodeNumber>,
    /// Clients, by the names of their tables, that take MOVED, ASK and CLUSTERDOWN for an error like any other. The others
    /// follow them, up to five times for one request, and try again later what CLUSTERDOWN answered; who does not wait for
    /// replies never learns of them.
    #[serde(default)]
    pub(in crate::language) ignore_redirects: Vec<Located<String>>,
}

/// Moves the slot of a key to another node, as `redis-cli --cluster reshard` does: SETSLOT IMPORTING and MIGRATING, MIGRATE of
/// its keys one by one, SETSLOT NODE at the new owner and then at the old one. After a crash it goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Mover {
    /// The stream, the list or the channel whose slot is moved.
    pub(in crate::language) key: Located<String>,
    /// The number of the node to which it is moved.
    pub(in crate::language) to: NodeNumber,
}

/// A node that is gone for a while.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct LoseNode {
    /// At most so often in one run.
    pub(in crate::language) times: Located<Number<1, 255>>,
    /// The number of the node.
    pub(in crate::language) node: NodeNumber,
    /// How long it is gone in simulated runs, `5s..1m` by default: the others miss it after fifteen seconds or a little
    /// more, and trust it no sooner than half a minute after that, be it back or not. While exploring, for any time.
    pub(in crate::language) away: Option<Stretch>,
}
