//! XAUTOCLAIM.

use alloc::vec::Vec;

use super::claim::{counted, is_idle};
use super::group::notify_of_new;
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
    notify_of_new(db, &claim.key, &claim.group, &claim.consumer);
    let stream = db.stream_mut(&claim.key)?.ok_or_else(missing)?;
    let (entries, group) = stream.entries_and_group(&claim.group).ok_or_else(missing)?;
    let count = claim.count.unwrap_or(COUNT_DEFAULT);
    group.list.see_consumer(&claim.consumer, now);

    let (mut claimed, mut deleted) = (Vec::new(), Vec::new());
    let (mut left, mut attempts) = (count, count.saturating_mul(ATTEMPTS_FACTOR));
    let mut cursor = StreamId::MIN;
    for (&id, pending) in group.list.iter_from(start) {
        if attempts == 0 || left == 0 {
            cursor = id;
            break;
        }
        attempts -= 1;
        if let Some(entry) = entries.get(id) {
            if is_idle(pending, claim.min_idle_ms, now) {
                claimed.push((entry, counted(pending.deliveries, claim.just_id)));
                left -= 1;
            }
        } else {
            deleted.push(id);
            left -= 1;
        }
    }

    for &id in &deleted {
        group.list.remove(id);
    }
    for (entry, deliveries) in &claimed {
        group
            .list
            .assign_if(entry.id, &claim.consumer, now, now, |_| Some(*deliveries));
    }
    let claimed = claimed.into_iter().map(|(entry, _)| entry);
    let page = if claim.just_id {
        Reply::Array(claimed.map(|entry| bulk_id(entry.id)).collect())
    } else {
        Reply::Entries(claimed.map(entry_reply).collect())
    };
    let deleted = Reply::Array(deleted.into_iter().map(bulk_id).collect());
    Ok(Reply::Array(Vec::from([bulk_id(cursor), page, deleted])))
}
