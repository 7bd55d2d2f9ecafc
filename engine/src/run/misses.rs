//! Keys that a command which only reads looks for in vain: the event `keymiss`.
//!
//! A server tells of each as it looks it up, before all that the command does; writing commands do not tell. Nothing here
//! is done while nobody wants to know. Source: <https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/>.

use core::slice;

use super::block_fits;
use crate::command::{ReadFrom, XInfo, XReadGroup};
use crate::keyspace::{Access, Value};
use crate::notifications::Class;
use crate::{Bytes, Command};

/// Tells of the keys that a command looks for in vain.
pub(super) fn notify_of_misses(db: &mut Access<'_>, command: &Command) {
    // A time to wait that is refused is told before anything is looked up.
    let block = match command {
        Command::XRead(read) => read.block,
        Command::XReadGroup(read) => read.block,
        _ => None,
    };
    if block_fits(block, db.now).is_err() {
        return;
    }
    match command {
        Command::XRead(read) => {
            // Once for the types, and once again to read.
            let has_failed = misses_of_streams(db, &read.streams, |_| true);
            if !has_failed {
                misses_of_streams(db, &read.streams, |_| true);
            }
        }
        Command::XReadGroup(XReadGroup { group, streams, .. }) => {
            misses_of_streams(db, streams, |value| match value {
                Some(Value::Stream(stream)) => stream.group(group).is_some(),
                _ => false,
            });
        }
        command => keys(command).iter().for_each(|key| notify_if_missing(db, key)),
    }
}

/// Tells of the streams in turn, up to one that is of another type or that the command does not go beyond; whether there
/// was one.
fn misses_of_streams(
    db: &mut Access<'_>,
    streams: &[(Bytes, ReadFrom)],
    goes_on: impl Fn(Option<&Value>) -> bool,
) -> bool {
    streams.iter().any(|(key, _)| {
        notify_if_missing(db, key);
        let value = db.value(key);
        value.is_some_and(|value| !matches!(value, Value::Stream(_))) || !goes_on(value)
    })
}

/// SET with GET does it by itself: its time to live is checked before that.
pub(super) fn notify_if_missing(db: &mut Access<'_>, key: &Bytes) {
    if db.tells(Class::Miss) && !db.contains(key) {
        db.notify(Class::Miss, "keymiss", key);
    }
}

/// What a command looks up to read.
fn keys(command: &Command) -> &[Bytes] {
    match command {
        Command::MGet { keys } | Command::Exists { keys } => keys,
        Command::XRange(range) => slice::from_ref(&range.key),
        Command::XPending(pending) => slice::from_ref(&pending.key),
        Command::XClaim(claim) => slice::from_ref(&claim.key),
        Command::XAutoClaim(claim) => slice::from_ref(&claim.key),
        Command::XAckDel(delete) => slice::from_ref(&delete.key),
        Command::LPos(position) => slice::from_ref(&position.key),
        Command::Get { key }
        | Command::GetSet { key, .. }
        | Command::GetDel { key }
        | Command::GetEx { key, .. }
        | Command::Ttl { key }
        | Command::PTtl { key }
        | Command::ExpireTime { key }
        | Command::PExpireTime { key }
        | Command::Type { key }
        | Command::SIsMember { key, .. }
        | Command::SMIsMember { key, .. }
        | Command::SCard { key }
        | Command::SMembers { key }
        | Command::LLen { key }
        | Command::LRange { key, .. }
        | Command::LIndex { key, .. }
        | Command::XLen { key }
        | Command::XAck { key, .. }
        | Command::XInfo(
            XInfo::Stream { key }
            | XInfo::StreamFull { key, .. }
            | XInfo::Groups { key }
            | XInfo::Consumers { key, .. },
        ) => slice::from_ref(key),
        _ => &[],
    }
}
