//! A producer: adds its messages, each under its own key, one after the other; it may ask WAIT whether the replica has each.

use redelivery_engine::command::{AddId, ListEnd, Precision, Push, References, Trim, TrimBy, XAdd};
use redelivery_engine::{Bytes, Command, Reply, StreamId};

use super::{Held, Intent, Me, Observation, Request};
use crate::event::Event;
use crate::replies;
use crate::setup::policy::{AddBy, AwaitReply, OnUnknown, Otherwise, Producer, PushBy, Retention, Role, When};
use crate::setup::{ClientIx, KEY_FIELD, Message, Setup};

/// How far the producer is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    done: u32,
    /// The IDs of its last entries, the oldest first, as far as it needs them to trim.
    own: Vec<StreamId>,
    /// Its message lies there, under this ID if it has one: now it asks whether the replica has it.
    added: Option<Option<StreamId>>,
    /// It is to wait before its first message, and has not heard of any.
    is_to_wait: bool,
}

impl Memory {
    pub(super) fn at_start(policy: &Producer) -> Self {
        let done = match policy.when {
            // The world has added them before the first step.
            When::Beforehand => policy.messages.len(),
            When::Meanwhile => 0,
        };
        Self {
            done: done as u32,
            own: Vec::new(),
            added: None,
            is_to_wait: policy.after.is_some(),
        }
    }

    /// Whether it is to wait before its first message, and has not heard of any.
    pub(super) fn is_to_wait(&self) -> bool {
        self.is_to_wait
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Producer) -> Intent {
        let Some(&message) = policy.messages.get(self.done as usize) else {
            return Intent::Stop;
        };
        if let (Some(wait), Some(_)) = (policy.wait, self.added) {
            return Intent::Send(Request::One(Command::Wait {
                replicas: 1,
                timeout_ms: wait.timeout_ms,
            }));
        }
        let request = Request::One(command(me.setup, policy, message, self.trim(policy)));
        match policy.reply {
            AwaitReply::Wait => Intent::Send(request),
            AwaitReply::Ignore => Intent::SendOnly(request),
        }
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Producer,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        let Some(&message) = policy.messages.get(self.done as usize) else {
            // It has sent everything without waiting; what it loses now it never learns of.
            return;
        };
        // Who has heard nothing yet may not have begun.
        if !matches!(observation, Observation::Lost) || policy.on_unknown != OnUnknown::Retry {
            self.is_to_wait = false;
        }
        let client = me.client;
        if let (Some(wait), Some(id)) = (policy.wait, self.added.take()) {
            let is_kept = matches!(observation, Observation::Reply(Reply::Integer(1..)));
            let is_short = matches!(observation, Observation::Reply(Reply::Integer(..=0)));
            if is_short {
                tell(Event::NotReplicated { client, message });
            }
            match wait.otherwise {
                _ if is_kept => tell(produced_as(client, message, policy, id)),
                Otherwise::GoOn if is_short => tell(produced_as(client, message, policy, id)),
                Otherwise::Retry if is_short => return,
                // On another connection WAIT would not speak of this message.
                _ if !is_short && policy.on_unknown == OnUnknown::Retry => return,
                _ => tell(Event::OutcomeUnknown { client, message }),
            }
            self.done += 1;
            return;
        }
        match observation {
            Observation::Reply(reply) if let (Some(_), Some(id)) = (policy.wait, added(policy, reply)) => {
                self.remember(policy, reply);
                self.added = Some(id);
                return;
            }
            Observation::Reply(reply) if let Some(event) = produced(client, message, policy, reply) => {
                self.remember(policy, reply);
                tell(event);
            }
            Observation::Reply(Reply::Integer(0)) => tell(Event::PushRefused { client, message }),
            Observation::Lost if policy.reply == AwaitReply::Wait && policy.on_unknown == OnUnknown::Retry => return,
            _ => tell(Event::OutcomeUnknown { client, message }),
        }
        self.done += 1;
    }

    pub(super) fn holds(&self) -> Vec<Held> {
        self.own.iter().copied().map(Held::Added).collect()
    }

