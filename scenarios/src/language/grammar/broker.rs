//! `[broker]`: what the server is configured to, named as `redis.conf` names it where it does.

use redelivery_model::setup::Fsync;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Flag;
use crate::language::located::Located;
use crate::language::value::{Duration, Number, Stretch};

/// What the broker is configured to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Broker {
    /// `client-output-buffer-limit pubsub`, in messages: a subscriber that leaves more than so many unread is
    /// disconnected, and they are lost. Any number by default.
    pub(in crate::language) output_buffer: Option<Located<Number<1, 10_000>>>,
    /// `appendonly`: whether each write goes to a file, from which the broker builds what it holds when it starts again. It
    /// keeps what is propagated: delivery counters that were raised by reading one's own history are not. Not so by default.
    pub(in crate::language) appendonly: Flag,
    /// `appendfsync`: when the system is told to bring what was written to the disk; `everysec` by default. A power failure
    /// loses what was not; the death of the process loses nothing that was written.
    pub(in crate::language) appendfsync: Option<Located<Fsync>>,
    /// The append-only file is rewritten, as by BGREWRITEAOF. Until the new one is whole the broker starts again from the old
    /// one and what follows it. Never by default.
    pub(in crate::language) rewrite: Option<Located<Rewrite>>,
    /// `no-appendfsync-on-rewrite`: whether nothing is synced while the file is rewritten. Not so by default.
    pub(in crate::language) no_appendfsync_on_rewrite: Flag,
    /// Whether the disk is slow, so that `everysec` is every two seconds. Not so by default.
    pub(in crate::language) slow_disk: Flag,
    /// `save`: how long after the last a snapshot of the memory is taken, at the latest. The broker starts again from the
    /// last one, unless it has an append-only file. None are taken by default.
    pub(in crate::language) save: Option<Located<Duration>>,
    /// There is a replica, and a write may be on its way there for so long. None by default.
    pub(in crate::language) replica_lag: Option<Located<Duration>>,
    /// `min-replicas-to-write 1`: a primary that has not heard of its replica for `min-replicas-max-lag` refuses to write. Not
    /// so by default.
    pub(in crate::language) min_replicas_to_write: Option<Located<Number<1, 1>>>,
    /// `min-replicas-max-lag`, looked at once a second; 10 seconds by default.
    pub(in crate::language) min_replicas_max_lag: Option<Located<Duration>>,
}

/// How the append-only file is rewritten. Exploring tries any moment and any time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Rewrite {
    /// At most so often in one run.
    pub(in crate::language) times: Number<1, 100>,
    /// How long after the last time, or the beginning, in simulated runs; `0s..10s` by default.
    pub(in crate::language) after: Option<Stretch>,
    /// How long it takes in simulated runs; `0s..5s` by default.
    pub(in crate::language) takes: Option<Stretch>,
}
