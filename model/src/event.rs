//! What happened, as checks read it.
//!
//! An event is a fact about clients, entries and messages, the same whether the run was explored, simulated or live.
//! What only the broker sees (a command executed though its reply was lost, a pending list as it stands) is marked so:
//! [`Event::sight`]. Next: `observe` for how executed commands become events, `check` for who reads them.

mod client;
mod pushes;
mod renamed;

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Bytes, Millis, StreamId};
use serde::Serialize;

use crate::setup::{ClientIx, Fate, GroupIx, Message, Mishap, policy::Effect};

/// When something happened, in milliseconds.
///
/// In a live run only the time of the request and that of the reply are known; the command was executed between them.
/// Elsewhere both are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Moment {
    /// Not before this.
    pub earliest_ms: Millis,
    /// Not after this.
    pub latest_ms: Millis,
}

impl Moment {
    /// Exactly then.
    pub const fn at(ms: Millis) -> Self {
        Self {
            earliest_ms: ms,
            latest_ms: ms,
        }
    }
}

/// Who can see an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The clients: also a live run has it.
    Client,
    /// Only somebody who looks into the broker.
    Broker,
}

/// How an entry came to a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr, strum::VariantNames)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// XREADGROUP with `>`.
    New,
    /// XREADGROUP with an ID: the consumer's own pending entries.
    History,
    /// XCLAIM or XAUTOCLAIM.
    Claim,
    /// A command that takes an item from an end of a list.
    Taken,
}

/// One row of a group's pending entries list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PendingRow {
    /// The entry.
    #[serde(serialize_with = "crate::event::as_text")]
    pub id: StreamId,
    /// Its owner.
    #[serde(serialize_with = "crate::event::as_text")]
    pub consumer: Bytes,
    /// Its delivery counter.
    pub deliveries: u64,
}

