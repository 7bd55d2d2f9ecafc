//! XREAD.

use alloc::vec::Vec;

use super::{Outcome, entry_reply, limit};
use crate::command::{ReadFrom, XRead};
use crate::keyspace::Access;
use crate::{Command, Reply, StreamId};

/// <https://redis.io/docs/latest/commands/xread/>
pub(super) fn xread(db: &mut Access<'_>, read: &XRead) -> Result<Outcome, Reply> {
    // Every key's type is checked, and every `$` fixed, before anything is read.
    let mut streams = Vec::with_capacity(read.streams.len());
    for (key, from) in &read.streams {
        let stream = db.stream(key)?;
        let after = match from {
            ReadFrom::After(id) => *id,
            ReadFrom::Last => stream.map_or(StreamId::MIN, |stream| stream.last_id()),
            // No argument vector gives this.
            ReadFrom::New => StreamId::MAX,
        };
        streams.push((key.clone(), after));
    }
    let mut found = Vec::new();
    for (key, after) in &streams {
        let (Some(stream), Some(start)) = (db.stream(key)?, after.next()) else {
            continue;
        };
        let entries: Vec<_> = stream
            .entries
            .range(start, StreamId::MAX)
            .take(limit(read.count))
            .map(entry_reply)
            .collect();
        if !entries.is_empty() {
            found.push((key.clone(), entries));
        }
    }
    if !found.is_empty() {
        return Ok(Reply::Streams(found).into());
    }
    let Some(block_ms) = read.block else {
        return Ok(Reply::NullArray.into());
    };
    let streams = streams
        .into_iter()
        .map(|(key, after)| (key, ReadFrom::After(after)))
        .collect();
    let retry = Command::XRead(XRead {
        streams,
        ..read.clone()
    });
    Ok(Outcome::Waits { retry, block_ms })
}
