//! DEL, EXISTS, PEXPIRE, PTTL, TYPE: keys of any type.

use alloc::borrow::Cow;

use super::integer;
use crate::errors::fixed;
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

/// <https://redis.io/docs/latest/commands/pexpire/>; a time that is already over removes the key.
pub(super) fn pexpire(db: &mut Access<'_>, key: &Bytes, ms: i64) -> Result<Reply, Reply> {
    let now = i64::try_from(db.now).unwrap_or(i64::MAX);
    let at = now
        .checked_add(ms)
        .ok_or(fixed("ERR invalid expire time in 'pexpire' command"))?;
    if !db.contains(key) {
        return Ok(Reply::Integer(0));
    }
    if ms <= 0 {
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
