//! Around a request at the broker: what is executed in its place, and what becomes of its reply and of the broker.

use redelivery_engine::command::{XAdd, XGroup};
use redelivery_engine::{Broker, Bytes, ClientId, Command, Millis, PendingEntry, Reply, SetAside, StreamId};

use super::{Defect, acknowledgement, blocking, claims, lists, marks, pushes, reads, replicas, streams};
use crate::client::Request;

/// The name under which a defect sends commands of its own.
pub(super) const SABOTEUR: ClientId = ClientId(u64::MAX);

/// A request as the broker has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// Whose connection it came on.
    pub(crate) who: ClientId,
    pub(crate) request: &'a Request,
    /// Whether its client still waits for the reply.
    pub(crate) is_heard: bool,
    pub(crate) now_ms: Millis,
}

/// How things stood before a request, as far as a defect needs it.
#[derive(Debug, Default)]
pub(crate) struct Before {
    /// What was pending in the groups of the stream that the request names: group, entry.
    pub(super) pending: Vec<(Bytes, StreamId, PendingEntry)>,
    pub(super) waiters: Option<SetAside>,
    pub(super) now_ms: Millis,
}

impl Before {
    /// Whether something of a group was delivered in the future.
    pub(super) fn lies_ahead(&self, group: &Bytes) -> bool {
        let mut rows = self.pending.iter();
        rows.any(|(of, _, entry)| of == group && entry.delivered_at > self.now_ms)
    }

    /// How an entry of a group was pending.
    pub(super) fn pending(&self, group: &Bytes, id: StreamId) -> Option<&PendingEntry> {
        let mut rows = self.pending.iter();
        rows.find_map(|(of, at, entry)| (of == group && *at == id).then_some(entry))
    }
}

/// One command of a request, once it was executed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done<'a> {
    pub(super) who: ClientId,
    pub(super) is_heard: bool,
    pub(super) now_ms: Millis,
    pub(super) before: &'a Before,
}

/// Looks at the broker before a request is executed.
pub(crate) fn before(defect: Defect, broker: &mut Broker, asked: Asked<'_>) -> Before {
    let stream = commands(asked.request).find_map(stream_of_group).cloned();
    let groups = stream.and_then(|key| broker.stream(&key));
    let pending = groups
        .into_iter()
        .flat_map(|stream| stream.groups())
        .flat_map(|(name, group)| {
            let rows = group.pending();
            rows.map(|(id, entry)| (name.clone(), id, entry.clone()))
        });
    let pending = pending.collect();
    streams::before(defect, broker, asked);
    Before {
        pending,
        waiters: blocking::before(defect, broker, asked.request),
        now_ms: asked.now_ms,
    }
}

/// What is executed in place of a request.
pub(crate) fn substitute(defect: Defect, before: &Before, asked: Asked<'_>) -> Request {
    match asked.request {
        Request::One(command) => Request::One(substitute_one(defect, before, command)),
        Request::Transaction(commands) => {
            let executed = match defect {
                Defect::MultiNotAtomic if !asked.is_heard => 1,
                _ => commands.len(),
            };
            let commands = commands.iter().take(executed);
            Request::Transaction(
                commands
                    .map(|command| substitute_one(defect, before, command))
                    .collect(),
            )
        }
        // Its commands come one by one.
        Request::Script(_) => asked.request.clone(),
    }
}

fn substitute_one(defect: Defect, before: &Before, command: &Command) -> Command {
    let families = [
        acknowledgement::substitute(defect, command),
        claims::substitute(defect, before, command),
        marks::substitute(defect, command),
        reads::substitute(defect, command),
        replicas::substitute(defect, command),
        streams::substitute(defect, command),
    ];
    families.into_iter().flatten().next().unwrap_or_else(|| command.clone())
}

/// EXISTS in place of a command: of a key that is there it answers 1, of nothing 0; it changes nothing.
pub(super) fn exists(key: &Bytes) -> Command {
    Command::Exists {
        keys: vec![key.clone()],
    }
}

/// What a reply becomes, and what else happens, once a request was executed; without a reply it blocks.
pub(crate) fn afterwards(
    defect: Defect,
    broker: &mut Broker,
    asked: Asked<'_>,
    mut before: Before,
    reply: Option<&mut Reply>,
) {
    blocking::afterwards(defect, broker, asked.request, before.waiters.take());
    let Some(reply) = reply else { return };
    let done = Done {
        who: asked.who,
        is_heard: asked.is_heard,
        now_ms: asked.now_ms,
        before: &before,
    };
    match (asked.request, reply) {
        (Request::One(command), reply) => after_one(defect, broker, done, command, reply),
        (Request::Transaction(commands), Reply::Array(replies)) => {
            for (command, reply) in commands.iter().zip(replies) {
                after_one(defect, broker, done, command, reply);
            }
        }
        (Request::Transaction(_) | Request::Script(_), _) => {}
    }
}

/// Each family looks at what is its own.
pub(super) fn after_one(defect: Defect, broker: &mut Broker, done: Done<'_>, command: &Command, reply: &mut Reply) {
    acknowledgement::after_one(defect, broker, done, command, reply);
    claims::after_one(defect, broker, done, command, reply);
    lists::after_one(defect, broker, done, command, reply);
    marks::after_one(defect, command, reply);
    pushes::after_one(defect, broker, done, command, reply);
    reads::after_one(defect, broker, done, command, reply);
    replicas::after_one(defect, command, reply);
    streams::after_one(defect, broker, done, command, reply);
}

fn commands(request: &Request) -> impl Iterator<Item = &Command> {
    match request {
        Request::One(command) => std::slice::from_ref(command).iter(),
        Request::Transaction(commands) => commands.iter(),
        Request::Script(_) => [].iter(),
    }
}

/// The stream of a command that may change what is pending there.
fn stream_of_group(command: &Command) -> Option<&Bytes> {
    match command {
        Command::XClaim(claim) => Some(&claim.key),
        Command::XAutoClaim(claim) => Some(&claim.key),
        Command::XReadGroup(read) => read.streams.first().map(|(key, _)| key),
        Command::XAck { key, .. } | Command::XGroup(XGroup::DelConsumer { key, .. }) => Some(key),
        _ => None,
    }
}

/// The XADDs of a request.
pub(super) fn additions(request: &Request) -> impl Iterator<Item = &XAdd> {
    commands(request).filter_map(|command| match command {
        Command::XAdd(add) => Some(add),
        _ => None,
    })
}
