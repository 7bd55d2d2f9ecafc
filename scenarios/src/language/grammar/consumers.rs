//! `[consumer.…]`.

use redelivery_model::setup::policy::{
    Acknowledge, DedupBy, Delete, Effect, GroupFrom, Mark, OnNoGroup, Reads, ReclaimBy, Restart, RouteOrder, Start,
    Tries, Turns,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Counts, Flag, Wait};
use crate::language::located::Located;
use crate::language::value::{Block, Duration, Follow, Number, Stretch};

/// A consumer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Consumer {
    /// How many of it there are; 1 by default. Two are called `worker-1` and `worker-2`.
    pub(in crate::language) count: Option<Counts>,
    /// The stream it reads.
    pub(in crate::language) stream: Located<String>,
    /// One of that stream's groups.
    pub(in crate::language) group: Located<String>,
    /// Whether the group knows its name before anything happens (XGROUP CREATECONSUMER); by default from its first read on.
    pub(in crate::language) known: Flag,
    /// Whether it creates the group when it starts, and where the group then begins: `"0"` or `"$"`; not by default.
    pub(in crate::language) creates_group: Option<GroupFrom>,
    /// What it does when the group is not there; `loop` by default.
    pub(in crate::language) on_no_group: Option<Located<OnNoGroup>>,
    /// What it reads beside what it reclaims; `new` by default.
    pub(in crate::language) reads: Option<Located<Reads>>,
    /// In which order it reclaims and reads when it has nothing at hand; `in-order` by default.
    pub(in crate::language) turns: Option<Located<Turns>>,
    /// What it reads first when it starts; `new` by default.
    #[serde(default)]
    pub(in crate::language) start: Located<Start>,
    /// COUNT of its reads; 1 by default.
    pub(in crate::language) batch: Option<Number<1, 10_000>>,
    /// BLOCK of its reads; `5s` by default, `none` to poll, `0s` to block for ever.
    pub(in crate::language) block: Option<Block>,
    /// How long it waits after a poll that found nothing; `1s` by default.
    pub(in crate::language) poll: Option<Duration>,
    /// When it acknowledges; `after-work` by default.
    #[serde(default)]
    pub(in crate::language) acknowledge: Located<Acknowledge>,
    /// How it asks by WAIT, before it works on what it has acknowledged on receipt, whether the replica has the acknowledgement:
    /// otherwise a failover may hand out again what was worked on. It does not ask by default.
    pub(in crate::language) wait: Option<Located<Wait>>,
    /// Whether XDEL deletes what it acknowledges, and in which order; not by default.
    pub(in crate::language) delete: Option<Located<Delete>>,
    /// Messages that its work always fails on, by key: `["shop-1"]`.
    #[serde(default)]
    pub(in crate::language) fails_on: Vec<Located<String>>,
    /// How it recognises what was already worked on; not at all by default.
    pub(in crate::language) dedup: Option<Located<Dedup>>,
    /// Where its work shows; `outside` by default.
    #[serde(default)]
    pub(in crate::language) effect: Effect,
    /// How it takes over what others left pending; not at all by default.
    pub(in crate::language) reclaim: Option<Located<Reclaim>>,
    /// What it does with messages that were delivered too often; nothing by default.
    pub(in crate::language) dead_letter: Option<Located<DeadLetter>>,
    /// What happens after a crash; `same-name` by default.
    #[serde(default)]
    pub(in crate::language) restart: Restart,
    /// How long one piece of work takes in simulated and live runs, `10ms..50ms` by default; and while exploring with
    /// `time = "bounded"`.
    pub(in crate::language) work: Option<Stretch>,
}

/// Marks in the broker.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Dedup {
    /// When the mark is set.
    pub(in crate::language) mark: Mark,
    /// What is marked; `message-key` by default.
    #[serde(default)]
    pub(in crate::language) by: DedupBy,
    /// How long a mark lives; for ever by default.
    pub(in crate::language) ttl: Option<Located<Duration>>,
}

/// Taking over.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Reclaim {
    /// By which commands.
    pub(in crate::language) by: ReclaimBy,
    /// Entries idle for at least so long are taken over.
    pub(in crate::language) min_idle_time: Located<Duration>,
    /// COUNT of each look; 1 by default.
    pub(in crate::language) count: Option<Number<1, 10_000>>,
    /// XAUTOCLAIM: whether it goes on at the cursor (so by default), only until a page is empty, or begins anew each time.
    pub(in crate::language) follow_cursor: Option<Located<Follow>>,
    /// How long a consumer with `reads = "nothing"` waits between rounds; as long as `poll` by default.
    pub(in crate::language) every: Option<Located<Duration>>,
    /// A key that one must hold to reclaim; none by default.
    pub(in crate::language) lock: Option<Lock>,
}

/// SET … NX before a round of reclaiming, DEL after it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Lock {
    /// How long the key lives; until it is deleted by default.
    pub(in crate::language) ttl: Option<Located<Duration>>,
}

/// Routing to a dead-letter stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct DeadLetter {
    /// The dead-letter stream.
    pub(in crate::language) stream: Located<String>,
    /// So many tries before.
    pub(in crate::language) limit: Number<1, 1_000_000>,
    /// What counts as a try; `deliveries` by default.
    #[serde(default)]
    pub(in crate::language) counts: Tries,
    /// In which steps; `transaction` by default.
    #[serde(default)]
    pub(in crate::language) order: Located<RouteOrder>,
}
