//! XINFO STREAM (plain), XINFO GROUPS, XINFO CONSUMERS. Read next: `full.rs`.

pub(super) mod full;

use alloc::vec::Vec;

use super::{bulk_id, help, info_map, integer};
use crate::command::XInfo;
use crate::errors::{NO_SUCH_KEY, no_group};
use crate::keyspace::Access;
use crate::pending::Consumer;
use crate::stream::{Entry, Group};
use crate::{Bytes, Millis, Reply, Stream};

pub(super) fn xinfo(db: &mut Access<'_>, info: &XInfo) -> Result<Reply, Reply> {
    let now = db.now;
    Ok(match info {
        XInfo::Help => help::of_xinfo(),
        XInfo::Stream { key } => of_stream(existing(db, key)?),
        XInfo::StreamFull { key, count } => full::of_stream(existing(db, key)?, *count),
        XInfo::Groups { key } => {
            let stream = existing(db, key)?;
            let groups = stream.groups().map(|(name, group)| of_group(stream, name, group));
            Reply::Array(groups.collect())
        }
        XInfo::Consumers { key, group } => {
            let found = existing(db, key)?.group(group).ok_or_else(|| no_group(key, group))?;
            let consumers = found
                .consumers()
                .map(|(name, consumer)| of_consumer(name, consumer, now));
            Reply::Array(consumers.collect())
        }
    })
}

fn existing<'a>(db: &'a mut Access<'_>, key: &[u8]) -> Result<&'a Stream, Reply> {
    db.stream(key)?.ok_or(NO_SUCH_KEY)
}

/// <https://redis.io/docs/latest/commands/xinfo-stream/>
fn of_stream(stream: &Stream) -> Reply {
    let end = |entry: Option<Entry<'_>>| entry.map_or(Reply::Null, of_entry);
    let mut fields = counters(stream);
    fields.extend([
        ("groups", integer(stream.groups_len())),
        ("first-entry", end(stream.entries.first())),
        ("last-entry", end(stream.entries.last())),
    ]);
    info_map(fields)
}

/// What both forms of XINFO STREAM begin with.
fn counters(stream: &Stream) -> Vec<(&'static str, Reply)> {
    let (keys, nodes) = stream.entries.tree_size();
    Vec::from([
        ("length", integer(stream.len())),
        ("radix-tree-keys", integer(keys)),
        ("radix-tree-nodes", integer(nodes)),
        ("last-generated-id", bulk_id(stream.last_id())),
        ("max-deleted-entry-id", bulk_id(stream.max_deleted)),
        ("entries-added", counted(Some(stream.entries_added))),
        ("recorded-first-entry-id", bulk_id(stream.first_id())),
    ])
}

fn of_entry(entry: Entry<'_>) -> Reply {
    let fields = entry.fields().into_iter().map(Reply::Bulk).collect();
    Reply::Array(Vec::from([bulk_id(entry.id), Reply::Array(fields)]))
}

/// <https://redis.io/docs/latest/commands/xinfo-groups/>
fn of_group(stream: &Stream, name: &Bytes, group: &Group) -> Reply {
    info_map(Vec::from([
        ("name", Reply::Bulk(name.clone())),
        ("consumers", integer(group.list.consumers_len())),
        ("pending", integer(group.pending_len())),
        ("last-delivered-id", bulk_id(group.last_delivered())),
        ("entries-read", counted(group.entries_read())),
        ("lag", lag(stream, group)),
    ]))
}

/// <https://redis.io/docs/latest/commands/xinfo-consumers/>
fn of_consumer(name: &Bytes, consumer: &Consumer, now: Millis) -> Reply {
    // After its clock jumped back a server answers a negative number.
    let inactive = consumer
        .active()
        .map_or(-1, |at| now.cast_signed().wrapping_sub(at.cast_signed()));
    info_map(Vec::from([
        ("name", Reply::Bulk(name.clone())),
        ("pending", integer(consumer.pending_len())),
        ("idle", counted(Some(now.saturating_sub(consumer.seen())))),
        ("inactive", Reply::Integer(inactive)),
    ]))
}

fn lag(stream: &Stream, group: &Group) -> Reply {
    stream.counters().lag(group).map_or(Reply::Null, Reply::Integer)
}

/// A counter; beyond 2⁶³ it shows as a negative number, as the server's own does.
fn counted(value: Option<u64>) -> Reply {
    value.map_or(Reply::Null, |value| Reply::Integer(value.cast_signed()))
}
