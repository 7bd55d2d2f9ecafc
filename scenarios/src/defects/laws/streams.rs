//! Laws of XADD, XDEL, XGROUP DELCONSUMER and SADD. Sources: <https://redis.io/docs/latest/commands/xadd/>,
//! <https://redis.io/docs/latest/commands/xgroup-delconsumer/>, <https://redis.io/docs/latest/commands/sadd/>.

use redelivery_engine::command::XGroup;
use redelivery_engine::{Bytes, ClientId, Command, Reply, StreamId};

use super::Law;

pub(super) const IDS_GROW: Law = Law {
    name: "ids-grow",
    claim: "XADD gives an ID above all that it gave before, be their entries deleted, and the entry is there.",
    keeps: |look| {
        let (Command::XAdd(add), Some(Reply::Bulk(text))) = (look.command, look.reply) else {
            return true;
        };
        let stream = look.after.stream(&add.key);
        id(text).is_some_and(|id| id > look.highest && stream.is_some_and(|stream| stream.entry(id).is_some()))
    },
};

pub(super) const DELETED: Law = Law {
    name: "what-is-deleted-is-gone",
    claim: "After XDEL its entries are not in the stream.",
    keeps: |look| {
        let Command::XDel { key, ids } = look.command else {
            return true;
        };
        let stream = look.after.stream(key);
        stream.is_none_or(|stream| ids.iter().all(|id| stream.entry(*id).is_none()))
    },
};

pub(super) const CONSUMER_GONE: Law = Law {
    name: "a-deleted-consumer-has-nothing",
    claim: "After XGROUP DELCONSUMER nothing is pending with the consumer.",
    keeps: |look| {
        let Command::XGroup(XGroup::DelConsumer { key, group, consumer }) = look.command else {
            return true;
        };
        let group = look.group_after(key, group);
        group.is_none_or(|group| group.pending().all(|(_, entry)| entry.consumer != *consumer))
    },
};

pub(super) const MEMBERS: Law = Law {
    name: "sadd-counts-what-is-new",
    claim: "SADD answers how many of its members were not in the set.",
    keeps: |look| {
        let (Command::SAdd { key, members }, Some(reply)) = (look.command, look.reply) else {
            return true;
        };
        let mut before = look.before.clone();
        let mut is_new = |member: &&Bytes| {
            let (key, member) = (key.clone(), (*member).clone());
            let asked = Command::SIsMember { key, member };
            before.apply(ClientId(u64::MAX), &asked, look.now_ms) == Some(Reply::Integer(0))
        };
        let new = members.iter().filter(&mut is_new).count();
        *reply == Reply::Integer(new as i64)
    },
};

/// An ID as replies write it.
pub(super) fn id(text: &Bytes) -> Option<StreamId> {
    let (ms, seq) = std::str::from_utf8(text).ok()?.split_once('-')?;
    Some(StreamId::new(ms.parse().ok()?, seq.parse().ok()?))
}
