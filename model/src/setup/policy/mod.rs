//! What clients may be told to do. Plain data; `client` acts on it.

mod consumer;
mod mover;
mod others;
mod plain;
mod pubsub;
mod reclaim;
mod worker;

use redelivery_engine::{Bytes, Millis, StreamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Message, Span};
pub use consumer::*;
pub use mover::*;
pub use others::*;
pub use pubsub::*;
pub use reclaim::*;
pub use worker::*;

/// What a client is.
#[derive(Clone, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantNames)]
pub enum Role {
    /// Adds messages to a stream or list.
    Producer(Producer),
    /// Reads a group's entries and works on them.
    Consumer(Box<Consumer>),
    /// Sends a fixed list of commands, once.
    Administrator(Administrator),
    /// Repairs dead letters and puts them back.
    Repairer(Repairer),
    /// Reads a stream without a group and works on what comes.
    Reader(Reader),
    /// Looks at a group's figures now and then, and acts on them.
    Watcher(Watcher),
    /// Takes a list's items and works on them.
    Worker(Box<Worker>),
    /// Puts items of a list back that its workers left.
    Reaper(Reaper),
    /// Publishes messages to channels.
    Publisher(Publisher),
    /// Subscribes to channels and works on what it hears.
    Subscriber(Subscriber),
    /// Moves a slot of a cluster to another node.
    Mover(Mover),
}

impl Role {
    /// Whether the client starts again after a crash.
    pub fn starts_again(&self) -> bool {
        match self {
            Self::Consumer(policy) => policy.restart != Restart::Never,
            Self::Producer(_) | Self::Administrator(_) | Self::Publisher(_) => false,
            Self::Worker(policy) => policy.restart != Restart::Never,
            Self::Repairer(_) | Self::Reader(_) | Self::Watcher(_) | Self::Reaper(_) | Self::Subscriber(_) => true,
            Self::Mover(_) => true,
        }
    }

    /// Whether it then comes back under another name, and so is told from the one that went.
    pub fn is_renamed(&self) -> bool {
        match self {
            Self::Consumer(policy) => policy.restart == Restart::NewName,
            Self::Worker(policy) => policy.restart == Restart::NewName,
            _ => false,
        }
    }

    /// Whether it is a reader that wants nothing of what was there before its first call, or a subscriber that begins
    /// before the others do. What it asks for at first stands before the first step: what comes later is its own.
    pub fn waits_for_what_comes(&self) -> bool {
        match self {
            Self::Reader(policy) => matches!(policy.from, ReaderFrom::Tail | ReaderFrom::LastId),
            Self::Subscriber(policy) => policy.when == When::Beforehand,
            _ => false,
        }
    }

    /// Whether its work takes time, and shows: where a script does all of it, it is a request like any other.
    pub fn works(&self) -> bool {
        let by_script = |dedup: &Option<Dedup>| dedup.is_some_and(|dedup| dedup.mark == Mark::Script);
        match self {
            Self::Consumer(policy) => !by_script(&policy.dedup),
            Self::Worker(policy) => !by_script(&policy.dedup),
            Self::Reader(_) | Self::Subscriber(_) => true,
            Self::Producer(_) | Self::Administrator(_) | Self::Repairer(_) | Self::Watcher(_) => false,
            Self::Reaper(_) | Self::Publisher(_) | Self::Mover(_) => false,
        }
    }

    /// The policy of a subscriber, if it is one.
    pub fn subscriber(&self) -> Option<&Subscriber> {
        match self {
            Self::Subscriber(policy) => Some(policy),
            _ => None,
        }
    }

    /// How often it sends a PING, in milliseconds, if it does.
    pub fn ping_ms(&self) -> Option<Millis> {
        self.subscriber()?.ping_ms
    }

    /// How long a consumer rests that found nothing to do, in milliseconds; the others have no choice of what to do.
    pub fn poll_ms(&self) -> Millis {
        match self {
            Self::Consumer(policy) => policy.poll_ms,
            _ => 0,
        }
    }

    /// The longest time, in milliseconds, after which it, or a key that it set, may change something by itself.
    pub fn longest_timer_ms(&self) -> Millis {
        match self {
            Self::Consumer(policy) => policy.longest_timer_ms(),
            Self::Repairer(policy) => policy.poll_ms,
            Self::Reader(policy) => policy.block_ms,
            Self::Watcher(policy) => policy.every_ms,
            Self::Worker(policy) => policy.longest_timer_ms(),
            Self::Reaper(policy) => policy.every_ms,
            Self::Publisher(policy) => policy.poll_ms,
            Self::Administrator(policy) => policy.after.map_or(0, |after| after.max_ms),
            Self::Producer(policy) => {
                let wait_ms = policy.wait.map_or(0, |wait| wait.timeout_ms);
                policy.after.map_or(wait_ms, |after| wait_ms.max(after.max_ms))
            }
            Self::Subscriber(policy) => policy.ping_ms.unwrap_or(0),
            Self::Mover(_) => 0,
        }
    }
}

/// A producer's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Producer {
    /// Where it adds: the key of a stream or list.
    pub key: Bytes,
    /// By which command.
    pub by: AddBy,
    /// What it adds, in this order.
    pub messages: Vec<Message>,
    /// When it adds.
    pub when: When,
    /// Whether it waits for each reply.
    pub reply: AwaitReply,
    /// What it does when it never learns whether an entry was added.
    pub on_unknown: OnUnknown,
    /// How it asks whether the replica has what it added.
    pub wait: Option<Wait>,
    /// How long it waits before its first message, by a clock; not at all when none.
    pub after: Option<Span>,
}

/// `WAIT 1 timeout` after an addition or an acknowledgement, and what comes of its answer.
/// Source: <https://redis.io/docs/latest/commands/wait/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// For so long, in milliseconds; 0 means for ever.
    pub timeout_ms: Millis,
    /// What it does when the replica has not confirmed by then.
    pub otherwise: Otherwise,
}

/// What a client does when WAIT says that no replica has what it has written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// It asks again; a producer adds its message again before.
    #[default]
    Retry,
    /// It takes the message as kept, whatever the answer: it does not look at it.
    GoOn,
    /// It goes on to the next message: a producer tells whoever asked it that this one may be lost, a consumer does not work on
    /// what it has acknowledged.
    GiveUp,
}

/// The command by which a producer adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddBy {
    /// XADD to a stream, which trims so much, exactly.
    XAdd(Option<Retention>),
    /// A push to a list.
    Push(PushBy),
}

/// The command by which a producer pushes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PushBy {
    /// To the left end.
    #[default]
    Lpush,
    /// To the right end.
    Rpush,
    /// To the left end of a list that is there.
    Lpushx,
    /// To the right end of a list that is there.
    Rpushx,
}

/// What a producer keeps of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// MAXLEN: so many of the newest entries.
    MaxLen(u64),
    /// MINID: the last so many entries that it added itself, and what is younger than the oldest of them.
    OwnLast(u64),
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

/// In an administrator's XDEL: the ID of the entry that it added last. No entry has this ID.
pub const ADDED: StreamId = StreamId::MAX;

/// Commands that an administrator sends, once and in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Administrator {
    /// What it sends; each is a whole argument vector.
    pub commands: Vec<redelivery_engine::Command>,
    /// Whether it sends them as one transaction.
    pub transaction: bool,
    /// How long it waits before the first of them; without it, not at all. Where time is abstract, exploring tries every
    /// moment.
    pub after: Option<Span>,
}
