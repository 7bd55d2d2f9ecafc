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
    /// <https://redis.io/docs/latest/commands/cluster-nodes/>
    Nodes,
    /// <https://redis.io/docs/latest/commands/cluster-slots/>
    Slots,
    /// <https://redis.io/docs/latest/commands/cluster-shards/>
    Shards,
    /// <https://redis.io/docs/latest/commands/cluster-help/>
    Help,
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

/// `MIGRATE host port key|"" database timeout [COPY] [REPLACE] [KEYS key …]`; without AUTH.
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
}
