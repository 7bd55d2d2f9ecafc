//! What clients may be told to do. Plain data; `client` acts on it.

use redelivery_engine::{Bytes, Millis};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GroupIx, Message};

/// What a client is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Adds messages to a stream.
    Producer(Producer),
    /// Reads a group's entries and works on them.
    Consumer(Box<Consumer>),
    /// Sends a fixed list of commands, once.
    Administrator(Administrator),
}

impl Role {
    /// Whether the client starts again after a crash.
    pub fn starts_again(&self) -> bool {
        match self {
            Self::Consumer(policy) => policy.restart != Restart::Never,
            Self::Producer(_) | Self::Administrator(_) => false,
        }
    }

    /// Whether it then comes back under another name, and so is told from the one that went.
    pub fn is_renamed(&self) -> bool {
        matches!(self, Self::Consumer(policy) if policy.restart == Restart::NewName)
    }
}

/// A producer's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Producer {
    /// Where it adds.
    pub stream: Bytes,
    /// What it adds, in this order.
    pub messages: Vec<Message>,
    /// When it adds.
    pub when: When,
    /// Whether it waits for each reply.
    pub reply: AwaitReply,
    /// What it does when it never learns whether an entry was added.
    pub on_unknown: OnUnknown,
}

/// When a producer adds its messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before anything else happens: nothing interleaves with it.
    Beforehand,
    /// While the others run.
    #[default]
    Meanwhile,
}

/// Whether a producer waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AwaitReply {
    /// For each reply before it sends the next.
    #[default]
    Wait,
    /// For none: it sends and goes on.
    Ignore,
}

/// What a producer does about an unknown outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnUnknown {
    /// It sends the message again.
    #[default]
    Retry,
    /// It goes on to the next message.
    GiveUp,
}

/// A consumer's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// Whose entries it reads.
    pub group: GroupIx,
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

/// What a consumer reads first when its process starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// New entries (`>`).
    #[default]
    New,
    /// Its own pending entries (`0`), then new ones.
    History,
}

/// When a consumer acknowledges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Acknowledge {
    /// Before the work.
    OnReceipt,
    /// After the work has succeeded.
    #[default]
    AfterWork,
    /// Never: the entry stays pending.
    Never,
    /// It need not: it reads with NOACK, nothing becomes pending.
    NoAck,
}

/// How a consumer recognises what was already worked on: a set of marks in the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dedup {
    /// When the mark is set.
    pub mark: Mark,
    /// What is marked.
    pub by: DedupBy,
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

/// How a consumer takes over entries that others left pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reclaim {
    /// By which commands.
    pub by: ReclaimBy,
    /// min-idle-time, in milliseconds.
    pub min_idle_ms: Millis,
    /// COUNT of each look.
    pub count: u64,
    /// XAUTOCLAIM: whether it goes on at the cursor, or begins anew each time.
    pub follow_cursor: bool,
}

/// The commands of a reclaim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReclaimBy {
    /// XPENDING, then XCLAIM entry by entry.
    Xclaim,
    /// XAUTOCLAIM.
    Xautoclaim,
}

/// When and how a message is routed to the dead-letter stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The dead-letter stream's key.
    pub stream: Bytes,
    /// So many deliveries are tried before.
    pub limit: u64,
    /// In which steps.
    pub order: RouteOrder,
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
}

/// What happens after a consumer's crash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
    /// It starts again under its name.
    #[default]
    SameName,
    /// It starts again under a name of its own, as a pod does.
    NewName,
    /// It stays away.
    Never,
}

/// Commands that an administrator sends, once and in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// What it sends; each is a whole argument vector.
    pub commands: Vec<redelivery_engine::Command>,
}
