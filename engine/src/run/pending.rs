//! XPENDING.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::claim::is_idle;
use super::{bulk_id, integer, interval};
use crate::command::{PendingRange, XPending};
use crate::errors::no_key_or_group;
use crate::keyspace::Access;
use crate::pending::PendingEntry;
use crate::stream::Group;
use crate::{Millis, Reply, StreamId};

/// <https://redis.io/docs/latest/commands/xpending/>
pub(super) fn xpending(db: &mut Access<'_>, pending: &XPending) -> Result<Reply, Reply> {
    let now = db.now;
    let group = db.stream(&pending.key)?.and_then(|stream| stream.group(&pending.group));
    let group = group.ok_or_else(|| no_key_or_group(&pending.key, &pending.group))?;
    match &pending.range {
        None => Ok(summary(group)),
        Some(range) => extended(group, range, now),
    }
}

fn summary(group: &Group) -> Reply {
    let mut ids = group.pending().map(|(id, _)| id);
    let ends = ids.next().map(|first| (first, ids.next_back().unwrap_or(first)));
    let Some((first, last)) = ends else {
        return Reply::Array(Vec::from([
            Reply::Integer(0),
            Reply::Null,
            Reply::Null,
            Reply::NullArray,
        ]));
    };
    let owners = group.consumers().filter(|(_, consumer)| consumer.pending_len() > 0);
    let owners = owners.map(|(name, consumer)| {
        // A number, but the server sends it as text.
        let count = Reply::Bulk(consumer.pending_len().to_string().into());
        Reply::Array(Vec::from([Reply::Bulk(name.clone()), count]))
    });
    let total = integer(group.pending_len());
    Reply::Array(Vec::from([
        total,
        bulk_id(first),
        bulk_id(last),
        Reply::Array(owners.collect()),
    ]))
}

/// Who asks for idle entries has everything looked at until enough are found, as a server does.
fn extended(group: &Group, range: &PendingRange, now: Millis) -> Result<Reply, Reply> {
    let (start, end) = interval(range.start, range.end)?;
    let limit = usize::try_from(range.count).unwrap_or(0);
    let wanted = |&(_, entry): &(StreamId, &PendingEntry)| is_idle(entry, range.min_idle_ms, now);
    let row = |(id, entry): (StreamId, &PendingEntry)| {
        let idle_ms = Reply::Integer(i64::try_from(entry.idle_ms(now)).unwrap_or(i64::MAX));
        let deliveries = Reply::Integer(i64::try_from(entry.deliveries).unwrap_or(i64::MAX));
        Reply::Array(Vec::from([
            bulk_id(id),
            Reply::Bulk(entry.consumer.clone()),
            idle_ms,
            deliveries,
        ]))
    };
    let rows = match &range.consumer {
        None => {
            let entries = group.list.iter_from(start).map(|(id, entry)| (*id, entry));
            entries
                .take_while(|(id, _)| *id <= end)
                .filter(wanted)
                .take(limit)
                .map(row)
                .collect()
        }
        Some(name) => {
            let ids = group
                .consumer(name)
                .into_iter()
                .flat_map(|consumer| consumer.pending_from(start));
            let entries = ids
                .take_while(|id| *id <= end)
                .filter_map(|id| Some((id, group.list.get(id)?)));
            entries.filter(wanted).take(limit).map(row).collect()
        }
    };
    Ok(Reply::Array(rows))
}
