//! Events as if others had done what clients did.

use super::{Event, PendingRow};
use crate::symmetry::Renaming;

impl Event {
    /// The same event of those who stand in the place of those whom it names.
    pub fn renamed(&self, renaming: &Renaming) -> Self {
        let mut event = self.clone();
        match &mut event {
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
            | Self::CaughtUp { client, .. }
            | Self::Left { client, .. }
            | Self::LostUnread { client, .. }
            | Self::Forgotten { client } => *client = renaming.client(*client),
            Self::Heard { client, from, .. } => {
                *client = renaming.client(*client);
                *from = from.map(|from| renaming.client(from));
            }
            Self::Removed { client, .. } | Self::Overflowed { client } => {
                *client = client.map(|client| renaming.client(client));
            }
            Self::Granted { consumer, .. } => *consumer = renaming.text(consumer),
            Self::Pending { rows, consumers, .. } => {
                for PendingRow { consumer, .. } in rows {
                    *consumer = renaming.text(consumer);
                }
                for (consumer, _) in &mut *consumers {
                    *consumer = renaming.text(consumer);
                }
                consumers.sort_unstable();
            }
            Self::Items { lists, .. } => {
                for (list, _) in &mut *lists {
                    *list = renaming.text(list);
                }
                lists.sort_unstable();
            }
            // These name nobody, or connections of those only who never move: subscribers.
            Self::Added { .. } | Self::Acknowledged { .. } | Self::DeadLettered { .. } | Self::Effect { .. } => {}
            Self::ExecutedLate | Self::Published { .. } | Self::BusSent { .. } | Self::BusArrived { .. } => {}
            Self::BusLost { .. } | Self::SlotsClaimed { .. } | Self::Length { .. } | Self::Subscribed { .. } => {}
            Self::Unsubscribed { .. } | Self::Handed { .. } | Self::Disconnected { .. } => {}
            Self::ShardUnsubscribed { .. } | Self::ClockJumped { .. } => {}
            Self::BrokerFailed { .. } | Self::WritesLost { .. } | Self::SteppedDown { .. } | Self::Parted => {}
            Self::FileRewritten | Self::RewriteCutShort => {}
        }
        event
    }
}
