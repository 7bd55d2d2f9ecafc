//! A second model of streams and groups, as simple as it can be: lists that are searched from end to end. It shares
//! the engine's parsed commands and replies, and none of its code. Slow on purpose.

mod consume;
mod delete;

use redelivery_engine::command::*;
use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Bytes, Command, Reply, StreamId};

/// How many entries a node takes.
pub(crate) const NODE_ENTRIES: u32 = 3;

#[derive(Default)]
pub(crate) struct Naive {
    streams: Vec<Stream>,
}

pub(crate) struct Stream {
    key: Bytes,
    entries: Vec<(StreamId, Vec<Bytes>)>,
    /// The IDs of each node, deleted ones included.
    nodes: Vec<Vec<StreamId>>,
    last: StreamId,
    groups: Vec<Group>,
    lowest: Option<StreamId>,
}

pub(crate) struct Group {
    name: Bytes,
    last: StreamId,
    consumers: Vec<Bytes>,
    pending: Vec<Pending>,
}

#[derive(Clone)]
pub(crate) struct Pending {
    id: StreamId,
    owner: Bytes,
    at: u64,
    count: u64,
}

fn error(text: String) -> Reply {
    Reply::Error(text.into())
}

fn bulk(id: StreamId) -> Reply {
    Reply::Bulk(id.to_string().into())
}

fn number(count: usize) -> Reply {
    Reply::Integer(i64::try_from(count).unwrap())
}

fn within(id: StreamId, start: Bound, end: Bound) -> bool {
    let above = match start {
        Bound::Included(start) => id >= start,
        Bound::Excluded(start) => id > start,
    };
    above
        && match end {
            Bound::Included(end) => id <= end,
            Bound::Excluded(end) => id < end,
        }
}

impl Stream {
    fn reply(&self, id: StreamId) -> EntryReply {
        let fields = self
            .entries
            .iter()
            .find(|entry| entry.0 == id)
            .map(|entry| entry.1.clone());
        EntryReply { id, fields }
    }

    fn has(&self, id: StreamId) -> bool {
        self.entries.iter().any(|entry| entry.0 == id)
    }

    fn push(&mut self, id: StreamId, fields: Vec<Bytes>) {
        self.entries.push((id, fields));
        match self.nodes.last_mut() {
            Some(node) if node.len() < NODE_ENTRIES as usize => node.push(id),
            _ => self.nodes.push(vec![id]),
        }
    }

    fn delete(&mut self, ids: &[StreamId]) -> usize {
        let before = self.entries.len();
        for id in ids.iter().filter(|id| self.has(**id)).copied().collect::<Vec<_>>() {
            self.entries.retain(|entry| entry.0 != id);
            let entries = &self.entries;
            let is_left = |id: &StreamId| entries.iter().any(|entry| entry.0 == *id);
            self.nodes
                .retain(|node| !node.contains(&id) || node.iter().any(is_left));
        }
        before - self.entries.len()
    }

    fn trim(&mut self, trim: Trim) -> usize {
        if trim.references != References::Keep {
            return self.trim_each(trim);
        }
        let before = self.entries.len();
        let limit = match trim.precision {
            Precision::Exact => usize::MAX,
            Precision::Nodes { limit: Some(0) } => usize::MAX,
            Precision::Nodes { limit } => limit.map_or(100 * NODE_ENTRIES as usize, |limit| limit as usize),
        };
        while let Some(node) = self.nodes.first().cloned() {
            let inside = self.entries.iter().filter(|entry| node.contains(&entry.0)).count();
            let goes = match trim.by {
                TrimBy::MaxLen(length) => {
                    self.entries.len() as u64 > length && (self.entries.len() - inside) as u64 >= length
                }
                TrimBy::MinId(id) => *node.last().unwrap() < id,
            };
            if !goes || before - self.entries.len() + inside > limit {
                break;
            }
            self.entries.drain(..inside);
            self.nodes.remove(0);
        }
        while trim.precision == Precision::Exact
            && let Some((first, _)) = self.entries.first()
        {
            let goes = match trim.by {
                TrimBy::MaxLen(length) => self.entries.len() as u64 > length,
                TrimBy::MinId(id) => *first < id,
            };
            if !goes {
                break;
            }
            self.entries.remove(0);
        }
        before - self.entries.len()
    }
}

impl Naive {
    fn stream(&mut self, key: &Bytes) -> Option<&mut Stream> {
        self.streams.iter_mut().find(|stream| stream.key == *key)
    }

    fn group(&mut self, key: &Bytes, group: &Bytes) -> Option<&mut Group> {
        self.stream(key)?
            .groups
            .iter_mut()
            .find(|candidate| candidate.name == *group)
    }

    fn create(&mut self, key: &Bytes) -> &mut Stream {
        if self.stream(key).is_none() {
            let (entries, nodes, groups) = (Vec::new(), Vec::new(), Vec::new());
            self.streams.push(Stream {
                key: key.clone(),
                entries,
                nodes,
                last: StreamId::MIN,
                groups,
                lowest: None,
            });
        }
        self.stream(key).unwrap()
    }

