//! What the commands of lists have in common: reaching a list, taking from it, and what is left.
//!
//! A list that becomes empty no longer exists. It never waits itself: `waiting.rs` tells the broker to. Read next:
//! `ends.rs` (pushing and popping), `inside.rs` (by index or by value), `moving.rs`.

mod ends;
mod inside;
mod moving;
mod waiting;

use alloc::collections::VecDeque;
use alloc::vec::Vec;

pub(super) use ends::{lmpop, pop, push};
pub(super) use inside::{insert, lindex, llen, lrange, lrem, lset, ltrim, position};
pub(super) use moving::lmove;
pub(super) use waiting::{blmove, blmpop, bpop};

use crate::command::ListEnd;
use crate::keyspace::Access;
use crate::notifications::Class;
use crate::{Bytes, Reply};

type List = VecDeque<Bytes>;

/// Takes up to so many elements from an end of a list that is there, in the order in which they were taken.
fn take(db: &mut Access<'_>, key: &Bytes, end: ListEnd, count: u64) -> Result<Option<Vec<Reply>>, Reply> {
    let Some(list) = db.list_mut(key)? else {
        return Ok(None);
    };
    let count = usize::try_from(count).unwrap_or(usize::MAX).min(list.len());
    let taken = match end {
        ListEnd::Left => list.drain(..count).map(Reply::Bulk).collect(),
        ListEnd::Right => list.drain(list.len() - count..).rev().map(Reply::Bulk).collect(),
    };
    let is_empty = list.is_empty();
    changed(db, key, popped(end), is_empty);
    Ok(Some(taken))
}

/// Takes one element from an end of a list that is there.
fn take_one(db: &mut Access<'_>, key: &Bytes, end: ListEnd) -> Result<Option<Bytes>, Reply> {
    let Some(list) = db.list_mut(key)? else {
        return Ok(None);
    };
    let taken = remove(list, end);
    let is_empty = list.is_empty();
    changed(db, key, popped(end), is_empty);
    Ok(taken)
}

fn remove(list: &mut List, end: ListEnd) -> Option<Bytes> {
    match end {
        ListEnd::Left => list.pop_front(),
        ListEnd::Right => list.pop_back(),
    }
}

fn add(list: &mut List, element: Bytes, end: ListEnd) {
    match end {
        ListEnd::Left => list.push_front(element),
        ListEnd::Right => list.push_back(element),
    }
}

fn popped(end: ListEnd) -> &'static str {
    match end {
        ListEnd::Left => "lpop",
        ListEnd::Right => "rpop",
    }
}

fn pushed(end: ListEnd) -> &'static str {
    match end {
        ListEnd::Left => "lpush",
        ListEnd::Right => "rpush",
    }
}

/// A list has changed by this event; without an element it goes.
fn changed(db: &mut Access<'_>, key: &Bytes, event: &'static str, is_empty: bool) {
    db.notify(Class::List, event, key);
    if is_empty {
        db.remove(key);
    } else {
        db.modified(key);
    }
}
