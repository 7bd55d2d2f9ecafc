//! XACK.

use super::integer;
use crate::keyspace::Access;
use crate::{Reply, Stream, StreamId};

/// <https://redis.io/docs/latest/commands/xack/>; it does not ask who the owner is: a late acknowledgement of an earlier
/// owner counts.
pub(super) fn xack(db: &mut Access<'_>, key: &[u8], group: &[u8], ids: &[StreamId]) -> Result<Reply, Reply> {
    let pending = |stream: &Stream| {
        let list = stream.group(group).map(|group| &group.list);
        list.is_some_and(|list| ids.iter().any(|id| list.get(*id).is_some()))
    };
    let stream = db.stream_to_change(key, pending)?;
    let group = stream.and_then(|stream| stream.group_mut(group));
    Ok(integer(group.map_or(0, |group| {
        ids.iter().filter(|id| group.list.remove(**id)).count()
    })))
}
