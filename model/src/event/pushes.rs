//! Events from what the broker pushes to subscribers: the same in a world and in a live run.

use redelivery_engine::Push;
use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::command::Subscription;

use super::Event;
use crate::setup::{GroupIx, Setup};

impl Event {
    /// What a confirmation says; none if it is none.
    pub fn confirmed(group: GroupIx, connection: u16, node: NodeIndex, confirmation: &Push) -> Option<Self> {
        match confirmation {
            Push::Subscribed { kind, name, .. } => Some(Self::Subscribed {
                group,
                connection,
                node,
                pattern: *kind == Subscription::Pattern,
                sharded: *kind == Subscription::ShardChannel,
                name: name.clone(),
            }),
            Push::Unsubscribed { kind, name, .. } => Some(Self::Unsubscribed {
                group,
                connection,
                pattern: *kind == Subscription::Pattern,
                sharded: *kind == Subscription::ShardChannel,
                name: name.clone()?,
            }),
            Push::Message { .. } | Push::PatternMessage { .. } => None,
        }
    }

    /// That the broker put a message onto a subscriber's connection, or ended a subscription; none if it is no message of
    /// this setup.
    pub fn handed(setup: &Setup, group: GroupIx, connection: u16, push: &Push) -> Option<Self> {
        if let Push::Unsubscribed { name: Some(name), .. } = push {
            let name = name.clone();
            return Some(Self::ShardUnsubscribed {
                group,
                connection,
                name,
            });
        }
        let (channel, pattern, message) = setup.published_by(push)?;
        Some(Self::Handed {
            group,
            message,
            connection,
            pattern: pattern.is_some(),
            sharded: matches!(push, Push::Message { sharded: true, .. }),
            name: pattern.unwrap_or(channel).clone(),
        })
    }
}
