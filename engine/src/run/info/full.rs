//! XINFO STREAM … FULL: the stream with everything in it. Times are moments here, not ages.
//!
//! Source: <https://redis.io/docs/latest/commands/xinfo-stream/>.

use alloc::vec::Vec;

use super::{counted, counters, lag, of_entry};
use crate::pending::{Consumer, PendingEntry};
use crate::run::{bulk_id, info_map, integer};
use crate::stream::Group;
use crate::{Bytes, Reply, Stream, StreamId};

const COUNT_DEFAULT: u64 = 10;

/// `count` limits the entries, and of each group and each consumer the pending entries; 0 allows any number.
pub(super) fn of_stream(stream: &Stream, count: Option<u64>) -> Reply {
    let limit = crate::run::limit(Some(count.unwrap_or(COUNT_DEFAULT)));
    let entries = stream.entries.iter().take(limit).map(of_entry);
    let groups = stream
        .groups()
        .map(|(name, group)| of_group(stream, name, group, limit));
    let mut fields = counters(stream);
    fields.extend([
        ("entries", Reply::Array(entries.collect())),
        ("groups", Reply::Array(groups.collect())),
    ]);
    info_map(fields)
}

fn of_group(stream: &Stream, name: &Bytes, group: &Group, limit: usize) -> Reply {
    let delivery = |(id, entry): (StreamId, &PendingEntry)| {
        let mut row = Vec::from([bulk_id(id), Reply::Bulk(entry.consumer.clone())]);
        row.extend(delivery(entry));
        Reply::Array(row)
    };
    let consumers = group
        .consumers()
        .map(|(name, consumer)| of_consumer(group, name, consumer, limit));
    info_map(Vec::from([
        ("name", Reply::Bulk(name.clone())),
        ("last-delivered-id", bulk_id(group.last_delivered())),
        ("entries-read", counted(group.entries_read())),
        ("lag", lag(stream, group)),
        ("pel-count", integer(group.pending_len())),
        (
            "pending",
            Reply::Array(group.pending().take(limit).map(delivery).collect()),
        ),
        ("consumers", Reply::Array(consumers.collect())),
    ]))
}

fn of_consumer(group: &Group, name: &Bytes, consumer: &Consumer, limit: usize) -> Reply {
    let rows = consumer.pending().take(limit).filter_map(|id| {
        let mut row = Vec::from([bulk_id(id)]);
        row.extend(delivery(group.pending_entry(id)?));
        Some(Reply::Array(row))
    });
    let active = consumer.active().map_or(Reply::Integer(-1), |at| counted(Some(at)));
    info_map(Vec::from([
        ("name", Reply::Bulk(name.clone())),
        ("seen-time", counted(Some(consumer.seen()))),
        ("active-time", active),
        ("pel-count", integer(consumer.pending_len())),
        ("pending", Reply::Array(rows.collect())),
    ]))
}

/// When it was delivered and how often.
fn delivery(entry: &PendingEntry) -> [Reply; 2] {
    [counted(Some(entry.delivered_at)), counted(Some(entry.deliveries))]
}
