//! XREADGROUP, XCLAIM and XAUTOCLAIM become claims that say whose each entry is, since when and how often delivered.
//!
//! The claims are those of one entry each, with FORCE and JUSTID: they do the same whatever the follower knows of the
//! entry. A read tells besides where the group stands, with how many entries it has read, which no claim says.

use alloc::vec::Vec;

use crate::command::{GroupStart, Idle, ReadFrom, XAutoClaim, XClaim, XGroup, XReadGroup};
use crate::keyspace::Access;
use crate::syntax::parse_id;
use crate::{Bytes, Command, Group, PendingEntry, Reply, StreamId};

/// What is known of the groups that a command names, before it is executed: by stream.
pub(super) struct Before(Vec<Known>);

struct Known {
    has_consumer: bool,
    position: StreamId,
    /// Of claims, those that are pending though their entries are gone.
    ghosts: Vec<(StreamId, PendingEntry)>,
}

impl Before {
    /// None for a command that is about no group's deliveries.
    pub(super) fn of(db: &Access<'_>, command: &Command) -> Option<Self> {
        let known = |key: &Bytes, group: &Bytes, consumer: &Bytes, claims: bool| {
            let stream = db.keyspace.stream(key);
            let state = stream.and_then(|stream| Some((stream, stream.group(group)?)));
            let pending = state.into_iter().filter(|_| claims).flat_map(|(stream, group)| {
                let ghosts = group.pending().filter(|(id, _)| stream.entry(*id).is_none());
                ghosts.map(|(id, entry)| (id, entry.clone()))
            });
            Known {
                has_consumer: state.is_some_and(|(_, group)| group.consumer(consumer).is_some()),
                position: state.map_or(StreamId::MIN, |(_, group)| group.last_delivered()),
                ghosts: pending.collect(),
            }
        };
        let all = match command {
            Command::XReadGroup(read) => {
                let streams = read.streams.iter();
                let streams = streams.map(|(key, _)| known(key, &read.group, &read.consumer, false));
                streams.collect()
            }
            Command::XClaim(claim) => Vec::from([known(&claim.key, &claim.group, &claim.consumer, true)]),
            Command::XAutoClaim(claim) => Vec::from([known(&claim.key, &claim.group, &claim.consumer, true)]),
            _ => return None,
        };
        Some(Self(all))
    }

    /// What it did; no reply if it waits.
    pub(super) fn commands(&self, db: &Access<'_>, command: &Command, reply: Option<&Reply>) -> Vec<Command> {
        let mut commands = Vec::new();
        match command {
            Command::XReadGroup(read) => {
                for ((key, from), known) in read.streams.iter().zip(&self.0) {
                    if let Some(of) = Place::of(db, (key, &read.group, &read.consumer)) {
                        of.read(read, from, known, reply, &mut commands);
                    }
                }
            }
            Command::XClaim(claim) => self.claim(db, claim, reply, &mut commands),
            Command::XAutoClaim(claim) => self.claim_idle(db, claim, reply, &mut commands),
            _ => {}
        }
        commands
    }

    fn claim(&self, db: &Access<'_>, claim: &XClaim, reply: Option<&Reply>, commands: &mut Vec<Command>) {
        let (Some(of), [known]) = (Place::of(db, (&claim.key, &claim.group, &claim.consumer)), &self.0[..]) else {
            return;
        };
        let before = commands.len();
        for id in &claim.ids {
            let ghost = known.ghosts.iter().filter(|(ghost, _)| ghost == id);
            commands.extend(ghost.map(|(id, entry)| of.claim_as(*id, entry)));
        }
        let claimed = reply.map(ids).unwrap_or_default();
        commands.extend(claimed.iter().filter_map(|id| of.claim(*id)));
        // A claim says itself where the group stands.
        if commands.len() == before && of.group.last_delivered() != known.position {
            commands.push(of.stands());
        }
    }

