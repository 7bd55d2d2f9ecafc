//! What must have occurred somewhere, so that nothing passes because nothing happened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{Event, Grant};
use crate::setup::Mishap;

/// A kind of happening that a scenario may require.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
pub enum Occurrence {
    /// A producer learnt the ID of its message, or a publisher how many received it.
    Produced,
    /// A message had an effect.
    Effect,
    /// An entry was acknowledged.
    Acknowledgement,
    /// An entry was granted by a claim, to whomever: who claims what it already owns counts too.
    Claim,
    /// A client put an item back into its list.
    Restored,
    /// A worker left an item alone, since somebody else held the lock on it.
    LockHeld,
    /// A worker found that its item, or the lock on it, was its own no more.
    Dispossessed,
    /// A push found no list, and pushed nothing.
    PushRefused,
    /// A claim came away with nothing.
    LostClaim,
    /// A consumer read its own pending entries.
    HistoryRead,
    /// A message was routed to the dead-letter stream.
    DeadLetter,
    /// A consumer recognised a message by its mark and left it alone.
    DuplicateSkipped,
    /// A message lay in the stream, or the list, twice.
    DuplicateEntry,
    /// Work failed.
    FailedWork,
    /// A transaction was refused because a watched key had changed.
    RefusedTransaction,
    /// A watcher raised its alarm.
    Alarm,
    /// A client crashed.
    Crash,
    /// A client started again.
    Restart,
    /// A client stood still.
    Pause,
    /// The broker's clock jumped.
    ClockJump,
    /// A connection closed with a request in flight.
    Cut,
    /// A request was executed after its connection had closed.
    LateExecution,
    /// A producer never learnt what became of a message.
    UnknownOutcome,
    /// A subscriber read a message.
    Reception,
    /// A message was published, and nobody was subscribed, in a cluster at that node.
    UnheardMessage,
    /// A subscriber's connection was lost with messages that it had not read.
    LostUnread,
    /// A subscriber left too much unread, and the broker disconnected it.
    Overflow,
    /// A subscriber found a message in the stream in which it catches up.
    CatchUp,
    /// A subscriber had enough messages, and unsubscribed.
    Leaving,
    /// A node of a cluster sent a client to another.
    Redirection,
    /// The bus of a cluster brought a message to a node.
    BusMessage,
    /// A client moved a slot to another node.
    SlotMoved,
    /// A node ended a subscription to a sharded channel, since its slot is another node's now.
    ShardUnsubscribed,
    /// The broker's process was killed.
    BrokerKilled,
    /// The broker's power failed.
    PowerFailure,
    /// A replica took the broker's place.
    Failover,
    /// Writes were lost when the broker failed.
    WritesLost,
    /// WAIT told a producer that no replica had its message yet.
    ShortWait,
    /// A replica took over, and the old primary went on.
    SplitBrain,
    /// An old primary refused a write, since it had no replica.
    WriteRefused,
    /// An old primary became a replica, and threw away what had been written there meanwhile.
    WritesDiscarded,
    /// The network parted clients from the broker.
    Partition,
    /// The broker closed the connection of a client, which was not told.
    ForgottenConnection,
    /// The append-only file was rewritten.
    FileRewritten,
    /// The broker failed while it rewrote its append-only file.
    RewriteCutShort,
    /// A node of a cluster was gone for a while.
    NodeLost,
    /// A node told a client that the cluster is down.
    ClusterDown,
}

impl Occurrence {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 47] = [
        Self::Produced,
        Self::Effect,
        Self::Acknowledgement,
        Self::Claim,
        Self::Restored,
        Self::LockHeld,
        Self::Dispossessed,
        Self::PushRefused,
        Self::LostClaim,
        Self::HistoryRead,
        Self::DeadLetter,
        Self::DuplicateSkipped,
        Self::DuplicateEntry,
        Self::FailedWork,
        Self::RefusedTransaction,
        Self::Alarm,
        Self::Crash,
        Self::Restart,
        Self::Pause,
        Self::ClockJump,
        Self::Cut,
        Self::LateExecution,
        Self::UnknownOutcome,
        Self::Reception,
        Self::UnheardMessage,
        Self::LostUnread,
        Self::Overflow,
        Self::CatchUp,
        Self::Leaving,
        Self::Redirection,
        Self::BusMessage,
        Self::SlotMoved,
        Self::ShardUnsubscribed,
        Self::BrokerKilled,
        Self::PowerFailure,
        Self::Failover,
        Self::WritesLost,
        Self::ShortWait,
        Self::SplitBrain,
        Self::WriteRefused,
        Self::WritesDiscarded,
        Self::Partition,
        Self::ForgottenConnection,
        Self::FileRewritten,
        Self::RewriteCutShort,
        Self::NodeLost,
        Self::ClusterDown,
    ];
}

