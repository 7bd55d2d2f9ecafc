//! From an executed command and its reply to events: the same in a world and in a live run.

mod lists;

use std::collections::BTreeSet;

use redelivery_engine::command::{ReadFrom, XAdd};
use redelivery_engine::{Bytes, Command, Reply, StreamId};

use crate::client::Request;
use crate::event::{Event, Grant};
use crate::replies;
use crate::setup::policy::Effect;
use crate::setup::{ClientIx, GroupIx, Message, Setup, keys};
use crate::symmetry::Renaming;
use crate::world::Place;

pub use lists::touches_items;

/// Which entry carries which message, as far as somebody has seen: replies to XACK and JUSTID name entries only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ledger {
    /// Sorted by ID and stream: IDs are compared quickly, and seldom equal.
    entries: Vec<(StreamId, Bytes, Message)>,
    /// Messages that were added, and to which stream or list, where they still lie in a list.
    added: BTreeSet<(Message, Bytes)>,
}

/// So many entries are looked at before the others.
const LATE: usize = 8;

impl Ledger {
    /// The same with clients in each other's place: of a list of one's own it may know what was pushed there.
    pub(crate) fn renamed(&self, renaming: &Renaming) -> Self {
        let Self { entries, added } = self;
        let renamed = |(message, key): &(Message, Bytes)| (*message, renaming.text(key));
        Self {
            entries: entries.clone(),
            added: added.iter().map(renamed).collect(),
        }
    }

    fn note(&mut self, stream: &Bytes, id: StreamId, message: Message) {
        match self.place(stream, id) {
            // A stream that was deleted and begins anew may give an ID again.
            Ok(at) => self.entries[at].2 = message,
            Err(at) => self.entries.insert(at, (id, stream.clone(), message)),
        }
    }

    /// Notes that a message was added to a stream; answers whether it had been before.
    fn note_added(&mut self, stream: &Bytes, message: Message) -> bool {
        !self.added.insert((message, stream.clone()))
    }

    /// A message was taken from a list.
    fn note_taken(&mut self, list: &Bytes, message: Message) {
        self.added.remove(&(message, list.clone()));
    }

    /// Of what was added, only this lies there.
    pub fn keep_added(&mut self, lies_there: impl Fn(&[u8], Message) -> bool) {
        self.added.retain(|(message, key)| lies_there(key, *message));
    }

    /// A list is there no more.
    fn forget(&mut self, list: &Bytes) {
        self.added.retain(|(_, of)| of != list);
    }

    fn message(&self, stream: &Bytes, id: StreamId) -> Option<Message> {
        self.place(stream, id).ok().map(|at| self.entries[at].2)
    }

    fn place(&self, stream: &Bytes, id: StreamId) -> Result<usize, usize> {
        // Mostly it is one of the last, or comes after them.
        let late = self.entries.len().saturating_sub(LATE);
        let before = |(other_id, other, _): &(StreamId, Bytes, Message)| (other_id, other) < (&id, stream);
        let is_late = self.entries.get(late).is_none_or(before);
        let (from, part) = match is_late {
            true => (late, &self.entries[late..]),
            false => (0, &self.entries[..=late]),
        };
        let at = from + part.partition_point(before);
        match self.entries.get(at) {
            Some((other_id, other, _)) if (other_id, other) == (&id, stream) => Ok(at),
            _ => Err(at),
        }
    }
}

/// Tells the events of a request that the broker executed.
pub fn executed(
    setup: &Setup,
    ledger: &mut Ledger,
    at: Place,
    request: &Request,
    reply: &Reply,
    tell: &mut dyn FnMut(Event),
) {
    match (request, reply) {
        (Request::One(command), reply) => one(setup, ledger, at, command, reply, tell),
        (Request::Transaction(commands), Reply::Array(replies)) => {
            for (command, reply) in commands.iter().zip(replies) {
                one(setup, ledger, at, command, reply, tell);
            }
        }
        // Refused: none of them was executed. A script's commands are told one by one.
        (Request::Transaction(_) | Request::Script(_), _) => {}
    }
}

