//! A consumer: fetches entries, handles each in steps, and fetches again.
//!
//! `Source` says where the next entries come from (own history, a reclaim, new entries), `Step` what is done with
//! the entry at hand. `fetch` acts on the former, `handle` on the latter; `requests` and `marks` build their commands.

mod fetch;
mod handle;
mod marks;
mod requests;
mod source;

use redelivery_engine::{Reply, StreamId};
use strum::VariantNames as _;

use super::branch::{Branch, Program};
use super::{Held, Intent, Me, Observation};
use crate::event::Event;
use crate::setup::Message;
use crate::setup::policy::Consumer;
use source::Source;

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

/// An entry that the consumer holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Item {
    id: StreamId,
    message: Message,
    /// A dead-letter administrator repaired it: work does not fail on it.
    repaired: bool,
    /// Which try this is, where the consumer knows it: of the broker's counter claims and history reads do not tell.
    tries: Option<u64>,
}

/// The steps of handling an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantNames)]
enum Step {
    /// XACK of the whole queue, before the work.
    AckOnReceipt,
    /// XACK of the entry, before the work and for the right to do it.
    AckFirst,
    /// XPENDING of the entry, for its delivery counter.
    Inspect,
    /// GET of the failures that were counted.
    RecallFailures,
    /// INCR of them.
    CountFailure,
    /// WATCH of the mark.
    Watch,
    /// SISMEMBER or EXISTS: worked on before?
    Look,
    /// UNWATCH, since it was.
    Unwatch,
    /// UNWATCH, since the entry is not to be acknowledged.
    UnwatchDropped,
    /// SADD or SET before the work.
    MarkBefore,
    /// The work itself.
    Work,
    /// The mark and all of the work in one script.
    MarkAndWork,
    /// WATCH of the stream, after the work.
    WatchStream,
    /// XPENDING of the entry, for its owner, after the work.
    AskOwner,
    /// INCR: the effect in the broker.
    Apply,
    /// Effect and acknowledgement in one transaction, with the mark if there is one.
    Commit,
    /// SADD or SET after the work.
    MarkAfter,
    /// XACK after the work.
    Ack,
    /// XDEL of what was or will be acknowledged.
    Delete,
    /// XACK and XDEL in one transaction.
    AckAndDelete,
    /// XADD to the dead-letter stream.
    RouteAdd,
    /// XACK of what is routed.
    RouteAck,
    /// Both in one transaction, with the mark where it is guarded.
    RouteBoth,
    /// WAIT, before the work: does the replica have the acknowledgement?
    Confirm,
}

/// The steps between entries and those with one, for coverage.
pub(super) const PROGRAMS: [Program; 2] = [
    ("consumer fetches", Source::VARIANTS),
    ("consumer handles", Step::VARIANTS),
];

impl Memory {
    pub(super) fn at_start(policy: &Consumer) -> Self {
        Self {
            source: Source::at_start(policy),
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

    /// A turn of one that may take several.
    pub(super) fn choose(&mut self, policy: &Consumer, turn: u16) {
        self.source = self.source.chosen(policy, turn);
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

    pub(super) fn cap_deliveries(&mut self, cap: u64) {
        let held = self.queue.iter_mut().filter_map(|item| item.tries.as_mut());
        let candidates = match &mut self.source {
            Source::Claim { candidates } => candidates.as_mut_slice(),
            _ => &mut [],
        };
        for deliveries in held.chain(candidates.iter_mut().map(|(_, deliveries)| deliveries)) {
            *deliveries = cap.min(*deliveries);
        }
    }

    pub(super) fn branch(&self) -> Branch {
        match self.step {
            Some(step) => (PROGRAMS[1].0, step.into()),
            None => (PROGRAMS[0].0, (&self.source).into()),
        }
    }

    pub(super) fn works_on(&self) -> Option<Message> {
        match self.step {
            Some(Step::Work) => self.queue.first().map(|item| item.message),
            _ => None,
        }
    }

    pub(super) fn holds(&self) -> Vec<Held> {
        let queue = self.queue.iter().map(|item| Held::Message {
            message: item.message,
            id: Some(item.id),
            tries: item.tries,
        });
        queue.chain(self.source.holds()).collect()
    }

    /// The broker refused: the consumer drops what it holds and starts over.
    fn refused(&mut self, policy: &Consumer, refusal: &Reply) {
        self.queue.clear();
        self.step = None;
        self.source = self.source.once_refused(policy, refusal);
    }
}
