//! SET, GET, INCR.

use crate::command::{Condition, Lifetime, Set};
use crate::errors::{NOT_AN_INTEGER, WRONG_TYPE, fixed};
use crate::keyspace::{Access, Value};
use crate::syntax::{parse_i64, write_i64};
use crate::{Bytes, Reply};

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
        Lifetime::For(ms) => {
            let at = db.now.checked_add(ms).filter(|&at| ms > 0 && i64::try_from(at).is_ok());
            Some(at.ok_or(fixed("ERR invalid expire time in 'set' command"))?)
        }
    };
    let old = if set.get { Some(get(db, key)?) } else { None };
    let sets = match set.condition {
        Condition::Always => true,
        Condition::IfAbsent => !db.contains(key),
        Condition::IfPresent => db.contains(key),
    };
    if !sets {
        return Ok(old.unwrap_or(Reply::Null));
    }
    if expires_at.is_some_and(|at| at <= db.now) {
        // It is over before it began, which counts as a change even where there was nothing.
        if !db.remove(key) {
            db.modified(key);
        }
        return Ok(old.unwrap_or(Reply::OK));
    }
    db.insert(key, Value::String(set.value.clone()));
    db.set_expires_at(key, expires_at);
    Ok(old.unwrap_or(Reply::OK))
}

/// <https://redis.io/docs/latest/commands/incr/>
pub(super) fn incr(db: &mut Access<'_>, key: &Bytes) -> Result<Reply, Reply> {
    let old = match db.value(key) {
        Some(Value::String(value)) => parse_i64(value).ok_or(NOT_AN_INTEGER)?,
        Some(_) => return Err(WRONG_TYPE),
        None => 0,
    };
    let new = old
        .checked_add(1)
        .ok_or(fixed("ERR increment or decrement would overflow"))?;
    db.insert(key, Value::String(write_i64(new)));
    Ok(Reply::Integer(new))
}
