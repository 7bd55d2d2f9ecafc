//! LLEN, LRANGE, LINDEX, LSET, LREM, LTRIM, LINSERT, LPOS: lists by index and by value.
//!
//! An index below zero counts from the tail: -1 is the last element.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use super::{List, changed};
use crate::command::{LInsert, LPos, Side};
use crate::errors::{NO_SUCH_KEY, fixed};
use crate::keyspace::Access;
use crate::run::integer;
use crate::{Bytes, Reply};

/// <https://redis.io/docs/latest/commands/llen/>
pub(in crate::run) fn llen(db: &mut Access<'_>, key: &[u8]) -> Result<Reply, Reply> {
    Ok(integer(db.list(key)?.map_or(0, List::len)))
}

/// <https://redis.io/docs/latest/commands/lrange/>: both ends included.
pub(in crate::run) fn lrange(db: &mut Access<'_>, key: &[u8], start: i64, stop: i64) -> Result<Reply, Reply> {
    let elements = db.list(key)?.map_or(Vec::new(), |list| {
        let asked = list.range(asked(list.len(), start, stop));
        asked.cloned().map(Reply::Bulk).collect()
    });
    Ok(Reply::Array(elements))
}

/// <https://redis.io/docs/latest/commands/ltrim/>: keeps what LRANGE would answer. It counts as a change in any case.
pub(in crate::run) fn ltrim(db: &mut Access<'_>, key: &Bytes, start: i64, stop: i64) -> Result<Reply, Reply> {
    if let Some(list) = db.list_mut(key)? {
        let kept = asked(list.len(), start, stop);
        list.truncate(kept.end);
        list.drain(..kept.start);
        let is_empty = list.is_empty();
        changed(db, key, "ltrim", is_empty);
    }
    Ok(Reply::OK)
}

/// <https://redis.io/docs/latest/commands/lindex/>
pub(in crate::run) fn lindex(db: &mut Access<'_>, key: &[u8], index: i64) -> Result<Reply, Reply> {
    let element = db.list(key)?.and_then(|list| list.get(at(list.len(), index)?));
    Ok(element.cloned().map_or(Reply::Null, Reply::Bulk))
}

/// <https://redis.io/docs/latest/commands/lset/>. A server cuts this index to 32 bits: 4294967296 is 0.
pub(in crate::run) fn lset(db: &mut Access<'_>, key: &Bytes, index: i64, element: &Bytes) -> Result<Reply, Reply> {
    let length = db.list(key)?.ok_or(NO_SUCH_KEY)?.len();
    #[expect(clippy::cast_possible_truncation, reason = "as a server does")]
    let index = index as i32;
    let place = at(length, index.into()).ok_or(fixed("ERR index out of range"))?;
    if let Some(list) = db.list_mut(key)? {
        list[place] = element.clone();
    }
    changed(db, key, "lset", false);
    Ok(Reply::OK)
}

/// <https://redis.io/docs/latest/commands/lrem/>: removes so many equal elements from the head on, from the tail on if
/// `count` is negative, all if it is 0.
pub(in crate::run) fn lrem(db: &mut Access<'_>, key: &Bytes, count: i64, element: &Bytes) -> Result<Reply, Reply> {
    let equal = db
        .list(key)?
        .map_or(0, |list| list.iter().filter(|it| *it == element).count());
    if equal == 0 {
        return Ok(Reply::Integer(0));
    }
    let removed = match usize::try_from(count.unsigned_abs()) {
        Ok(wanted @ 1..) => wanted.min(equal),
        _ => equal,
    };
    let spared = if count < 0 { equal - removed } else { 0 };
    if let Some(list) = db.list_mut(key)? {
        let mut met = 0;
        list.retain(|it| {
            if it != element {
                return true;
            }
            met += 1;
            met <= spared || met > spared + removed
        });
        let is_empty = list.is_empty();
        changed(db, key, "lrem", is_empty);
    }
    Ok(integer(removed))
}

/// <https://redis.io/docs/latest/commands/linsert/>: the length, 0 without a list, -1 without the pivot.
pub(in crate::run) fn insert(db: &mut Access<'_>, insert: &LInsert) -> Result<Reply, Reply> {
    let Some(list) = db.list(&insert.key)? else {
        return Ok(Reply::Integer(0));
    };
    let Some(pivot) = list.iter().position(|it| *it == insert.pivot) else {
        return Ok(Reply::Integer(-1));
    };
    let length = list.len() + 1;
    let place = match insert.side {
        Side::Before => pivot,
        Side::After => pivot + 1,
    };
    if let Some(list) = db.list_mut(&insert.key)? {
        list.insert(place, insert.element.clone());
    }
    changed(db, &insert.key, "linsert", false);
    Ok(integer(length))
}

/// <https://redis.io/docs/latest/commands/lpos/>
pub(in crate::run) fn position(db: &mut Access<'_>, position: &LPos) -> Result<Reply, Reply> {
    let limit = |limit: u64| match limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let skipped = usize::try_from(position.rank.unsigned_abs() - 1).unwrap_or(usize::MAX);
    let found: Vec<usize> = db.list(&position.key)?.map_or(Vec::new(), |list| {
        let compared = limit(position.max_len);
        let is_it = |(_, it): &(usize, &Bytes)| **it == position.element;
        let wanted = position.count.map_or(1, limit);
        let elements = list.iter().enumerate();
        let from_its_end: Box<dyn Iterator<Item = (usize, &Bytes)>> = match position.rank {
            1.. => Box::new(elements),
            _ => Box::new(elements.rev()),
        };
        let matching = from_its_end.take(compared).filter(is_it);
        matching.skip(skipped).take(wanted).map(|(index, _)| index).collect()
    });
    let mut found = found.into_iter().map(integer);
    Ok(match position.count {
        None => found.next().unwrap_or(Reply::Null),
        Some(_) => Reply::Array(found.collect()),
    })
}

/// The place of an index, if it is one.
fn at(length: usize, index: i64) -> Option<usize> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    let place = if index < 0 {
        length.checked_sub(distance)?
    } else {
        distance
    };
    (place < length).then_some(place)
}

/// The places from `start` to `stop`.
fn asked(length: usize, start: i64, stop: i64) -> Range<usize> {
    let place = |index: i64| {
        let distance = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
        if index < 0 {
            length.checked_sub(distance)
        } else {
            Some(distance)
        }
    };
    let end = place(stop).map_or(0, |stop| stop.saturating_add(1)).min(length);
    let start = place(start).unwrap_or(0);
    if start < end { start..end } else { 0..0 }
}
