//! The commands of a consumer. What their replies mean is the business of `fetch` and `handle`.

use redelivery_engine::command::{
    Bound, GroupStart, PendingRange, ReadFrom, XAutoClaim, XClaim, XGroup, XPending, XReadGroup,
};
use redelivery_engine::{Bytes, Command, Millis, StreamId};

use super::super::{Claim, Intent, Me, Request, Script, consumer_name, marks, producer};
use super::Item;
use crate::defect;
use crate::setup::policy::{Acknowledge, Consumer, DeadLetter, GroupFrom, Reclaim};
use crate::setup::{GROUP_FIELD, keys};

pub(super) fn create_group(me: Me<'_>, policy: &Consumer) -> Command {
    let group = me.setup.group(policy.group);
    Command::XGroup(XGroup::Create {
        key: group.key.clone(),
        group: group.name.clone(),
        start: match policy.creates_group {
            Some(GroupFrom::End) => GroupStart::Last,
            Some(GroupFrom::Beginning) | None => GroupStart::After(StreamId::MIN),
        },
        make_stream: true,
        entries_read: None,
    })
}

pub(super) fn read(me: Me<'_>, policy: &Consumer, from: ReadFrom) -> Command {
    let group = me.setup.group(policy.group);
    Command::XReadGroup(XReadGroup {
        group: group.name.clone(),
        consumer: consumer_name(me),
        count: Some(policy.batch),
        block: policy.block_ms.filter(|_| from == ReadFrom::New),
        noack: policy.acknowledge == Acknowledge::NoAck,
        streams: vec![(group.key.clone(), from)],
    })
}

pub(super) fn auto_claim(me: Me<'_>, policy: &Consumer, reclaim: &Reclaim, cursor: StreamId) -> Command {
    let group = me.setup.group(policy.group);
    Command::XAutoClaim(XAutoClaim {
        key: group.key.clone(),
        group: group.name.clone(),
        consumer: consumer_name(me),
        min_idle_ms: reclaim.min_idle_ms,
        start: Bound::Included(cursor),
        count: Some(reclaim.count),
        just_id: false,
    })
}

pub(super) fn idle_candidates(me: Me<'_>, policy: &Consumer, reclaim: &Reclaim) -> Command {
    pending(
        me,
        policy,
        PendingRange {
            min_idle_ms: reclaim.min_idle_ms,
            start: Bound::Included(StreamId::MIN),
            end: Bound::Included(StreamId::MAX),
            count: i64::try_from(reclaim.count).unwrap_or(i64::MAX),
            consumer: None,
        },
    )
}

/// XPENDING of one entry: its owner and its delivery counter.
pub(super) fn inspect(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    pending(
        me,
        policy,
        PendingRange {
            min_idle_ms: 0,
            start: Bound::Included(item.id),
            end: Bound::Included(item.id),
            count: 1,
            consumer: None,
        },
    )
}

fn pending(me: Me<'_>, policy: &Consumer, range: PendingRange) -> Command {
    let group = me.setup.group(policy.group);
    Command::XPending(XPending {
        key: group.key.clone(),
        group: group.name.clone(),
        range: Some(range),
    })
}

pub(super) fn claim(me: Me<'_>, policy: &Consumer, reclaim: &Reclaim, id: StreamId) -> Command {
    let group = me.setup.group(policy.group);
    Command::XClaim(XClaim {
        key: group.key.clone(),
        group: group.name.clone(),
        consumer: consumer_name(me),
        min_idle_ms: reclaim.min_idle_ms,
        ids: vec![id],
        idle: Default::default(),
        retry_count: None,
        force: false,
        just_id: false,
        last_id: None,
    })
}

/// The script that takes over one idle entry, or routes it.
pub(super) fn claim_by_script(me: Me<'_>, policy: &Consumer, reclaim: &Reclaim, nth: u16) -> Intent {
    let group = me.setup.group(policy.group);
    let dead_letter = policy.dead_letter.as_ref();
    Intent::Send(Request::Script(Script::Claim(Box::new(Claim {
        key: group.key.clone(),
        group: group.name.clone(),
        consumer: consumer_name(me),
        min_idle_ms: reclaim.min_idle_ms,
        nth,
        dead_letter: dead_letter.map(|dead_letter| {
            let limit = defect::dead_letter_limit(me, dead_letter.limit);
            (dead_letter.stream.clone(), limit)
        }),
    }))))
}

pub(super) fn lock(me: Me<'_>, policy: &Consumer, ttl_ms: Option<Millis>) -> Command {
    marks::set_if_absent(keys::reclaim_lock(me.setup, policy.group), consumer_name(me), ttl_ms)
}

pub(super) fn unlock(me: Me<'_>, policy: &Consumer) -> Command {
    Command::Del {
        keys: vec![keys::reclaim_lock(me.setup, policy.group)],
    }
}

pub(super) fn acknowledge(me: Me<'_>, policy: &Consumer, items: &[Item]) -> Command {
    let group = me.setup.group(policy.group);
    Command::XAck {
        key: group.key.clone(),
        group: group.name.clone(),
        ids: items.iter().map(|item| item.id).collect(),
    }
}

pub(super) fn delete(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    Command::XDel {
        key: me.setup.group(policy.group).key.clone(),
        ids: vec![item.id],
    }
}

/// INCR of the counter in which an effect in the broker shows.
pub(super) fn apply(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    Command::Incr {
        key: keys::effect(me.setup, policy.group, item.message),
    }
}

/// GET of the failures of a message that were counted.
pub(super) fn recall_failures(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    Command::Get {
        key: keys::failures(me.setup, policy.group, item.message),
    }
}

/// INCR of them.
pub(super) fn count_failure(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    Command::Incr {
        key: keys::failures(me.setup, policy.group, item.message),
    }
}

pub(super) fn route(me: Me<'_>, policy: &Consumer, dead_letter: &DeadLetter, item: &Item) -> Command {
    let mut add = producer::entry(me.setup, &dead_letter.stream, item.message);
    add.fields.push(Bytes::from(GROUP_FIELD));
    add.fields.push(me.setup.group(policy.group).name.clone());
    Command::XAdd(add)
}
