//! What random scripts of a cluster must bring about; see `coverage.rs` beside.

/// What has to succeed.
pub(crate) const SUCCEEDED: &[&str] = &[
    "ASKING",
    "CLUSTER COUNTKEYSINSLOT",
    "CLUSTER GETKEYSINSLOT",
    "CLUSTER HELP",
    "CLUSTER INFO",
    "CLUSTER KEYSLOT",
    "CLUSTER MYID",
    "CLUSTER NODES",
    "CLUSTER SHARDS",
    "CLUSTER SLOTS",
    "EXEC",
    "LMOVE",
    "MIGRATE",
    "MIGRATE COPY",
    "MIGRATE KEYS",
    "MIGRATE REPLACE",
    "PUBLISH",
    "READONLY",
    "READWRITE",
    "RPOPLPUSH",
    "SELECT 0",
    "SPUBLISH",
    "SSUBSCRIBE",
    "SUBSCRIBE",
    "XADD",
    "XREADGROUP",
];

/// How the errors begin that have to be met.
pub(crate) const ERRORS: &[&str] = &[
    "ASK 3828 <address",
    "CROSSSLOT",
    "ERR Invalid slot",
    "ERR Slot 3828 is already busy",
    "ERR Target instance replied with error: BUSYKEY",
    "ERR Target instance replied with error: MOVED",
    "ERR Unknown node nobody",
    "EXECABORT",
    "MOVED 15891 <address3>",
    "MOVED 3828 <address1>",
    "MOVED 3828 <address2>",
    "MOVED 3828 <address3>",
    "MOVED 7629 <address2>",
    "TRYAGAIN",
];

/// What happened to clients that waited or had subscribed.
pub(crate) const WAITS: &[&str] = &[
    "MIGRATE ends",
    "MIGRATE serves",
    "PUBLISH serves",
    "RPUSH serves",
    "SPUBLISH serves",
    "close ends",
    "give ends",
    "give serves",
    "time-out frees",
];
