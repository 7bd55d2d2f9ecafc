//! XGROUP.

use super::{help, integer};
use crate::command::{GroupStart, XGroup};
use crate::errors::{KEY_REQUIRED, fixed, no_group};
use crate::keyspace::{Access, Value};
use crate::notifications::Class;
use crate::stream::Group;
use crate::{Bytes, Reply, Stream, StreamId};

const EXISTS: Reply = fixed("BUSYGROUP Consumer Group name already exists");

pub(super) fn xgroup(db: &mut Access<'_>, command: &XGroup) -> Result<Reply, Reply> {
    let now = db.now;
    match command {
        XGroup::Help => Ok(help::of_xgroup()),
        XGroup::Create {
            key,
            group,
            start,
            make_stream,
            entries_read,
        } => create(db, key, group, *start, *make_stream, *entries_read),
        XGroup::SetId {
            key,
            group,
            start,
            entries_read,
        } => {
            require_group(db, key, group)?;
            let stream = db.stream_mut(key)?.ok_or(KEY_REQUIRED)?;
            let (position, entries_read) = (position(*start, stream), clamp(*entries_read, stream));
            let before = stream.group(group).map_or(position, Group::last_delivered);
            stream.group_moves(before, position);
            if let Some(group) = stream.group_mut(group) {
                group.last_delivered = position;
                group.entries_read = entries_read;
            }
            db.notify(Class::Stream, "xgroup-setid", key);
            Ok(Reply::OK)
        }
        XGroup::Destroy { key, group } => {
            let exists = db.stream(key)?.ok_or(KEY_REQUIRED)?.group(group).is_some();
            if exists && let Some(stream) = db.stream_mut(key)? {
                stream.remove_group(group);
                db.notify(Class::Stream, "xgroup-destroy", key);
                // Those who wait in the group learn that it is gone.
                db.ready(key);
            }
            Ok(Reply::Integer(exists.into()))
        }
        XGroup::CreateConsumer { key, group, consumer } => {
            if require_group(db, key, group)?.consumer(consumer).is_some() {
                return Ok(Reply::Integer(0));
            }
            notify_of_new(db, key, group, consumer);
            let group = db.stream_mut(key)?.and_then(|stream| stream.group_mut(group));
            let created = group.is_some_and(|group| group.list.create_consumer(consumer, now));
            Ok(Reply::Integer(created.into()))
        }
        XGroup::DelConsumer { key, group, consumer } => {
            if require_group(db, key, group)?.consumer(consumer).is_none() {
                return Ok(Reply::Integer(0));
            }
            let group = db.stream_mut(key)?.and_then(|stream| stream.group_mut(group));
            let removed = group.and_then(|group| group.list.remove_consumer(consumer));
            db.notify(Class::Stream, "xgroup-delconsumer", key);
            Ok(integer(removed.unwrap_or(0)))
        }
    }
}

/// <https://redis.io/docs/latest/commands/xgroup-create/>
fn create(
    db: &mut Access<'_>,
    key: &Bytes,
    group: &Bytes,
    start: GroupStart,
    make_stream: bool,
    entries_read: Option<i64>,
) -> Result<Reply, Reply> {
    match db.stream(key)? {
        None if !make_stream => return Err(KEY_REQUIRED),
        None => db.insert(key, Value::Stream(Stream::default())),
        Some(stream) if stream.group(group).is_some() => return Err(EXISTS),
        Some(_) => {}
    }
    if let Some(stream) = db.stream_mut(key)? {
        let new = Group::new(position(start, stream), clamp(entries_read, stream));
        stream.insert_group(group.clone(), new);
    }
    db.notify(Class::Stream, "xgroup-create", key);
    Ok(Reply::OK)
}

/// Before a consumer is mentioned, and be it not by XGROUP: tells if that is for the first time, so that it will be
/// created.
pub(super) fn notify_of_new(db: &mut Access<'_>, key: &Bytes, group: &[u8], consumer: &[u8]) {
    if !db.tells(Class::Stream) {
        return;
    }
    let group = db.stream(key).ok().flatten().and_then(|stream| stream.group(group));
    if group.is_some_and(|group| group.consumer(consumer).is_none()) {
        db.notify(Class::Stream, "xgroup-createconsumer", key);
    }
}

fn require_group<'a>(db: &'a mut Access<'_>, key: &[u8], group: &[u8]) -> Result<&'a Group, Reply> {
    db.stream(key)?
        .ok_or(KEY_REQUIRED)?
        .group(group)
        .ok_or_else(|| no_group(key, group))
}

fn position(start: GroupStart, stream: &Stream) -> StreamId {
    match start {
        GroupStart::After(id) => id,
        GroupStart::Last => stream.last_id(),
    }
}

/// ENTRIESREAD: -1 means unknown, and more than were ever added is taken for all.
fn clamp(entries_read: Option<i64>, stream: &Stream) -> Option<u64> {
    let count = u64::try_from(entries_read?).ok()?;
    Some(count.min(stream.entries_added))
}
