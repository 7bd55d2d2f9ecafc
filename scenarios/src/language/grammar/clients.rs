//! `[producer.…]`, `[consumer.…]`, `[administrator.…]`.

use redelivery_model::setup::policy::{
    Acknowledge, AwaitReply, DedupBy, Effect, Mark, OnUnknown, ReclaimBy, Restart, RouteOrder, Start, When,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Counts, Messages};
use crate::language::located::Located;
use crate::language::value::{Block, Duration, Number, Stretch};

/// A producer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Producer {
    /// How many of it there are; 1 by default. Two are called `shop-1` and `shop-2`.
    pub(in crate::language) count: Option<Counts>,
    /// The stream to which it adds.
    pub(in crate::language) stream: Located<String>,
    /// How many messages it adds. Their keys are `shop-1`, `shop-2` and so on.
    pub(in crate::language) messages: Messages,
    /// When it adds; `meanwhile` by default.
    #[serde(default)]
    pub(in crate::language) when: When,
    /// Whether it waits for replies; `wait` by default.
    #[serde(default)]
    pub(in crate::language) reply: AwaitReply,
    /// What it does when it never learns whether an entry was added; `retry` by default.
    #[serde(default)]
    pub(in crate::language) on_unknown: OnUnknown,
}

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
    /// What it reads first when it starts; `new` by default.
    #[serde(default)]
    pub(in crate::language) start: Start,
    /// COUNT of its reads; 1 by default.
    pub(in crate::language) batch: Option<Number<1, 10_000>>,
    /// BLOCK of its reads; `5s` by default, `none` to poll, `0s` to block for ever.
    pub(in crate::language) block: Option<Block>,
    /// How long it waits after a poll that found nothing; `1s` by default.
    pub(in crate::language) poll: Option<Duration>,
    /// When it acknowledges; `after-work` by default.
    #[serde(default)]
    pub(in crate::language) acknowledge: Acknowledge,
    /// Messages that its work always fails on, by key: `["shop-1"]`.
    #[serde(default)]
    pub(in crate::language) fails_on: Vec<Located<String>>,
    /// How it recognises what was already worked on; not at all by default.
    pub(in crate::language) dedup: Option<Dedup>,
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
    /// How long one piece of work takes in simulated and live runs; `10ms..50ms` by default.
    pub(in crate::language) work: Option<Stretch>,
}

/// A set of marks in the broker.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Dedup {
    /// When the mark is set.
    pub(in crate::language) mark: Mark,
    /// What is marked; `message-key` by default.
    #[serde(default)]
    pub(in crate::language) by: DedupBy,
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
    /// XAUTOCLAIM: whether it goes on at the cursor (so by default) or begins anew each time.
    pub(in crate::language) follow_cursor: Option<Located<bool>>,
}

/// Routing to a dead-letter stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct DeadLetter {
    /// The dead-letter stream.
    pub(in crate::language) stream: Located<String>,
    /// So many deliveries are tried before.
    pub(in crate::language) limit: Number<1, 1_000_000>,
    /// In which steps; `transaction` by default.
    #[serde(default)]
    pub(in crate::language) order: RouteOrder,
}

/// An administrator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Administrator {
    /// What it sends, each as one would type it into redis-cli: `"XGROUP SETID orders workers 0"`.
    pub(in crate::language) commands: Located<Vec<Located<String>>>,
}
