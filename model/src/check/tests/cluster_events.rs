//! What happens in a cluster, in a few words.

use redelivery_engine::cluster::NodeIndex;

use super::{GROUP, MESSAGE};
use crate::event::Event;

pub(in crate::check) fn bus_sent(copies: u16) -> Event {
    let message = MESSAGE;
    Event::BusSent { message, copies }
}

/// From the first node.
pub(in crate::check) fn bus_arrived(channel: &str, to: u16) -> Event {
    Event::BusArrived {
        message: MESSAGE,
        channel: channel.into(),
        from: NodeIndex(0),
        to: NodeIndex(to),
    }
}

pub(in crate::check) fn bus_lost(to: u16) -> Event {
    Event::BusLost {
        message: MESSAGE,
        to: NodeIndex(to),
    }
}

pub(in crate::check) fn subscribed_at(connection: u16, name: &str, node: u16) -> Event {
    Event::Subscribed {
        group: GROUP,
        connection,
        node: NodeIndex(node),
        pattern: false,
        sharded: false,
        name: name.into(),
    }
}

pub(in crate::check) fn shard_subscribed(connection: u16, name: &str, node: u16) -> Event {
    Event::Subscribed {
        group: GROUP,
        connection,
        node: NodeIndex(node),
        pattern: false,
        sharded: true,
        name: name.into(),
    }
}

pub(in crate::check) fn shard_unsubscribed(connection: u16, name: &str) -> Event {
    Event::ShardUnsubscribed {
        group: GROUP,
        connection,
        name: name.into(),
    }
}

pub(in crate::check) fn shard_published(channel: &str, node: u16) -> Event {
    Event::Published {
        message: MESSAGE,
        channel: channel.into(),
        sharded: true,
        node: NodeIndex(node),
        receivers: 1,
    }
}

pub(in crate::check) fn shard_handed(connection: u16, name: &str) -> Event {
    Event::Handed {
        group: GROUP,
        message: MESSAGE,
        connection,
        pattern: false,
        sharded: true,
        name: name.into(),
    }
}
