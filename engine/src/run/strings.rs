//! SET, GET, INCR and their like.

use alloc::format;

use super::keys::milliseconds;
use super::misses::notify_if_missing;
use crate::command::{Condition, Lifetime, Set, SetEx, TimeUnit};
use crate::decimal::{parse_i64, write_i64};
use crate::errors::{NOT_AN_INTEGER, WRONG_TYPE, fixed, formatted};
use crate::keyspace::{Access, Value};
use crate::notifications::Class;
use crate::{Bytes, Millis, Reply};

/// <https://redis.io/docs/latest/commands/get/>
pub(super) fn get(db: &mut Access<'_>, key: &[u8]) -> Result<Reply, Reply> {
    match db.value(key) {
        Some(Value::String(value)) => Ok(Reply::Bulk(value.clone())),
        Some(_) => Err(WRONG_TYPE),
        None => Ok(Reply::Null),
    }
}

/// <https://redis.io/docs/latest/commands/set/>
pub(super) fn set(db: &mut Access<'_>, set: &Set) -> Result<Reply, Reply> {
    let key = &set.key;
    let expires_at = match set.lifetime {
        Lifetime::Unlimited => None,
        Lifetime::Kept => db.expires_at(key),
        Lifetime::Until(at) => Some(at),
        Lifetime::For(ms) => Some(end_of_life(db, ms).ok_or_else(|| invalid_expire("set"))?),
    };
    let old = match set.get {
        true => {
            notify_if_missing(db, key);
            Some(get(db, key)?)
        }
        false => None,
    };
    let sets = match set.condition {
        Condition::Always => true,
        Condition::IfAbsent => !db.contains(key),
        Condition::IfPresent => db.contains(key),
    };
    if !sets {
        return Ok(old.unwrap_or(Reply::Null));
    }
    assign(db, key, &set.value);
    db.set_expires_at(key, expires_at);
    if expires_at.is_some() && set.lifetime != Lifetime::Kept {
        db.notify(Class::Generic, "expire", key);
    }
    // A life that is over before it began counts as a change even where there was nothing. A server notices when somebody
    // looks; here that is at once.
    db.expire_if_due(key);
    Ok(old.unwrap_or(Reply::OK))
}

/// When a key ends that lives for so long.
fn end_of_life(db: &Access<'_>, ms: Millis) -> Option<Millis> {
    let at = db.now.checked_add(ms)?;
    (ms > 0 && i64::try_from(at).is_ok()).then_some(at)
}

fn invalid_expire(command: &str) -> Reply {
    formatted(format!("ERR invalid expire time in '{command}' command"))
}

/// A new value for ever.
fn put(db: &mut Access<'_>, key: &Bytes, value: &Bytes) {
    assign(db, key, value);
    db.set_expires_at(key, None);
}

/// A new value, for as long as the key had.
fn assign(db: &mut Access<'_>, key: &Bytes, value: &Bytes) {
    db.overwrite(key, Value::String(value.clone()));
    db.notify(Class::String, "set", key);
}

/// <https://redis.io/docs/latest/commands/mset/>
pub(super) fn mset(db: &mut Access<'_>, pairs: &[(Bytes, Bytes)]) -> Reply {
    pairs.iter().for_each(|(key, value)| put(db, key, value));
    Reply::OK
}

/// <https://redis.io/docs/latest/commands/mget/>: nothing for what is no string.
pub(super) fn mget(db: &mut Access<'_>, keys: &[Bytes]) -> Reply {
    let value = |key: &Bytes| get(db, key).unwrap_or(Reply::Null);
    Reply::Array(keys.iter().map(value).collect())
}

/// <https://redis.io/docs/latest/commands/getset/>
pub(super) fn getset(db: &mut Access<'_>, key: &Bytes, value: &Bytes) -> Result<Reply, Reply> {
    let old = get(db, key)?;
    put(db, key, value);
    Ok(old)
}

/// <https://redis.io/docs/latest/commands/getdel/>
pub(super) fn getdel(db: &mut Access<'_>, key: &[u8]) -> Result<Reply, Reply> {
    let old = get(db, key)?;
    db.remove(key);
    Ok(old)
}

/// <https://redis.io/docs/latest/commands/getex/>; a moment that is over removes the key.
pub(super) fn getex(db: &mut Access<'_>, key: &Bytes, lifetime: Lifetime) -> Result<Reply, Reply> {
    let value = get(db, key)?;
    if value == Reply::Null {
        return Ok(value);
    }
    let expires_at = match lifetime {
        Lifetime::Kept => return Ok(value),
        Lifetime::Unlimited => None,
        Lifetime::For(ms) => Some(end_of_life(db, ms).ok_or_else(|| invalid_expire("getex"))?),
        Lifetime::Until(at) => Some(at),
    };
    if expires_at.is_some_and(|at| at <= db.now) {
        db.remove(key);
    } else if expires_at.is_some() || db.expires_at(key).is_some() {
        db.set_expires_at(key, expires_at);
        let event = if expires_at.is_some() { "expire" } else { "persist" };
        db.notify(Class::Generic, event, key);
        db.modified(key);
    }
    Ok(value)
}

/// <https://redis.io/docs/latest/commands/setex/>
pub(super) fn setex(db: &mut Access<'_>, set: &SetEx) -> Result<Reply, Reply> {
    let ms = milliseconds(set.time, set.unit).and_then(|ms| Millis::try_from(ms).ok());
    let name = match set.unit {
        TimeUnit::Seconds => "setex",
        TimeUnit::Milliseconds => "psetex",
    };
    let expires_at = ms
        .and_then(|ms| end_of_life(db, ms))
        .ok_or_else(|| invalid_expire(name))?;
    assign(db, &set.key, &set.value);
    db.set_expires_at(&set.key, Some(expires_at));
    db.notify(Class::Generic, "expire", &set.key);
    Ok(Reply::OK)
}

/// <https://redis.io/docs/latest/commands/setnx/>
pub(super) fn setnx(db: &mut Access<'_>, key: &Bytes, value: &Bytes) -> Reply {
    let is_free = !db.contains(key);
    if is_free {
        put(db, key, value);
    }
    Reply::Integer(is_free.into())
}

/// <https://redis.io/docs/latest/commands/decrby/>
pub(super) fn decrby(db: &mut Access<'_>, key: &Bytes, by: i64) -> Result<Reply, Reply> {
    let by = by.checked_neg().ok_or(fixed("ERR decrement would overflow"))?;
    incrby(db, key, by)
}

/// <https://redis.io/docs/latest/commands/incrby/>; the time to live stays.
pub(super) fn incrby(db: &mut Access<'_>, key: &Bytes, by: i64) -> Result<Reply, Reply> {
    let old = match db.value(key) {
        Some(Value::String(value)) => parse_i64(value).ok_or(NOT_AN_INTEGER)?,
        Some(_) => return Err(WRONG_TYPE),
        None => 0,
    };
    let new = old
        .checked_add(by)
        .ok_or(fixed("ERR increment or decrement would overflow"))?;
    db.insert(key, Value::String(write_i64(new)));
    db.notify(Class::String, "incrby", key);
    Ok(Reply::Integer(new))
}
