//! Laws of XREADGROUP. Source: <https://redis.io/docs/latest/commands/xreadgroup/>.

use redelivery_engine::command::{ReadFrom, XReadGroup};
use redelivery_engine::{Bytes, Command, Reply, StreamId};

use super::{Law, Look};

pub(super) const IN_TURN: Law = Law {
    name: "new-entries-come-in-turn",
    claim: "A read with > hands out the next entries of the group, no more than COUNT, and moves it to the last of them.",
    keeps: |look| {
        let Some(Read { read, key, entries, .. }) = Read::of(look, true) else {
            return true;
        };
        let (Some(stream), Some(was), Some(is)) = (
            look.before.stream(key),
            look.group_before(key, &read.group),
            look.group_after(key, &read.group),
        ) else {
            return false;
        };
        let position = was.last_delivered();
        let due = stream.entries().map(|entry| entry.id).filter(|id| *id > position);
        let count = read.count.and_then(|count| usize::try_from(count).ok());
        let due: Vec<StreamId> = due.take(count.unwrap_or(usize::MAX)).collect();
        entries == due && is.last_delivered() == due.last().copied().unwrap_or(position)
    },
};

pub(super) const PENDING: Law = Law {
    name: "what-is-read-is-pending",
    claim: "What a read with > hands out is pending once with its reader; with NOACK it is not.",
    keeps: |look| {
        let Some(Read { read, key, entries, .. }) = Read::of(look, true) else {
            return true;
        };
        let (Some(was), Some(is)) = (look.group_before(key, &read.group), look.group_after(key, &read.group)) else {
            return false;
        };
        let is_mine = |id: &StreamId| {
            let pending = is.pending_entry(*id);
            pending.is_some_and(|pending| pending.consumer == read.consumer && pending.deliveries == 1)
        };
        match read.noack {
            true => was.pending().eq(is.pending()),
            false => entries.iter().all(is_mine),
        }
    },
};

pub(super) const HISTORY: Law = Law {
    name: "a-history-is-what-is-pending",
    claim: "A read with an ID answers what is pending with its reader after it, and counts as a delivery of what is there.",
    keeps: |look| {
        let Some(Read {
            read,
            key,
            entries,
            after,
        }) = Read::of(look, false)
        else {
            return true;
        };
        let (Some(was), Some(is)) = (look.group_before(key, &read.group), look.group_after(key, &read.group)) else {
            return false;
        };
        let own = was.consumer(&read.consumer).into_iter().flat_map(|it| it.pending());
        let count = read.count.and_then(|count| usize::try_from(count).ok());
        let due: Vec<StreamId> = own.filter(|id| *id > after).take(count.unwrap_or(usize::MAX)).collect();
        let stream = look.before.stream(key);
        let counted = |id: &StreamId| {
            let there = stream.is_some_and(|stream| stream.entry(*id).is_some());
            let deliveries = |group: &redelivery_engine::Group| group.pending_entry(*id).map(|it| it.deliveries);
            deliveries(is) == deliveries(was).map(|before| before + u64::from(there))
        };
        entries == due && due.iter().all(counted)
    },
};

/// A read of one stream that was answered.
struct Read<'a> {
    read: &'a XReadGroup,
    key: &'a Bytes,
    entries: Vec<StreamId>,
    /// Of a history.
    after: StreamId,
}

impl<'a> Read<'a> {
    fn of(look: &Look<'a>, new: bool) -> Option<Self> {
        let Command::XReadGroup(read) = look.command else {
            return None;
        };
        let (key, from) = read.streams.first()?;
        let after = match from {
            ReadFrom::After(after) => *after,
            _ => StreamId::MIN,
        };
        if (*from == ReadFrom::New) != new {
            return None;
        }
        let entries = match look.reply? {
            Reply::Streams(streams) => streams.first().map(|(_, entries)| entries.as_slice()),
            _ => None,
        };
        let entries = entries.unwrap_or_default().iter().map(|entry| entry.id).collect();
        Some(Self {
            read,
            key,
            entries,
            after,
        })
    }
}
