//! The dead-letter administrator: takes the oldest dead letter, repairs its message, and puts it back.
//!
//! A repaired message says so in a field of its own; no work fails on it any more. It goes back to the stream of the
//! group that gave it up, and so to the stream's other groups too.

use redelivery_engine::command::{Bound, XRange};
use redelivery_engine::{Bytes, Command, StreamId};
use strum::VariantNames as _;

use super::branch::{Branch, Program};
use super::{Held, Intent, Me, Observation, Request, producer};
use crate::replies;
use crate::setup::policy::{PutBack, Repairer};
use crate::setup::{GroupIx, Message, REPAIRED_FIELD};

/// What the administrator does next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantNames)]
pub enum Memory {
    /// WATCH of the dead-letter stream, if it does that; else as `Look`.
    #[default]
    Start,
    /// XRANGE of the oldest dead letter.
    Look,
    /// There is none.
    Rest,
    /// XADD to the stream it came from.
    Add(Letter),
    /// XDEL from the dead-letter stream.
    Delete(Letter),
    /// Both in one transaction.
    Both(Letter),
}

/// A dead letter at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Letter {
    id: StreamId,
    message: Message,
    group: GroupIx,
}

/// Its steps, for coverage.
pub(super) const PROGRAM: Program = ("repairer", Memory::VARIANTS);

impl Memory {
    pub(super) fn branch(&self) -> Branch {
        (PROGRAM.0, self.into())
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Repairer) -> Intent {
        Intent::Send(match self {
            Self::Start if policy.order == PutBack::Watched => Request::One(Command::Watch {
                keys: vec![policy.stream.clone()],
            }),
            Self::Start | Self::Look => Request::One(oldest(policy)),
            Self::Rest => return Intent::Wait(policy.poll_ms),
            Self::Add(letter) => Request::One(put_back(me, letter)),
            Self::Delete(letter) => Request::One(delete(policy, letter)),
            Self::Both(letter) => Request::Transaction(vec![put_back(me, letter), delete(policy, letter)]),
        })
    }

    pub(super) fn holds(&self) -> Vec<Held> {
        match self {
            Self::Start | Self::Look | Self::Rest => Vec::new(),
            Self::Add(letter) | Self::Delete(letter) | Self::Both(letter) => vec![Held::Message {
                message: letter.message,
                id: Some(letter.id),
                tries: None,
            }],
        }
    }

    pub(super) fn observe(&mut self, me: Me<'_>, policy: &Repairer, observation: Observation<'_>) {
        let Observation::Reply(reply) = observation else {
            // After a lost reply it does the same again, unless it watched: the new connection does not.
            if *self == Self::Rest || policy.order == PutBack::Watched {
                *self = Self::Start;
            }
            return;
        };
        *self = match (&*self, policy.order) {
            _ if reply.is_error() => Self::Rest,
            (Self::Start, PutBack::Watched) => Self::Look,
            (Self::Start | Self::Look, order) => match replies::entries(reply).iter().find_map(|entry| {
                let fields = entry.fields.as_deref()?;
                Some(Letter {
                    id: entry.id,
                    message: me.setup.message_of(fields)?,
                    group: me.setup.group_of_dead_letter(fields)?,
                })
            }) {
                None => Self::Rest,
                Some(letter) => match order {
                    PutBack::AddThenDelete => Self::Add(letter),
                    PutBack::DeleteThenAdd => Self::Delete(letter),
                    PutBack::Transaction | PutBack::Watched => Self::Both(letter),
                },
            },
            (Self::Add(letter), PutBack::AddThenDelete) => Self::Delete(*letter),
            (Self::Delete(letter), PutBack::DeleteThenAdd) => Self::Add(*letter),
            // Of a transaction that was refused it knows only that it must look again.
            _ => Self::Start,
        };
    }
}

fn oldest(policy: &Repairer) -> Command {
    Command::XRange(XRange {
        key: policy.stream.clone(),
        start: Bound::Included(StreamId::MIN),
        end: Bound::Included(StreamId::MAX),
        count: Some(1),
        reverse: false,
    })
}

fn put_back(me: Me<'_>, letter: &Letter) -> Command {
    let mut add = producer::entry(me.setup, &me.setup.group(letter.group).key, letter.message);
    add.fields.extend([Bytes::from(REPAIRED_FIELD), Bytes::from("yes")]);
    Command::XAdd(add)
}

fn delete(policy: &Repairer, letter: &Letter) -> Command {
    Command::XDel {
        key: policy.stream.clone(),
        ids: vec![letter.id],
    }
}
