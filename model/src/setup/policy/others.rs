//! Policies of those who neither produce nor belong to a group: repairers, readers, watchers.

use redelivery_engine::{Bytes, Millis};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::setup::GroupIx;

/// A dead-letter administrator's policy. After a crash it starts again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repairer {
    /// The dead-letter stream.
    pub stream: Bytes,
    /// How long it waits when there is no dead letter, in milliseconds.
    pub poll_ms: Millis,
    /// In which steps it puts a message back.
    pub order: PutBack,
}

/// The steps of putting a repaired message back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PutBack {
    /// XADD to its stream, then XDEL from the dead-letter stream.
    AddThenDelete,
    /// XDEL, then XADD.
    DeleteThenAdd,
    /// Both in MULTI.
    #[default]
    Transaction,
    /// Both in MULTI, and it watches the dead-letter stream from before its look.
    Watched,
}

/// The policy of a reader without a group. After a crash it starts again, and has forgotten where it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Its own row among the groups ([`crate::setup::GroupKind::Reader`]): under it its effects are counted.
    pub group: GroupIx,
    /// Where it reads from.
    pub from: ReaderFrom,
    /// COUNT of its reads.
    pub batch: u64,
    /// BLOCK of its reads, in milliseconds.
    pub block_ms: Millis,
}

/// Where a reader reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ReaderFrom {
    /// `$`: what comes after the call, in each call.
    #[serde(rename = "$")]
    Tail,
    /// `$` until something came, then from its last entry on.
    #[serde(rename = "last-id")]
    LastId,
    /// The stream's beginning, then from its last entry on.
    #[serde(rename = "0")]
    Beginning,
    /// Its last entry, whose ID it keeps in the broker: it is set in one transaction with the effect, guarded by WATCH.
    #[serde(rename = "stored")]
    Stored,
}

/// The policy of a watcher. After a crash it starts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// The group that it watches.
    pub group: GroupIx,
    /// How long it waits between two looks, in milliseconds.
    pub every_ms: Millis,
    /// What it acts on, and how.
    pub duty: Duty,
}

/// What a watcher does about the numbers it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// It trims what seems to be done with.
    Trims(Trims),
    /// It deletes consumers that seem to be gone.
    DeletesConsumers {
        /// Idle for so long, by XINFO CONSUMERS, in milliseconds.
        idle_ms: Millis,
        /// Only those that have nothing pending.
        unless_pending: bool,
    },
    /// It raises an alarm, and ends it when a later look shows nothing any more.
    Alarms(Alarm),
}

/// The figure that raises an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// XINFO GROUPS: so many entries are not delivered yet.
    Lag {
        /// So many or more.
        at_least: u64,
        /// Whether a lag that the broker does not know raises it too.
        or_unknown: bool,
    },
    /// XPENDING: an entry has been idle for so long, in milliseconds.
    PendingIdle(Millis),
    /// XPENDING: an entry was delivered so often.
    Deliveries(u64),
    /// XINFO CONSUMERS: a consumer with something pending has been idle for so long, in milliseconds.
    ConsumerIdle(Millis),
}

/// What a watcher believes to be done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trims {
    /// What was delivered, once XINFO GROUPS shows a lag of 0.
    Delivered,
    /// What comes before the oldest entry that is pending (XPENDING) or not delivered (XINFO GROUPS).
    Acknowledged,
}