    /// What the next XADD trims. By MINID nothing as long as it has not added enough, as far as it knows.
    fn trim(&self, policy: &Producer) -> Option<Trim> {
        let AddBy::XAdd(Some(retention)) = policy.by else {
            return None;
        };
        let by = match retention {
            Retention::MaxLen(length) => TrimBy::MaxLen(length),
            Retention::OwnLast(keeps) if self.own.len() as u64 + 1 < keeps => return None,
            Retention::OwnLast(_) => TrimBy::MinId(*self.own.first()?),
        };
        Some(exactly(by))
    }

    /// The entry that it is about to add is the last of those that stay.
    fn remember(&mut self, policy: &Producer, reply: &Reply) {
        if let AddBy::XAdd(Some(Retention::OwnLast(keeps))) = policy.by {
            self.own.extend(replies::id(reply));
            if self.own.len() as u64 >= keeps {
                self.own.remove(0);
            }
        }
    }
}

fn exactly(by: TrimBy) -> Trim {
    Trim {
        by,
        precision: Precision::Exact,
        references: References::Keep,
    }
}

/// `XADD stream * key …`: a message as an entry.
pub(crate) fn entry(setup: &Setup, stream: &Bytes, message: Message) -> XAdd {
    XAdd {
        key: stream.clone(),
        create: true,
        trim: None,
        id: AddId::Auto,
        fields: vec![Bytes::from(KEY_FIELD), setup.messages.key(message).clone()],
    }
}

/// The command that adds a message.
fn command(setup: &Setup, policy: &Producer, message: Message, trim: Option<Trim>) -> Command {
    let push = match policy.by {
        AddBy::XAdd(_) => {
            let entry = entry(setup, &policy.key, message);
            return Command::XAdd(XAdd { trim, ..entry });
        }
        AddBy::Push(push) => push,
    };
    Command::Push(Push {
        key: policy.key.clone(),
        elements: vec![setup.messages.key(message).clone()],
        end: match push {
            PushBy::Lpush | PushBy::Lpushx => ListEnd::Left,
            PushBy::Rpush | PushBy::Rpushx => ListEnd::Right,
        },
        if_present: matches!(push, PushBy::Lpushx | PushBy::Rpushx),
    })
}

/// What producers add before anything else happens, in this order. Nothing is trimmed by IDs that nobody knows yet.
pub fn beforehand(setup: &Setup) -> impl Iterator<Item = (ClientIx, Message, &Producer, Command)> {
    setup.client_ixs().flat_map(move |client| {
        let policy = match &setup.client(client).role {
            Role::Producer(policy) if policy.when == When::Beforehand => Some(policy),
            _ => None,
        };
        policy.into_iter().flat_map(move |policy| {
            let trim = match policy.by {
                AddBy::XAdd(Some(Retention::MaxLen(length))) => Some(exactly(TrimBy::MaxLen(length))),
                AddBy::XAdd(Some(Retention::OwnLast(_)) | None) | AddBy::Push(_) => None,
            };
            policy
                .messages
                .iter()
                .map(move |&message| (client, message, policy, command(setup, policy, message, trim)))
        })
    })
}

/// That a producer learnt that its message was added, if the reply says it.
pub fn produced(client: ClientIx, message: Message, policy: &Producer, reply: &Reply) -> Option<Event> {
    added(policy, reply).map(|id| produced_as(client, message, policy, id))
}

fn produced_as(client: ClientIx, message: Message, policy: &Producer, id: Option<StreamId>) -> Event {
    Event::Produced {
        client,
        message,
        key: policy.key.clone(),
        id,
    }
}

/// Under which ID a message was added, if it has one and the reply says that it was.
fn added(policy: &Producer, reply: &Reply) -> Option<Option<StreamId>> {
    match (policy.by, reply) {
        (AddBy::XAdd(_), reply) => Some(Some(replies::id(reply)?)),
        (AddBy::Push(_), Reply::Integer(1..)) => Some(None),
        (AddBy::Push(_), _) => None,
    }
}