/// A fact. `id` is always an entry's ID in the stream of its group or producer; none where entries have none, as the
/// items of a list, which are known by their message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr, strum::VariantNames)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "event")]
#[expect(
    missing_docs,
    reason = "a field is what its name says: who, which message, which entry"
)]
pub enum Event {
    /// A message was put where a group takes it from: by XADD into a stream.
    Added {
        message: Message,
        /// Of the stream or list.
        #[serde(serialize_with = "crate::event::as_text")]
        key: Bytes,
        #[serde(
            serialize_with = "crate::event::as_text_if_any",
            skip_serializing_if = "Option::is_none"
        )]
        id: Option<StreamId>,
        /// The message lies there already.
        again: bool,
    },
    /// A producer learnt that its message was added, and its ID if it has one.
    Produced {
        client: ClientIx,
        message: Message,
        /// Of the stream or list.
        #[serde(serialize_with = "crate::event::as_text")]
        key: Bytes,
        #[serde(
            serialize_with = "crate::event::as_text_if_any",
            skip_serializing_if = "Option::is_none"
        )]
        id: Option<StreamId>,
    },
    /// A producer gave up without having learnt what became of its message.
    OutcomeUnknown { client: ClientIx, message: Message },
    /// WAIT told a client that no replica has its message yet, or its acknowledgement.
    NotReplicated { client: ClientIx, message: Message },
    /// A group's entry was handed to a consumer.
    Granted {
        group: GroupIx,
        message: Message,
        #[serde(
            serialize_with = "crate::event::as_text_if_any",
            skip_serializing_if = "Option::is_none"
        )]
        id: Option<StreamId>,
        #[serde(serialize_with = "crate::event::as_text")]
        consumer: Bytes,
        how: Grant,
        /// NOACK: it never becomes pending. Of a list: it is moved nowhere, the consumer alone has it.
        noack: bool,
        /// Whether somebody hears the reply: of a request that is executed after its client had gone, nobody.
        heard: bool,
    },
    /// An item was removed from where a list's workers keep it, by LREM or LPOP; the client is the one that heard of it.
    Removed {
        group: GroupIx,
        message: Message,
        client: Option<ClientIx>,
    },
    /// A client has put an item back into its list.
    Restored {
        client: ClientIx,
        group: GroupIx,
        message: Message,
    },
    /// A worker leaves an item alone, since the lock on it is held.
    LockHeld { client: ClientIx, message: Message },
    /// A worker finds that its item, or the lock on it, is its own no more.
    Dispossessed { client: ClientIx, message: Message },
    /// A push found no list, and pushed nothing (LPUSHX, RPUSHX).
    PushRefused { client: ClientIx, message: Message },
    /// A claim came away with nothing.
    ClaimedNothing { client: ClientIx },
    /// XACK acknowledged a group's entry.
    Acknowledged {
        group: GroupIx,
        message: Message,
        #[serde(serialize_with = "crate::event::as_text")]
        id: StreamId,
    },
    /// A group's message was added to a dead-letter stream.
    DeadLettered { group: GroupIx, message: Message },
    /// A consumer began to work on a message.
    WorkStarted {
        client: ClientIx,
        group: GroupIx,
        message: Message,
    },
    /// It finished, well or not.
    WorkEnded {
        client: ClientIx,
        group: GroupIx,
        message: Message,
        failed: bool,
    },
    /// A group's work on a message shows.
    Effect {
        group: GroupIx,
        message: Message,
        place: Effect,
    },
    /// A consumer recognised a message by its mark and left it alone.
    DuplicateSkipped { client: ClientIx, message: Message },
    /// A transaction was refused because a watched key had changed.
    TransactionRefused { client: ClientIx },
    /// A watcher's look raised its alarm, or ended it.
    Alarm {
        client: ClientIx,
        group: GroupIx,
        raised: bool,
    },
    /// A client's process ended; what it remembered is gone.
    Crashed { client: ClientIx },
    /// It started again.
    Restarted { client: ClientIx },
    /// A client stands still.
    Paused { client: ClientIx },
    /// The broker's clock jumped by so many milliseconds, forward or back.
    ClockJumped { ms: Millis, back: bool },
    /// A client's connection closed with a request in flight.
    Cut { client: ClientIx, fate: Fate },
    /// The broker failed: its process, its power or its machine.
    BrokerFailed { how: Mishap },
    /// The network parted clients from the broker.
    Parted,
    /// The broker closed the connection of a client, which was not told.
    Forgotten { client: ClientIx },
    /// So many of the last writes are gone; all there was, when none.
    WritesLost {
        #[serde(skip_serializing_if = "Option::is_none")]
        writes: Option<u16>,
    },
    /// A new append-only file has taken the place of the old one.
    FileRewritten,
    /// The broker failed while it rewrote its append-only file.
    RewriteCutShort,
    /// A node of a cluster one of whose nodes is gone told a client that the cluster is down.
    TurnedAway { client: ClientIx },
    /// An old primary refused a client's write, since it has no replica.
    WriteRefused { client: ClientIx },
    /// An old primary has become a replica: does it throw away what was written there since?
    SteppedDown { discards: bool },
    /// A request was executed after its connection had closed.
    ExecutedLate,
    /// PUBLISH or SPUBLISH handed a message to so many subscriptions, in a cluster at this node.
    Published {
        message: Message,
        #[serde(serialize_with = "crate::event::as_text")]
        channel: Bytes,
        /// SPUBLISH: it stays with the node of its slot.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        sharded: bool,
        #[serde(skip)]
        node: NodeIndex,
        receivers: u64,
    },
    /// A publisher learnt how many received its message.
    PublishAnswered {
        client: ClientIx,
        message: Message,
        #[serde(serialize_with = "crate::event::as_text")]
        channel: Bytes,
        receivers: u64,
    },
    /// A connection of a subscriber is subscribed from now on.
    Subscribed {
        group: GroupIx,
        #[serde(skip)]
        connection: u16,
        /// Where the connection stands.
        #[serde(skip)]
        node: NodeIndex,
        /// To channels that match the name.
        pattern: bool,
        /// SSUBSCRIBE.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        sharded: bool,
        #[serde(serialize_with = "crate::event::as_text")]
        name: Bytes,
    },
    /// A connection of a subscriber is subscribed no more: it has unsubscribed.
    Unsubscribed {
        group: GroupIx,
        #[serde(skip)]
        connection: u16,
        /// From channels that match the name.
        pattern: bool,
        /// SUNSUBSCRIBE.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        sharded: bool,
        #[serde(serialize_with = "crate::event::as_text")]
        name: Bytes,
    },
    /// The broker put a message onto a connection of a subscriber.
    Handed {
        group: GroupIx,
        message: Message,
        #[serde(skip)]
        connection: u16,
        /// By a pattern.
        pattern: bool,
        /// By SPUBLISH.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        sharded: bool,
        /// The channel or pattern by which it is handed.
        #[serde(serialize_with = "crate::event::as_text")]
        name: Bytes,
    },
    /// The broker closed a connection of a subscriber, and forgot what it was subscribed to.
    Disconnected {
        group: GroupIx,
        #[serde(skip)]
        connection: u16,
    },
    /// A node ended the subscription of a connection of a subscriber, since the slot of the channel is another node's now.
    ShardUnsubscribed {
        group: GroupIx,
        #[serde(skip)]
        connection: u16,
        #[serde(serialize_with = "crate::event::as_text")]
        name: Bytes,
    },
    /// A node sent a client to another: MOVED, or ASK.
    Redirected {
        client: ClientIx,
        #[serde(serialize_with = "crate::event::as_node")]
        to: NodeIndex,
        /// ASK: for one request.
        asking: bool,
    },
    /// A message was put onto the bus, so many times: once for each other node.
    BusSent { message: Message, copies: u16 },
    /// A message does not come to this node over the bus, since one of the two ends is gone.
    BusLost {
        message: Message,
        #[serde(serialize_with = "crate::event::as_node")]
        to: NodeIndex,
    },
    /// The bus brought a message to a node, which hands it to those who are subscribed there.
    BusArrived {
        message: Message,
        #[serde(serialize_with = "crate::event::as_text")]
        channel: Bytes,
        #[serde(serialize_with = "crate::event::as_node")]
        from: NodeIndex,
        #[serde(serialize_with = "crate::event::as_node")]
        to: NodeIndex,
    },
    /// A node heard over the bus which slots another owns.
    SlotsClaimed {
        #[serde(serialize_with = "crate::event::as_node")]
        from: NodeIndex,
        #[serde(serialize_with = "crate::event::as_node")]
        to: NodeIndex,
    },
    /// A client has moved the slot of a key to another node.
    SlotMoved {
        client: ClientIx,
        #[serde(serialize_with = "crate::event::as_text")]
        key: Bytes,
        #[serde(serialize_with = "crate::event::as_node")]
        to: NodeIndex,
    },
    /// A subscriber read a message.
    Heard {
        client: ClientIx,
        group: GroupIx,
        message: Message,
        /// Who published it.
        #[serde(skip)]
        from: Option<ClientIx>,
        #[serde(serialize_with = "crate::event::as_text")]
        channel: Bytes,
        /// Whether it keeps the message; otherwise it has had it before.
        kept: bool,
        /// The pattern by which it came, if not by the channel.
        #[serde(
            serialize_with = "crate::event::as_text_if_any",
            skip_serializing_if = "Option::is_none"
        )]
        pattern: Option<Bytes>,
    },
    /// A subscriber found a message in the stream in which it catches up.
    CaughtUp {
        client: ClientIx,
        group: GroupIx,
        message: Message,
    },
    /// A subscriber has had enough: what is published from now on is not owed to it, until its process starts again.
    Left { client: ClientIx, group: GroupIx },
    /// A subscriber's connection was lost, and with it so many messages that it had not read.
    LostUnread { client: ClientIx, unread: usize },
    /// The broker disconnected a subscriber that had left too much unread; none when it had gone.
    Overflowed { client: Option<ClientIx> },
    /// How many entries a stream has after a step that may have changed it.
    Length {
        #[serde(serialize_with = "crate::event::as_text")]
        stream: Bytes,
        length: u64,
    },
    /// A group's pending list after a step that touched it.
    Pending {
        group: GroupIx,
        /// The group's list.
        rows: Vec<PendingRow>,
        /// What its consumers' own lists hold.
        #[serde(skip)]
        consumers: Vec<(Bytes, StreamId)>,
    },
    /// What lies in a list, and in those in which its workers keep what they work on, after a step that may have changed
    /// one. From the head to the tail.
    Items {
        group: GroupIx,
        /// By key, in the order of keys.
        #[serde(skip)]
        lists: Vec<(Bytes, Vec<Message>)>,
    },
}

