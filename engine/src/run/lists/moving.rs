//! RPOPLPUSH and LMOVE. Onto the same key the list turns by one: a circular queue.

use super::{List, add, changed, popped, pushed, remove};
use crate::command::ListEnd;
use crate::keyspace::{Access, Value};
use crate::notifications::Class;
use crate::{Bytes, Reply};

/// <https://redis.io/docs/latest/commands/lmove/>, <https://redis.io/docs/latest/commands/rpoplpush/>: none if there is
/// nothing to move.
pub(in crate::run) fn lmove(
    db: &mut Access<'_>,
    [source, destination]: [&Bytes; 2],
    [from, to]: [ListEnd; 2],
) -> Result<Option<Bytes>, Reply> {
    if db.list(source)?.is_none() {
        return Ok(None);
    }
    // A destination of another type is told before anything moves.
    if source != destination {
        db.list(destination)?;
    }
    let Some(list) = db.list_mut(source)? else {
        return Ok(None);
    };
    let Some(moved) = remove(list, from) else {
        return Ok(None);
    };
    if source == destination {
        add(list, moved.clone(), to);
        changed(db, source, pushed(to), false);
        db.notify(Class::List, popped(from), source);
        return Ok(Some(moved));
    }
    let is_empty = list.is_empty();
    match db.list_mut(destination)? {
        Some(list) => {
            add(list, moved.clone(), to);
            changed(db, destination, pushed(to), false);
        }
        None => {
            db.insert(destination, Value::List(List::from([moved.clone()])));
            db.notify(Class::List, pushed(to), destination);
        }
    }
    changed(db, source, popped(from), is_empty);
    Ok(Some(moved))
}
