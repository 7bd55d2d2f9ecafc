//! A node that is gone, and comes back: nobody but the caller knows when, and what it has kept.
//!
//! While it is gone nothing of the bus reaches it, and it must be asked nothing. The others answer as before, with MOVED
//! for its slots, until they are told to serve no key any more: so a server does with `cluster-require-full-coverage
//! yes`, once most masters have missed the node's pings for `cluster-node-timeout`. Channels are served all the while. A
//! node that is back serves no key for two seconds; those that have missed it serve none before twice that time-out has
//! passed since. Real nodes do all of this (`scenarios/tests/agreement/cluster/loss.rs`). Source:
//! <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#failure-detection>.

use super::{Cluster, NodeIndex};
use crate::Broker;

impl Cluster {
    /// The same cluster, of which one node notes what its commands propagate ([`Broker::propagating`]).
    pub fn propagating(mut self, node: NodeIndex) -> Self {
        let noting = &mut self.nodes[node.at()];
        *noting = core::mem::take(noting).propagating();
        self
    }

    /// A node's process ends, and all that is on its way from and to it is gone. What it has kept, be it nothing, takes its
    /// place, with its slots, and waits to be called back. Who was connected to it is nobody's business here.
    pub fn lose(&mut self, node: NodeIndex, kept: Broker) {
        self.bus.forget(node);
        self.gone = Some(node);
        let before = &self.nodes[node.at()];
        self.nodes[node.at()] = kept.in_place_of(before);
    }

    /// The node that is gone is there again: the bus reaches it.
    pub fn call_back(&mut self) {
        self.gone = None;
    }

    /// A node serves no key from now on, and tells so whoever waits for one; or it does again.
    pub fn set_down(&mut self, node: NodeIndex, is_down: bool) {
        self.at(node, |broker| broker.set_down(is_down));
    }
}
