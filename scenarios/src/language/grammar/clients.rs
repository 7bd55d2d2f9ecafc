//! `[producer.…]`, `[administrator.…]`.

use redelivery_model::setup::policy::{AwaitReply, OnUnknown, Otherwise, PushBy, When};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Counts, Messages};
use crate::language::located::Located;
use crate::language::value::{Duration, Number, Stretch};

/// A producer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Producer {
    /// How many of it there are; 1 by default. Two are called `shop-1` and `shop-2`.
    pub(in crate::language) count: Option<Counts>,
    /// The stream to which it adds; or `list`.
    pub(in crate::language) stream: Option<Located<String>>,
    /// The list to which it pushes.
    pub(in crate::language) list: Option<Located<String>>,
    /// By which command it pushes to a list; `lpush` by default.
    pub(in crate::language) push: Option<Located<PushBy>>,
    /// How many messages it adds. Their keys are `shop-1`, `shop-2` and so on.
    pub(in crate::language) messages: Messages,
    /// When it adds; `meanwhile` by default.
    #[serde(default)]
    pub(in crate::language) when: When,
    /// Whether it waits for replies; `wait` by default.
    #[serde(default)]
    pub(in crate::language) reply: AwaitReply,
    /// What it does when it never learns whether a message was added; `retry` by default.
    #[serde(default)]
    pub(in crate::language) on_unknown: OnUnknown,
    /// How it asks by WAIT, once a message was added, whether the replica has it. It does not ask by default.
    pub(in crate::language) wait: Option<Located<Wait>>,
    /// What each of its XADDs trims; nothing by default.
    pub(in crate::language) trim: Option<Located<Trim>>,
    /// How long it waits before its first message in simulated and live runs, and while exploring with `time = "bounded"`;
    /// not at all by default. Exploring for any durations tries every moment.
    pub(in crate::language) after: Option<Located<Stretch>>,
}

/// `WAIT 1 timeout`, after what was written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Wait {
    /// For how long it waits.
    pub(in crate::language) timeout: Located<Duration>,
    /// What it does when the replica has not confirmed by then; `retry` by default. A connection that is lost meanwhile
    /// leaves the outcome unknown.
    #[serde(default)]
    pub(in crate::language) otherwise: Otherwise,
}

/// Trimming, exactly, by one of the two.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Trim {
    /// MAXLEN: so many of the newest entries are kept.
    pub(in crate::language) max_len: Option<Number<1, 1_000_000>>,
    /// MINID: so many of the last entries that this producer added are kept, with all that are younger.
    pub(in crate::language) own_last: Option<Number<2, 1_000_000>>,
}

/// An administrator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Administrator {
    /// What it sends, each as one would type it into redis-cli: `"XGROUP SETID orders workers 0"`. In XDEL,
    /// `<added>` is the ID of what it has added last.
    pub(in crate::language) commands: Located<Vec<Located<String>>>,
    /// Whether it sends them as one transaction; not by default.
    #[serde(default)]
    pub(in crate::language) transaction: bool,
    /// How long it waits before the first of them in simulated and live runs, and while exploring with
    /// `time = "bounded"`; not at all by default. Exploring for any durations tries every moment.
    pub(in crate::language) after: Option<Stretch>,
}
