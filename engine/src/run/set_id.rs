//! XSETID.

use crate::command::XSetId;
use crate::errors::{NO_SUCH_KEY, fixed};
use crate::keyspace::Access;
use crate::notifications::Class;
use crate::{Reply, StreamId};

const BELOW_DELETED: Reply = fixed("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
const BELOW_LAST: Reply = fixed("ERR The ID specified in XSETID is smaller than the target stream top item");
const FEWER_ADDED: Reply = fixed("ERR The entries_added specified in XSETID is smaller than the target stream length");

/// <https://redis.io/docs/latest/commands/xsetid/>. The last ID may go back as far as entries and deletions allow.
pub(super) fn xsetid(db: &mut Access<'_>, command: &XSetId) -> Result<Reply, Reply> {
    let stream = db.stream(&command.key)?.ok_or(NO_SUCH_KEY)?;
    if command.last_id < stream.max_deleted {
        return Err(BELOW_DELETED);
    }
    if stream.entries.last().is_some_and(|last| command.last_id < last.id) {
        return Err(BELOW_LAST);
    }
    if !stream.is_empty() && command.entries_added.is_some_and(|added| added < stream.len() as u64) {
        return Err(FEWER_ADDED);
    }
    if let Some(stream) = db.stream_mut(&command.key)? {
        stream.last_id = command.last_id;
        stream.entries_added = command.entries_added.unwrap_or(stream.entries_added);
        if let Some(id) = command.max_deleted.filter(|&id| id != StreamId::MIN) {
            stream.max_deleted = id;
        }
    }
    db.notify(Class::Stream, "xsetid", &command.key);
    Ok(Reply::OK)
}
