//! The naive model's reading, claiming and looking at what is pending.

use redelivery_engine::command::*;
use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Bytes, Reply, StreamId};

use super::{Group, Naive, Pending, bulk, error, number, within};

const EVERYTHING: Bound = Bound::Included(StreamId::MAX);

fn limit(count: Option<u64>) -> usize {
    count
        .filter(|count| *count > 0)
        .map_or(usize::MAX, |count| usize::try_from(count).unwrap())
}

fn unknown(key: &Bytes, group: &Bytes, suffix: &str) -> Reply {
    error(format!(
        "NOGROUP No such key '{key}' or consumer group '{group}'{suffix}"
    ))
}

impl Group {
    pub(crate) fn mention(&mut self, consumer: &Bytes) -> usize {
        let new = !self.consumers.contains(consumer);
        if new {
            self.consumers.push(consumer.clone());
        }
        usize::from(new)
    }

    fn find(&self, id: StreamId) -> Option<Pending> {
        self.pending.iter().find(|pending| pending.id == id).cloned()
    }

    fn forget(&mut self, id: StreamId) {
        self.pending.retain(|pending| pending.id != id);
    }

    fn put(&mut self, pending: Pending) {
        self.forget(pending.id);
        self.pending.push(pending);
        self.pending.sort_by_key(|pending| pending.id);
    }
}

impl Naive {
    pub(crate) fn read(&mut self, read: &XRead) -> Reply {
        let mut found = Vec::new();
        for (key, from) in &read.streams {
            let Some(stream) = self.stream(key) else {
                continue;
            };
            let newest = stream.entries.last().map(|entry| entry.0);
            let wanted = |id: &StreamId| match from {
                ReadFrom::After(after) => id > after,
                ReadFrom::Newest => Some(*id) == newest,
                _ => false,
            };
            let ids = stream.entries.iter().map(|entry| entry.0).filter(wanted);
            let entries: Vec<_> = ids.take(limit(read.count)).map(|id| stream.reply(id)).collect();
            if !entries.is_empty() {
                found.push((key.clone(), entries));
            }
        }
        if found.is_empty() {
            Reply::NullArray
        } else {
            Reply::Streams(found)
        }
    }

    pub(crate) fn read_group(&mut self, read: &XReadGroup, now: u64) -> Reply {
        for (key, _) in &read.streams {
            if self.group(key, &read.group).is_none() {
                return unknown(key, &read.group, " in XREADGROUP with GROUP option");
            }
        }
        let mut found = Vec::new();
        for (key, from) in &read.streams {
            self.group(key, &read.group).unwrap().mention(&read.consumer);
            let entries = match from {
                ReadFrom::After(after) => self.history(key, read, *after, now),
                _ => self.fresh(key, read, now),
            };
            if !entries.is_empty() || matches!(from, ReadFrom::After(_)) {
                found.push((key.clone(), entries));
            }
        }
        if found.is_empty() {
            Reply::NullArray
        } else {
            Reply::Streams(found)
        }
    }

    fn history(&mut self, key: &Bytes, read: &XReadGroup, after: StreamId, now: u64) -> Vec<EntryReply> {
        let group = self.group(key, &read.group).unwrap();
        let mine = group
            .pending
            .iter()
            .filter(|pending| pending.owner == read.consumer && pending.id > after);
        let mine: Vec<Pending> = mine.take(limit(read.count)).cloned().collect();
        let mut entries = Vec::new();
        for pending in mine {
            let entry = self.stream(key).unwrap().reply(pending.id);
            if entry.fields.is_some() {
                let count = pending.count + 1;
                self.group(key, &read.group).unwrap().put(Pending {
                    at: now,
                    count,
                    ..pending
                });
            }
            entries.push(entry);
        }
        entries
    }

    fn fresh(&mut self, key: &Bytes, read: &XReadGroup, now: u64) -> Vec<EntryReply> {
        let last = self.group(key, &read.group).unwrap().last;
        let stream = self.stream(key).unwrap();
        let ids = stream.entries.iter().map(|entry| entry.0).filter(|id| *id > last);
        let entries: Vec<_> = ids.take(limit(read.count)).map(|id| stream.reply(id)).collect();
        if let Some(entry) = entries.last() {
            self.stream(key).unwrap().moved(Some(last), entry.id);
        }
        let group = self.group(key, &read.group).unwrap();
        for entry in &entries {
            group.last = entry.id;
            if !read.noack {
                group.put(Pending {
                    id: entry.id,
                    owner: read.consumer.clone(),
                    at: now,
                    count: 1,
                });
            }
        }
        entries
    }

