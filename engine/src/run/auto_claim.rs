//! XAUTOCLAIM.

use alloc::vec::Vec;

use super::claim::{is_idle, owned};
use super::{bulk_id, entry_reply, lower_end};
use crate::command::XAutoClaim;
use crate::errors::no_key_or_group;
use crate::keyspace::Access;
use crate::{Reply, StreamId};

const COUNT_DEFAULT: u64 = 100;
/// How many pending entries it looks at for each that it may return.
const ATTEMPTS_FACTOR: u64 = 10;

/// <https://redis.io/docs/latest/commands/xautoclaim/>; an empty page is not the end, only the cursor `0-0` is.
pub(super) fn xautoclaim(db: &mut Access<'_>, claim: &XAutoClaim) -> Result<Reply, Reply> {
    let now = db.now;
    let start = lower_end(claim.start)?;
    let missing = || no_key_or_group(&claim.key, &claim.group);
    if db
        .stream(&claim.key)?
        .is_none_or(|stream| stream.group(&claim.group).is_none())
    {
        return Err(missing());
    }
    let stream = db.stream_mut(&claim.key)?.ok_or_else(missing)?;
    let count = claim.count.unwrap_or(COUNT_DEFAULT);
    let seen = stream.group_mut(&claim.group).ok_or_else(missing)?;
    seen.list.see_consumer(&claim.consumer, now);

    let (mut claimed, mut deleted) = (Vec::new(), Vec::new());
    let (mut left, mut attempts) = (count, count.saturating_mul(ATTEMPTS_FACTOR));
    let mut cursor = StreamId::MIN;
    let group = stream.group(&claim.group).ok_or_else(missing)?;
    for (&id, entry) in group.list.iter_from(start) {
        if attempts == 0 || left == 0 {
            cursor = id;
            break;
        }
        attempts -= 1;
        if !stream.entries.contains(id) {
            deleted.push(id);
            left -= 1;
        } else if is_idle(entry, claim.min_idle_ms, now) {
            let deliveries = entry.deliveries.saturating_add(u64::from(!claim.just_id));
            claimed.push((id, deliveries));
            left -= 1;
        }
    }

    let group = stream.group_mut(&claim.group).ok_or_else(missing)?;
    for &id in &deleted {
        group.list.remove(id);
    }
    for &(id, deliveries) in &claimed {
        group.list.assign(id, owned(&claim.consumer, now, deliveries));
        group.list.mark_active(&claim.consumer, now);
    }
    let ids = claimed.iter().map(|&(id, _)| id);
    let page = if claim.just_id {
        Reply::Array(ids.map(bulk_id).collect())
    } else {
        Reply::Entries(ids.filter_map(|id| stream.entries.get(id)).map(entry_reply).collect())
    };
    let deleted = Reply::Array(deleted.into_iter().map(bulk_id).collect());
    Ok(Reply::Array(Vec::from([bulk_id(cursor), page, deleted])))
}
