//! Policies of those who work on a list: workers, and reapers who put back what others left.

use redelivery_engine::Millis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Dedup, Effect, Mark, Restart};
use crate::setup::{GroupIx, Message};

/// A worker's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// The list's row among the groups ([`crate::setup::GroupKind::List`]).
    pub group: GroupIx,
    /// By which command it takes an item.
    pub take: Take,
    /// How long a blocking command waits, in milliseconds; 0 for ever.
    pub block_ms: Millis,
    /// How long it waits after a command that found nothing, or an item that it left alone, in milliseconds.
    pub poll_ms: Millis,
    /// Where a command that moves puts the item.
    pub keeps: Keeps,
    /// When it removes the item from where it keeps it.
    pub remove: Remove,
    /// The key that it must set to work on an item, and how long that lives, in milliseconds.
    pub lock_ttl_ms: Option<Millis>,
    /// In which steps it finishes.
    pub finish: Finish,
    /// How it recognises what was already worked on. Marks are by message.
    pub dedup: Option<Dedup>,
    /// Where its work shows.
    pub effect: Effect,
    /// Messages that its work always fails on: it leaves them where it keeps them.
    pub fails_on: Vec<Message>,
    /// How it puts back what lies where it keeps its own items.
    pub restore: Option<Restore>,
    /// What happens after a crash.
    pub restart: Restart,
}

impl Worker {
    /// Whether its marks are set in one transaction with the rest.
    pub fn marks_atomically(&self) -> bool {
        self.dedup.is_some_and(|dedup| dedup.mark == Mark::Atomic)
    }

    /// Whether an item that it has taken lies somewhere until it is removed.
    pub fn keeps_items(&self) -> bool {
        self.take.moves()
    }

    /// The longest time, in milliseconds, after which it, or a key that it set, may change something by itself.
    pub fn longest_timer_ms(&self) -> Millis {
        let polls = self.poll_ms.saturating_add(self.block_ms);
        let mark = self.dedup.and_then(|dedup| dedup.ttl_ms);
        [mark, self.lock_ttl_ms].into_iter().flatten().fold(polls, Millis::max)
    }
}

/// The command that takes an item: from the right end unless it says left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// LPOP.
    Lpop,
    /// RPOP.
    Rpop,
    /// BLPOP.
    Blpop,
    /// BRPOP.
    Brpop,
    /// BLMPOP … RIGHT.
    Blmpop,
    /// RPOPLPUSH.
    Rpoplpush,
    /// BRPOPLPUSH.
    Brpoplpush,
    /// LMOVE … RIGHT LEFT.
    Lmove,
    /// BLMOVE … RIGHT LEFT.
    Blmove,
}

impl Take {
    /// Whether the item lies in a list afterwards.
    pub fn moves(self) -> bool {
        matches!(self, Self::Rpoplpush | Self::Brpoplpush | Self::Lmove | Self::Blmove)
    }

    /// Whether it waits where there is nothing.
    pub fn blocks(self) -> bool {
        matches!(
            self,
            Self::Blpop | Self::Brpop | Self::Blmpop | Self::Brpoplpush | Self::Blmove
        )
    }
}

/// Where an item lies that a worker has moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Keeps {
    /// In a list of its own, named after the worker.
    #[default]
    Own,
    /// In one list for all workers.
    Shared,
    /// At the other end of the same list: a circle.
    Circle,
}

/// When a worker removes an item from where it keeps it: LREM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Remove {
    /// After the work.
    #[default]
    AfterWork,
    /// Before the work.
    BeforeWork,
    /// Never.
    Never,
}

/// In which steps a worker finishes: effect, removal and unlocking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Finish {
    /// One after the other.
    #[default]
    StepByStep,
    /// In one MULTI.
    Transaction,
    /// In one MULTI, under WATCH, if the item still lies where it keeps it and the lock is still its own; otherwise it
    /// drops it, and its effect.
    IfLocked,
    /// In one MULTI, under WATCH, if the item still lies where it keeps it; otherwise it drops it, and its effect.
    IfKept,
}

/// How items are put back into their list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restore {
    /// When a worker does so; a reaper does nothing else.
    pub when: RestoreWhen,
    /// In which steps.
    pub by: RestoreBy,
    /// Only items that nobody holds the lock of.
    pub unless_locked: bool,
}

/// When a worker puts items back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RestoreWhen {
    /// When its process starts.
    #[default]
    Start,
    /// Before each command that takes an item.
    EachRound,
}

/// The steps of putting items back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RestoreBy {
    /// LMOVE, one by one.
    #[default]
    Lmove,
    /// LRANGE, RPUSH of what it found, then DEL or LREM.
    PushThenDelete,
    /// LRANGE, DEL or LREM of what it found, then RPUSH.
    DeleteThenPush,
    /// LRANGE, then both in MULTI.
    Transaction,
    /// LRANGE, then both in MULTI, and it watches the list, and the locks, from before its looks.
    Watched,
}

/// A reaper's policy: now and then it puts back what lies where the list's workers keep their items. After a crash it
/// starts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaper {
    /// The list's row among the groups.
    pub group: GroupIx,
    /// Where the workers keep their items.
    pub keeps: Keeps,
    /// How long it waits between two looks, in milliseconds.
    pub every_ms: Millis,
    /// How it puts back.
    pub restore: Restore,
}
