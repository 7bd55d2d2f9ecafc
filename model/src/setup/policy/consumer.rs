//! A consumer's policy.

use redelivery_engine::{Bytes, Millis};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Reclaim, ReclaimBy, Wait};
use crate::setup::{GroupIx, Message};

/// A consumer's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// Whose entries it reads.
    pub group: GroupIx,
    /// Whether the group knows its name before anything happens; otherwise it does from its first read or claim on.
    pub known: bool,
    /// Whether it creates the group when its process starts, and where the group then begins.
    pub creates_group: Option<GroupFrom>,
    /// What it does when the group is not there.
    pub on_no_group: OnNoGroup,
    /// What it reads beside what it reclaims.
    pub reads: Reads,
    /// In which order it reads and reclaims.
    pub turns: Turns,
    /// What it reads first.
    pub start: Start,
    /// COUNT of its reads.
    pub batch: u64,
    /// BLOCK of its reads in milliseconds; without it the consumer polls.
    pub block_ms: Option<Millis>,
    /// How long it waits after a poll that found nothing, in milliseconds.
    pub poll_ms: Millis,
    /// When it acknowledges.
    pub acknowledge: Acknowledge,
    /// Whether it asks, before it works on what it has acknowledged, that the replica knows so.
    pub wait: Option<Wait>,
    /// Whether it also deletes what it acknowledged, and in which order.
    pub delete: Option<Delete>,
    /// Messages that its work always fails on.
    pub fails_on: Vec<Message>,
    /// How it recognises what it has already worked on.
    pub dedup: Option<Dedup>,
    /// Where its work shows.
    pub effect: Effect,
    /// How it takes over what others left pending.
    pub reclaim: Option<Reclaim>,
    /// What it does with messages that were delivered too often.
    pub dead_letter: Option<DeadLetter>,
    /// What happens after a crash.
    pub restart: Restart,
}

impl Consumer {
    /// Whether it acknowledges once the work is done.
    pub fn acknowledges_after_work(&self) -> bool {
        self.acknowledge == Acknowledge::AfterWork || self.acknowledge.asks_first()
    }

    /// Whether it is the consumer that decides what was delivered too often, by what it knows of the entry at hand; a
    /// script that reclaims sees to it by itself.
    pub fn routes(&self) -> Option<&DeadLetter> {
        let by_script = self.reclaim.is_some_and(|reclaim| reclaim.by == ReclaimBy::Script);
        self.dead_letter.as_ref().filter(|_| !by_script)
    }

    /// The longest time, in milliseconds, after which it, or a key that it set, may change something by itself.
    pub fn longest_timer_ms(&self) -> Millis {
        let polls = self.poll_ms.saturating_add(self.block_ms.unwrap_or(0));
        let mark = self.dedup.and_then(|dedup| dedup.ttl_ms);
        let every = self.reclaim.and_then(|reclaim| reclaim.every_ms);
        let lock = self.reclaim.and_then(|reclaim| reclaim.lock?.ttl_ms);
        let wait = self.wait.map(|wait| wait.timeout_ms);
        [mark, every, lock, wait].into_iter().flatten().fold(polls, Millis::max)
    }
}

/// Where a group begins that a client creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum GroupFrom {
    /// With the stream's first entry.
    #[serde(rename = "0")]
    Beginning,
    /// After the entry that is the last at that moment.
    #[serde(rename = "$")]
    End,
}

/// What a consumer does about NOGROUP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnNoGroup {
    /// It tries the same again, after a rest, for ever.
    #[default]
    Loop,
    /// It creates the group again, as at its start.
    CreateAgain,
    /// Its process stays but does nothing any more.
    GiveUp,
}

/// What a consumer reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// New entries.
    #[default]
    New,
    /// Nothing: it lives on what it reclaims.
    Nothing,
}

/// In which order a consumer with nothing at hand turns to what it may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Turns {
    /// It reclaims, then reads.
    #[default]
    InOrder,
    /// Any of it at any time: it reads what is new, or takes over any one entry that is idle enough. While exploring,
    /// each is tried; otherwise one is drawn.
    Any,
}

