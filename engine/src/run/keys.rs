//! DEL and UNLINK, RENAME, FLUSHALL, EXISTS, EXPIRE, PTTL, TYPE: keys of any type.

use alloc::borrow::Cow;
use alloc::format;

use super::integer;
use crate::command::{Expire, ExpireIf, TimeUnit};
use crate::errors::{NO_SUCH_KEY, formatted};
use crate::keyspace::{Access, Value};
use crate::{Bytes, Millis, Reply};

/// <https://redis.io/docs/latest/commands/del/>
pub(super) fn del(db: &mut Access<'_>, keys: &[Bytes]) -> Reply {
    integer(keys.iter().filter(|key| db.remove(key)).count())
}

/// <https://redis.io/docs/latest/commands/exists/>; a key that is named twice counts twice.
pub(super) fn exists(db: &mut Access<'_>, keys: &[Bytes]) -> Reply {
    integer(keys.iter().filter(|key| db.contains(key)).count())
}

/// <https://redis.io/docs/latest/commands/rename/>: value and time to live, over whatever had the new name.
pub(super) fn rename(db: &mut Access<'_>, key: &Bytes, new_key: &Bytes) -> Result<Reply, Reply> {
    if !db.contains(key) {
        return Err(NO_SUCH_KEY);
    }
    db.rename(key, new_key);
    Ok(Reply::OK)
}

/// <https://redis.io/docs/latest/commands/renamenx/>: only to a name that is free.
pub(super) fn renamenx(db: &mut Access<'_>, key: &Bytes, new_key: &Bytes) -> Result<Reply, Reply> {
    if !db.contains(key) {
        return Err(NO_SUCH_KEY);
    }
    let is_free = !db.contains(new_key);
    if is_free {
        db.rename(key, new_key);
    }
    Ok(Reply::Integer(is_free.into()))
}

/// <https://redis.io/docs/latest/commands/flushall/>
pub(super) fn flush(db: &mut Access<'_>) -> Reply {
    db.remove_all();
    Reply::OK
}

/// <https://redis.io/docs/latest/commands/expire/> and <https://redis.io/docs/latest/commands/pexpire/>; a time that is
/// already over removes the key.
pub(super) fn expire(db: &mut Access<'_>, command: &Expire) -> Result<Reply, Reply> {
    let Expire { key, time, .. } = command;
    let (ms, name) = match command.unit {
        TimeUnit::Seconds => (time.checked_mul(1000), "expire"),
        TimeUnit::Milliseconds => (Some(*time), "pexpire"),
    };
    let now = i64::try_from(db.now).unwrap_or(i64::MAX);
    let at = ms.and_then(|ms| now.checked_add(ms));
    let at = at.ok_or_else(|| formatted(format!("ERR invalid expire time in '{name}' command")))?;
    if !db.contains(key) {
        return Ok(Reply::Integer(0));
    }
    let before = db.expires_at(key).map(|at| i64::try_from(at).unwrap_or(i64::MAX));
    let changes = match command.condition {
        ExpireIf::Always => true,
        ExpireIf::Absent => before.is_none(),
        ExpireIf::Present => before.is_some(),
        ExpireIf::Longer => before.is_some_and(|before| at > before),
        ExpireIf::Shorter => before.is_none_or(|before| at < before),
        ExpireIf::PresentAndShorter => before.is_some_and(|before| at < before),
    };
    if !changes {
        return Ok(Reply::Integer(0));
    }
    if at <= now {
        db.remove(key);
    } else {
        db.set_expires_at(key, Some(Millis::try_from(at).unwrap_or(0)));
        db.modified(key);
    }
    Ok(Reply::Integer(1))
}

/// <https://redis.io/docs/latest/commands/pttl/>: -2 without the key, -1 without a time to live.
pub(super) fn pttl(db: &mut Access<'_>, key: &[u8]) -> Reply {
    if !db.contains(key) {
        return Reply::Integer(-2);
    }
    match db.expires_at(key) {
        Some(at) => Reply::Integer(i64::try_from(at.saturating_sub(db.now)).unwrap_or(i64::MAX)),
        None => Reply::Integer(-1),
    }
}

/// <https://redis.io/docs/latest/commands/type/>
pub(super) fn type_of(db: &mut Access<'_>, key: &[u8]) -> Reply {
    Reply::Status(Cow::Borrowed(match db.value(key) {
        None => "none",
        Some(Value::String(_)) => "string",
        Some(Value::Set(_)) => "set",
        Some(Value::Stream(_)) => "stream",
    }))
}
