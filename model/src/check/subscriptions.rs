//! What a subscriber is subscribed to, and on which connections; shared by `delivery` and `subscribed`.

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Bytes, glob};

use super::small_map::SmallMap;
use crate::event::Event;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Channel,
    Pattern,
    ShardChannel,
}

impl Kind {
    pub(super) fn of(pattern: bool, sharded: bool) -> Self {
        match (pattern, sharded) {
            (true, _) => Self::Pattern,
            (_, true) => Self::ShardChannel,
            (false, false) => Self::Channel,
        }
    }
}

/// One subscription: what to, and by which connection.
pub(super) type Subscription = (Kind, Bytes, u16);

/// By name: the connections that are subscribed to it, and where they stand. A name stays when no connection is any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Subscriptions(SmallMap<(Kind, Bytes), Vec<(u16, NodeIndex)>>);

impl Subscriptions {
    pub(super) fn on(&mut self, event: &Event) {
        match event {
            Event::Subscribed {
                connection,
                node,
                pattern,
                sharded,
                name,
                ..
            } => {
                let name = (Kind::of(*pattern, *sharded), name.clone());
                let mut connections = self.0.get(&name).cloned().unwrap_or_default();
                if let Err(place) = connections.binary_search(&(*connection, *node)) {
                    connections.insert(place, (*connection, *node));
                }
                self.0.insert(name, connections);
            }
            Event::Unsubscribed {
                connection,
                pattern,
                sharded,
                name,
                ..
            } => self.end(Kind::of(*pattern, *sharded), name, *connection),
            Event::Disconnected { connection, .. } => {
                for connections in self.0.values_mut() {
                    connections.retain(|(known, _)| known != connection);
                }
            }
            Event::ShardUnsubscribed { connection, name, .. } => self.end(Kind::ShardChannel, name, *connection),
            _ => {}
        }
    }

    fn end(&mut self, kind: Kind, name: &Bytes, connection: u16) {
        if let Some(connections) = self.0.get_mut(&(kind, name.clone())) {
            connections.retain(|(known, _)| *known != connection);
        }
    }

    /// The subscriptions at a node that a message to this channel is for.
    pub(super) fn to(&self, channel: &Bytes, sharded: bool, node: NodeIndex) -> impl Iterator<Item = Subscription> {
        let wants = move |(kind, name): &(Kind, Bytes)| match kind {
            Kind::Pattern => !sharded && glob::matches(name, channel),
            Kind::Channel => !sharded && name == channel,
            Kind::ShardChannel => sharded && name == channel,
        };
        let wanted = self.0.iter().filter(move |(name, _)| wants(name));
        wanted.flat_map(move |((kind, name), connections)| {
            let here = connections.iter().filter(move |(_, at)| *at == node);
            here.map(|(connection, _)| (*kind, name.clone(), *connection))
        })
    }

    /// Whether no connection is subscribed to some name any more.
    pub(super) fn lacks_one(&self) -> bool {
        self.0.iter().any(|(_, connections)| connections.is_empty())
    }
}
