//! Which client an event is about. Next: `event`, which says the same of messages and groups.

use super::Event;
use crate::setup::ClientIx;

impl Event {
    /// The client that it is about; none where it is about the broker alone, or about one that has gone.
    pub fn client(&self) -> Option<ClientIx> {
        match self {
            Self::Produced { client, .. }
            | Self::OutcomeUnknown { client, .. }
            | Self::NotReplicated { client, .. }
            | Self::Restored { client, .. }
            | Self::LockHeld { client, .. }
            | Self::Dispossessed { client, .. }
            | Self::PushRefused { client, .. }
            | Self::ClaimedNothing { client }
            | Self::WriteRefused { client }
            | Self::TurnedAway { client }
            | Self::WorkStarted { client, .. }
            | Self::WorkEnded { client, .. }
            | Self::DuplicateSkipped { client, .. }
            | Self::TransactionRefused { client }
            | Self::Alarm { client, .. }
            | Self::Crashed { client }
            | Self::Restarted { client }
            | Self::Paused { client }
            | Self::Cut { client, .. }
            | Self::PublishAnswered { client, .. }
            | Self::Redirected { client, .. }
            | Self::SlotMoved { client, .. }
            | Self::Heard { client, .. }
            | Self::CaughtUp { client, .. }
            | Self::Left { client, .. }
            | Self::LostUnread { client, .. }
            | Self::Forgotten { client } => Some(*client),
            Self::Removed { client, .. } | Self::Overflowed { client } => *client,
            Self::Added { .. }
            | Self::Granted { .. }
            | Self::Acknowledged { .. }
            | Self::DeadLettered { .. }
            | Self::Effect { .. }
            | Self::BrokerFailed { .. }
            | Self::Parted
            | Self::WritesLost { .. }
            | Self::SteppedDown { .. }
            | Self::FileRewritten
            | Self::RewriteCutShort
            | Self::ExecutedLate
            | Self::ClockJumped { .. }
            | Self::Published { .. }
            | Self::Subscribed { .. }
            | Self::Unsubscribed { .. }
            | Self::Handed { .. }
            | Self::Disconnected { .. }
            | Self::ShardUnsubscribed { .. }
            | Self::BusSent { .. }
            | Self::BusLost { .. }
            | Self::BusArrived { .. }
            | Self::SlotsClaimed { .. }
            | Self::Length { .. }
            | Self::Pending { .. }
            | Self::Items { .. } => None,
        }
    }
}
