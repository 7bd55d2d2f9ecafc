//! XRANGE and XREVRANGE.

use alloc::vec::Vec;

use super::{entry_reply, interval};
use crate::Reply;
use crate::command::XRange;
use crate::keyspace::Access;

/// <https://redis.io/docs/latest/commands/xrange/> and <https://redis.io/docs/latest/commands/xrevrange/>
pub(super) fn xrange(db: &mut Access<'_>, range: &XRange) -> Result<Reply, Reply> {
    let (start, end) = interval(range.start, range.end)?;
    let Some(stream) = db.stream(&range.key)? else {
        return Ok(Reply::Entries(Vec::new()));
    };
    let limit = match range.count {
        None => usize::MAX,
        Some(count) if count <= 0 => return Ok(Reply::NullArray),
        Some(count) => usize::try_from(count).unwrap_or(usize::MAX),
    };
    let entries = stream.entries.range(start, end);
    Ok(Reply::Entries(if range.reverse {
        entries.rev().take(limit).map(entry_reply).collect()
    } else {
        entries.take(limit).map(entry_reply).collect()
    }))
}
