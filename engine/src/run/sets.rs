//! SADD, SREM, SMOVE, SPOP, SISMEMBER, SMISMEMBER, SCARD, SMEMBERS: the sets that deduplication uses.
//!
//! SMEMBERS answers in the order of the bytes; a server's order is its own, and no client may rely on it. SPOP takes what
//! comes first in that order, where a server takes any: who must not depend on the choice cannot be shown by it to do so.

use alloc::vec::Vec;
use core::slice;

use super::integer;
use crate::errors::WRONG_TYPE;
use crate::keyspace::{Access, Value};
use crate::notifications::Class;
use crate::small_map::SmallMap;
use crate::{Bytes, Reply};

type Members = SmallMap<Bytes, ()>;

fn members<'a>(db: &'a mut Access<'_>, key: &[u8]) -> Result<Option<&'a Members>, Reply> {
    match db.value(key) {
        Some(Value::Set(members)) => Ok(Some(members)),
        Some(_) => Err(WRONG_TYPE),
        None => Ok(None),
    }
}

/// <https://redis.io/docs/latest/commands/sadd/>
pub(super) fn sadd(db: &mut Access<'_>, key: &Bytes, added: &[Bytes]) -> Result<Reply, Reply> {
    let Some(present) = members(db, key)? else {
        let mut new = Members::new();
        for member in added {
            new.insert(member.clone(), ());
        }
        let count = new.len();
        db.insert(key, Value::Set(new));
        db.notify(Class::Set, "sadd", key);
        return Ok(integer(count));
    };
    if added.iter().all(|member| present.contains_key(member)) {
        return Ok(Reply::Integer(0));
    }
    let Some(Value::Set(present)) = db.value_mut(key) else {
        return Err(WRONG_TYPE);
    };
    let count = added
        .iter()
        .filter(|member| present.insert((*member).clone(), ()).is_none())
        .count();
    db.notify(Class::Set, "sadd", key);
    db.modified(key);
    Ok(integer(count))
}

/// <https://redis.io/docs/latest/commands/srem/>; an empty set no longer exists.
pub(super) fn srem(db: &mut Access<'_>, key: &Bytes, removed: &[Bytes]) -> Result<Reply, Reply> {
    take(db, key, removed, "srem")
}

fn take(db: &mut Access<'_>, key: &Bytes, removed: &[Bytes], event: &'static str) -> Result<Reply, Reply> {
    let Some(present) = members(db, key)? else {
        return Ok(Reply::Integer(0));
    };
    if !removed.iter().any(|member| present.contains_key(member)) {
        return Ok(Reply::Integer(0));
    }
    let Some(Value::Set(present)) = db.value_mut(key) else {
        return Err(WRONG_TYPE);
    };
    let count = removed
        .iter()
        .filter(|member| present.remove(*member).is_some())
        .count();
    let is_empty = present.is_empty();
    db.notify(Class::Set, event, key);
    if is_empty {
        db.remove(key);
    } else {
        db.modified(key);
    }
    Ok(integer(count))
}

/// <https://redis.io/docs/latest/commands/sismember/>
pub(super) fn sismember(db: &mut Access<'_>, key: &[u8], member: &[u8]) -> Result<Reply, Reply> {
    let is_member = members(db, key)?.is_some_and(|members| members.contains_key(member));
    Ok(Reply::Integer(is_member.into()))
}

/// <https://redis.io/docs/latest/commands/scard/>
pub(super) fn scard(db: &mut Access<'_>, key: &[u8]) -> Result<Reply, Reply> {
    Ok(integer(members(db, key)?.map_or(0, SmallMap::len)))
}

/// <https://redis.io/docs/latest/commands/smembers/>
pub(super) fn smembers(db: &mut Access<'_>, key: &[u8]) -> Result<Reply, Reply> {
    let members = members(db, key)?;
    Ok(Reply::Set(
        members
            .into_iter()
            .flat_map(SmallMap::keys)
            .cloned()
            .map(Reply::Bulk)
            .collect(),
    ))
}

/// <https://redis.io/docs/latest/commands/smismember/>
pub(super) fn smismember(db: &mut Access<'_>, key: &[u8], asked: &[Bytes]) -> Result<Reply, Reply> {
    let members = members(db, key)?;
    let is_member = |member: &Bytes| members.is_some_and(|members| members.contains_key(member));
    let answer = |member: &Bytes| Reply::Integer(is_member(member).into());
    Ok(Reply::Array(asked.iter().map(answer).collect()))
}

/// <https://redis.io/docs/latest/commands/smove/>
pub(super) fn smove(db: &mut Access<'_>, from: &Bytes, to: &Bytes, member: &Bytes) -> Result<Reply, Reply> {
    let Some(present) = members(db, from)? else {
        return Ok(Reply::Integer(0));
    };
    let is_member = present.contains_key(member);
    members(db, to)?;
    if is_member && from != to {
        srem(db, from, slice::from_ref(member))?;
        sadd(db, to, slice::from_ref(member))?;
    }
    Ok(Reply::Integer(is_member.into()))
}

/// <https://redis.io/docs/latest/commands/spop/>
pub(super) fn spop(db: &mut Access<'_>, key: &Bytes, count: Option<u64>) -> Result<Reply, Reply> {
    let most = usize::try_from(count.unwrap_or(1)).unwrap_or(usize::MAX);
    let present = members(db, key)?.into_iter().flat_map(SmallMap::keys);
    let popped: Vec<Bytes> = present.take(most).cloned().collect();
    take(db, key, &popped, "spop")?;
    let mut popped = popped.into_iter().map(Reply::Bulk);
    Ok(match count {
        None => popped.next().unwrap_or(Reply::Null),
        Some(_) => Reply::Set(popped.collect()),
    })
}
