//! XCLAIM.

use alloc::vec::Vec;

use super::group::notify_of_new;
use super::{bulk_id, entry_reply};
use crate::command::{Idle, XClaim};
use crate::errors::no_key_or_group;
use crate::keyspace::Access;
use crate::pending::PendingEntry;
use crate::{Millis, Reply};

/// <https://redis.io/docs/latest/commands/xclaim/>
pub(super) fn xclaim(db: &mut Access<'_>, claim: &XClaim) -> Result<Reply, Reply> {
    let now = db.now;
    let delivered_at = delivery_time(claim.idle, now);
    let missing = || no_key_or_group(&claim.key, &claim.group);
    notify_of_new(db, &claim.key, &claim.group, &claim.consumer);
    let stream = db.stream_mut(&claim.key)?.ok_or_else(missing)?;
    let (entries, group) = stream.entries_and_group(&claim.group).ok_or_else(missing)?;
    let position = group.last_delivered();
    let moved_to = claim.last_id.filter(|&id| id > position);
    group.last_delivered = moved_to.unwrap_or(position);
    group.list.see_consumer(&claim.consumer, now);
    let count = claim.ids.len();
    let (mut ids, mut claimed) = match claim.just_id {
        true => (Vec::with_capacity(count), Vec::new()),
        false => (Vec::new(), Vec::with_capacity(count)),
    };
    for &id in &claim.ids {
        let Some(entry) = entries.get(id) else {
            // An entry that was deleted from the stream leaves the list, however idle it is and whoever has it.
            group.list.remove(id);
            continue;
        };
        let deliveries = |pending: Option<&PendingEntry>| {
            let deliveries = match pending {
                Some(pending) if !is_idle(pending, claim.min_idle_ms, now) => return None,
                Some(pending) => pending.deliveries,
                // A forced entry counts as delivered once already.
                None if claim.force => 1,
                None => return None,
            };
            Some(claim.retry_count.unwrap_or(counted(deliveries, claim.just_id)))
        };
        if group.list.assign_if(id, &claim.consumer, delivered_at, now, deliveries) {
            match claim.just_id {
                true => ids.push(bulk_id(id)),
                false => claimed.push(entry_reply(entry)),
            }
        }
    }
    let reply = match claim.just_id {
        true => Reply::Array(ids),
        false => Reply::Entries(claimed),
    };
    if let Some(id) = moved_to {
        stream.group_moves(position, id);
    }
    Ok(reply)
}

/// The counter after a claim.
pub(super) fn counted(deliveries: u64, just_id: bool) -> u64 {
    deliveries.saturating_add(u64::from(!just_id))
}

/// Whether nobody touched the entry for at least so long.
pub(super) fn is_idle(entry: &PendingEntry, min_idle_ms: Millis, now: Millis) -> bool {
    entry.idle_ms(now) >= min_idle_ms
}

/// A moment before the clock's zero or in the future counts as now, as clients compute it from clocks of their own.
fn delivery_time(idle: Idle, now: Millis) -> Millis {
    let since = match idle {
        Idle::Reset => None,
        Idle::For(ms) => i64::try_from(now).ok().and_then(|now| now.checked_sub(ms)),
        Idle::Since(at) => Some(at),
    };
    since
        .and_then(|at| Millis::try_from(at).ok())
        .filter(|&at| at <= now)
        .unwrap_or(now)
}
