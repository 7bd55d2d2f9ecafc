//! What a defect of the pending lists remembers: entries that a consumer's own list has, or lacks, against the group's.
//!
//! The engine keeps its two lists in step, whatever happens around it. So what differs lies in a list of the broker, under
//! a key that nobody asks for, and shows where a broker with such a bug would show it: in the consumer's history, and to
//! who looks at the lists.

use redelivery_engine::command::{ListEnd, Push};
use redelivery_engine::{Broker, Bytes, Command, StreamId};

use super::around::SABOTEUR;

/// No client's key.
const KEY: &str = "\0what a defect remembers";

/// A consumer's own list has an entry that the group's has not with it.
pub(super) fn also(broker: &mut Broker, key: &Bytes, group: &Bytes, consumer: &Bytes, id: StreamId) {
    note(broker, row("also", key, group, consumer, Some(id)));
}

/// A consumer is no more, and what the group's list has with it is in no list of its own.
pub(super) fn gone(broker: &mut Broker, key: &Bytes, group: &Bytes, consumer: &Bytes) {
    note(broker, row("gone", key, group, consumer, None));
}

/// The entries that a consumer's own list has besides, ascending.
pub(super) fn also_with(broker: &Broker, key: &Bytes, group: &Bytes, consumer: &Bytes) -> Vec<StreamId> {
    let mut ids: Vec<StreamId> = rows(broker)
        .filter_map(|row| {
            let (of, id) = also_of(row, key, group)?;
            (*of == **consumer).then_some(id)
        })
        .collect();
    ids.sort_unstable();
    ids
}

/// The consumers' own lists, from those that the engine keeps.
pub(crate) fn pending_as_seen(broker: &Broker, key: &Bytes, group: &Bytes, consumers: &mut Vec<(Bytes, StreamId)>) {
    consumers.retain(|(consumer, _)| {
        let gone = row("gone", key, group, consumer, None);
        !rows(broker).any(|row| *row == gone)
    });
    let also = rows(broker).filter_map(|row| also_of(row, key, group));
    consumers.extend(also.map(|(consumer, id)| (Bytes::from(consumer), id)));
}

fn rows(broker: &Broker) -> impl Iterator<Item = &Bytes> {
    broker.list(KEY.as_bytes()).into_iter().flatten()
}

fn note(broker: &mut Broker, row: Bytes) {
    if rows(broker).any(|known| *known == row) {
        return;
    }
    let push = Push {
        key: Bytes::from(KEY),
        elements: vec![row],
        end: ListEnd::Right,
        if_present: false,
    };
    broker.apply(SABOTEUR, &Command::Push(push), 0);
}

fn row(kind: &str, key: &Bytes, group: &Bytes, consumer: &Bytes, id: Option<StreamId>) -> Bytes {
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    let parts: [&[u8]; 5] = [kind.as_bytes(), key, group, consumer, id.as_bytes()];
    Bytes::from(parts.join(&0))
}

/// The consumer and the entry of an `also` row of this group.
fn also_of<'a>(row: &'a Bytes, key: &[u8], group: &[u8]) -> Option<(&'a [u8], StreamId)> {
    let parts: Vec<&[u8]> = row.split(|byte| *byte == 0).collect();
    match parts.as_slice() {
        [b"also", of, in_group, consumer, id] if *of == key && *in_group == group => {
            let (ms, seq) = std::str::from_utf8(id).ok()?.split_once('-')?;
            Some((consumer, StreamId::new(ms.parse().ok()?, seq.parse().ok()?)))
        }
        _ => None,
    }
}
