//! LPUSH, RPUSH, LPUSHX, RPUSHX, LPOP, RPOP, LMPOP.

use alloc::vec;

use super::{List, add, changed, pushed, take, take_one};
use crate::command::{LMPop, ListEnd, Push};
use crate::keyspace::{Access, Value};
use crate::notifications::Class;
use crate::run::integer;
use crate::{Bytes, Reply};

/// <https://redis.io/docs/latest/commands/lpush/>, <https://redis.io/docs/latest/commands/rpushx/> and the others: the
/// length afterwards.
pub(in crate::run) fn push(db: &mut Access<'_>, push: &Push) -> Result<Reply, Reply> {
    let Push {
        key,
        elements,
        end,
        if_present,
    } = push;
    if let Some(list) = db.list_mut(key)? {
        elements.iter().for_each(|element| add(list, element.clone(), *end));
        let length = list.len();
        changed(db, key, pushed(*end), false);
        return Ok(integer(length));
    }
    if *if_present {
        return Ok(Reply::Integer(0));
    }
    let mut list = List::with_capacity(elements.len());
    elements
        .iter()
        .for_each(|element| add(&mut list, element.clone(), *end));
    let length = list.len();
    db.insert(key, Value::List(list));
    db.notify(Class::List, pushed(*end), key);
    Ok(integer(length))
}

/// <https://redis.io/docs/latest/commands/lpop/>, <https://redis.io/docs/latest/commands/rpop/>
pub(in crate::run) fn pop(db: &mut Access<'_>, key: &Bytes, end: ListEnd, count: Option<u64>) -> Result<Reply, Reply> {
    Ok(match count {
        None => take_one(db, key, end)?.map_or(Reply::Null, Reply::Bulk),
        // Nothing is taken, so nothing changes.
        Some(0) => db.list(key)?.map_or(Reply::NullArray, |_| Reply::Array(vec![])),
        Some(count) => take(db, key, end, count)?.map_or(Reply::NullArray, Reply::Array),
    })
}

/// <https://redis.io/docs/latest/commands/lmpop/>: from the first list that is there.
pub(in crate::run) fn lmpop(db: &mut Access<'_>, lmpop: &LMPop) -> Result<Reply, Reply> {
    for key in &lmpop.keys {
        if let Some(taken) = take(db, key, lmpop.end, lmpop.count)? {
            return Ok(Reply::Array(vec![Reply::Bulk(key.clone()), Reply::Array(taken)]));
        }
    }
    Ok(Reply::NullArray)
}
