//! DEL and UNLINK, RENAME, FLUSHDB, EXISTS, EXPIRE and its like, TTL and its like, PERSIST, TYPE: keys of any type.

use alloc::borrow::Cow;
use alloc::format;

use super::integer;
use crate::command::{Expire, ExpireIf, Since, TimeUnit};
use crate::errors::{NO_SUCH_KEY, formatted};
use crate::keyspace::{Access, Value};
use crate::notifications::Class;
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

/// <https://redis.io/docs/latest/commands/flushdb/>
pub(super) fn flush(db: &mut Access<'_>) -> Reply {
    db.remove_all();
    Reply::OK
}

/// <https://redis.io/docs/latest/commands/expire/>, <https://redis.io/docs/latest/commands/expireat/>; a time that is
/// already over removes the key.
pub(super) fn expire(db: &mut Access<'_>, command: &Expire) -> Result<Reply, Reply> {
    let Expire { key, time, .. } = command;
    let now = i64::try_from(db.now).unwrap_or(i64::MAX);
    let begin = match command.since {
        Since::Now => now,
        Since::Epoch => 0,
    };
    let at = milliseconds(*time, command.unit).and_then(|ms| begin.checked_add(ms));
    let at = at.ok_or_else(|| {
        let prefix = match command.unit {
            TimeUnit::Seconds => "",
            TimeUnit::Milliseconds => "p",
        };
        let suffix = match command.since {
            Since::Now => "",
            Since::Epoch => "at",
        };
        formatted(format!("ERR invalid expire time in '{prefix}expire{suffix}' command"))
    })?;
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
        db.notify(Class::Generic, "expire", key);
        db.modified(key);
    }
    Ok(Reply::Integer(1))
}

pub(super) fn milliseconds(time: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Seconds => time.checked_mul(1000),
        TimeUnit::Milliseconds => Some(time),
    }
}

/// <https://redis.io/docs/latest/commands/ttl/>, <https://redis.io/docs/latest/commands/expiretime/>: -2 without the key,
/// -1 without a time to live. Seconds are rounded.
pub(super) fn lifetime(db: &mut Access<'_>, key: &[u8], since: Since, unit: TimeUnit) -> Reply {
    if !db.contains(key) {
        return Reply::Integer(-2);
    }
    let Some(at) = db.expires_at(key) else {
        return Reply::Integer(-1);
    };
    let ms = match since {
        Since::Now => at.saturating_sub(db.now),
        Since::Epoch => at,
    };
    let time = match unit {
        TimeUnit::Seconds => ms.saturating_add(500) / 1000,
        TimeUnit::Milliseconds => ms,
    };
    Reply::Integer(i64::try_from(time).unwrap_or(i64::MAX))
}

/// <https://redis.io/docs/latest/commands/persist/>
pub(super) fn persist(db: &mut Access<'_>, key: &Bytes) -> Reply {
    let had = db.expires_at(key).is_some();
    if had {
        db.set_expires_at(key, None);
        db.notify(Class::Generic, "persist", key);
        db.modified(key);
    }
    Reply::Integer(had.into())
}

/// <https://redis.io/docs/latest/commands/type/>
pub(super) fn type_of(db: &mut Access<'_>, key: &[u8]) -> Reply {
    Reply::Status(Cow::Borrowed(db.value(key).map_or("none", Value::type_name)))
}