impl Event {
    /// Who can see it.
    pub fn sight(&self) -> Sight {
        match self {
            Self::Pending { .. } | Self::Items { .. } | Self::Length { .. } | Self::ExecutedLate => Sight::Broker,
            Self::Subscribed { .. } | Self::Unsubscribed { .. } | Self::WritesLost { .. } => Sight::Broker,
            Self::SteppedDown { .. } | Self::FileRewritten | Self::RewriteCutShort => Sight::Broker,
            Self::Handed { .. } | Self::Disconnected { .. } | Self::ClockJumped { .. } => Sight::Broker,
            Self::LostUnread { .. } | Self::Overflowed { .. } | Self::Parted => Sight::Broker,
            Self::Forgotten { .. } | Self::ShardUnsubscribed { .. } | Self::BusLost { .. } => Sight::Broker,
            Self::BusSent { .. } | Self::BusArrived { .. } | Self::SlotsClaimed { .. } => Sight::Broker,
            _ => Sight::Client,
        }
    }

    /// Whether something new happened: an idle poll is none, nor to be sent elsewhere, nor how things stand at the broker.
    pub fn is_news(&self) -> bool {
        !matches!(
            self,
            Self::ClaimedNothing { .. }
                | Self::Redirected { .. }
                | Self::Pending { .. }
                | Self::Items { .. }
                | Self::Length { .. }
        )
    }

