//! XADD and XLEN. Read next: `trim.rs`.

use super::trim::trim;
use super::{bulk_id, integer};
use crate::broker::AutoIds;
use crate::command::{AddId, XAdd};
use crate::errors::fixed;
use crate::keyspace::{Access, Value};
use crate::notifications::Class;
use crate::{Millis, Reply, Stream, StreamId};

const ZERO_ID: Reply = fixed("ERR The ID specified in XADD must be greater than 0-0");
const EXHAUSTED: Reply = fixed("ERR The stream has exhausted the last possible ID, unable to add more items");
const TOO_SMALL: Reply = fixed("ERR The ID specified in XADD is equal or smaller than the target stream top item");

/// <https://redis.io/docs/latest/commands/xadd/>
pub(super) fn xadd(db: &mut Access<'_>, add: &XAdd) -> Result<Reply, Reply> {
    if add.id == AddId::Explicit(StreamId::MIN) {
        return Err(ZERO_ID);
    }
    let stream = db.stream(&add.key)?;
    if stream.is_none() && !add.create {
        return Ok(Reply::Null);
    }
    let (is_new, last_id) = (stream.is_none(), stream.map_or(StreamId::MIN, Stream::last_id));
    let id = choose_id(add.id, last_id, db.now, db.auto_ids)?;
    if is_new {
        db.insert(&add.key, Value::Stream(Stream::default()));
    }
    let limits = db.node_limits;
    if let Some(stream) = db.stream_mut(&add.key)? {
        stream.append(id, &add.fields, limits);
        let trimmed = add.trim.map_or(0, |by| trim(stream, by, limits));
        db.notify(Class::Stream, "xadd", &add.key);
        if trimmed > 0 {
            db.notify(Class::Stream, "xtrim", &add.key);
        }
    }
    db.modified(&add.key);
    db.ready(&add.key);
    Ok(bulk_id(id))
}

fn choose_id(wanted: AddId, last_id: StreamId, now: Millis, auto_ids: AutoIds) -> Result<StreamId, Reply> {
    let next = last_id.next().ok_or(EXHAUSTED)?;
    let counted = |before: u64| before.checked_add(1).map_or(next, |ms| StreamId::new(ms, 0));
    match wanted {
        AddId::Explicit(id) if id > last_id => Ok(id),
        AddId::Explicit(_) => Err(TOO_SMALL),
        AddId::AutoSeq(ms) if ms > last_id.ms => Ok(StreamId::new(ms, 0)),
        AddId::AutoSeq(ms) if ms == last_id.ms && next.ms == ms => Ok(next),
        AddId::AutoSeq(_) => Err(TOO_SMALL),
        // A clock that went back does not make IDs go back.
        AddId::Auto => Ok(match auto_ids {
            AutoIds::Clock if now > last_id.ms => StreamId::new(now, 0),
            AutoIds::Clock => next,
            AutoIds::Counter => counted(last_id.ms),
            AutoIds::CounterAfter(given) => counted(last_id.ms.max(given)),
        }),
    }
}

/// <https://redis.io/docs/latest/commands/xlen/>
pub(super) fn xlen(db: &mut Access<'_>, key: &[u8]) -> Result<Reply, Reply> {
    Ok(integer(db.stream(key)?.map_or(0, Stream::len)))
}