    pub(crate) fn apply(&mut self, command: &Command, now: u64) -> Reply {
        match command {
            Command::XAdd(add) => self.add(add, now),
            Command::XLen { key } => number(self.stream(key).map_or(0, |stream| stream.entries.len())),
            Command::XRange(range) => self.range(range),
            Command::XDel { key, ids } => number(self.stream(key).map_or(0, |stream| stream.delete(ids))),
            Command::XDelEx(delete) => self.delete_ex(delete),
            Command::XAckDel(delete) => self.acknowledge_and_delete(delete),
            Command::XTrim { key, trim } => number(self.stream(key).map_or(0, |stream| stream.trim(*trim))),
            Command::XRead(read) => self.read(read),
            Command::XReadGroup(read) => self.read_group(read, now),
            Command::XAck { key, group, ids } => number(self.group(key, group).map_or(0, |group| {
                let before = group.pending.len();
                group.pending.retain(|pending| !ids.contains(&pending.id));
                before - group.pending.len()
            })),
            Command::XPending(pending) => self.pending(pending, now),
            Command::XClaim(claim) => self.claim(claim, now),
            Command::XAutoClaim(claim) => self.auto_claim(claim, now),
            Command::XGroup(xgroup) => self.xgroup(xgroup),
            other => panic!("the naive model does not know {other:?}"),
        }
    }

    fn add(&mut self, add: &XAdd, now: u64) -> Reply {
        if add.id == AddId::Explicit(StreamId::MIN) {
            return error("ERR The ID specified in XADD must be greater than 0-0".into());
        }
        if self.stream(&add.key).is_none() && !add.create {
            return Reply::Null;
        }
        let stream = self.create(&add.key);
        let last = stream.last;
        let successor = StreamId::new(last.ms, last.seq + 1);
        let id = match add.id {
            AddId::Auto => successor.max(StreamId::new(now, 0)),
            AddId::AutoSeq(ms) if ms == last.ms => successor,
            AddId::AutoSeq(ms) => StreamId::new(ms, 0),
            AddId::Explicit(id) => id,
        };
        if id <= last {
            return error("ERR The ID specified in XADD is equal or smaller than the target stream top item".into());
        }
        stream.last = id;
        stream.push(id, add.fields.clone());
        add.trim.map(|trim| stream.trim(trim));
        bulk(id)
    }

    fn range(&mut self, range: &XRange) -> Reply {
        let Some(stream) = self.stream(&range.key) else {
            return Reply::Entries(Vec::new());
        };
        if range.count.is_some_and(|count| count <= 0) {
            return Reply::NullArray;
        }
        let ids = stream.entries.iter().map(|entry| entry.0);
        let mut found: Vec<EntryReply> = ids
            .filter(|id| within(*id, range.start, range.end))
            .map(|id| stream.reply(id))
            .collect();
        if range.reverse {
            found.reverse();
        }
        found.truncate(range.count.map_or(usize::MAX, |count| usize::try_from(count).unwrap()));
        Reply::Entries(found)
    }

    fn xgroup(&mut self, command: &XGroup) -> Reply {
        let (key, group) = match command {
            XGroup::Help => panic!("the naive model does not help"),
            XGroup::Create { key, group, .. } | XGroup::SetId { key, group, .. } => (key, group),
            XGroup::Destroy { key, group } => (key, group),
            XGroup::CreateConsumer { key, group, .. } | XGroup::DelConsumer { key, group, .. } => (key, group),
        };
        let makes = matches!(command, XGroup::Create { make_stream: true, .. });
        if self.stream(key).is_none() && !makes {
            return error(
                "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the \
                 MKSTREAM option to create an empty stream automatically."
                    .into(),
            );
        }
        let top = self.create(key).last;
        let place = |start: &GroupStart| match start {
            GroupStart::After(id) => *id,
            GroupStart::Last => top,
        };
        let stream = self.create(key);
        let Some(at) = stream.groups.iter().position(|candidate| candidate.name == *group) else {
            return match command {
                XGroup::Create { start, .. } => {
                    stream.moved(None, place(start));
                    let (consumers, pending) = (Vec::new(), Vec::new());
                    stream.groups.push(Group {
                        name: group.clone(),
                        last: place(start),
                        consumers,
                        pending,
                    });
                    Reply::OK
                }
                XGroup::Destroy { .. } => Reply::Integer(0),
                _ => error(format!("NOGROUP No such consumer group '{group}' for key name '{key}'")),
            };
        };
        let found = &mut stream.groups[at];
        match command {
            XGroup::Help => unreachable!(),
            XGroup::Create { .. } => error("BUSYGROUP Consumer Group name already exists".into()),
            XGroup::SetId { start, .. } => {
                let from = std::mem::replace(&mut found.last, place(start));
                stream.moved(Some(from), place(start));
                Reply::OK
            }
            XGroup::Destroy { .. } => {
                stream.groups.remove(at);
                Reply::Integer(1)
            }
            XGroup::CreateConsumer { consumer, .. } => number(found.mention(consumer)),
            XGroup::DelConsumer { consumer, .. } => {
                let before = found.pending.len();
                found.pending.retain(|pending| pending.owner != *consumer);
                found.consumers.retain(|name| name != consumer);
                number(before - found.pending.len())
            }
        }
    }
}
