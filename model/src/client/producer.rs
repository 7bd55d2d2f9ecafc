//! A producer: adds its messages, each under its own key, one after the other.

use redelivery_engine::command::{AddId, XAdd};
use redelivery_engine::{Bytes, Command, Reply};

use super::{Intent, Me, Observation, Request};
use crate::event::Event;
use crate::replies;
use crate::setup::policy::{AwaitReply, OnUnknown, Producer, Role, When};
use crate::setup::{ClientIx, KEY_FIELD, Message, Setup};

/// How far the producer is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    done: u32,
}

impl Memory {
    pub(super) fn at_start(policy: &Producer) -> Self {
        let done = match policy.when {
            // The world has added them before the first step.
            When::Beforehand => policy.messages.len(),
            When::Meanwhile => 0,
        };
        Self { done: done as u32 }
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Producer) -> Intent {
        let Some(&message) = policy.messages.get(self.done as usize) else {
            return Intent::Stop;
        };
        let request = Request::One(Command::XAdd(add(me.setup, policy, message)));
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
        let client = me.client;
        match observation {
            Observation::Reply(reply) if let Some(event) = produced(client, message, &policy.stream, reply) => {
                tell(event);
            }
            Observation::Lost if policy.reply == AwaitReply::Wait && policy.on_unknown == OnUnknown::Retry => return,
            _ => tell(Event::OutcomeUnknown { client, message }),
        }
        self.done += 1;
    }
}

/// What a producer sends for a message.
pub(crate) fn add(setup: &Setup, policy: &Producer, message: Message) -> XAdd {
    XAdd {
        trim: policy.trim,
        ..entry(setup, &policy.stream, message)
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

/// What producers add before anything else happens, in this order.
pub fn beforehand(setup: &Setup) -> impl Iterator<Item = (ClientIx, Message, XAdd)> {
    setup.client_ixs().flat_map(|client| {
        let policy = match &setup.client(client).role {
            Role::Producer(policy) if policy.when == When::Beforehand => Some(policy),
            _ => None,
        };
        let added = policy.into_iter().flat_map(|policy| {
            let add = |&message| (message, add(setup, policy, message));
            policy.messages.iter().map(add)
        });
        added.map(move |(message, add)| (client, message, add))
    })
}

/// That a producer learnt the ID of its message, if the reply to XADD says it.
pub fn produced(client: ClientIx, message: Message, stream: &Bytes, reply: &Reply) -> Option<Event> {
    Some(Event::Produced {
        client,
        message,
        stream: stream.clone(),
        id: replies::id(reply)?,
    })
}
