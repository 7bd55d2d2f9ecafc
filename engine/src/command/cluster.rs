//! Clusters: payloads of CLUSTER and MIGRATE.

use alloc::vec::Vec;

use crate::Bytes;
use crate::cluster::{Slot, SlotRange};

/// CLUSTER's subcommands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClusterCommand {
    /// <https://redis.io/docs/latest/commands/cluster-addslots/>
    AddSlots {
        /// Which.
        slots: Vec<Slot>,
    },
    /// <https://redis.io/docs/latest/commands/cluster-addslotsrange/>
    AddSlotsRange {
        /// Which.
        ranges: Vec<SlotRange>,
    },
    /// <https://redis.io/docs/latest/commands/cluster-delslots/>
    DelSlots {
        /// Which.
        slots: Vec<Slot>,
    },
    /// <https://redis.io/docs/latest/commands/cluster-delslotsrange/>
    DelSlotsRange {
        /// Which.
        ranges: Vec<SlotRange>,
    },
    /// <https://redis.io/docs/latest/commands/cluster-setslot/>
    SetSlot {
        /// Which.
        slot: Slot,
        /// What becomes of it.
        to: SlotState,
    },
    /// <https://redis.io/docs/latest/commands/cluster-countkeysinslot/>
    CountKeysInSlot {
        /// Which.
        slot: i64,
    },
    /// <https://redis.io/docs/latest/commands/cluster-getkeysinslot/>
    GetKeysInSlot {
        /// Which.
        slot: i64,
        /// At most so many.
        count: i64,
    },
    /// <https://redis.io/docs/latest/commands/cluster-keyslot/>
    KeySlot {
        /// Any.
        key: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/cluster-info/>
    Info,
    /// <https://redis.io/docs/latest/commands/cluster-myid/>
    MyId,
    /// <https://redis.io/docs/latest/commands/cluster-myshardid/>
    MyShardId,
    /// <https://redis.io/docs/latest/commands/cluster-nodes/>
    Nodes,
    /// <https://redis.io/docs/latest/commands/cluster-links/>
    Links,
    /// <https://redis.io/docs/latest/commands/cluster-slots/>
    Slots,
    /// <https://redis.io/docs/latest/commands/cluster-shards/>
    Shards,
    /// <https://redis.io/docs/latest/commands/cluster-flushslots/>
    FlushSlots,
    /// <https://redis.io/docs/latest/commands/cluster-bumpepoch/>
    BumpEpoch,
    /// What is about the nodes, not their slots.
    Members(MembersCommand),
    /// <https://redis.io/docs/latest/commands/cluster-help/>
    Help,
}

/// CLUSTER's subcommands about replicas, failures and nodes that join or leave; nodes are named by their IDs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MembersCommand {
    /// <https://redis.io/docs/latest/commands/cluster-replicas/>
    Replicas {
        /// Whose.
        node: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/cluster-slaves/>, its older name.
    Slaves {
        /// Whose.
        node: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/cluster-count-failure-reports/>
    CountFailureReports {
        /// Of whom.
        node: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/cluster-saveconfig/>
    SaveConfig,
    /// <https://redis.io/docs/latest/commands/cluster-set-config-epoch/>
    SetConfigEpoch {
        /// Not negative.
        epoch: i64,
    },
    /// <https://redis.io/docs/latest/commands/cluster-meet/>
    Meet {
        /// Where it is.
        host: Bytes,
        /// Where clients reach it.
        port: i64,
        /// Where nodes reach it; 10000 more if it is not said.
        bus_port: Option<i64>,
    },
    /// <https://redis.io/docs/latest/commands/cluster-forget/>
    Forget {
        /// Whom.
        node: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/cluster-replicate/>
    Replicate {
        /// Whom.
        node: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/cluster-failover/>, with or without FORCE or TAKEOVER, which a master refuses.
    Failover,
    /// <https://redis.io/docs/latest/commands/cluster-reset/>, SOFT or HARD.
    Reset {
        /// It gets a new ID, too.
        hard: bool,
    },
}

/// What CLUSTER SETSLOT makes of a slot; nodes are named by their IDs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SlotState {
    /// IMPORTING: it is on its way here.
    Importing(Bytes),
    /// MIGRATING: it is on its way there.
    Migrating(Bytes),
    /// NODE: it belongs to this node.
    Node(Bytes),
    /// STABLE: it is on no way.
    Stable,
}

/// `MIGRATE host port key|"" database timeout [COPY] [REPLACE] [AUTH password] [AUTH2 user password] [KEYS key …]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Migrate {
    /// Where to, as it is written.
    pub host: Bytes,
    /// Where to, as it is written.
    pub port: Bytes,
    /// One key, or …
    pub keys: Vec<Bytes>,
    /// … with KEYS any number.
    pub is_list: bool,
    /// The database there.
    pub database: i64,
    /// Milliseconds.
    pub timeout_ms: i64,
    /// COPY: the keys stay here too.
    pub copy: bool,
    /// REPLACE: keys that are there already are overwritten.
    pub replace: bool,
    /// AUTH or AUTH2: as whom.
    pub auth: Option<Auth>,
}

/// As whom one node speaks to the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Auth {
    /// Of AUTH2.
    pub user: Option<Bytes>,
    /// Of either.
    pub password: Bytes,
}
