//! Changing owners: payloads of XCLAIM and XAUTOCLAIM.

use alloc::vec::Vec;

use crate::command::Bound;
use crate::{Bytes, Millis, StreamId};

/// `XCLAIM key group consumer min-idle-time id … [IDLE | TIME] [RETRYCOUNT] [FORCE] [JUSTID] [LASTID]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XClaim {
    /// The stream.
    pub key: Bytes,
    /// The group.
    pub group: Bytes,
    /// The new owner.
    pub consumer: Bytes,
    /// Only entries that are idle for at least so long.
    pub min_idle_ms: Millis,
    /// Which entries.
    pub ids: Vec<StreamId>,
    /// What the idle clock is set to.
    pub idle: Idle,
    /// RETRYCOUNT: what the delivery counter is set to.
    pub retry_count: Option<u64>,
    /// FORCE: also entries that are not pending.
    pub force: bool,
    /// JUSTID: answer IDs only, leave the counter.
    pub just_id: bool,
    /// LASTID: raise the group's last delivered ID to this.
    pub last_id: Option<StreamId>,
}

/// What a claim sets the idle clock to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Idle {
    /// Delivered now.
    #[default]
    Reset,
    /// IDLE: delivered so many milliseconds ago.
    For(i64),
    /// TIME: delivered at this moment, in milliseconds of the broker's clock.
    Since(i64),
}

/// `XAUTOCLAIM key group consumer min-idle-time start [COUNT n] [JUSTID]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XAutoClaim {
    /// The stream.
    pub key: Bytes,
    /// The group.
    pub group: Bytes,
    /// The new owner.
    pub consumer: Bytes,
    /// Only entries that are idle for at least so long.
    pub min_idle_ms: Millis,
    /// Where the search begins.
    pub start: Bound,
    /// At most so many entries; 100 when not said.
    pub count: Option<u64>,
    /// JUSTID: answer IDs only, leave the counter.
    pub just_id: bool,
}