fn one(setup: &Setup, ledger: &mut Ledger, at: Place, command: &Command, reply: &Reply, tell: &mut dyn FnMut(Event)) {
    let client = at.client;
    match command {
        Command::XAdd(add) => added(setup, ledger, add, reply, tell),
        Command::XReadGroup(read) => {
            let Reply::Streams(streams) = reply else { return };
            for (stream, entries) in streams {
                let Some(group) = setup.find_group(stream, &read.group) else {
                    continue;
                };
                let how = match read.streams.iter().find(|(asked, _)| asked == stream) {
                    Some((_, ReadFrom::New)) => Grant::New,
                    _ => Grant::History,
                };
                for entry in entries {
                    let Some(message) = entry.fields.as_deref().and_then(|fields| setup.message_of(fields)) else {
                        continue;
                    };
                    ledger.note(stream, entry.id, message);
                    tell(Event::Granted {
                        group,
                        message,
                        id: Some(entry.id),
                        consumer: read.consumer.clone(),
                        how,
                        noack: read.noack && how == Grant::New,
                        heard: client.is_some(),
                    });
                }
            }
        }
        Command::XClaim(claim) => {
            let Some(group) = setup.find_group(&claim.key, &claim.group) else {
                return;
            };
            claimed(setup, ledger, group, &claim.consumer, reply, client, tell);
        }
        Command::XAutoClaim(claim) => {
            let Some(group) = setup.find_group(&claim.key, &claim.group) else {
                return;
            };
            if let Reply::Array(parts) = reply
                && let [_, entries, ..] = parts.as_slice()
            {
                claimed(setup, ledger, group, &claim.consumer, entries, client, tell);
            }
        }
        Command::XAck { key, group, ids } => {
            // Where fewer were pending than named, the reply does not say which: a world names only those that were.
            if *reply == Reply::Integer(ids.len() as i64)
                && let Some(group) = setup.find_group(key, group)
            {
                for &id in ids {
                    if let Some(message) = ledger.message(key, id) {
                        tell(Event::Acknowledged { group, message, id });
                    }
                }
            }
        }
        Command::Publish {
            sharded,
            channel,
            message,
        } => {
            if let (Some(message), Some(receivers)) = (setup.messages.find(message), replies::count(reply)) {
                let channel = channel.clone();
                tell(Event::Published {
                    message,
                    channel,
                    sharded: *sharded,
                    node: at.node,
                    receivers,
                });
            }
        }
        Command::Incr { key } if matches!(reply, Reply::Integer(_)) => {
            if let Some((group, message)) = keys::shown_in(setup, key) {
                let place = Effect::Broker;
                tell(Event::Effect { group, message, place });
            }
        }
        command => lists::one(setup, ledger, command, reply, client, tell),
    }
}

fn added(setup: &Setup, ledger: &mut Ledger, add: &XAdd, reply: &Reply, tell: &mut dyn FnMut(Event)) {
    let (Some(id), Some(message)) = (replies::id(reply), setup.message_of(&add.fields)) else {
        return;
    };
    if setup.is_dead_letter_stream(&add.key) {
        if let Some(group) = setup.group_of_dead_letter(&add.fields) {
            tell(Event::DeadLettered { group, message });
        }
        if !setup.groups.iter().any(|group| group.key == add.key) {
            return;
        }
    }
    ledger.note(&add.key, id, message);
    let again = ledger.note_added(&add.key, message);
    tell(Event::Added {
        message,
        key: add.key.clone(),
        id: Some(id),
        again,
    });
}

fn claimed(
    setup: &Setup,
    ledger: &mut Ledger,
    group: GroupIx,
    consumer: &Bytes,
    reply: &Reply,
    client: Option<ClientIx>,
    tell: &mut dyn FnMut(Event),
) {
    for entry in replies::entries(reply) {
        let stream = &setup.group(group).key;
        let carried = entry.fields.as_deref().and_then(|fields| setup.message_of(fields));
        if let Some(message) = carried {
            ledger.note(stream, entry.id, message);
            tell(Event::Granted {
                group,
                message,
                id: Some(entry.id),
                consumer: consumer.clone(),
                how: Grant::Claim,
                noack: false,
                heard: client.is_some(),
            });
        }
    }
}

/// Whether executing this may have changed the length of a stream or list.
pub fn touches_length(request: &Request) -> bool {
    let touches = |command: &Command| {
        matches!(
            command,
            Command::XAdd(_) | Command::XDel { .. } | Command::XTrim { .. } | Command::Del { .. } | Command::Set(_)
        )
    };
    request.any(touches) || touches_items(request)
}

/// Whether executing this may have changed a group's pending list.
pub fn touches_group(request: &Request) -> bool {
    let touches = |command: &Command| {
        matches!(
            command,
            Command::XReadGroup(_)
                | Command::XAck { .. }
                | Command::XClaim(_)
                | Command::XAutoClaim(_)
                | Command::XGroup(_)
                | Command::Del { .. }
                | Command::Set(_)
        )
    };
    request.any(touches)
}
