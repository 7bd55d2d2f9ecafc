//! A worker of a list: takes an item, handles it in steps, and takes the next.
//!
//! A round is: putting back what it left where it keeps its items (where the policy asks for it), a command that takes
//! an item, the item. `handle` is about the item at hand; `restore`, beside this, about putting back.

mod handle;

use strum::VariantNames as _;

use super::branch::{Branch, Program};
use super::restore::{Restoring, Task};
use super::{Held, Intent, Me, Observation, Request, items};
use crate::event::Event;
use crate::replies;
use crate::setup::Message;
use crate::setup::policy::{RestoreWhen, Worker};
use crate::symmetry::Renaming;
use handle::Step;

/// What a worker remembers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantNames)]
pub enum Memory {
    /// It puts items back.
    Restoring(Restoring),
    /// It takes an item.
    Taking,
    /// It rests before the next round.
    Resting,
    /// It has an item.
    Handling(Handling),
}

/// The item at hand, and what it does next with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handling {
    message: Message,
    step: Step,
}

/// Its steps, for coverage.
pub(super) const PROGRAM: Program = ("worker", Memory::VARIANTS);
/// Those with an item.
pub(super) const HANDLING: Program = ("worker handles", Step::VARIANTS);

impl Memory {
    pub(super) fn branches(&self) -> Vec<Branch> {
        let inner = match self {
            Self::Restoring(restoring) => Some(restoring.branch()),
            Self::Handling(handling) => Some((HANDLING.0, handling.step.into())),
            Self::Taking | Self::Resting => None,
        };
        [(PROGRAM.0, self.into())].into_iter().chain(inner).collect()
    }

    pub(super) fn at_start(me: Me<'_>, policy: &Worker) -> Self {
        match task(policy) {
            Some(task) => Self::restoring(me, policy, task),
            None => Self::Taking,
        }
    }

    /// Where a round begins.
    fn of_round(me: Me<'_>, policy: &Worker) -> Self {
        match task(policy) {
            Some(task) if task.restore.when == RestoreWhen::EachRound => Self::restoring(me, policy, task),
            _ => Self::Taking,
        }
    }

    fn restoring(me: Me<'_>, policy: &Worker, task: Task) -> Self {
        Self::Restoring(Restoring::of(task, vec![items::place(me, policy.group, policy.keeps)]))
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Worker) -> Intent {
        match (self, task(policy)) {
            (Self::Restoring(restoring), Some(task)) => restoring.intent(me, task),
            (Self::Handling(handling), _) => handling.intent(me, policy),
            (Self::Resting, _) => Intent::Wait(policy.poll_ms),
            (Self::Taking | Self::Restoring(_), _) => Intent::Send(Request::One(items::take(me, policy))),
        }
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Worker,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        match (&mut *self, task(policy)) {
            (Self::Restoring(restoring), Some(task)) => {
                restoring.observe(me, task, observation, tell);
                if restoring.is_over() {
                    *self = Self::Taking;
                }
            }
            (Self::Handling(handling), _) => {
                let handling = *handling;
                *self = handling.observe(me, policy, observation, tell);
            }
            (Self::Resting, _) => *self = Self::of_round(me, policy),
            (Self::Taking | Self::Restoring(_), _) => *self = Self::taken(me, policy, observation, tell),
        }
    }

    /// What follows a command that takes an item.
    fn taken(me: Me<'_>, policy: &Worker, observation: Observation<'_>, tell: &mut dyn FnMut(Event)) -> Self {
        let Observation::Reply(reply) = observation else {
            // Whether the broker took one for it, it does not know.
            return Self::of_round(me, policy);
        };
        let command = items::take(me, policy);
        let taken = replies::taken(&command, reply);
        match taken.first().and_then(|value| me.setup.messages.find(value)) {
            Some(message) => Handling::begin(me, policy, message, tell),
            None if policy.take.blocks() && !reply.is_error() => Self::of_round(me, policy),
            None => Self::Resting,
        }
    }

    /// The same of others in their place.
    pub(super) fn renamed(&self, renaming: &Renaming) -> Self {
        match self {
            Self::Restoring(restoring) => Self::Restoring(restoring.renamed(renaming)),
            Self::Taking | Self::Resting | Self::Handling(_) => self.clone(),
        }
    }

    pub(super) fn holds(&self) -> Vec<Held> {
        match self {
            Self::Handling(Handling { message, .. }) => vec![Held::Message {
                message: *message,
                id: None,
                tries: None,
            }],
            Self::Restoring(restoring) => restoring.holds(),
            Self::Taking | Self::Resting => Vec::new(),
        }
    }

    pub(super) fn works_on(&self) -> Option<Message> {
        match self {
            Self::Handling(Handling {
                message,
                step: Step::Work,
            }) => Some(*message),
            _ => None,
        }
    }
}

fn task(policy: &Worker) -> Option<Task> {
    let restore = policy.restore?;
    Some(Task {
        group: policy.group,
        restore,
    })
}
