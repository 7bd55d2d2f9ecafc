//! What each command does: one file per family, each function from a parsed command to its reply.
//!
//! A command reaches keys only through [`Access`]; it knows no other client, no transaction and no waiting. That
//! belongs to `broker/`. Read next: the family you look for.

mod ack;
mod auto_claim;
mod claim;
mod delete;
mod group;
mod help;
mod info;
mod inspect;
mod keys;
mod lists;
mod misses;
mod pending;
mod range;
mod read;
mod read_group;
mod refused;
mod scan;
mod set_id;
mod sets;
mod stream;
mod strings;
mod trim;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) use help::{of_cluster as help_of_cluster, of_pubsub as help_of_pubsub};
pub(crate) use inspect::bytes_of;
pub(crate) use refused::refused;

use crate::command::{Bound, LMove, ListEnd, Since, TimeUnit};
use crate::keyspace::Access;
use crate::notifications::Class;
use crate::propagation;
use crate::reply::EntryReply;
use crate::stream::Entry;
use crate::{Bytes, Command, Millis, Reply, StreamId};

/// How a command ended.
pub(crate) enum Outcome {
    /// With a reply.
    Replied(Reply),
    /// With nothing to give yet: it may wait.
    Waits {
        /// The command to try again where it is another: `$` has become an ID. Boxed, since every command's outcome is
        /// moved about.
        instead: Option<Box<Command>>,
        /// How long; 0 means for ever.
        block_ms: Millis,
    },
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self::Replied(reply)
    }
}

/// Executes a command that is about keys; whoever follows hears of it.
pub(crate) fn execute(db: &mut Access<'_>, command: &Command) -> Outcome {
    match db.signals.log {
        None => execute_unheard(db, command),
        Some(_) => propagation::execute(db, command, execute_unheard),
    }
}

