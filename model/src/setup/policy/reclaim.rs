//! How entries are taken over that others left pending.

use redelivery_engine::Millis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a consumer takes over entries that others left pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reclaim {
    /// By which commands.
    pub by: ReclaimBy,
    /// min-idle-time, in milliseconds.
    pub min_idle_ms: Millis,
    /// COUNT of each look.
    pub count: u64,
    /// XAUTOCLAIM: whether it goes on at the cursor.
    pub follow_cursor: FollowCursor,
    /// How long a consumer that reads nothing waits between rounds, in milliseconds; `poll_ms` by default.
    pub every_ms: Option<Millis>,
    /// The key that one must hold to reclaim: not everybody at once.
    pub lock: Option<Lock>,
}

/// Whether a reclaimer goes on at XAUTOCLAIM's cursor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FollowCursor {
    /// Until it is 0-0.
    #[default]
    Always,
    /// Until a page is empty.
    UntilEmptyPage,
    /// Never: each look begins at 0-0.
    Never,
}

/// SET … NX before a round of reclaiming, DEL after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// How long the key lives, in milliseconds; until it is deleted when absent.
    pub ttl_ms: Option<Millis>,
}

/// The commands of a reclaim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReclaimBy {
    /// XPENDING, then XCLAIM entry by entry.
    Xclaim,
    /// XAUTOCLAIM.
    Xautoclaim,
    /// One script, which looks for an entry that is idle enough and takes it over; one that was delivered as often as the
    /// dead-letter policy allows it routes and acknowledges instead, in the same step.
    Script,
}
