//! Keyspace notifications are published as any message is, at the moment at which what they tell of happens.
//!
//! What a client is told of its own doing follows its reply, as what it publishes to itself does. Read next:
//! `notifications.rs` beside the keyspace.

use super::Broker;
use crate::Notifications;
use crate::databases::Database;
use crate::notifications::Event;

impl Broker {
    /// The same broker, which tells from now on of these events.
    pub fn with_notifications(self, notifications: Notifications) -> Self {
        Self { notifications, ..self }
    }

    /// From now on these events are told.
    pub fn set_notifications(&mut self, notifications: Notifications) {
        self.notifications = notifications;
    }

    /// What is told, if anybody could hear it.
    #[inline]
    pub(super) fn notifications_heard(&self) -> Notifications {
        match self.pubsub {
            Some(_) => self.notifications,
            None => Notifications::default(),
        }
    }

    /// Publishes what happened in a database.
    #[inline]
    pub(super) fn tell(&mut self, database: Database, events: &[Event]) {
        let (false, Some(pubsub)) = (events.is_empty(), &self.pubsub) else {
            return;
        };
        for event in events {
            for (channel, message) in self.notifications.messages(database, event) {
                pubsub.publish(false, &channel, &message, &mut self.outbox);
            }
        }
    }
}
