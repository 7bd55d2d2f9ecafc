//! XREAD.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Outcome, block_fits, entry_reply, limit};
use crate::command::{ReadFrom, XRead};
use crate::keyspace::Access;
use crate::reply::EntryReply;
use crate::{Command, Reply, Stream, StreamId};

/// <https://redis.io/docs/latest/commands/xread/>
pub(super) fn xread(db: &mut Access<'_>, read: &XRead) -> Result<Outcome, Reply> {
    block_fits(read.block, db.now)?;
    // Every key's type is checked, and every `$` fixed, before anything is read.
    let mut streams = Vec::with_capacity(read.streams.len());
    for (key, from) in &read.streams {
        let last_id = db.stream(key)?.map_or(StreamId::MIN, Stream::last_id);
        let from = if *from == ReadFrom::Last {
            ReadFrom::After(last_id)
        } else {
            *from
        };
        streams.push((key.clone(), from));
    }
    let mut found = Vec::new();
    for (key, from) in &streams {
        let entries = db
            .stream(key)?
            .map_or(Vec::new(), |stream| entries(stream, *from, limit(read.count)));
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
    let retry = Box::new(Command::XRead(XRead {
        streams,
        ..read.clone()
    }));
    Ok(Outcome::Waits {
        instead: Some(retry),
        block_ms,
    })
}

fn entries(stream: &Stream, from: ReadFrom, limit: usize) -> Vec<EntryReply> {
    match from {
        ReadFrom::After(after) => stream.entries.after(after).take(limit).map(entry_reply).collect(),
        ReadFrom::Newest => stream.entries.last().map(entry_reply).into_iter().collect(),
        // `$` has become an ID, and no argument vector gives XREAD a `>`.
        ReadFrom::Last | ReadFrom::New => Vec::new(),
    }
}
