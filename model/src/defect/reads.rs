//! Defects of XREADGROUP: of new entries, and of a consumer's own history.

use redelivery_engine::command::{GroupStart, ReadFrom, XGroup, XReadGroup};
use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Broker, Command, PendingEntry, Reply, StreamId};

use super::around::{Done, SABOTEUR};
use super::{Defect, remembered};
use crate::replies;

/// Entries that a broker with a certain bug reads at a time.
const PAGE: usize = 10;

pub(super) fn substitute(defect: Defect, command: &Command) -> Option<Command> {
    let Command::XReadGroup(read) = command else {
        return None;
    };
    let mut read = read.clone();
    match defect {
        Defect::ReadgroupExceedsCount => read.count = read.count.map(|count| count + 1),
        Defect::ReadgroupForgetsPending => read.noack = true,
        Defect::NoackEntersPending => read.noack = false,
        _ => return None,
    }
    Some(Command::XReadGroup(read))
}

pub(super) fn after_one(defect: Defect, broker: &mut Broker, done: Done<'_>, command: &Command, reply: &mut Reply) {
    let Command::XReadGroup(read) = command else { return };
    if reads_new(read) {
        new(defect, broker, done, read, reply);
    } else if let Reply::Streams(streams) = reply
        && let ([(_, entries)], [(_, ReadFrom::After(after))]) = (streams.as_mut_slice(), read.streams.as_slice())
    {
        history(defect, broker, done, read, *after, entries);
    }
}

fn new(defect: Defect, broker: &mut Broker, done: Done<'_>, read: &XReadGroup, reply: &mut Reply) {
    let entries = replies::read_entries(reply);
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return;
    };
    let (first, last) = (first.id, last.id);
    match defect {
        Defect::ReadgroupHandsOutTwice if done.before.pending(&read.group, first).is_none() => {
            put_back(broker, read, first, done);
        }
        Defect::ReadgroupStandsStill => put_back(broker, read, first, done),
        Defect::ReadgroupSkipsOne => {
            let stream = broker.stream(&read.streams[0].0);
            let skipped = stream.and_then(|stream| stream.entries().map(|entry| entry.id).find(|id| *id > last));
            if let Some(skipped) = skipped {
                move_group(broker, read, skipped, done);
            }
        }
        Defect::ReadgroupPassesOverRest => {
            let stream = broker.stream(&read.streams[0].0);
            let page = stream.map(|stream| {
                stream
                    .entries()
                    .map(|entry| entry.id)
                    .filter(|id| *id >= first)
                    .take(PAGE)
            });
            let rest = page.and_then(|page| page.last()).filter(|id| *id > last);
            if let Some(rest) = rest {
                move_group(broker, read, rest, done);
            }
        }
        Defect::ReadgroupReverses => {
            if let Reply::Streams(streams) = reply {
                streams.iter_mut().for_each(|(_, entries)| entries.reverse());
            }
        }
        _ => {}
    }
}

fn history(
    defect: Defect,
    broker: &mut Broker,
    done: Done<'_>,
    read: &XReadGroup,
    after: StreamId,
    entries: &mut Vec<EntryReply>,
) {
    let key = &read.streams[0].0;
    match defect {
        Defect::HistoryIsEmpty => entries.clear(),
        Defect::HistoryKeepsCounter => {
            for entry in entries.iter() {
                let group = broker.stream(key).and_then(|stream| stream.group(&read.group));
                let is = group.and_then(|group| group.pending_entry(entry.id)).cloned();
                if let (Some(is), Some(was)) = (is, done.before.pending(&read.group, entry.id)) {
                    let deliveries = was.deliveries;
                    let pending = PendingEntry { deliveries, ..is };
                    broker.set_pending(key, &read.group, entry.id, Some(pending));
                }
            }
        }
        // What its own list has besides belongs to its history.
        _ => {
            for id in remembered::also_with(broker, key, &read.group, &read.consumer) {
                let entry = broker.stream(key).and_then(|stream| stream.entry(id));
                let fits = read.count.is_none_or(|count| (entries.len() as u64) < count);
                if let Some(entry) = entry
                    && id > after
                    && fits
                    && entries.iter().all(|known| known.id != id)
                {
                    let fields = Some(entry.fields());
                    entries.push(EntryReply { id, fields });
                }
            }
            entries.sort_by_key(|entry| entry.id);
        }
    }
}

pub(super) fn reads_new(read: &XReadGroup) -> bool {
    read.streams.iter().all(|(_, from)| *from == ReadFrom::New)
}

/// The group's position goes back: this entry is the next to be handed out.
pub(super) fn put_back(broker: &mut Broker, read: &XReadGroup, id: StreamId, done: Done<'_>) {
    move_group(broker, read, id.previous().unwrap_or(StreamId::MIN), done);
}

fn move_group(broker: &mut Broker, read: &XReadGroup, to: StreamId, done: Done<'_>) {
    let set_id = XGroup::SetId {
        key: read.streams[0].0.clone(),
        group: read.group.clone(),
        start: GroupStart::After(to),
        entries_read: None,
    };
    broker.apply(SABOTEUR, &Command::XGroup(set_id), done.now_ms);
}