/// What a consumer reads first when its process starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// New entries (`>`).
    #[default]
    New,
    /// Its own pending entries (`0`), then new ones.
    History,
    /// Its own pending entries at the beginning of each round.
    HistoryLoop,
}

/// When a consumer acknowledges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Acknowledge {
    /// Before the work.
    OnReceipt,
    /// Before the work, entry by entry, and it goes on to work only if XACK answered 1: somebody else has not.
    OnReceiptIfFirst,
    /// After the work has succeeded.
    #[default]
    AfterWork,
    /// After the work, if XPENDING then says that the entry is still its own; otherwise it drops the entry, and its
    /// effect too if that goes to the broker.
    IfOwner,
    /// After the work, if XPENDING then says that the entry is still pending, whoever has it; otherwise it drops the
    /// entry, and its effect too if that goes to the broker.
    IfPending,
    /// As if it is the owner, with effect and acknowledgement in MULTI under WATCH on the stream, which sees entries come
    /// and go, and nothing of what a group does with them.
    IfOwnerWatched,
    /// After the work. It asks XPENDING first: if the entry is no longer its own it drops its effect, which goes to the
    /// broker, and acknowledges all the same.
    EvenIfNotOwner,
    /// Never: the entry stays pending.
    Never,
    /// It need not: it reads with NOACK, nothing becomes pending.
    NoAck,
}

impl Acknowledge {
    /// Whether it asks XPENDING before it acknowledges.
    pub fn asks_first(self) -> bool {
        matches!(
            self,
            Self::IfOwner | Self::IfPending | Self::IfOwnerWatched | Self::EvenIfNotOwner
        )
    }
}

/// When XDEL comes, for a consumer that also deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Delete {
    /// After XACK.
    AfterAck,
    /// Before XACK.
    BeforeAck,
    /// With XACK, in MULTI.
    Transaction,
}

/// How a consumer recognises what was already worked on: marks in the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dedup {
    /// When the mark is set.
    pub mark: Mark,
    /// What is marked.
    pub by: DedupBy,
    /// How long a mark lives, in milliseconds. Such a mark is a key of its own; without it, marks are one set.
    pub ttl_ms: Option<Millis>,
}

/// When the mark is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Before the work.
    Before,
    /// After the work.
    After,
    /// In one transaction with the effect and the acknowledgement, guarded by WATCH.
    Atomic,
    /// In one script with the effect, which is in the broker and all of the work; the acknowledgement comes after it.
    Script,
}

/// What is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DedupBy {
    /// The key that the producer put into the message.
    #[default]
    MessageKey,
    /// The entry's ID.
    EntryId,
    /// The name of the message's producer: what several messages have in common, such as their customer.
    Producer,
}

/// Where a consumer's work shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Outside the broker, at the end of the work: a mail, a payment.
    #[default]
    Outside,
    /// In the broker: an INCR, in the mark's transaction if there is one.
    Broker,
    /// Outside, and repeating it changes nothing.
    Idempotent,
}

/// When and how a message is routed to the dead-letter stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The dead-letter stream's key.
    pub stream: Bytes,
    /// So many tries before.
    pub limit: u64,
    /// What counts as a try.
    pub counts: Tries,
    /// In which steps.
    pub order: RouteOrder,
}

/// What a consumer takes for a try of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tries {
    /// A delivery: it reads the broker's counter.
    #[default]
    Deliveries,
    /// A failure: its error handler counts, with INCR.
    Failures,
}

/// The steps of routing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RouteOrder {
    /// XADD to the dead-letter stream, then XACK.
    AddThenAck,
    /// XACK, then XADD.
    AckThenAdd,
    /// Both in MULTI.
    #[default]
    Transaction,
    /// Both in MULTI with the mark of the work, guarded by WATCH as the work is.
    Guarded,
}

/// What happens after a consumer's crash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
    /// It starts again under its name.
    #[default]
    SameName,
    /// It starts again under a name of its own, as a pod does, or a process that is named by its pid.
    NewName,
    /// It stays away.
    Never,
}
