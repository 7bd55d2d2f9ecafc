//! A reader without a group: XREAD, and work on what came. Where it is in the stream, only it knows.

use redelivery_engine::command::{ReadFrom, XRead};
use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Command, StreamId};

use super::{Intent, Me, Observation, Request};
use crate::event::{Event, Grant};
use crate::replies;
use crate::setup::Message;
use crate::setup::policy::{Effect, Reader, ReaderFrom};

/// Where the reader is, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    /// The last entry it got; none where it asks for what is yet to come.
    last: Option<StreamId>,
    /// What it has read, the message that it works on first.
    queue: Vec<Message>,
}

impl Memory {
    pub(super) fn at_start(policy: &Reader) -> Self {
        Self {
            last: match policy.from {
                ReaderFrom::Beginning => Some(StreamId::MIN),
                ReaderFrom::Tail | ReaderFrom::LastId => None,
            },
            queue: Vec::new(),
        }
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Reader) -> Intent {
        match self.queue.first() {
            Some(&message) => Intent::Work(message),
            None => Intent::Send(Request::One(Command::XRead(XRead {
                count: Some(policy.batch),
                block: Some(policy.block_ms),
                streams: vec![(
                    me.setup.group(policy.group).stream.clone(),
                    self.last.map_or(ReadFrom::Last, ReadFrom::After),
                )],
            }))),
        }
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Reader,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        match observation {
            Observation::Reply(reply) => self.take(me, policy, replies::read_entries(reply), tell),
            Observation::Done => self.worked(me, policy, tell),
            // A lost reply: it asks again, for the same.
            Observation::Lost | Observation::Sent => {}
        }
    }

    pub(super) fn works_on(&self) -> Option<Message> {
        self.queue.first().copied()
    }

    fn take(&mut self, me: Me<'_>, policy: &Reader, entries: &[EntryReply], tell: &mut dyn FnMut(Event)) {
        if let (Some(last), ReaderFrom::LastId | ReaderFrom::Beginning) = (entries.last(), policy.from) {
            self.last = Some(last.id);
        }
        for entry in entries {
            let carried = entry.fields.as_deref().and_then(|fields| me.setup.message_of(fields));
            if let Some(message) = carried {
                self.queue.push(message);
                tell(Event::Granted {
                    group: policy.group,
                    message,
                    id: entry.id,
                    consumer: me.setup.client(me.client).name.clone(),
                    how: Grant::New,
                    noack: true,
                });
            }
        }
        self.begin(me, policy, tell);
    }

    fn begin(&self, me: Me<'_>, policy: &Reader, tell: &mut dyn FnMut(Event)) {
        if let Some(&message) = self.queue.first() {
            tell(Event::WorkStarted {
                client: me.client,
                group: policy.group,
                message,
            });
        }
    }

    fn worked(&mut self, me: Me<'_>, policy: &Reader, tell: &mut dyn FnMut(Event)) {
        let message = self.queue.remove(0);
        let group = policy.group;
        tell(Event::WorkEnded {
            client: me.client,
            group,
            message,
            failed: false,
        });
        let place = Effect::Outside;
        tell(Event::Effect { group, message, place });
        self.begin(me, policy, tell);
    }
}