    pub(crate) fn claim(&mut self, claim: &XClaim, now: u64) -> Reply {
        let Some(group) = self.group(&claim.key, &claim.group) else {
            return unknown(&claim.key, &claim.group, "");
        };
        group.mention(&claim.consumer);
        if let Some(id) = claim.last_id.filter(|id| *id > group.last) {
            let from = std::mem::replace(&mut group.last, id);
            self.stream(&claim.key).unwrap().moved(Some(from), id);
        }
        let clock = i64::try_from(now).unwrap();
        let at = match claim.idle {
            Idle::For(ms) if (0..=clock).contains(&ms) => now - ms.unsigned_abs(),
            Idle::Since(at) if (0..=clock).contains(&at) => at.unsigned_abs(),
            _ => now,
        };
        let mut taken = Vec::new();
        for &id in &claim.ids {
            let exists = self.stream(&claim.key).unwrap().has(id);
            let group = self.group(&claim.key, &claim.group).unwrap();
            if !exists {
                group.forget(id);
                continue;
            }
            let count = match group.find(id) {
                Some(pending) if pending.at + claim.min_idle_ms > now => continue,
                Some(pending) => pending.count,
                None if claim.force => 1,
                None => continue,
            };
            let count = claim
                .retry_count
                .unwrap_or(if claim.just_id { count } else { count + 1 });
            let owner = claim.consumer.clone();
            group.put(Pending { id, owner, at, count });
            taken.push(id);
        }
        self.page(&claim.key, &taken, claim.just_id)
    }

    pub(crate) fn auto_claim(&mut self, claim: &XAutoClaim, now: u64) -> Reply {
        let Some(group) = self.group(&claim.key, &claim.group) else {
            return unknown(&claim.key, &claim.group, "");
        };
        group.mention(&claim.consumer);
        let count = usize::try_from(claim.count.unwrap_or(100)).unwrap();
        let all = group.pending.clone().into_iter();
        let mut queue = all
            .filter(|pending| within(pending.id, claim.start, EVERYTHING))
            .peekable();
        let (mut taken, mut deleted) = (Vec::new(), Vec::new());
        for _ in 0..count * 10 {
            if taken.len() + deleted.len() == count {
                break;
            }
            let Some(pending) = queue.next() else {
                break;
            };
            let exists = self.stream(&claim.key).unwrap().has(pending.id);
            let group = self.group(&claim.key, &claim.group).unwrap();
            if !exists {
                group.forget(pending.id);
                deleted.push(bulk(pending.id));
            } else if now - pending.at >= claim.min_idle_ms {
                let count = pending.count + u64::from(!claim.just_id);
                let owner = claim.consumer.clone();
                group.put(Pending {
                    id: pending.id,
                    owner,
                    at: now,
                    count,
                });
                taken.push(pending.id);
            }
        }
        let cursor = queue.peek().map_or(StreamId::MIN, |pending| pending.id);
        let page = self.page(&claim.key, &taken, claim.just_id);
        Reply::Array(vec![bulk(cursor), page, Reply::Array(deleted)])
    }

    fn page(&mut self, key: &Bytes, ids: &[StreamId], just_id: bool) -> Reply {
        let stream = self.stream(key).unwrap();
        if just_id {
            Reply::Array(ids.iter().map(|id| bulk(*id)).collect())
        } else {
            Reply::Entries(ids.iter().map(|id| stream.reply(*id)).collect())
        }
    }

    pub(crate) fn pending(&mut self, asked: &XPending, now: u64) -> Reply {
        let Some(group) = self.group(&asked.key, &asked.group) else {
            return unknown(&asked.key, &asked.group, "");
        };
        if let Some(range) = &asked.range {
            let wanted = group.pending.iter().filter(|pending| {
                within(pending.id, range.start, range.end)
                    && now - pending.at >= range.min_idle_ms
                    && range.consumer.as_ref().is_none_or(|name| pending.owner == *name)
            });
            let rows = wanted.take(usize::try_from(range.count).unwrap_or(0)).map(|pending| {
                let (idle, count) = (now - pending.at, pending.count);
                let numbers = [idle, count].map(|value| Reply::Integer(i64::try_from(value).unwrap()));
                Reply::Array(
                    [
                        vec![bulk(pending.id), Reply::Bulk(pending.owner.clone())],
                        numbers.to_vec(),
                    ]
                    .concat(),
                )
            });
            return Reply::Array(rows.collect());
        }
        let (Some(first), Some(last)) = (group.pending.first(), group.pending.last()) else {
            return Reply::Array(vec![Reply::Integer(0), Reply::Null, Reply::Null, Reply::NullArray]);
        };
        let mut names = group.consumers.clone();
        names.sort();
        let counts = names.into_iter().map(|name| {
            let count = group.pending.iter().filter(|pending| pending.owner == name).count();
            (name, count)
        });
        let rows = counts.filter(|(_, count)| *count > 0);
        let rows = rows
            .map(|(name, count)| Reply::Array(vec![Reply::Bulk(name), Reply::Bulk(count.to_string().into())]))
            .collect();
        Reply::Array(vec![
            number(group.pending.len()),
            bulk(first.id),
            bulk(last.id),
            Reply::Array(rows),
        ])
    }
}
