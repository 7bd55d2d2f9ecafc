//! A consumer: fetches entries, handles each in steps, and fetches again.
//!
//! [`Source`] says where the next entries come from (own history, a reclaim, new entries), [`Step`] what is done with
//! the entry at hand. `fetch` builds and reads the commands of the former, `handle` those of the latter.

mod fetch;
mod handle;

use redelivery_engine::{Millis, StreamId};

use super::{Intent, Me, Observation};
use crate::event::Event;
use crate::setup::Message;
use crate::setup::policy::{Consumer, Start};

/// What a consumer remembers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Where the next entries come from, once the queue is empty.
    source: Source,
    /// Entries that it holds, the one at hand first.
    queue: Vec<Item>,
    /// What it does next with the entry at hand; none when the queue is empty.
    step: Option<Step>,
}

/// Where entries come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Source {
    /// XREADGROUP with an ID: its own pending entries after it.
    History { after: StreamId },
    /// XAUTOCLAIM from a cursor, or XPENDING for candidates.
    Reclaim { cursor: StreamId },
    /// XCLAIM of candidates, one by one, each with its delivery counter.
    Claim { candidates: Vec<(StreamId, u64)> },
    /// XREADGROUP with `>`.
    New,
    /// A rest before it looks again.
    Rest,
}

/// An entry that the consumer holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Item {
    id: StreamId,
    message: Message,
    /// Its delivery counter, where the consumer knows it: claims and history reads do not tell.
    deliveries: Option<u64>,
}

/// The steps of handling an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    /// XACK of the whole queue, before the work.
    AckOnReceipt,
    /// XPENDING of the entry, for its delivery counter.
    Inspect,
    /// WATCH of the marks.
    Watch,
    /// SISMEMBER: worked on before?
    Look,
    /// UNWATCH, since it was.
    Unwatch,
    /// SADD before the work.
    MarkBefore,
    /// The work itself.
    Work,
    /// INCR: the effect in the broker.
    Apply,
    /// Mark, effect and acknowledgement in one transaction.
    Commit,
    /// SADD after the work.
    MarkAfter,
    /// XACK after the work.
    Ack,
    /// XADD to the dead-letter stream.
    RouteAdd,
    /// XACK of what is routed.
    RouteAck,
    /// Both in one transaction.
    RouteBoth,
}

/// How long a consumer rests after the broker answered with an error, in milliseconds.
const REST_AFTER_ERROR_MS: Millis = 1_000;

impl Memory {
    pub(super) fn at_start(policy: &Consumer) -> Self {
        let source = match policy.start {
            Start::History => Source::History { after: StreamId::MIN },
            Start::New => first_source(policy),
        };
        Self {
            source,
            queue: Vec::new(),
            step: None,
        }
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Consumer) -> Intent {
        match self.step {
            Some(step) => self.step_intent(step, me, policy),
            None => self.fetch_intent(me, policy),
        }
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Consumer,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        match (self.step, observation) {
            (Some(step), Observation::Lost) => self.step = Some(step.after_lost_reply(policy)),
            // The broker never learnt of the request, or it did: the consumer just fetches again.
            (None, Observation::Lost) => {}
            (Some(step), observation) => self.stepped(step, me, policy, observation, tell),
            (None, observation) => self.fetched(me, policy, observation, tell),
        }
    }

    pub(super) fn works_on(&self) -> Option<Message> {
        match self.step {
            Some(Step::Work) => self.queue.first().map(|item| item.message),
            _ => None,
        }
    }

    /// The broker refused: the consumer drops what it holds and starts over after a rest.
    fn give_up(&mut self) {
        self.queue.clear();
        self.step = None;
        self.source = Source::Rest;
    }
}

/// Where a round begins: with a reclaim, if the policy has one.
fn first_source(policy: &Consumer) -> Source {
    match policy.reclaim {
        Some(_) => Source::Reclaim { cursor: StreamId::MIN },
        None => Source::New,
    }
}
