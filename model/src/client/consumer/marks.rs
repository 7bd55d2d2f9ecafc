//! A consumer's marks: on a message's key, an entry's ID or a producer.

use redelivery_engine::{Bytes, Command};

use super::super::{Me, marks};
use super::Item;
use crate::setup::policy::{Consumer, Dedup, DedupBy};

pub(super) use marks::{is_found, is_new};

/// WATCH of what the mark is in.
pub(super) fn watch(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    marks::watch(me.setup, policy.group, dedup(policy), &mark(me, policy, item))
}

/// SISMEMBER or EXISTS.
pub(super) fn look(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    marks::look(me.setup, policy.group, dedup(policy), &mark(me, policy, item))
}

/// SADD, or SET with NX and PX.
pub(super) fn set(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    marks::set(me.setup, policy.group, dedup(policy), &mark(me, policy, item))
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
