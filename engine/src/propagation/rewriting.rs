//! One command for one: as it was, or so that it does the same at any other time.

use alloc::vec::Vec;

use crate::command::{
    AddId, Condition, Expire, ExpireIf, LMove, Lifetime, ListEnd, Precision, References, Set, Since, TimeUnit, Trim,
    TrimBy, XAdd,
};
use crate::keyspace::Access;
use crate::{Bytes, Command, Millis, Reply};

/// What a command that was answered so does to keys, if anything.
pub(super) fn rewritten(db: &Access<'_>, command: &Command, reply: &Reply) -> Option<Command> {
    match command {
        // These say themselves what they have done.
        Command::XAck { .. } | Command::XGroup(_) => (*reply != Reply::Integer(0)).then(|| command.clone()),
        Command::XSetId(_) => Some(command.clone()),
        Command::XDelEx(_) | Command::XAckDel(_) => did_any(reply).then(|| command.clone()),
        _ if !db.signals.changed => None,
        Command::Set(set) => stored(db, &set.key, &set.value, set.lifetime == Lifetime::Kept),
        Command::SetEx(set) => stored(db, &set.key, &set.value, false),
        Command::GetSet { key, value } | Command::SetNx { key, value } => stored(db, key, value, false),
        Command::Expire(Expire { key, .. }) | Command::GetEx { key, .. } => Some(lives(db, key)),
        Command::GetDel { key } => Some(Command::Del {
            keys: Vec::from([key.clone()]),
        }),
        Command::SPop { key, .. } => Some(Command::SRem {
            key: key.clone(),
            members: bulks(reply),
        }),
        Command::BPop { end, .. } => popped(reply, *end, false),
        Command::LMPop(pop) | Command::BLMPop { lmpop: pop, .. } => popped(reply, pop.end, true),
        Command::BLMove { lmove, .. } => Some(Command::LMove(lmove.clone())),
        Command::BRPopLPush {
            source, destination, ..
        }
        | Command::RPopLPush { source, destination } => Some(Command::LMove(LMove {
            source: source.clone(),
            destination: destination.clone(),
            from: ListEnd::Right,
            to: ListEnd::Left,
        })),
        Command::XAdd(add) => added(db, add),
        Command::XTrim { key, trim } => Some(Command::XTrim {
            key: key.clone(),
            trim: trimmed(db, key, *trim)?,
        }),
        command => Some(command.clone()),
    }
}

/// Whether XDELEX or XACKDEL has done something to an entry, or to a reference.
fn did_any(reply: &Reply) -> bool {
    match reply {
        Reply::Array(results) => results.iter().any(|result| *result != Reply::Integer(-1)),
        _ => false,
    }
}

/// A value, until when it lives; nothing where its time was over at once: that was told already.
fn stored(db: &Access<'_>, key: &Bytes, value: &Bytes, keeps: bool) -> Option<Command> {
    if !db.keyspace.contains(key) {
        return None;
    }
    let lifetime = match db.keyspace.expires_at(key) {
        _ if keeps => Lifetime::Kept,
        Some(at) => Lifetime::Until(at),
        None => Lifetime::Unlimited,
    };
    Some(Command::Set(Set {
        key: key.clone(),
        value: value.clone(),
        condition: Condition::Always,
        get: false,
        lifetime,
    }))
}

/// Until when a key lives, or that it does no more.
fn lives(db: &Access<'_>, key: &Bytes) -> Command {
    let key = key.clone();
    if !db.keyspace.contains(&key) {
        return Command::Del { keys: Vec::from([key]) };
    }
    match db.keyspace.expires_at(&key) {
        Some(at) => until(key, at),
        None => Command::Persist { key },
    }
}

fn until(key: Bytes, at: Millis) -> Command {
    Command::Expire(Expire {
        key,
        time: i64::try_from(at).unwrap_or(i64::MAX),
        since: Since::Epoch,
        unit: TimeUnit::Milliseconds,
        condition: ExpireIf::Always,
    })
}

/// What a pop from one of several lists took, and from which.
fn popped(reply: &Reply, end: ListEnd, counts: bool) -> Option<Command> {
    let Reply::Array(parts) = reply else { return None };
    let [Reply::Bulk(key), taken] = parts.as_slice() else {
        return None;
    };
    Some(Command::Pop {
        key: key.clone(),
        end,
        count: counts.then(|| bulks(taken).len() as u64),
    })
}

fn bulks(reply: &Reply) -> Vec<Bytes> {
    let parts = match reply {
        Reply::Array(parts) | Reply::Set(parts) => parts.as_slice(),
        one => core::slice::from_ref(one),
    };
    let bulk = |part: &Reply| match part {
        Reply::Bulk(text) => Some(text.clone()),
        _ => None,
    };
    parts.iter().filter_map(bulk).collect()
}

/// With the ID that it got.
fn added(db: &Access<'_>, add: &XAdd) -> Option<Command> {
    let last_id = db.keyspace.stream(&add.key)?.last_id();
    Some(Command::XAdd(XAdd {
        id: AddId::Explicit(last_id),
        trim: add.trim.and_then(|trim| trimmed(db, &add.key, trim)),
        ..add.clone()
    }))
}

/// A trim by nodes depends on how entries are spread over them: what it left is told as a number.
fn trimmed(db: &Access<'_>, key: &[u8], trim: Trim) -> Option<Trim> {
    match (trim.precision, trim.references) {
        (Precision::Exact, _) => Some(trim),
        (Precision::Nodes { .. }, References::Keep) => Some(Trim {
            by: TrimBy::MaxLen(db.keyspace.stream(key)?.len() as u64),
            precision: Precision::Exact,
            references: References::Keep,
        }),
        (Precision::Nodes { .. }, _) => None,
    }
}
