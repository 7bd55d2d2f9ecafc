//! Marks: how consumers of a group tell each other what was worked on.
//!
//! Marks that live for ever are members of one set; a mark with a time to live is a key of its own, since Redis lets
//! keys expire, not members.

use redelivery_engine::{Bytes, Command, Reply};

use super::super::Me;
use super::{Item, requests};
use crate::setup::keys;
use crate::setup::policy::{Consumer, Dedup, DedupBy};

/// WATCH of what the mark is in.
pub(super) fn watch(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    let key = match dedup(policy).ttl_ms {
        Some(_) => own_key(me, policy, item),
        None => keys::marks(me.setup, policy.group),
    };
    Command::Watch { keys: vec![key] }
}

/// SISMEMBER or EXISTS.
pub(super) fn look(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    match dedup(policy).ttl_ms {
        Some(_) => Command::Exists {
            keys: vec![own_key(me, policy, item)],
        },
        None => Command::SIsMember {
            key: keys::marks(me.setup, policy.group),
            member: mark(me, policy, item),
        },
    }
}

/// SADD, or SET with NX and PX.
pub(super) fn set(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    match dedup(policy).ttl_ms {
        Some(ttl_ms) => requests::set_if_absent(own_key(me, policy, item), Bytes::from("1"), Some(ttl_ms)),
        None => Command::SAdd {
            key: keys::marks(me.setup, policy.group),
            members: vec![mark(me, policy, item)],
        },
    }
}

/// Whether the look found the mark.
pub(super) fn is_found(reply: &Reply) -> bool {
    *reply != Reply::Integer(0)
}

/// Whether it was this request that set the mark.
pub(super) fn is_new(reply: &Reply) -> bool {
    matches!(reply, Reply::Integer(1) | Reply::Status(_))
}

fn own_key(me: Me<'_>, policy: &Consumer, item: &Item) -> Bytes {
    keys::mark(me.setup, policy.group, &mark(me, policy, item))
}

fn mark(me: Me<'_>, policy: &Consumer, item: &Item) -> Bytes {
    let key = || me.setup.messages.key(item.message).clone();
    match dedup(policy).by {
        DedupBy::MessageKey => key(),
        DedupBy::EntryId => Bytes::from(item.id.to_string()),
        DedupBy::Producer => me.setup.producer_of(item.message).cloned().unwrap_or_else(key),
    }
}

fn dedup(policy: &Consumer) -> Dedup {
    policy.dedup.expect("only a policy with marks looks for one")
}