/// What an event shows to have occurred.
pub fn shown_by(event: &Event) -> Option<Occurrence> {
    Some(match event {
        Event::Added { again: true, .. } => Occurrence::DuplicateEntry,
        Event::Produced { .. } | Event::PublishAnswered { .. } => Occurrence::Produced,
        Event::Heard { .. } => Occurrence::Reception,
        Event::Published { receivers: 0, .. } => Occurrence::UnheardMessage,
        Event::LostUnread { .. } => Occurrence::LostUnread,
        Event::Overflowed { .. } => Occurrence::Overflow,
        Event::CaughtUp { .. } => Occurrence::CatchUp,
        Event::Left { .. } => Occurrence::Leaving,
        Event::Redirected { .. } => Occurrence::Redirection,
        Event::BusArrived { .. } => Occurrence::BusMessage,
        Event::SlotMoved { .. } => Occurrence::SlotMoved,
        Event::BrokerFailed { how } => match how {
            Mishap::Killed => Occurrence::BrokerKilled,
            Mishap::PowerFailed => Occurrence::PowerFailure,
            Mishap::FailedOver => Occurrence::Failover,
            Mishap::Split => Occurrence::SplitBrain,
            Mishap::NodeLost => Occurrence::NodeLost,
        },
        Event::WritesLost { .. } => Occurrence::WritesLost,
        Event::FileRewritten => Occurrence::FileRewritten,
        Event::RewriteCutShort => Occurrence::RewriteCutShort,
        Event::WriteRefused { .. } => Occurrence::WriteRefused,
        Event::TurnedAway { .. } => Occurrence::ClusterDown,
        Event::SteppedDown { discards: true } => Occurrence::WritesDiscarded,
        Event::ShardUnsubscribed { .. } => Occurrence::ShardUnsubscribed,
        Event::OutcomeUnknown { .. } => Occurrence::UnknownOutcome,
        Event::NotReplicated { .. } => Occurrence::ShortWait,
        Event::Granted { how: Grant::Claim, .. } => Occurrence::Claim,
        Event::Granted {
            how: Grant::History, ..
        } => Occurrence::HistoryRead,
        Event::ClaimedNothing { .. } => Occurrence::LostClaim,
        Event::Restored { .. } => Occurrence::Restored,
        Event::LockHeld { .. } => Occurrence::LockHeld,
        Event::Dispossessed { .. } => Occurrence::Dispossessed,
        Event::PushRefused { .. } => Occurrence::PushRefused,
        Event::Acknowledged { .. } => Occurrence::Acknowledgement,
        Event::DeadLettered { .. } => Occurrence::DeadLetter,
        Event::WorkEnded { failed: true, .. } => Occurrence::FailedWork,
        Event::Effect { .. } => Occurrence::Effect,
        Event::DuplicateSkipped { .. } => Occurrence::DuplicateSkipped,
        Event::TransactionRefused { .. } => Occurrence::RefusedTransaction,
        Event::Alarm { raised: true, .. } => Occurrence::Alarm,
        Event::Crashed { .. } => Occurrence::Crash,
        Event::Restarted { .. } => Occurrence::Restart,
        Event::Paused { .. } => Occurrence::Pause,
        Event::ClockJumped { .. } => Occurrence::ClockJump,
        Event::Parted => Occurrence::Partition,
        Event::Forgotten { .. } => Occurrence::ForgottenConnection,
        Event::Cut { .. } => Occurrence::Cut,
        Event::ExecutedLate => Occurrence::LateExecution,
        Event::Added { .. }
        | Event::Granted { .. }
        | Event::Removed { .. }
        | Event::Items { .. }
        | Event::WorkStarted { .. }
        | Event::WorkEnded { .. }
        | Event::Alarm { .. }
        | Event::Length { .. }
        | Event::Published { .. }
        | Event::Subscribed { .. }
        | Event::Unsubscribed { .. }
        | Event::Handed { .. }
        | Event::Disconnected { .. }
        | Event::BusSent { .. }
        | Event::BusLost { .. }
        | Event::SlotsClaimed { .. }
        | Event::SteppedDown { .. }
        | Event::Pending { .. } => return None,
    })
}

/// A set of occurrences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Occurrences(u64);

impl Occurrences {
    /// Adds one.
    pub fn insert(&mut self, occurrence: Occurrence) {
        self.0 |= 1 << occurrence as u64;
    }

    /// Adds all of another set.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// All of them, in the order in which they are listed.
    pub fn iter(self) -> impl Iterator<Item = Occurrence> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let next = Occurrence::ALL.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(*next)
        })
    }

    /// Whether it is among them.
    pub fn contains(self, occurrence: Occurrence) -> bool {
        self.0 & 1 << occurrence as u64 != 0
    }
}
