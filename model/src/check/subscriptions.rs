//! What a subscriber is subscribed to, and on which connections; shared by `delivery` and `subscribed`.

use redelivery_engine::{Bytes, glob};

use super::small_map::SmallMap;
use crate::event::Event;

/// By name (whether it is a pattern, and how it reads): the connections that are subscribed to it. A name stays when no
/// connection is any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Subscriptions(SmallMap<(bool, Bytes), Vec<u16>>);

impl Subscriptions {
    pub(super) fn on(&mut self, event: &Event) {
        match event {
            Event::Subscribed {
                connection,
                pattern,
                name,
                ..
            } => {
                let name = (*pattern, name.clone());
                let mut connections = self.0.get(&name).cloned().unwrap_or_default();
                if let Err(place) = connections.binary_search(connection) {
                    connections.insert(place, *connection);
                }
                self.0.insert(name, connections);
            }
            Event::Unsubscribed {
                connection,
                pattern,
                name,
                ..
            } => {
                if let Some(connections) = self.0.get_mut(&(*pattern, name.clone())) {
                    connections.retain(|known| known != connection);
                }
            }
            Event::Disconnected { connection, .. } => {
                for connections in self.0.values_mut() {
                    connections.retain(|known| known != connection);
                }
            }
            _ => {}
        }
    }

    /// Each subscription that a message to this channel is for: pattern or not, name, connection.
    pub(super) fn to<'a>(&'a self, channel: &'a Bytes) -> impl Iterator<Item = (bool, Bytes, u16)> + 'a {
        let wants = move |(is_pattern, name): &(bool, Bytes)| match is_pattern {
            true => glob::matches(name, channel),
            false => name == channel,
        };
        let wanted = self.0.iter().filter(move |(name, _)| wants(name));
        wanted.flat_map(|((pattern, name), connections)| {
            connections
                .iter()
                .map(|connection| (*pattern, name.clone(), *connection))
        })
    }

    /// Whether no connection is subscribed to some name any more.
    pub(super) fn lacks_one(&self) -> bool {
        self.0.iter().any(|(_, connections)| connections.is_empty())
    }
}
