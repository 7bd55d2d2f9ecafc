//! The policy of one who moves a slot of a cluster.

use redelivery_engine::Bytes;
use redelivery_engine::cluster::NodeIndex;

/// A mover's policy. After a crash it starts again, and goes on where it finds the slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    /// A key, or a sharded channel, whose slot is moved.
    pub key: Bytes,
    /// Where to. The slot comes from the node that owns it in the beginning.
    pub to: NodeIndex,
}
