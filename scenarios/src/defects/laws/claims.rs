//! Laws of XCLAIM and XAUTOCLAIM. Sources: <https://redis.io/docs/latest/commands/xclaim/>,
//! <https://redis.io/docs/latest/commands/xautoclaim/>.

use redelivery_engine::{Bytes, Command, Millis, PendingEntry, Reply, StreamId};

use super::streams::id;
use super::{Law, Look};

pub(super) const ONLY_WHAT_IS_IDLE: Law = Law {
    name: "only-what-is-idle-is-claimed",
    claim: "What a claim answers was pending, and idle for min-idle-time or longer.",
    keeps: |look| each_claimed(look, |claim, was, _| was.idle_ms(look.now_ms) >= claim.min_idle_ms),
};

pub(super) const FROM_NOW_ON: Law = Law {
    name: "a-claim-counts-from-now",
    claim: "What a claim answers is pending with the claimer, and idle since now.",
    keeps: |look| {
        each_claimed(look, |claim, _, is| {
            is.consumer == *claim.consumer && is.delivered_at == look.now_ms
        })
    },
};

pub(super) const COUNTED: Law = Law {
    name: "a-claim-is-counted",
    claim: "A claim raises the delivery counter by one, with JUSTID not at all.",
    keeps: |look| {
        each_claimed(look, |claim, was, is| {
            is.deliveries == was.deliveries + u64::from(!claim.just_id)
        })
    },
};

pub(super) const ONLY_WHAT_IS_THERE: Law = Law {
    name: "only-what-is-there-is-claimed",
    claim: "What a claim answers is in the stream.",
    keeps: |look| {
        let Some(claim) = Claim::of(look) else { return true };
        let stream = look.before.stream(claim.key);
        let is_there = |id: &StreamId| stream.is_some_and(|stream| stream.entry(*id).is_some());
        claim.claimed.iter().all(is_there)
    },
};

pub(super) const LOOKS_TO_THE_END: Law = Law {
    name: "a-cursor-of-zero-is-the-end",
    claim: "XAUTOCLAIM from the beginning that answers the cursor 0-0 has claimed all that was idle.",
    keeps: |look| {
        let (Some(claim), Command::XAutoClaim(_)) = (Claim::of(look), look.command) else {
            return true;
        };
        let (Some(stream), Some(group)) = (look.before.stream(claim.key), look.group_before(claim.key, claim.group))
        else {
            return true;
        };
        let due = |id: &StreamId, entry: &PendingEntry| {
            stream.entry(*id).is_some() && entry.idle_ms(look.now_ms) >= claim.min_idle_ms
        };
        let mut missed = group
            .pending()
            .filter(|(id, entry)| due(id, entry) && !claim.claimed.contains(id));
        claim.cursor != Some(StreamId::MIN) || missed.next().is_none()
    },
};

/// A claim that was answered.
struct Claim<'a> {
    key: &'a Bytes,
    group: &'a Bytes,
    consumer: &'a Bytes,
    min_idle_ms: Millis,
    just_id: bool,
    claimed: Vec<StreamId>,
    /// XAUTOCLAIM's.
    cursor: Option<StreamId>,
}

impl<'a> Claim<'a> {
    fn of(look: &Look<'a>) -> Option<Self> {
        let reply = look.reply?;
        Some(match look.command {
            Command::XClaim(claim) => Self {
                key: &claim.key,
                group: &claim.group,
                consumer: &claim.consumer,
                min_idle_ms: claim.min_idle_ms,
                just_id: claim.just_id,
                claimed: ids(reply),
                cursor: None,
            },
            Command::XAutoClaim(claim) => {
                let Reply::Array(parts) = reply else { return None };
                let [Reply::Bulk(cursor), page, ..] = parts.as_slice() else {
                    return None;
                };
                Self {
                    key: &claim.key,
                    group: &claim.group,
                    consumer: &claim.consumer,
                    min_idle_ms: claim.min_idle_ms,
                    just_id: claim.just_id,
                    claimed: ids(page),
                    cursor: id(cursor),
                }
            }
            _ => return None,
        })
    }
}

/// Whether this is true of each entry that was claimed, as it was pending and is.
fn each_claimed(look: &Look<'_>, is_so: impl Fn(&Claim<'_>, &PendingEntry, &PendingEntry) -> bool) -> bool {
    let Some(claim) = Claim::of(look) else { return true };
    claim.claimed.iter().all(|&id| {
        let was = look.group_before(claim.key, claim.group);
        let is = look.group_after(claim.key, claim.group);
        match (
            was.and_then(|it| it.pending_entry(id)),
            is.and_then(|it| it.pending_entry(id)),
        ) {
            (Some(was), Some(is)) => is_so(&claim, was, is),
            _ => false,
        }
    })
}

fn ids(reply: &Reply) -> Vec<StreamId> {
    match reply {
        Reply::Entries(entries) => entries.iter().map(|entry| entry.id).collect(),
        Reply::Array(ids) => ids
            .iter()
            .filter_map(|it| match it {
                Reply::Bulk(text) => id(text),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