fn execute_unheard(db: &mut Access<'_>, command: &Command) -> Outcome {
    if db.tells(Class::Miss) {
        misses::notify_of_misses(db, command);
    }
    let result = match command {
        Command::XRead(read) => return read::xread(db, read).unwrap_or_else(Outcome::Replied),
        Command::XReadGroup(read) => return read_group::xreadgroup(db, read).unwrap_or_else(Outcome::Replied),
        Command::BPop { keys, end, timeout_ms } => {
            return lists::bpop(db, (keys, *end, *timeout_ms)).unwrap_or_else(Outcome::Replied);
        }
        Command::BLMPop { lmpop, timeout_ms } => {
            return lists::blmpop(db, (lmpop, *timeout_ms)).unwrap_or_else(Outcome::Replied);
        }
        Command::BLMove { lmove, timeout_ms } => {
            let (keys, ends) = ([&lmove.source, &lmove.destination], [lmove.from, lmove.to]);
            return lists::blmove(db, keys, ends, *timeout_ms).unwrap_or_else(Outcome::Replied);
        }
        Command::BRPopLPush {
            source,
            destination,
            timeout_ms,
        } => {
            let keys = [source, destination];
            return lists::blmove(db, keys, RPOPLPUSH, *timeout_ms).unwrap_or_else(Outcome::Replied);
        }
        Command::Wait { replicas, timeout_ms } => {
            return wait(db, *replicas, *timeout_ms).unwrap_or_else(Outcome::Replied);
        }
        Command::Set(set) => strings::set(db, set),
        Command::Get { key } => strings::get(db, key),
        Command::Incr { key } => strings::incrby(db, key, 1),
        Command::Decr { key } => strings::decrby(db, key, 1),
        Command::IncrBy { key, by } => strings::incrby(db, key, *by),
        Command::DecrBy { key, by } => strings::decrby(db, key, *by),
        Command::MSet { pairs } => Ok(strings::mset(db, pairs)),
        Command::MGet { keys } => Ok(strings::mget(db, keys)),
        Command::GetSet { key, value } => strings::getset(db, key, value),
        Command::GetDel { key } => strings::getdel(db, key),
        Command::GetEx { key, lifetime } => strings::getex(db, key, *lifetime),
        Command::SetEx(set) => strings::setex(db, set),
        Command::SetNx { key, value } => Ok(strings::setnx(db, key, value)),
        Command::Del { keys } => Ok(keys::del(db, keys)),
        Command::Exists { keys } => Ok(keys::exists(db, keys)),
        Command::Unlink { keys } => Ok(keys::del(db, keys)),
        Command::Rename { key, new_key } => keys::rename(db, key, new_key),
        Command::RenameNx { key, new_key } => keys::renamenx(db, key, new_key),
        Command::FlushDb => Ok(keys::flush(db)),
        Command::Expire(command) => keys::expire(db, command),
        Command::Persist { key } => Ok(keys::persist(db, key)),
        Command::Ttl { key } => Ok(keys::lifetime(db, key, Since::Now, TimeUnit::Seconds)),
        Command::PTtl { key } => Ok(keys::lifetime(db, key, Since::Now, TimeUnit::Milliseconds)),
        Command::ExpireTime { key } => Ok(keys::lifetime(db, key, Since::Epoch, TimeUnit::Seconds)),
        Command::PExpireTime { key } => Ok(keys::lifetime(db, key, Since::Epoch, TimeUnit::Milliseconds)),
        Command::Keys { pattern } => Ok(scan::keys(db, pattern)),
        Command::Scan(scan) => Ok(scan::scan(db, scan)),
        Command::DbSize => Ok(scan::dbsize(db)),
        Command::Type { key } => Ok(keys::type_of(db, key)),
        Command::Object(object) => inspect::object(db, object),
        Command::Memory(memory) => Ok(inspect::memory(db, memory)),
        Command::SAdd { key, members } => sets::sadd(db, key, members),
        Command::SRem { key, members } => sets::srem(db, key, members),
        Command::SIsMember { key, member } => sets::sismember(db, key, member),
        Command::SMIsMember { key, members } => sets::smismember(db, key, members),
        Command::SMove { from, to, member } => sets::smove(db, from, to, member),
        Command::SPop { key, count } => sets::spop(db, key, *count),
        Command::SCard { key } => sets::scard(db, key),
        Command::SMembers { key } => sets::smembers(db, key),
        Command::Push(push) => lists::push(db, push),
        Command::Pop { key, end, count } => lists::pop(db, key, *end, *count),
        Command::LLen { key } => lists::llen(db, key),
        Command::LRange { key, start, stop } => lists::lrange(db, key, *start, *stop),
        Command::LIndex { key, index } => lists::lindex(db, key, *index),
        Command::LSet { key, index, element } => lists::lset(db, key, *index, element),
        Command::LRem { key, count, element } => lists::lrem(db, key, *count, element),
        Command::LTrim { key, start, stop } => lists::ltrim(db, key, *start, *stop),
        Command::LInsert(insert) => lists::insert(db, insert),
        Command::LPos(position) => lists::position(db, position),
        Command::LMove(LMove {
            source,
            destination,
            from,
            to,
        }) => lists::lmove(db, [source, destination], [*from, *to]).map(or_null),
        Command::RPopLPush { source, destination } => lists::lmove(db, [source, destination], RPOPLPUSH).map(or_null),
        Command::LMPop(lmpop) => lists::lmpop(db, lmpop),
        Command::XAdd(add) => stream::xadd(db, add),
        Command::XLen { key } => stream::xlen(db, key),
        Command::XDel { key, ids } => delete::xdel(db, key, ids),
        Command::XDelEx(command) => delete::xdelex(db, command),
        Command::XAckDel(command) => delete::xackdel(db, command),
        Command::XSetId(command) => set_id::xsetid(db, command),
        Command::XTrim { key, trim } => trim::xtrim(db, key, *trim),
        Command::XRange(range) => range::xrange(db, range),
        Command::XAck { key, group, ids } => ack::xack(db, key, group, ids),
        Command::XPending(pending) => pending::xpending(db, pending),
        Command::XClaim(claim) => claim::xclaim(db, claim),
        Command::XAutoClaim(claim) => auto_claim::xautoclaim(db, claim),
        Command::XGroup(xgroup) => group::xgroup(db, xgroup),
        Command::XInfo(info) => info::xinfo(db, info),
        // The broker's own; it hands none of them on.
        Command::Multi
        | Command::Exec
        | Command::Discard
        | Command::Watch { .. }
        | Command::Unwatch
        | Command::Select { .. }
        | Command::SwapDb { .. }
        | Command::FlushAll
        | Command::Subscribe { .. }
        | Command::Unsubscribe { .. }
        | Command::Publish { .. }
        | Command::PubSub(_)
        | Command::Cluster(_)
        | Command::Migrate(_)
        | Command::Asking
        | Command::ReadOnly
        | Command::ReadWrite
        | Command::Ping { .. }
        | Command::Reset
        | Command::Quit => Ok(Reply::OK),
    };
    result.unwrap_or_else(|error| error).into()
}

