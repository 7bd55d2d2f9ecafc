//! Marks: how those who work on the same messages tell each other what was worked on.
//!
//! Marks that live for ever are members of one set; a mark with a time to live is a key of its own, since Redis lets
//! keys expire, not members. What is marked (a message, an entry, a producer) is the caller's choice.

use redelivery_engine::command::{Condition, Lifetime, Set};
use redelivery_engine::{Bytes, Command, Millis, Reply};

use crate::setup::policy::Dedup;
use crate::setup::{GroupIx, Setup, keys};

/// WATCH of what the mark is in.
pub(super) fn watch(setup: &Setup, group: GroupIx, dedup: Dedup, mark: &Bytes) -> Command {
    let key = match dedup.ttl_ms {
        Some(_) => keys::mark(setup, group, mark),
        None => keys::marks(setup, group),
    };
    Command::Watch { keys: vec![key] }
}

/// SISMEMBER or EXISTS.
pub(super) fn look(setup: &Setup, group: GroupIx, dedup: Dedup, mark: &Bytes) -> Command {
    match dedup.ttl_ms {
        Some(_) => Command::Exists {
            keys: vec![keys::mark(setup, group, mark)],
        },
        None => Command::SIsMember {
            key: keys::marks(setup, group),
            member: mark.clone(),
        },
    }
}

/// SADD, or SET with NX and PX.
pub(super) fn set(setup: &Setup, group: GroupIx, dedup: Dedup, mark: &Bytes) -> Command {
    match dedup.ttl_ms {
        Some(ttl_ms) => set_if_absent(keys::mark(setup, group, mark), Bytes::from("1"), Some(ttl_ms)),
        None => Command::SAdd {
            key: keys::marks(setup, group),
            members: vec![mark.clone()],
        },
    }
}

/// SET … NX, with PX where the key does not live for ever.
pub(super) fn set_if_absent(key: Bytes, value: Bytes, ttl_ms: Option<Millis>) -> Command {
    Command::Set(Set {
        key,
        value,
        condition: Condition::IfAbsent,
        get: false,
        lifetime: ttl_ms.map_or(Lifetime::Unlimited, Lifetime::For),
    })
}

/// Whether the look found the mark.
pub(super) fn is_found(reply: &Reply) -> bool {
    *reply != Reply::Integer(0)
}

/// Whether it was this request that set the mark.
pub(super) fn is_new(reply: &Reply) -> bool {
    matches!(reply, Reply::Integer(1) | Reply::Status(_))
}
