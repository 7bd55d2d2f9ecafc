//! A reader without a group: XREAD, and work on what came. Where it is in the stream, only it knows, unless it stores
//! that in the broker.
//!
//! One that stores its position begins with WATCH and GET of it, works, and sets it in one transaction with the effect:
//! a second process, or a request of the last one that is executed late, makes EXEC fail. Then it begins anew.

use redelivery_engine::command::{Condition, Lifetime, ReadFrom, Set, XRead};
use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Bytes, Command, Reply, StreamId};
use strum::VariantNames as _;

use super::branch::{Branch, Program};
use super::{Held, Intent, Me, Observation, Request};
use crate::event::{Event, Grant};
use crate::replies;
use crate::setup::policy::{Effect, Reader, ReaderFrom};
use crate::setup::{Message, keys};

/// Where the reader is, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    /// The last entry it got; none where it asks for what is yet to come.
    last: Option<StreamId>,
    /// What it has read, the one that it works on first.
    queue: Vec<(StreamId, Message)>,
    step: Step,
}

/// What it does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantNames)]
enum Step {
    /// WATCH of its position.
    Watch,
    /// GET of it.
    Recall,
    /// XREAD.
    Read,
    /// The work.
    Work,
    /// The effect and the position, in MULTI.
    Store,
}

impl Step {
    fn first(policy: &Reader) -> Self {
        match policy.from {
            ReaderFrom::Stored => Self::Watch,
            ReaderFrom::Tail | ReaderFrom::LastId | ReaderFrom::Beginning => Self::Read,
        }
    }
}

/// Its steps, for coverage.
pub(super) const PROGRAM: Program = ("reader", Step::VARIANTS);

impl Memory {
    pub(super) fn branch(&self) -> Branch {
        (PROGRAM.0, self.step.into())
    }

    pub(super) fn at_start(policy: &Reader) -> Self {
        Self {
            last: match policy.from {
                ReaderFrom::Beginning | ReaderFrom::Stored => Some(StreamId::MIN),
                ReaderFrom::Tail | ReaderFrom::LastId => None,
            },
            queue: Vec::new(),
            step: Step::first(policy),
        }
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Reader) -> Intent {
        let position = keys::position(me.setup, policy.group);
        let command = match (self.step, self.queue.first()) {
            (Step::Watch, _) => Command::Watch { keys: vec![position] },
            (Step::Recall, _) => Command::Get { key: position },
            (Step::Work, Some(&(_, message))) => return Intent::Work(message),
            (Step::Store, Some(&(id, message))) => {
                let effect = keys::effect(me.setup, policy.group, message);
                let commands = vec![Command::Incr { key: effect }, set(position, id)];
                return Intent::Send(Request::Transaction(commands));
            }
            (Step::Read | Step::Work | Step::Store, _) => Command::XRead(XRead {
                count: Some(policy.batch),
                block: Some(policy.block_ms),
                streams: vec![(
                    me.setup.group(policy.group).key.clone(),
                    self.last.map_or(ReadFrom::Last, ReadFrom::After),
                )],
            }),
        };
        Intent::Send(Request::One(command))
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Reader,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        match (observation, self.step) {
            (Observation::Done, _) => self.worked(me, policy, tell),
            (Observation::Reply(_), Step::Watch) => self.step = Step::Recall,
            (Observation::Reply(reply), Step::Recall) => {
                self.last = Some(replies::id(reply).unwrap_or(StreamId::MIN));
                self.step = Step::Read;
            }
            (Observation::Reply(reply), Step::Store) => {
                if matches!(reply, Reply::Null | Reply::NullArray) {
                    tell(Event::TransactionRefused { client: me.client });
                }
                *self = Self::at_start(policy);
            }
            (Observation::Reply(reply), _) => self.take(me, policy, replies::read_entries(reply), tell),
            // A lost reply: it asks again, for the same. Who watches begins anew: the new connection does not watch.
            (Observation::Lost | Observation::Sent, _) if policy.from == ReaderFrom::Stored => {
                *self = Self::at_start(policy);
            }
            (Observation::Lost | Observation::Sent | Observation::Push(_), _) => {}
        }
    }

    pub(super) fn works_on(&self) -> Option<Message> {
        match self.step {
            Step::Work => self.queue.first().map(|&(_, message)| message),
            _ => None,
        }
    }

    pub(super) fn holds(&self) -> Vec<Held> {
        let queue = self.queue.iter().map(|&(id, message)| Held::Message {
            message,
            id: Some(id),
            tries: None,
        });
        queue
            .chain(self.last.filter(|&last| last != StreamId::MIN).map(Held::ReadUpTo))
            .collect()
    }

    fn take(&mut self, me: Me<'_>, policy: &Reader, entries: &[EntryReply], tell: &mut dyn FnMut(Event)) {
        if let (Some(last), true) = (entries.last(), policy.from != ReaderFrom::Tail) {
            self.last = Some(last.id);
        }
        for entry in entries {
            let carried = entry.fields.as_deref().and_then(|fields| me.setup.message_of(fields));
            if let Some(message) = carried {
                self.queue.push((entry.id, message));
                tell(Event::Granted {
                    group: policy.group,
                    message,
                    id: Some(entry.id),
                    consumer: me.setup.client(me.client).name.clone(),
                    how: Grant::New,
                    noack: true,
                    heard: true,
                });
            }
        }
        self.begin(me, policy, tell);
    }

    fn begin(&mut self, me: Me<'_>, policy: &Reader, tell: &mut dyn FnMut(Event)) {
        let Some(&(_, message)) = self.queue.first() else {
            self.step = Step::Read;
            return;
        };
        self.step = Step::Work;
        tell(Event::WorkStarted {
            client: me.client,
            group: policy.group,
            message,
        });
    }

    fn worked(&mut self, me: Me<'_>, policy: &Reader, tell: &mut dyn FnMut(Event)) {
        let (_, message) = self.queue[0];
        let group = policy.group;
        tell(Event::WorkEnded {
            client: me.client,
            group,
            message,
            failed: false,
        });
        if policy.from == ReaderFrom::Stored {
            self.step = Step::Store;
            return;
        }
        let place = Effect::Outside;
        tell(Event::Effect { group, message, place });
        self.queue.remove(0);
        self.begin(me, policy, tell);
    }
}

fn set(key: Bytes, id: StreamId) -> Command {
    Command::Set(Set {
        key,
        value: Bytes::from(id.to_string()),
        condition: Condition::Always,
        get: false,
        lifetime: Lifetime::Unlimited,
    })
}