/// WAIT for so many replicas: whoever keeps the broker knows whether there are any, and says when they have everything
/// ([`crate::Broker::replicated`]).
fn wait(db: &Access<'_>, replicas: i64, timeout_ms: Millis) -> Result<Outcome, Reply> {
    block_fits(Some(timeout_ms), db.now)?;
    Ok(match replicas {
        ..=0 => Reply::Integer(0).into(),
        _ => Outcome::Waits {
            instead: None,
            block_ms: timeout_ms,
        },
    })
}

/// The ends of RPOPLPUSH.
const RPOPLPUSH: [ListEnd; 2] = [ListEnd::Right, ListEnd::Left];

fn or_null(element: Option<Bytes>) -> Reply {
    element.map_or(Reply::Null, Reply::Bulk)
}

pub(crate) fn integer(value: usize) -> Reply {
    Reply::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

fn entry_reply(entry: Entry<'_>) -> EntryReply {
    EntryReply {
        id: entry.id,
        fields: Some(entry.fields()),
    }
}

fn bulk_id(id: StreamId) -> Reply {
    Reply::Bulk(id.into())
}

/// Both ends as included IDs.
fn interval(start: Bound, end: Bound) -> Result<(StreamId, StreamId), Reply> {
    let end = match end {
        Bound::Included(id) => id,
        Bound::Excluded(id) => id.previous().ok_or(crate::errors::INVALID_END)?,
    };
    Ok((lower_end(start)?, end))
}

fn lower_end(start: Bound) -> Result<StreamId, Reply> {
    match start {
        Bound::Included(id) => Ok(id),
        Bound::Excluded(id) => id.next().ok_or(crate::errors::INVALID_START),
    }
}

/// How many entries COUNT allows; 0 allows any number.
fn limit(count: Option<u64>) -> usize {
    match count {
        None | Some(0) => usize::MAX,
        Some(count) => usize::try_from(count).unwrap_or(usize::MAX),
    }
}

/// A wait must end before the last moment that a server's clock can tell.
fn block_fits(block_ms: Option<Millis>, now: Millis) -> Result<(), Reply> {
    let fits = |end: Millis| i64::try_from(end).is_ok();
    match block_ms {
        Some(ms) if ms > 0 && !now.checked_add(ms).is_some_and(fits) => Err(crate::errors::TIMEOUT_RANGE),
        _ => Ok(()),
    }
}

/// A map as XINFO gives it.
fn info_map(pairs: Vec<(&str, Reply)>) -> Reply {
    Reply::Map(
        pairs
            .into_iter()
            .map(|(name, value)| (Reply::Bulk(Bytes::from(name)), value))
            .collect(),
    )
}
