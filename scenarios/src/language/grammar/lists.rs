//! `[list.…]`, `[worker.…]`, `[reaper.…]`.

use redelivery_model::setup::policy::{Effect, Finish, Keeps, Remove, Restart, RestoreBy, RestoreWhen, Take};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Counts;
use super::consumers::Dedup;
use crate::language::located::Located;
use crate::language::value::{Duration, Stretch};

/// A list. Its items are the keys of messages. What its workers keep lies in lists that are named after it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct List {}

/// A worker of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Worker {
    /// How many of it there are; 1 by default. Two are called `worker-1` and `worker-2`.
    pub(in crate::language) count: Option<Counts>,
    /// The list from which it takes items.
    pub(in crate::language) list: Located<String>,
    /// By which command it takes one; from the right end unless the command says left.
    pub(in crate::language) take: Located<Take>,
    /// How long a blocking command waits; `5s` by default, `0s` for ever.
    pub(in crate::language) block: Option<Located<Duration>>,
    /// How long it waits after a command that found nothing, or an item that it left alone; `1s` by default.
    pub(in crate::language) poll: Option<Duration>,
    /// Where a command that moves puts the item while it is worked on; in a list of the worker's `own` by default.
    pub(in crate::language) keeps: Option<Located<Keeps>>,
    /// When it removes the item from there; `after-work` by default.
    pub(in crate::language) remove: Option<Located<Remove>>,
    /// A key that it must set to work on an item, and deletes when that is done; none by default.
    pub(in crate::language) lock: Option<Located<ItemLock>>,
    /// In which steps it finishes: the effect in the broker, the removal, the lock; `step-by-step` by default.
    pub(in crate::language) finish: Option<Located<Finish>>,
    /// How it recognises what was already worked on; not at all by default.
    pub(in crate::language) dedup: Option<Located<Dedup>>,
    /// Where its work shows; `outside` by default.
    #[serde(default)]
    pub(in crate::language) effect: Effect,
    /// Messages that its work always fails on, by key: `["shop-1"]`. It leaves them where it keeps them.
    #[serde(default)]
    pub(in crate::language) fails_on: Vec<Located<String>>,
    /// How it puts back what lies where it keeps its items; not at all by default.
    pub(in crate::language) restore: Option<Located<Restore>>,
    /// What happens after a crash; `same-name` by default.
    #[serde(default)]
    pub(in crate::language) restart: Restart,
    /// How long one piece of work takes in simulated and live runs, `10ms..50ms` by default; and while exploring with
    /// `time = "bounded"`.
    pub(in crate::language) work: Option<Stretch>,
}

/// SET … NX before the work, DEL after it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct ItemLock {
    /// How long the key lives.
    pub(in crate::language) ttl: Located<Duration>,
}

/// Putting items back into their list. Where there are locks, only what nobody holds the lock of.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Restore {
    /// When; at the `start` of its process by default.
    #[serde(default)]
    pub(in crate::language) when: RestoreWhen,
    /// In which steps; by `lmove` by default.
    #[serde(default)]
    pub(in crate::language) by: Located<RestoreBy>,
}

/// Puts back, now and then, what lies where the list's workers keep their items: whatever they left, and whatever they
/// work on, unless they hold a lock on it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Reaper {
    /// The list.
    pub(in crate::language) list: Located<String>,
    /// How long it waits between two looks; `10s` by default.
    pub(in crate::language) every: Option<Duration>,
    /// In which steps it puts an item back; by `lmove` by default.
    #[serde(default)]
    pub(in crate::language) by: Located<RestoreBy>,
}
