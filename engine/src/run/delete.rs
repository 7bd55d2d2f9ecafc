//! XDEL, XDELEX, XACKDEL: what is deleted, and what becomes of the groups' references to it.
//!
//! XDELEX and XACKDEL answer for each ID -1 (not there, or not pending), 1 (deleted, or acknowledged) or 2 (still
//! referenced, so not deleted).

use alloc::vec::Vec;

use super::integer;
use crate::command::{References, XAckDel, XDelEx};
use crate::keyspace::Access;
use crate::notifications::Class;
use crate::syntax::nothing_deleted;
use crate::{Bytes, Reply, Stream, StreamId};

const ABSENT: i64 = -1;
const DONE: i64 = 1;
const REFERENCED: i64 = 2;

/// <https://redis.io/docs/latest/commands/xdel/>; a pending entry stays pending.
pub(super) fn xdel(db: &mut Access<'_>, key: &[u8], ids: &[StreamId]) -> Result<Reply, Reply> {
    let stream = db.stream(key)?;
    if !stream.is_some_and(|stream| ids.iter().any(|id| stream.entries.contains(*id))) {
        return Ok(Reply::Integer(0));
    }
    let deleted = match db.stream_mut(key)? {
        Some(stream) => ids.iter().filter(|id| stream.delete(**id)).count(),
        None => 0,
    };
    db.notify(Class::Stream, "xdel", key);
    db.modified(key);
    Ok(integer(deleted))
}

/// <https://redis.io/docs/latest/commands/xdelex/>
pub(super) fn xdelex(db: &mut Access<'_>, command: &XDelEx) -> Result<Reply, Reply> {
    let XDelEx { key, references, ids } = command;
    let Some(stream) = db.stream_mut(key)? else {
        return Ok(nothing_deleted(ids.len()));
    };
    let before = stream.len();
    let results = ids.iter().map(|&id| delete(stream, id, *references)).collect();
    let has_lost = stream.len() < before;
    answer(db, key, results, has_lost)
}

/// <https://redis.io/docs/latest/commands/xackdel/>
pub(super) fn xackdel(db: &mut Access<'_>, command: &XAckDel) -> Result<Reply, Reply> {
    let XAckDel {
        key,
        group,
        references,
        ids,
    } = command;
    let stream = db.stream_mut(key)?.filter(|stream| stream.group(group).is_some());
    let Some(stream) = stream else {
        return Ok(nothing_deleted(ids.len()));
    };
    let before = stream.len();
    let results = ids.iter().map(|&id| {
        let acknowledged = stream.group_mut(group).is_some_and(|group| group.list.remove(id));
        if !acknowledged {
            return ABSENT;
        }
        // What was acknowledged counts as done, also if the entry was deleted before.
        delete(stream, id, *references).max(DONE)
    });
    let results = results.collect();
    let has_lost = stream.len() < before;
    answer(db, key, results, has_lost)
}

/// Deletes one entry, unless a group still needs it; DELREF forgets references also to an entry that is gone already.
fn delete(stream: &mut Stream, id: StreamId, references: References) -> i64 {
    match references {
        References::Acked if stream.is_referenced(id) => return REFERENCED,
        References::Delete => stream.remove_references(id),
        References::Keep | References::Acked => {}
    }
    if stream.delete(id) { DONE } else { ABSENT }
}

fn answer(db: &mut Access<'_>, key: &Bytes, results: Vec<i64>, has_lost: bool) -> Result<Reply, Reply> {
    if has_lost {
        db.notify(Class::Stream, "xdel", key);
    }
    if results.contains(&DONE) {
        db.modified(key);
    }
    Ok(Reply::Array(results.into_iter().map(Reply::Integer).collect()))
}
