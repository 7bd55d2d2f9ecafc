//! The names of keys that clients agree on.

use redelivery_engine::Bytes;

use super::{GroupIx, GroupKind, Message, Setup};

const EFFECT: &str = "effect:";

/// The set of marks of a group's consumers.
pub fn marks(setup: &Setup, group: GroupIx) -> Bytes {
    Bytes::from(format!("processed:{}", setup.group(group).name))
}

/// The mark of a group's consumers on one thing, where each mark is a key of its own.
pub fn mark(setup: &Setup, group: GroupIx, what: &Bytes) -> Bytes {
    Bytes::from([&*marks(setup, group), b":", what].concat())
}

/// What a group's consumers must hold to reclaim.
pub fn reclaim_lock(setup: &Setup, group: GroupIx) -> Bytes {
    Bytes::from(format!("reclaims:{}", setup.group(group).name))
}

/// The counter of failures of a group's work on a message.
pub fn failures(setup: &Setup, group: GroupIx, message: Message) -> Bytes {
    let key = setup.messages.key(message);
    Bytes::from(format!("failures:{}:{key}", setup.group(group).name))
}

/// Where a reader keeps the ID of the last entry it has worked on.
pub fn position(setup: &Setup, reader: GroupIx) -> Bytes {
    Bytes::from(format!("position:{}", setup.group(reader).name))
}

/// The counter in which the effect of a group's work on a message shows.
pub fn effect(setup: &Setup, group: GroupIx, message: Message) -> Bytes {
    Bytes::from(format!(
        "{EFFECT}{}:{}",
        setup.group(group).name,
        setup.messages.key(message)
    ))
}

/// The group and the message whose effect shows in this counter.
pub fn shown_in(setup: &Setup, key: &[u8]) -> Option<(GroupIx, Message)> {
    let rest = key.strip_prefix(EFFECT.as_bytes())?;
    setup.group_ixs().find_map(|group| {
        let message = rest.strip_prefix(&*setup.group(group).name)?.strip_prefix(b":")?;
        Some((group, setup.messages.find(message)?))
    })
}

const PROCESSING: &str = ":processing";

/// The list in which the workers of a list keep what they work on.
pub fn processing(setup: &Setup, list: GroupIx) -> Bytes {
    Bytes::from([&*setup.group(list).key, PROCESSING.as_bytes()].concat())
}

/// The same of one worker alone.
pub fn own_processing(setup: &Setup, list: GroupIx, worker: &Bytes) -> Bytes {
    Bytes::from([&*processing(setup, list), b":", worker].concat())
}

/// Whose items this list keeps: a list's own, or those that its workers work on.
pub fn kept_for(setup: &Setup, key: &[u8]) -> Option<GroupIx> {
    setup.group_ixs().find(|&group| {
        let row = setup.group(group);
        let rest = key.strip_prefix(&*row.key);
        let keeps = |rest: &[u8]| match rest.strip_prefix(PROCESSING.as_bytes()) {
            Some(worker) => worker.is_empty() || worker.starts_with(b":"),
            None => rest.is_empty(),
        };
        row.kind == GroupKind::List && rest.is_some_and(keeps)
    })
}

/// What a worker must set to work on an item.
pub fn lock(setup: &Setup, list: GroupIx, message: Message) -> Bytes {
    let (list, key) = (&setup.group(list).key, setup.messages.key(message));
    Bytes::from(format!("lock:{list}:{key}"))
}
