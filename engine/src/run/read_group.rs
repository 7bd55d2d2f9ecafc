//! XREADGROUP.

use alloc::vec::Vec;

use super::group::notify_of_new;
use super::{Outcome, block_fits, entry_reply, limit};
use crate::command::{ReadFrom, XReadGroup};
use crate::errors::no_group_to_read;
use crate::keyspace::Access;
use crate::reply::EntryReply;
use crate::{Millis, Reply, Stream, StreamId};

/// <https://redis.io/docs/latest/commands/xreadgroup/>
pub(super) fn xreadgroup(db: &mut Access<'_>, read: &XReadGroup) -> Result<Outcome, Reply> {
    block_fits(read.block, db.now)?;
    if read.streams.len() > 1 {
        // Nobody gets anything before each of them was found.
        for (key, _) in &read.streams {
            let stream = db.stream(key)?;
            if stream.is_none_or(|stream| stream.group(&read.group).is_none()) {
                return Err(no_group_to_read(key, &read.group));
            }
        }
    }
    let now = db.now;
    let mut found = Vec::new();
    for (key, from) in &read.streams {
        notify_of_new(db, key, &read.group, &read.consumer);
        let stream = db.stream_to_change(key, |stream| stream.group(&read.group).is_some())?;
        let missing = || no_group_to_read(key, &read.group);
        match from {
            // A history is answered even when it is empty.
            ReadFrom::After(after) if *after != StreamId::MAX => {
                let entries = stream.and_then(|stream| history(stream, read, *after, now));
                found.push((key.clone(), entries.ok_or_else(missing)?));
            }
            _ => {
                let entries = stream.and_then(|stream| deliver(stream, read, now));
                let entries = entries.ok_or_else(missing)?;
                if !entries.is_empty() {
                    found.push((key.clone(), entries));
                }
            }
        }
    }
    if !found.is_empty() {
        return Ok(Reply::Streams(found).into());
    }
    let Some(block_ms) = read.block else {
        return Ok(Reply::NullArray.into());
    };
    Ok(Outcome::Waits {
        instead: None,
        block_ms,
    })
}

/// `>`: entries after the group's last delivered one become pending, unless NOACK.
fn deliver(stream: &mut Stream, read: &XReadGroup, now: Millis) -> Option<Vec<EntryReply>> {
    let (counters, last_id) = (stream.counters(), stream.last_id());
    let (entries, group) = stream.entries_and_group(&read.group)?;
    let before = group.last_delivered;
    if before >= last_id {
        // Nothing is new, as for most of those who wait.
        group.list.see_consumer(&read.consumer, now);
        return Some(Vec::new());
    }
    let found: Vec<_> = entries.after(before).take(limit(read.count)).map(entry_reply).collect();
    for entry in &found {
        group.entries_read = counters.entries_read_after(group.last_delivered, group.entries_read, entry.id);
        group.last_delivered = entry.id;
    }
    // After XGROUP SETID back they may be pending already: they change hands, however short they were idle.
    let pending = if read.noack { &[] } else { &found[..] };
    group
        .list
        .deliver(pending.iter().map(|entry| entry.id), &read.consumer, now);
    let position = group.last_delivered;
    if position != before {
        stream.group_moves(before, position);
    }
    Some(found)
}

/// With an ID: what is pending with this consumer. Entries at hand count as delivered once more.
fn history(stream: &mut Stream, read: &XReadGroup, after: StreamId, now: Millis) -> Option<Vec<EntryReply>> {
    let start = after.next().unwrap_or(StreamId::MAX);
    let (entries, group) = stream.entries_and_group(&read.group)?;
    group.list.see_consumer(&read.consumer, now);
    let consumer = group.consumer(&read.consumer)?;
    let ids = consumer.pending_from(start).take(limit(read.count));
    let history: Vec<_> = ids
        .map(|id| {
            let deleted = EntryReply { id, fields: None };
            entries.get(id).map_or(deleted, entry_reply)
        })
        .collect();
    for entry in history.iter().filter(|entry| entry.fields.is_some()) {
        group.list.redeliver(entry.id, now);
    }
    Some(history)
}
