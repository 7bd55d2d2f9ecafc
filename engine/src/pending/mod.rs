//! The room of the pending entries list (PEL): what was delivered to whom and not yet acknowledged.
//!
//! The facts live twice, as in Redis: the group's list maps each ID to its owner, idle clock and delivery counter;
//! each consumer has a list of its own IDs. Every change goes through [`PendingList`], which keeps both in step;
//! `assert_consistent` says what "in step" means. The list never looks at the stream: whether an entry still exists
//! is its callers' question. It never reads a clock either.
//! Read next: `list.rs`, then the commands that use it: `run/read_group.rs`, `run/claim.rs`, `run/pending.rs`.

mod consumer;
mod list;

pub use consumer::Consumer;
pub(crate) use list::PendingList;

use crate::{Bytes, Millis};

/// One delivery that nobody has acknowledged. Source: <https://redis.io/docs/latest/commands/xpending/>.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingEntry {
    /// Its owner: the consumer that read or claimed it last.
    pub consumer: Bytes,
    /// When that was, in milliseconds of the broker's clock; idle time counts from here.
    pub delivered_at: Millis,
    /// The delivery counter.
    pub deliveries: u64,
}

impl PendingEntry {
    /// For how long nobody has touched it; 0 when the clock went back since.
    pub fn idle_ms(&self, now: Millis) -> Millis {
        now.saturating_sub(self.delivered_at)
    }
}
