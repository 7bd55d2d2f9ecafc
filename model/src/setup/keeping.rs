//! What is kept when a broker fails: by its own files, and by a replica.
//!
//! Fixed before the first step, and only where the broker may fail. What has been kept is in the world (`site/kept.rs`).
//! Source: <https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/>.

use redelivery_engine::Millis;
use serde::{Deserialize, Serialize};

use super::Span;
use crate::world::Spent;

/// What a broker that fails comes back with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// What its process writes.
    pub persistence: Persistence,
    /// Whether there is a replica, and for how long a write may be on its way there, in milliseconds of a clock; while
    /// exploring without one, for any time.
    pub replica_lag_ms: Option<Millis>,
    /// How the append-only file is rewritten.
    pub rewrites: Rewrites,
    /// What an old primary that is gone comes back with.
    pub failback: Failback,
    /// For how long the old primary may go on once its replica has taken over, by a clock; not at all, when none.
    pub split_brain_ms: Option<Millis>,
    /// `min-replicas-max-lag`: how long after its replica was last heard of a primary refuses to write, by a clock, as
    /// `min-replicas-to-write` demands; never, when none.
    pub min_replicas_lag_ms: Option<Millis>,
}

/// How the append-only file is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrites {
    /// At most so often in one run.
    pub times: u8,
    /// How long after the last time, or the beginning, by a clock.
    pub after: Span,
    /// How long it takes, by a clock.
    pub takes: Span,
    /// Whether the file is synced meanwhile: not so with `no-appendfsync-on-rewrite`.
    pub syncs: bool,
}

impl Rewrites {
    /// None.
    pub const NONE: Self = Self {
        times: 0,
        after: Span { min_ms: 0, max_ms: 0 },
        takes: Span { min_ms: 0, max_ms: 0 },
        syncs: true,
    };
}

/// What an old primary comes back with, before it takes over again.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Failback {
    /// It becomes a replica first, and copies the memory of the one that took its place.
    #[default]
    Resync,
    /// It never follows: it has what it had when it went, and nothing of what was written since.
    OwnData,
}

/// What the process of a broker writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// Nothing: it comes back empty.
    Nothing,
    /// Snapshots of its memory, each at most so many milliseconds after the one before.
    Snapshots(Millis),
    /// Each command that changes something. It is on the disk at most so many milliseconds later; at once, when 0.
    AppendOnly(Millis),
}

/// `appendfsync`: when what was written is synced.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Fsync {
    /// Before a command is answered.
    Always,
    /// Once a second: a power failure loses at most that.
    #[default]
    Everysec,
    /// When the system likes to, which takes at most about thirty seconds.
    No,
}

impl Fsync {
    /// For how long a write is in danger, in milliseconds.
    pub fn window_ms(self) -> Millis {
        match self {
            Self::Always => 0,
            Self::Everysec => 1_000,
            Self::No => 30_000,
        }
    }
}

/// How a broker fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, strum::IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
pub enum Mishap {
    /// Its process is killed, and started again: what it had handed to the system is there.
    Killed,
    /// The power fails, and comes back: what was synced is there, and any beginning of the rest.
    PowerFailed,
    /// It is gone, and its replica takes its place, with what had arrived there.
    FailedOver,
    /// Its replica takes its place likewise, and it goes on all the same for those who still talk to it.
    Split,
    /// In a cluster: a node is gone, and comes back later.
    NodeLost,
}

impl Mishap {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Killed,
        Self::PowerFailed,
        Self::FailedOver,
        Self::Split,
        Self::NodeLost,
    ];
}

/// How often the broker may fail, and how far what is kept may lag behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BrokerFaults {
    /// Its process is killed, at most so often in one run.
    pub kills: u8,
    /// Its power fails.
    pub power_failures: u8,
    /// Its replica takes over.
    pub failovers: u8,
    /// Whether it goes on then for a while.
    pub splits: bool,
    /// In a cluster: a node is gone for a while.
    pub node_losses: u8,
    /// At most so many writes are missing in its file; any number where it is none.
    pub file_lacks: Option<u16>,
    /// The same of the replica.
    pub replica_lacks: Option<u16>,
}

impl BrokerFaults {
    /// Whether it may fail so once more.
    pub fn allows(&self, how: Mishap, spent: Spent) -> bool {
        match how {
            Mishap::Killed => spent.kills < self.kills,
            Mishap::PowerFailed => spent.power_failures < self.power_failures,
            Mishap::FailedOver => !self.splits && spent.failovers < self.failovers,
            Mishap::Split => self.splits && spent.failovers < self.failovers,
            Mishap::NodeLost => spent.node_losses < self.node_losses,
        }
    }
}