    fn claim_idle(&self, db: &Access<'_>, claim: &XAutoClaim, reply: Option<&Reply>, commands: &mut Vec<Command>) {
        let (Some(of), [known]) = (Place::of(db, (&claim.key, &claim.group, &claim.consumer)), &self.0[..]) else {
            return;
        };
        let Some(Reply::Array(parts)) = reply else { return };
        let [_, claimed, deleted] = parts.as_slice() else {
            return;
        };
        let deleted = ids(deleted);
        let ghosts = known.ghosts.iter().filter(|(id, _)| deleted.contains(id));
        commands.extend(ghosts.map(|(id, entry)| of.claim_as(*id, entry)));
        commands.extend(ids(claimed).into_iter().filter_map(|id| of.claim(id)));
    }
}

/// A consumer of a group, after the command.
struct Place<'a> {
    key: &'a Bytes,
    name: &'a Bytes,
    consumer: &'a Bytes,
    group: &'a Group,
}

impl<'a> Place<'a> {
    fn of(db: &'a Access<'_>, (key, name, consumer): (&'a Bytes, &'a Bytes, &'a Bytes)) -> Option<Self> {
        let group = db.keyspace.stream(key)?.group(name)?;
        Some(Self {
            key,
            name,
            consumer,
            group,
        })
    }

    fn read(
        &self,
        read: &XReadGroup,
        from: &ReadFrom,
        known: &Known,
        reply: Option<&Reply>,
        commands: &mut Vec<Command>,
    ) {
        // A claim makes the consumer known to who follows; a consumer that got nothing is known to the broker alone.
        if read.noack && !known.has_consumer {
            commands.push(Command::XGroup(XGroup::CreateConsumer {
                key: self.key.clone(),
                group: self.name.clone(),
                consumer: self.consumer.clone(),
            }));
        }
        let is_history = matches!(from, ReadFrom::After(after) if *after != StreamId::MAX);
        let Some(Reply::Streams(streams)) = reply.filter(|_| !is_history) else {
            return;
        };
        let entries = streams
            .iter()
            .filter(|(key, _)| key == self.key)
            .flat_map(|(_, entries)| entries);
        if !read.noack {
            // The same request may read its history too: that is not told, nor what it counts.
            let mut told = known.position;
            for entry in entries {
                if entry.id > told {
                    told = entry.id;
                    commands.extend(self.delivery(entry.id));
                }
            }
        }
        if self.group.last_delivered() != known.position {
            commands.push(self.stands());
        }
    }

    /// Whose an entry is that was delivered as a new one.
    fn delivery(&self, id: StreamId) -> Option<Command> {
        let pending = self.group.list.get(id)?;
        let deliveries = 1;
        Some(self.claim_as(
            id,
            &PendingEntry {
                deliveries,
                ..pending.clone()
            },
        ))
    }

    /// Whose an entry is now.
    fn claim(&self, id: StreamId) -> Option<Command> {
        Some(self.claim_as(id, self.group.list.get(id)?))
    }

    /// That it is pending so; what is gone from the stream leaves the list instead.
    fn claim_as(&self, id: StreamId, pending: &PendingEntry) -> Command {
        Command::XClaim(XClaim {
            key: self.key.clone(),
            group: self.name.clone(),
            consumer: pending.consumer.clone(),
            min_idle_ms: 0,
            ids: Vec::from([id]),
            idle: Idle::Since(i64::try_from(pending.delivered_at).unwrap_or(i64::MAX)),
            retry_count: Some(pending.deliveries),
            force: true,
            just_id: true,
            last_id: Some(self.group.last_delivered()),
        })
    }

    /// How far the group is.
    fn stands(&self) -> Command {
        Command::XGroup(XGroup::SetId {
            key: self.key.clone(),
            group: self.name.clone(),
            start: GroupStart::After(self.group.last_delivered()),
            entries_read: self
                .group
                .entries_read()
                .map_or(Some(-1), |read| i64::try_from(read).ok()),
        })
    }
}

/// The entries of an answer to a claim.
fn ids(reply: &Reply) -> Vec<StreamId> {
    match reply {
        Reply::Entries(entries) => entries.iter().map(|entry| entry.id).collect(),
        Reply::Array(ids) => ids.iter().filter_map(id).collect(),
        _ => Vec::new(),
    }
}

fn id(reply: &Reply) -> Option<StreamId> {
    match reply {
        Reply::Bulk(text) => parse_id(text),
        _ => None,
    }
}
