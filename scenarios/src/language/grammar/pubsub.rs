//! `[publisher.…]`, `[subscriber.…]`, `[broker]`.

use redelivery_model::setup::policy::{AwaitReply, OnNobody, OnSlotMoved, OnUnknown, Resubscribes, Subscribes, When};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Counts, Messages};
use crate::language::located::Located;
use crate::language::value::{Duration, Number, Stretch};

/// A publisher.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Publisher {
    /// How many of it there are; 1 by default. Two are called `shop-1` and `shop-2`.
    pub(in crate::language) count: Option<Counts>,
    /// Where it publishes: its first message to the first channel, the next to the next, and round again.
    pub(in crate::language) channels: Located<Vec<Located<String>>>,
    /// Whether it publishes by SPUBLISH, to channels that stay with the node of their slot; not by default.
    #[serde(default)]
    pub(in crate::language) sharded: Flag,
    /// How many messages it publishes. Their keys are `shop-1`, `shop-2` and so on.
    pub(in crate::language) messages: Messages,
    /// Whether it waits for replies; `wait` by default.
    #[serde(default)]
    pub(in crate::language) reply: AwaitReply,
    /// What it does when it never learns whether a message was published; `retry` by default.
    #[serde(default)]
    pub(in crate::language) on_unknown: OnUnknown,
    /// What it does when PUBLISH answers that nobody received the message; `go-on` by default.
    pub(in crate::language) on_nobody: Option<Located<OnNobody>>,
    /// How long it waits before it publishes again what nobody received; `1s` by default.
    pub(in crate::language) poll: Option<Duration>,
    /// The stream to which it adds each message, in one transaction with PUBLISH; none by default.
    pub(in crate::language) stores: Option<Located<String>>,
}

/// A subscriber. Checks count its effects by itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Subscriber {
    /// The channels it subscribes to.
    #[serde(default)]
    pub(in crate::language) channels: Vec<Located<String>>,
    /// The patterns it subscribes to: `"mail-*"`.
    #[serde(default)]
    pub(in crate::language) patterns: Vec<Located<String>>,
    /// Whether it subscribes by SSUBSCRIBE, to channels that stay with the node of their slot: all are of one slot, and
    /// there are no patterns. Not by default.
    #[serde(default)]
    pub(in crate::language) sharded: Flag,
    /// What it does when its node tells it that the slot of its sharded channels has moved; `resubscribe` by default.
    pub(in crate::language) on_slot_moved: Option<Located<OnSlotMoved>>,
    /// When it subscribes for the first time; `beforehand` by default.
    pub(in crate::language) when: Option<When>,
    /// The protocol it speaks; `resp2` by default. In RESP2 a subscriber may send nothing but subscriptions.
    #[serde(default)]
    pub(in crate::language) protocol: Protocol,
    /// Whether it waits for the confirmation of each subscription; `wait` by default.
    #[serde(default)]
    pub(in crate::language) confirmation: AwaitReply,
    /// In how many commands it subscribes; `all-at-once` by default.
    #[serde(default)]
    pub(in crate::language) subscribes: Subscribes,
    /// What it subscribes to again after its connection was lost; `everything` by default.
    #[serde(default)]
    pub(in crate::language) resubscribes: Resubscribes,
    /// The stream in which it reads what it missed, each time once it has subscribed; none by default.
    pub(in crate::language) catches_up: Option<Located<String>>,
    /// Whether it drops messages that it has received before, by their keys; not by default.
    #[serde(default)]
    pub(in crate::language) drops_duplicates: bool,
    /// After so many messages that it keeps it unsubscribes from everything; never by default. What is published from then
    /// on is not owed to it. A new process counts anew.
    pub(in crate::language) leaves_after: Option<Number<1, 10_000>>,
    /// How often it sends a PING. A connection on which nobody answers it gives up, and has another when it can; by default
    /// it sends none.
    pub(in crate::language) ping: Option<Located<Duration>>,
    /// How long one piece of work takes in simulated and live runs, `10ms..50ms` by default; and while exploring with
    /// `time = "bounded"`.
    pub(in crate::language) work: Option<Stretch>,
}

/// Yes or no, and where it stands; no by default.
pub(in crate::language) type Flag = Option<Located<bool>>;

/// A version of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::language) enum Protocol {
    /// Messages come as arrays among the replies.
    #[default]
    Resp2,
    /// Messages come as pushes, and any command may be sent.
    Resp3,
}
