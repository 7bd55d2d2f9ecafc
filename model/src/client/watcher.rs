//! A watcher: looks at XINFO and XPENDING now and then, and acts on the numbers. They are of the moment of the look.

use redelivery_engine::command::{Precision, References, Trim, TrimBy, XGroup, XInfo, XPending};
use redelivery_engine::{Bytes, Command, Reply, StreamId};

use super::{Intent, Me, Observation, Request};
use crate::replies::{self, InfoRow};
use crate::setup::policy::{Duty, Trims, Watcher};

/// What the watcher does next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Memory {
    /// XINFO GROUPS, or XINFO CONSUMERS.
    #[default]
    Look,
    /// XPENDING, with the first entry that was not delivered.
    AskPending(StreamId),
    /// XTRIM: nothing before this entry is needed.
    Trim(StreamId),
    /// XGROUP DELCONSUMER.
    Delete(Bytes),
    /// Until the next look.
    Rest,
}

impl Memory {
    pub(super) fn intent(&self, me: Me<'_>, policy: &Watcher) -> Intent {
        let names = me.setup.group(policy.group);
        let (key, group) = (names.stream.clone(), names.name.clone());
        let command = match (self, policy.duty) {
            (Self::Look, Duty::Trims(_)) => Command::XInfo(XInfo::Groups { key }),
            (Self::Look, Duty::DeletesConsumers { .. }) => Command::XInfo(XInfo::Consumers { key, group }),
            (Self::AskPending(_), _) => Command::XPending(XPending {
                key,
                group,
                range: None,
            }),
            (Self::Trim(first), _) => Command::XTrim {
                key,
                trim: Trim {
                    by: TrimBy::MinId(*first),
                    precision: Precision::Exact,
                    references: References::Keep,
                },
            },
            (Self::Delete(consumer), _) => Command::XGroup(XGroup::DelConsumer {
                key,
                group,
                consumer: consumer.clone(),
            }),
            (Self::Rest, _) => return Intent::Wait(policy.every_ms),
        };
        Intent::Send(Request::One(command))
    }

    pub(super) fn observe(&mut self, me: Me<'_>, policy: &Watcher, observation: Observation<'_>) {
        *self = match observation {
            Observation::Reply(reply) => self.then(me, policy, reply),
            // Numbers from before the connection was lost are of no use.
            _ => Self::Look,
        };
    }

    fn then(&self, me: Me<'_>, policy: &Watcher, reply: &Reply) -> Self {
        match (self, policy.duty) {
            (Self::Look, Duty::Trims(trims)) => {
                let name = &me.setup.group(policy.group).name;
                let rows = replies::info_rows(reply);
                let Some(group) = rows.into_iter().find(|row| row.name() == Some(name)) else {
                    return Self::Rest;
                };
                match (trims, group.id("last-delivered-id").and_then(StreamId::next)) {
                    (_, None) => Self::Rest,
                    (Trims::Delivered, Some(first)) if group.number("lag") == Some(0) => Self::Trim(first),
                    (Trims::Delivered, Some(_)) => Self::Rest,
                    (Trims::Acknowledged, Some(first)) => Self::AskPending(first),
                }
            }
            (Self::AskPending(first), _) => Self::Trim(replies::oldest_pending(reply).unwrap_or(*first)),
            (
                Self::Look,
                Duty::DeletesConsumers {
                    idle_ms,
                    unless_pending,
                },
            ) => {
                let is_dead = |row: &InfoRow<'_>| {
                    let idle = row.number("idle").and_then(|idle| u64::try_from(idle).ok());
                    idle >= Some(idle_ms) && !(unless_pending && row.number("pending") != Some(0))
                };
                let dead = replies::info_rows(reply).into_iter().find(is_dead);
                dead.and_then(|row| row.name().cloned())
                    .map_or(Self::Rest, Self::Delete)
            }
            _ => Self::Rest,
        }
    }
}
