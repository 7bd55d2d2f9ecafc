//! Events in a few letters. Unless said otherwise they are about the first message and the first group.

use redelivery_engine::StreamId;
use redelivery_engine::cluster::NodeIndex;

use crate::event::{Event, Grant, PendingRow};
use crate::setup::policy::Effect;
use crate::setup::{ClientIx, GroupIx, Message};

pub(in crate::check) fn id(at: u64) -> StreamId {
    StreamId::new(at, 0)
}

pub(in crate::check) const MESSAGE: Message = Message(0);
pub(in crate::check) const GROUP: GroupIx = GroupIx(0);
pub(in crate::check) const A: ClientIx = ClientIx(0);
pub(in crate::check) const B: ClientIx = ClientIx(1);

pub(in crate::check) fn added(at: u64) -> Event {
    Event::Added {
        message: MESSAGE,
        key: "s".into(),
        id: Some(id(at)),
        again: false,
    }
}

pub(in crate::check) fn produced() -> Event {
    Event::Produced {
        client: A,
        message: MESSAGE,
        key: "s".into(),
        id: Some(id(1)),
    }
}

pub(in crate::check) fn granted(consumer: &str, how: Grant, at: u64) -> Event {
    Event::Granted {
        group: GROUP,
        message: MESSAGE,
        id: Some(id(at)),
        consumer: consumer.into(),
        how,
        noack: false,
        heard: true,
    }
}

pub(in crate::check) fn read(consumer: &str, at: u64) -> Event {
    granted(consumer, Grant::New, at)
}

pub(in crate::check) fn claim(consumer: &str, at: u64) -> Event {
    granted(consumer, Grant::Claim, at)
}

/// The same, but the client had gone before the broker executed the request.
pub(in crate::check) fn unheard(mut event: Event) -> Event {
    if let Event::Granted { heard, .. } = &mut event {
        *heard = false;
    }
    event
}

pub(in crate::check) fn read_noack(consumer: &str, at: u64) -> Event {
    Event::Granted {
        group: GROUP,
        message: MESSAGE,
        id: Some(id(at)),
        consumer: consumer.into(),
        how: Grant::New,
        noack: true,
        heard: true,
    }
}

pub(in crate::check) fn acknowledged(at: u64) -> Event {
    Event::Acknowledged {
        group: GROUP,
        message: MESSAGE,
        id: id(at),
    }
}

pub(in crate::check) fn routed() -> Event {
    Event::DeadLettered {
        group: GROUP,
        message: MESSAGE,
    }
}

pub(in crate::check) fn started(client: ClientIx) -> Event {
    Event::WorkStarted {
        client,
        group: GROUP,
        message: MESSAGE,
    }
}

pub(in crate::check) fn ended(client: ClientIx) -> Event {
    Event::WorkEnded {
        client,
        group: GROUP,
        message: MESSAGE,
        failed: false,
    }
}

pub(in crate::check) fn effect(place: Effect) -> Event {
    Event::Effect {
        group: GROUP,
        message: MESSAGE,
        place,
    }
}

pub(in crate::check) fn subscribed(connection: u16, name: &str) -> Event {
    Event::Subscribed {
        group: GROUP,
        connection,
        node: NodeIndex(0),
        pattern: false,
        sharded: false,
        name: name.into(),
    }
}

pub(in crate::check) fn by_pattern(connection: u16, name: &str) -> Event {
    Event::Subscribed {
        group: GROUP,
        connection,
        node: NodeIndex(0),
        sharded: false,
        pattern: true,
        name: name.into(),
    }
}

pub(in crate::check) fn unsubscribed(connection: u16, name: &str) -> Event {
    Event::Unsubscribed {
        group: GROUP,
        connection,
        pattern: false,
        sharded: false,
        name: name.into(),
    }
}

pub(in crate::check) fn left(client: ClientIx) -> Event {
    Event::Left { client, group: GROUP }
}

pub(in crate::check) fn restarted(client: ClientIx) -> Event {
    Event::Restarted { client }
}

pub(in crate::check) fn disconnected(connection: u16) -> Event {
    let group = GROUP;
    Event::Disconnected { group, connection }
}

