//! Defects of XCLAIM and XAUTOCLAIM.

use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Broker, Bytes, Command, Millis, PendingEntry, Reply, StreamId};

use super::around::{Before, Done, exists};
use super::{Defect, remembered};
use crate::replies;

/// Who claims in which group of which stream.
struct Claimer<'a> {
    key: &'a Bytes,
    group: &'a Bytes,
    consumer: &'a Bytes,
    just_id: bool,
}

impl<'a> Claimer<'a> {
    fn of(command: &'a Command) -> Option<Self> {
        let (key, group, consumer, just_id) = match command {
            Command::XClaim(claim) => (&claim.key, &claim.group, &claim.consumer, claim.just_id),
            Command::XAutoClaim(claim) => (&claim.key, &claim.group, &claim.consumer, claim.just_id),
            _ => return None,
        };
        Some(Self {
            key,
            group,
            consumer,
            just_id,
        })
    }

    fn pending(&self, broker: &Broker, id: StreamId) -> Option<PendingEntry> {
        broker.stream(self.key)?.group(self.group)?.pending_entry(id).cloned()
    }

    fn set(&self, broker: &mut Broker, id: StreamId, pending: PendingEntry) {
        broker.set_pending(self.key, self.group, id, Some(pending));
    }
}

pub(super) fn substitute(defect: Defect, before: &Before, command: &Command) -> Option<Command> {
    match (defect, command) {
        (Defect::ClaimIgnoresMinIdle | Defect::ClaimTakesEarly, Command::XClaim(claim)) => {
            let mut claim = claim.clone();
            claim.min_idle_ms = looser(defect, claim.min_idle_ms);
            Some(Command::XClaim(claim))
        }
        (Defect::ClaimIgnoresMinIdle | Defect::ClaimTakesEarly, Command::XAutoClaim(claim)) => {
            let mut claim = claim.clone();
            claim.min_idle_ms = looser(defect, claim.min_idle_ms);
            Some(Command::XAutoClaim(claim))
        }
        (Defect::ClaimIdleUnderflows, Command::XAutoClaim(claim)) if before.lies_ahead(&claim.group) => {
            let mut claim = claim.clone();
            claim.min_idle_ms = 0;
            Some(Command::XAutoClaim(claim))
        }
        (Defect::ClaimIdleUnderflows, Command::XClaim(claim)) if before.lies_ahead(&claim.group) => {
            let mut claim = claim.clone();
            claim.min_idle_ms = 0;
            Some(Command::XClaim(claim))
        }
        (Defect::ClaimSucceedsTwice, Command::XClaim(claim)) => {
            let pending = |id: &StreamId| before.pending(&claim.group, *id);
            // A second delivery was a claim.
            let was_claimed = |id| pending(id).is_some_and(|entry| entry.deliveries == 2);
            let mut claim = claim.clone();
            if claim.ids.iter().all(was_claimed) {
                claim.min_idle_ms = 0;
            }
            Some(Command::XClaim(claim))
        }
        (Defect::AutoclaimFindsNothing, Command::XAutoClaim(claim)) => Some(exists(&claim.key)),
        _ => None,
    }
}

/// The idle time that is asked for in place of this one.
fn looser(defect: Defect, min_idle_ms: Millis) -> Millis {
    match defect {
        Defect::ClaimTakesEarly => min_idle_ms / 2,
        _ => 0,
    }
}

pub(super) fn after_one(defect: Defect, broker: &mut Broker, done: Done<'_>, command: &Command, reply: &mut Reply) {
    let Some(claimer) = Claimer::of(command) else { return };
    if defect == Defect::AutoclaimFindsNothing && matches!(command, Command::XAutoClaim(_)) {
        let end = Reply::Bulk(Bytes::from("0-0"));
        *reply = Reply::Array(vec![end, Reply::Entries(Vec::new()), Reply::Array(Vec::new())]);
        return;
    }
    match defect {
        Defect::AutoclaimSkipsEntry => skip_first(broker, &claimer, done.before, reply),
        Defect::AutoclaimEndsEarly => {
            if let Reply::Array(parts) = reply
                && let [cursor @ Reply::Bulk(_), Reply::Entries(_), ..] = parts.as_mut_slice()
            {
                *cursor = Reply::Bulk(Bytes::from("0-0"));
            }
        }
        Defect::AutoclaimClaimsDeleted => claim_deleted(broker, &claimer, done, reply),
        _ => {
            for id in claimed(reply) {
                let (was, is) = (done.before.pending(claimer.group, id), claimer.pending(broker, id));
                if let (Some(was), Some(is)) = (was, is) {
                    change(defect, broker, &claimer, id, was, is);
                }
            }
        }
    }
}

/// What becomes of one entry that was claimed.
fn change(
    defect: Defect,
    broker: &mut Broker,
    claimer: &Claimer<'_>,
    id: StreamId,
    was: &PendingEntry,
    is: PendingEntry,
) {
    let changed = match defect {
        Defect::ClaimKeepsIdleClock => PendingEntry {
            delivered_at: was.delivered_at,
            ..is
        },
        Defect::ClaimKeepsCounter => PendingEntry {
            deliveries: was.deliveries,
            ..is
        },
        Defect::JustidRaisesCounter if claimer.just_id => PendingEntry {
            deliveries: is.deliveries + 1,
            ..is
        },
        Defect::ClaimLeavesBothOwners => {
            if was.consumer != is.consumer {
                remembered::also(broker, claimer.key, claimer.group, &was.consumer, id);
            }
            return;
        }
        _ => return,
    };
    claimer.set(broker, id, changed);
}

/// The first entry of the page stays with its old owner, as it was.
fn skip_first(broker: &mut Broker, claimer: &Claimer<'_>, before: &Before, reply: &mut Reply) {
    let Reply::Array(parts) = reply else { return };
    if let [_, Reply::Entries(page), ..] = parts.as_mut_slice()
        && let Some(first) = page.first().map(|entry| entry.id)
        && let Some(was) = before.pending(claimer.group, first)
    {
        page.remove(0);
        claimer.set(broker, first, was.clone());
    }
}

/// What was deleted from the stream goes to the claimer, as if it were there.
fn claim_deleted(broker: &mut Broker, claimer: &Claimer<'_>, done: Done<'_>, reply: &mut Reply) {
    let Reply::Array(parts) = reply else { return };
    if let [_, Reply::Entries(page), Reply::Array(deleted)] = parts.as_mut_slice() {
        for id in std::mem::take(deleted).iter().filter_map(replies::id) {
            let before = done.before.pending(claimer.group, id);
            let pending = PendingEntry {
                consumer: claimer.consumer.clone(),
                delivered_at: done.now_ms,
                deliveries: before.map_or(1, |entry| entry.deliveries + 1),
            };
            claimer.set(broker, id, pending);
            page.push(EntryReply { id, fields: None });
        }
    }
}

/// The entries that a reply says were claimed.
fn claimed(reply: &Reply) -> Vec<StreamId> {
    match reply {
        Reply::Entries(entries) => entries.iter().map(|entry| entry.id).collect(),
        Reply::Array(parts) => match parts.as_slice() {
            // XAUTOCLAIM: the cursor, the page, what was deleted.
            [_, page @ (Reply::Entries(_) | Reply::Array(_)), ..] => claimed(page),
            ids => ids.iter().filter_map(replies::id).collect(),
        },
        _ => Vec::new(),
    }
}
