//! Defects around the broker: another command in place of the asked one, another reply, or a change after it.

use redelivery_engine::command::{GroupStart, ReadFrom, XGroup, XReadGroup};
use redelivery_engine::{Broker, Bytes, ClientId, Command, Millis, Reply, StreamId};

use super::{Defect, lists};
use crate::client::Request;
use crate::replies;

/// The name under which a defect sends commands of its own.
pub(super) const SABOTEUR: ClientId = ClientId(u64::MAX);

/// What is executed in place of a request.
pub(crate) fn substitute(defect: Defect, request: &Request) -> Request {
    match request {
        Request::One(command) => Request::One(substitute_one(defect, command)),
        Request::Transaction(commands) => {
            Request::Transaction(commands.iter().map(|command| substitute_one(defect, command)).collect())
        }
    }
}

fn substitute_one(defect: Defect, command: &Command) -> Command {
    // EXISTS of the stream answers 1, EXISTS of nothing 0; neither changes anything.
    let exists = |key: Bytes| Command::Exists { keys: vec![key] };
    match (defect, command) {
        (Defect::XackLeavesEntry, Command::XAck { key, .. }) => exists(key.clone()),
        (Defect::XdelKeepsEntry, Command::XDel { key, .. }) => exists(key.clone()),
        (Defect::XackDoesNothing, Command::XAck { .. }) => exists(Bytes::from("")),
        (Defect::DedupSetForgets, Command::Watch { .. }) => Command::Unwatch,
        (Defect::ClaimIgnoresMinIdle, Command::XClaim(claim)) => {
            let mut claim = claim.clone();
            claim.min_idle_ms = 0;
            Command::XClaim(claim)
        }
        (Defect::ClaimIgnoresMinIdle, Command::XAutoClaim(claim)) => {
            let mut claim = claim.clone();
            claim.min_idle_ms = 0;
            Command::XAutoClaim(claim)
        }
        (Defect::ReadgroupExceedsCount, Command::XReadGroup(read)) => {
            let mut read = read.clone();
            read.count = read.count.map(|count| count + 1);
            Command::XReadGroup(read)
        }
        (Defect::AutoclaimFindsNothing, Command::XAutoClaim(claim)) => exists(claim.key.clone()),
        _ => command.clone(),
    }
}

/// What a reply becomes, and what else happens, once a request was executed.
pub(crate) fn afterwards(defect: Defect, broker: &mut Broker, request: &Request, reply: &mut Reply, now_ms: Millis) {
    match (request, reply) {
        (Request::One(command), reply) => after_one(defect, broker, command, reply, now_ms),
        (Request::Transaction(commands), Reply::Array(replies)) => {
            for (command, reply) in commands.iter().zip(replies) {
                after_one(defect, broker, command, reply, now_ms);
            }
        }
        (Request::Transaction(_), _) => {}
    }
}

fn after_one(defect: Defect, broker: &mut Broker, command: &Command, reply: &mut Reply, now_ms: Millis) {
    match (defect, command) {
        (Defect::ReadgroupHandsOutTwice, Command::XReadGroup(read)) if reads_new(read) => {
            if let Some(first) = replies::read_entries(reply).first() {
                let before = first.id.previous().unwrap_or(StreamId::MIN);
                move_group(broker, read, before, now_ms);
            }
        }
        (Defect::ReadgroupSkipsOne, Command::XReadGroup(read)) if reads_new(read) => {
            if let Some(last) = replies::read_entries(reply).last() {
                let skipped = broker
                    .stream(&read.streams[0].0)
                    .and_then(|stream| stream.entries().map(|entry| entry.id).find(|id| *id > last.id));
                if let Some(skipped) = skipped {
                    move_group(broker, read, skipped, now_ms);
                }
            }
        }
        (Defect::ReadgroupReverses, Command::XReadGroup(read)) if reads_new(read) => {
            if let Reply::Streams(streams) = reply {
                streams.iter_mut().for_each(|(_, entries)| entries.reverse());
            }
        }
        (Defect::XaddForgets, Command::XAdd(add)) => {
            if let Some(id) = replies::id(reply) {
                let key = add.key.clone();
                broker.apply(SABOTEUR, &Command::XDel { key, ids: vec![id] }, now_ms);
            }
        }
        (Defect::DedupSetForgets, Command::SIsMember { .. }) => *reply = Reply::Integer(0),
        (Defect::DedupSetForgets, Command::SAdd { .. }) => *reply = Reply::Integer(1),
        (
            Defect::ShardLeaks,
            Command::Publish {
                sharded: true,
                channel,
                message,
            },
        ) if !reply.is_error() => {
            let leak = Command::Publish {
                sharded: false,
                channel: channel.clone(),
                message: message.clone(),
            };
            broker.apply(SABOTEUR, &leak, now_ms);
        }
        (Defect::AutoclaimFindsNothing, Command::XAutoClaim(_)) => {
            let end = Reply::Bulk(Bytes::from("0-0"));
            *reply = Reply::Array(vec![end, Reply::Entries(Vec::new()), Reply::Array(Vec::new())]);
        }
        _ => lists::after_one(defect, broker, command, reply, now_ms),
    }
}

fn reads_new(read: &XReadGroup) -> bool {
    read.streams.iter().all(|(_, from)| *from == ReadFrom::New)
}

fn move_group(broker: &mut Broker, read: &XReadGroup, to: StreamId, now_ms: Millis) {
    let set_id = XGroup::SetId {
        key: read.streams[0].0.clone(),
        group: read.group.clone(),
        start: GroupStart::After(to),
        entries_read: None,
    };
    broker.apply(SABOTEUR, &Command::XGroup(set_id), now_ms);
}