pub(in crate::check) fn published(channel: &str) -> Event {
    Event::Published {
        message: MESSAGE,
        channel: channel.into(),
        sharded: false,
        node: NodeIndex(0),
        receivers: 1,
    }
}

pub(in crate::check) fn publish_answered(receivers: u64) -> Event {
    Event::PublishAnswered {
        client: B,
        message: MESSAGE,
        channel: "c".into(),
        receivers,
    }
}

pub(in crate::check) fn handed(connection: u16, name: &str) -> Event {
    Event::Handed {
        group: GROUP,
        message: MESSAGE,
        connection,
        sharded: false,
        pattern: false,
        name: name.into(),
    }
}

pub(in crate::check) fn handed_by_pattern(connection: u16, name: &str) -> Event {
    Event::Handed {
        group: GROUP,
        message: MESSAGE,
        connection,
        sharded: false,
        pattern: true,
        name: name.into(),
    }
}

/// Published by `B`.
pub(in crate::check) fn heard(client: ClientIx) -> Event {
    Event::Heard {
        client,
        group: GROUP,
        message: MESSAGE,
        from: Some(B),
        channel: "c".into(),
        kept: true,
        pattern: None,
    }
}

/// The same, but the subscriber has had it before and drops it.
pub(in crate::check) fn dropped(mut event: Event) -> Event {
    if let Event::Heard { kept, .. } = &mut event {
        *kept = false;
    }
    event
}

pub(in crate::check) fn caught_up(client: ClientIx) -> Event {
    Event::CaughtUp {
        client,
        group: GROUP,
        message: MESSAGE,
    }
}

/// A snapshot of these `(entry, owner, deliveries)`, and the consumers' own lists.
pub(in crate::check) fn pending(rows: &[(u64, &str, u64)], consumers: &[(&str, u64)]) -> Event {
    let row = |&(at, consumer, deliveries): &(u64, &str, u64)| PendingRow {
        id: id(at),
        consumer: consumer.into(),
        deliveries,
    };
    Event::Pending {
        group: GROUP,
        rows: rows.iter().map(row).collect(),
        consumers: consumers
            .iter()
            .map(|&(consumer, at)| (consumer.into(), id(at)))
            .collect(),
    }
}

/// The same event about another message.
pub(in crate::check) fn about(other: Message, mut event: Event) -> Event {
    match &mut event {
        Event::Added { message, .. }
        | Event::Produced { message, .. }
        | Event::OutcomeUnknown { message, .. }
        | Event::Granted { message, .. }
        | Event::Removed { message, .. }
        | Event::Acknowledged { message, .. }
        | Event::DeadLettered { message, .. }
        | Event::WorkStarted { message, .. }
        | Event::WorkEnded { message, .. }
        | Event::Effect { message, .. }
        | Event::DuplicateSkipped { message, .. }
        | Event::Published { message, .. }
        | Event::PublishAnswered { message, .. }
        | Event::Handed { message, .. }
        | Event::Heard { message, .. }
        | Event::BusSent { message, .. }
        | Event::BusLost { message, .. }
        | Event::BusArrived { message, .. }
        | Event::CaughtUp { message, .. } => *message = other,
        _ => {}
    }
    event
}

/// The first message is pushed to the list `s`.
pub(in crate::check) fn pushed() -> Event {
    Event::Added {
        message: MESSAGE,
        key: "s".into(),
        id: None,
        again: false,
    }
}

/// It is popped.
pub(in crate::check) fn popped(consumer: &str) -> Event {
    Event::Granted {
        group: GROUP,
        message: MESSAGE,
        id: None,
        consumer: consumer.into(),
        how: Grant::Taken,
        noack: true,
        heard: true,
    }
}

/// It is removed from where a worker keeps it, and this client hears of it.
pub(in crate::check) fn removed(client: Option<ClientIx>) -> Event {
    Event::Removed {
        group: GROUP,
        message: MESSAGE,
        client,
    }
}

/// It lies so often in these lists.
pub(in crate::check) fn items(lists: &[(&str, usize)]) -> Event {
    let list = |&(key, often): &(&str, usize)| (key.into(), vec![MESSAGE; often]);
    Event::Items {
        group: GROUP,
        lists: lists.iter().map(list).collect(),
    }
}
