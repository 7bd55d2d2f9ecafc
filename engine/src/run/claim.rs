//! XCLAIM.

use alloc::vec::Vec;

use super::{bulk_id, entry_reply};
use crate::command::{Idle, XClaim};
use crate::errors::no_key_or_group;
use crate::keyspace::Access;
use crate::pending::PendingEntry;
use crate::stream::Group;
use crate::{Bytes, Millis, Reply, StreamId};

/// <https://redis.io/docs/latest/commands/xclaim/>
pub(super) fn xclaim(db: &mut Access<'_>, claim: &XClaim) -> Result<Reply, Reply> {
    let now = db.now;
    let delivered_at = delivery_time(claim.idle, now);
    let missing = || no_key_or_group(&claim.key, &claim.group);
    if db
        .stream(&claim.key)?
        .is_none_or(|stream| stream.group(&claim.group).is_none())
    {
        return Err(missing());
    }
    let stream = db.stream_mut(&claim.key)?.ok_or_else(missing)?;
    let mut claimed = Vec::new();
    let position = stream.group(&claim.group).map_or(StreamId::MAX, Group::last_delivered);
    if let Some(id) = claim.last_id.filter(|&id| id > position) {
        stream.group_moves(position, id);
        if let Some(group) = stream.group_mut(&claim.group) {
            group.last_delivered = id;
        }
    }
    let group = stream.group_mut(&claim.group).ok_or_else(missing)?;
    group.list.see_consumer(&claim.consumer, now);
    for &id in &claim.ids {
        let exists = stream.entries.contains(id);
        let Some(group) = stream.group_mut(&claim.group) else {
            break;
        };
        if !exists {
            // An entry that was deleted from the stream leaves the list, however idle it is and whoever has it.
            group.list.remove(id);
            continue;
        }
        let deliveries = match group.list.get(id) {
            Some(entry) if !is_idle(entry, claim.min_idle_ms, now) => continue,
            Some(entry) => entry.deliveries,
            // A forced entry counts as delivered once already.
            None if claim.force => 1,
            None => continue,
        };
        let counted = if claim.just_id {
            deliveries
        } else {
            deliveries.saturating_add(1)
        };
        let deliveries = claim.retry_count.unwrap_or(counted);
        group.list.assign(id, owned(&claim.consumer, delivered_at, deliveries));
        group.list.mark_active(&claim.consumer, now);
        claimed.push(id);
    }
    if claim.just_id {
        return Ok(Reply::Array(claimed.into_iter().map(bulk_id).collect()));
    }
    Ok(Reply::Entries(
        claimed
            .into_iter()
            .filter_map(|id| stream.entries.get(id))
            .map(entry_reply)
            .collect(),
    ))
}

/// Whether nobody touched the entry for at least so long.
pub(super) fn is_idle(entry: &PendingEntry, min_idle_ms: Millis, now: Millis) -> bool {
    entry.idle_ms(now) >= min_idle_ms
}

pub(super) fn owned(consumer: &Bytes, delivered_at: Millis, deliveries: u64) -> PendingEntry {
    let consumer = consumer.clone();
    PendingEntry {
        consumer,
        delivered_at,
        deliveries,
    }
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
