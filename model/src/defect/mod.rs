//! Deliberate bugs, put around the engine or a client, never inside: each must be caught, or the suite proves nothing.

mod broker;
mod lists;
mod pushes;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use broker::{afterwards, substitute};
pub(crate) use pushes::outbox;

/// A named bug; its documentation is the one line that says what it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Defect {
    /// XREADGROUP hands a new entry out without moving the group's position: the next reader gets it too.
    ReadgroupHandsOutTwice,
    /// XREADGROUP hands out one entry more than COUNT.
    ReadgroupExceedsCount,
    /// XADD answers an ID but keeps nothing.
    XaddForgets,
    /// SISMEMBER never finds a mark, and WATCH sees no change: the dedup set forgets.
    DedupSetForgets,
    /// XCLAIM and XAUTOCLAIM take any entry, however short it was idle.
    ClaimIgnoresMinIdle,
    /// A consumer routes to the dead-letter stream one delivery late.
    DeadLetterLimitOffByOne,
    /// A consumer routes a message to the dead-letter stream and works on it all the same.
    WorksAfterRouting,
    /// XACK answers 1 but leaves the entry in the pending list.
    XackLeavesEntry,
    /// XREADGROUP answers its new entries in reverse.
    ReadgroupReverses,
    /// XREADGROUP moves the group's position past one entry more than it hands out.
    ReadgroupSkipsOne,
    /// XACK answers 0 and does nothing.
    XackDoesNothing,
    /// XAUTOCLAIM answers the cursor 0-0 and nothing else.
    AutoclaimFindsNothing,
    /// XDEL answers 1 and keeps the entry.
    XdelKeepsEntry,
    /// A pop takes an item off its list and answers that there is none.
    PopLoses,
    /// A pop answers an item and leaves it in its list.
    PopDoubles,
    /// RPOPLPUSH and its like take an item off its list and never reach the other.
    MoveLoses,
    /// PUBLISH hands a message out twice to each who receives it.
    PublishReachesTwice,
    /// PUBLISH hands a message to everybody who is subscribed to anything.
    PublishReachesOthers,
    /// PUBLISH counts all who receive a message, and forgets one of them.
    PublishSkipsOne,
    /// A message overtakes the last one that a subscriber has not read.
    PublishOvertakes,
    /// A subscriber that subscribes again leaves out the last of its names.
    SubscriberForgetsOne,
    /// SPUBLISH leaves its shard: it goes over the bus to every node, as PUBLISH does.
    ShardLeaks,
    /// A node of a cluster forgets what the bus brings it.
    BusLoses,
}

impl Defect {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 23] = [
        Self::ReadgroupHandsOutTwice,
        Self::ReadgroupExceedsCount,
        Self::XaddForgets,
        Self::DedupSetForgets,
        Self::ClaimIgnoresMinIdle,
        Self::DeadLetterLimitOffByOne,
        Self::WorksAfterRouting,
        Self::XackLeavesEntry,
        Self::ReadgroupReverses,
        Self::ReadgroupSkipsOne,
        Self::XackDoesNothing,
        Self::AutoclaimFindsNothing,
        Self::XdelKeepsEntry,
        Self::PopLoses,
        Self::PopDoubles,
        Self::MoveLoses,
        Self::PublishReachesTwice,
        Self::PublishReachesOthers,
        Self::PublishSkipsOne,
        Self::PublishOvertakes,
        Self::SubscriberForgetsOne,
        Self::ShardLeaks,
        Self::BusLoses,
    ];
}
