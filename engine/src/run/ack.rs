//! XACK.

use super::integer;
use crate::keyspace::Access;
use crate::{Reply, StreamId};

/// <https://redis.io/docs/latest/commands/xack/>; it does not ask who the owner is: a late acknowledgement of an earlier
/// owner counts.
pub(super) fn xack(db: &mut Access<'_>, key: &[u8], group: &[u8], ids: &[StreamId]) -> Result<Reply, Reply> {
    let pending = db
        .stream(key)?
        .and_then(|stream| stream.group(group))
        .map(|group| &group.list);
    if !pending.is_some_and(|pending| ids.iter().any(|id| pending.get(*id).is_some())) {
        return Ok(Reply::Integer(0));
    }
    let group = db.stream_mut(key)?.and_then(|stream| stream.group_mut(group));
    Ok(integer(group.map_or(0, |group| {
        ids.iter().filter(|id| group.list.remove(**id)).count()
    })))
}
