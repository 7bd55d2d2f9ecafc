//! Policies of those who publish to channels and of those who subscribe to them.

use redelivery_engine::command::Subscription;
use redelivery_engine::{Bytes, Millis};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AwaitReply, OnUnknown, When};
use crate::setup::{GroupIx, Message};

/// A publisher's policy. After a crash it stays away, as a producer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// Where it publishes: its first message to the first channel, the next to the next, and round again.
    pub channels: Vec<Bytes>,
    /// By SPUBLISH.
    pub sharded: bool,
    /// What it publishes, in this order.
    pub messages: Vec<Message>,
    /// Whether it waits for each reply.
    pub reply: AwaitReply,
    /// What it does when it never learns whether a message was published.
    pub on_unknown: OnUnknown,
    /// What it does when PUBLISH answers that nobody received the message.
    pub on_nobody: OnNobody,
    /// How long it waits before it publishes again what nobody received, in milliseconds.
    pub poll_ms: Millis,
    /// The stream to which it adds each message, in one transaction with PUBLISH.
    pub stores: Option<Bytes>,
}

impl Publisher {
    /// Where its n-th message goes.
    pub fn channel(&self, nth: usize) -> &Bytes {
        &self.channels[nth % self.channels.len()]
    }
}

/// What a publisher does about a PUBLISH that answers 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnNobody {
    /// It goes on to the next message.
    #[default]
    GoOn,
    /// It publishes the message again, until somebody receives it.
    Retry,
}

/// A subscriber's policy. After a crash it starts again, and subscribes to everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// Its own row among the groups: under it its effects are counted.
    pub group: GroupIx,
    /// What it subscribes to: channels first, then patterns; or sharded channels of one slot.
    pub names: Vec<(Subscription, Bytes)>,
    /// Whether it has subscribed before anything else happens.
    pub when: When,
    /// Whether it speaks RESP3: then it may send any command while it is subscribed.
    pub resp3: bool,
    /// Whether it waits for the confirmation of each subscription.
    pub confirmation: AwaitReply,
    /// In how many commands it subscribes.
    pub subscribes: Subscribes,
    /// What it subscribes to again after its connection was lost.
    pub resubscribes: Resubscribes,
    /// What it does when a node ends its subscriptions to sharded channels, whose slot has moved.
    pub on_slot_moved: OnSlotMoved,
    /// The stream in which it reads what it missed, each time once it has subscribed.
    pub catches_up: Option<Bytes>,
    /// Whether it drops what it has received before.
    pub drops_duplicates: bool,
    /// After so many messages it unsubscribes from everything, for good; without it, never. A new process counts anew.
    pub leaves_after: Option<u32>,
    /// It sends a PING so often, and gives up a connection on which nothing answers; without it, never.
    pub ping_ms: Option<Millis>,
}

/// In how many commands a subscriber subscribes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Subscribes {
    /// One SUBSCRIBE for all channels, one PSUBSCRIBE for all patterns.
    #[default]
    AllAtOnce,
    /// One command for each name.
    OneByOne,
}

/// What a subscriber subscribes to again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Resubscribes {
    /// Everything that it wants.
    #[default]
    Everything,
    /// What was confirmed on the connection that it has lost.
    WhatWasConfirmed,
    /// Nothing: it opens a connection, and believes that it is subscribed.
    Nothing,
}

/// What a subscriber does when a node tells it that its subscription to a sharded channel is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnSlotMoved {
    /// It subscribes again, and is sent to the new owner of the slot.
    #[default]
    Resubscribe,
    /// Nothing: it stays with the old node, and believes that it is subscribed.
    Nothing,
}
