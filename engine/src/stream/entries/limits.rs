//! When a node is full.

use super::node::Node;
use crate::Bytes;

/// No node has more bytes than this, whatever the limits.
const BYTES_MAX: usize = 1 << 30;

/// How large a node of a stream becomes before the next one begins: `stream-node-max-entries` and
/// `stream-node-max-bytes` of `redis.conf`. `XADD` and `XTRIM` with `~` remove whole nodes only.
/// Source: <https://redis.io/docs/latest/commands/xtrim/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeLimits {
    /// So many entries, those that were deleted since included; 0 for any number.
    pub entries: u32,
    /// So many bytes, in the server's encoding; 0 for any number.
    pub bytes: u32,
}

/// As a server has them unless it is told otherwise: 100 entries or 4,096 bytes.
impl Default for NodeLimits {
    fn default() -> Self {
        Self {
            entries: 100,
            bytes: 4096,
        }
    }
}

impl NodeLimits {
    /// LIMIT's default: a hundred full nodes, within reason.
    pub(crate) fn trimmed_at_once(self) -> usize {
        const ANY_NUMBER: usize = 10_000;
        const MAX: usize = 1_000_000;
        match 100 * self.entries as usize {
            0 => ANY_NUMBER,
            entries => entries.min(MAX),
        }
    }

    /// Whether an entry with these fields goes to a new node.
    pub(super) fn are_reached(self, node: &Node, fields: &[Bytes]) -> bool {
        let bytes_max = match self.bytes as usize {
            0 => BYTES_MAX,
            bytes => bytes.min(BYTES_MAX),
        };
        // The server does not count yet how the entry will be encoded.
        let added: usize = fields.iter().map(|item| item.len()).sum();
        let entries = node.len() + node.deleted;
        node.size() + added >= bytes_max || (self.entries > 0 && entries >= self.entries as usize)
    }
}