    /// The message that it is about.
    pub fn message(&self) -> Option<Message> {
        match self {
            Self::Added { message, .. }
            | Self::Produced { message, .. }
            | Self::OutcomeUnknown { message, .. }
            | Self::NotReplicated { message, .. }
            | Self::Granted { message, .. }
            | Self::Removed { message, .. }
            | Self::Restored { message, .. }
            | Self::LockHeld { message, .. }
            | Self::Dispossessed { message, .. }
            | Self::PushRefused { message, .. }
            | Self::Acknowledged { message, .. }
            | Self::DeadLettered { message, .. }
            | Self::WorkStarted { message, .. }
            | Self::WorkEnded { message, .. }
            | Self::Effect { message, .. }
            | Self::DuplicateSkipped { message, .. }
            | Self::Published { message, .. }
            | Self::PublishAnswered { message, .. }
            | Self::Handed { message, .. }
            | Self::BusSent { message, .. }
            | Self::BusLost { message, .. }
            | Self::BusArrived { message, .. }
            | Self::Heard { message, .. }
            | Self::CaughtUp { message, .. } => Some(*message),
            _ => None,
        }
    }

    /// The group that it is about.
    pub fn group(&self) -> Option<GroupIx> {
        match self {
            Self::Granted { group, .. }
            | Self::Removed { group, .. }
            | Self::Restored { group, .. }
            | Self::Items { group, .. }
            | Self::Acknowledged { group, .. }
            | Self::DeadLettered { group, .. }
            | Self::WorkStarted { group, .. }
            | Self::WorkEnded { group, .. }
            | Self::Effect { group, .. }
            | Self::Alarm { group, .. }
            | Self::Pending { group, .. }
            | Self::Subscribed { group, .. }
            | Self::Unsubscribed { group, .. }
            | Self::Handed { group, .. }
            | Self::Disconnected { group, .. }
            | Self::ShardUnsubscribed { group, .. }
            | Self::Heard { group, .. }
            | Self::CaughtUp { group, .. }
            | Self::Left { group, .. } => Some(*group),
            _ => None,
        }
    }
}

fn as_text<T: core::fmt::Display, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// A node as people count: from 1.
fn as_node<S: serde::Serializer>(node: &NodeIndex, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u32(u32::from(node.0) + 1)
}

fn as_text_if_any<T: core::fmt::Display, S: serde::Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
