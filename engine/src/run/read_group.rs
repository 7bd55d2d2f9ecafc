//! XREADGROUP.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Outcome, block_fits, entry_reply, limit};
use crate::command::{ReadFrom, XReadGroup};
use crate::errors::no_group_to_read;
use crate::keyspace::Access;
use crate::reply::EntryReply;
use crate::{Command, Millis, Reply, Stream, StreamId};

/// <https://redis.io/docs/latest/commands/xreadgroup/>
pub(super) fn xreadgroup(db: &mut Access<'_>, read: &XReadGroup) -> Result<Outcome, Reply> {
    block_fits(read.block, db.now)?;
    for (key, _) in &read.streams {
        if db.stream(key)?.is_none_or(|stream| stream.group(&read.group).is_none()) {
            return Err(no_group_to_read(key, &read.group));
        }
    }
    let now = db.now;
    let mut found = Vec::new();
    for (key, from) in &read.streams {
        let Some(stream) = db.stream_mut(key)? else {
            continue;
        };
        match from {
            // A history is answered even when it is empty.
            ReadFrom::After(after) if *after != StreamId::MAX => {
                found.push((key.clone(), history(stream, read, *after, now)));
            }
            _ => {
                let entries = deliver(stream, read, now);
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
    let retry = Box::new(Command::XReadGroup(read.clone()));
    Ok(Outcome::Waits { retry, block_ms })
}

/// `>`: entries after the group's last delivered one become pending, unless NOACK.
fn deliver(stream: &mut Stream, read: &XReadGroup, now: Millis) -> Vec<EntryReply> {
    let Some(group) = stream.group(&read.group) else {
        return Vec::new();
    };
    let (before, mut entries_read) = (group.last_delivered(), group.entries_read());
    let entries: Vec<_> = before
        .next()
        .into_iter()
        .flat_map(|start| stream.entries.range(start, StreamId::MAX))
        .take(limit(read.count))
        .map(entry_reply)
        .collect();
    let mut position = before;
    for entry in &entries {
        entries_read = stream.entries_read_after(position, entries_read, entry.id);
        position = entry.id;
    }
    if position != before {
        stream.group_moves(before, position);
    }
    if let Some(group) = stream.group_mut(&read.group) {
        // The consumer exists from its first mention, even if there is nothing to read.
        group.list.see_consumer(&read.consumer, now);
        group.last_delivered = position;
        group.entries_read = entries_read;
        if !read.noack && position != before {
            // After XGROUP SETID back they may be pending already: they change hands, however short they were idle.
            let ids = entries.iter().map(|entry| entry.id);
            group.list.deliver(ids, &read.consumer, now);
        }
    }
    entries
}

/// With an ID: what is pending with this consumer. Entries at hand count as delivered once more.
fn history(stream: &mut Stream, read: &XReadGroup, after: StreamId, now: Millis) -> Vec<EntryReply> {
    let start = after.next().unwrap_or(StreamId::MAX);
    let Some((entries, group)) = stream.entries_and_group(&read.group) else {
        return Vec::new();
    };
    group.list.see_consumer(&read.consumer, now);
    let Some(consumer) = group.consumer(&read.consumer) else {
        return Vec::new();
    };
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
    history
}
