//! A watcher: looks at XINFO and XPENDING now and then, and acts on the numbers. They are of the moment of the look.

use redelivery_engine::command::{Bound, PendingRange, Precision, References, Trim, TrimBy, XGroup, XInfo, XPending};
use redelivery_engine::{Bytes, Command, Millis, Reply, StreamId};
use strum::VariantNames as _;

use super::branch::{Branch, Program};
use super::{Held, Intent, Me, Observation, Request};
use crate::event::Event;
use crate::replies::{self, InfoRow};
use crate::setup::policy::{Alarm, Duty, Trims, Watcher};

/// So many entries it looks through at once.
const MANY: i64 = 1_000;

/// What the watcher knows and does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    next: Next,
    /// Whether its alarm was on after the last look.
    alarm: Option<bool>,
}

/// What the watcher does next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantNames)]
enum Next {
    /// XINFO GROUPS, XINFO CONSUMERS, or XPENDING.
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

/// Its steps, for coverage.
pub(super) const PROGRAM: Program = ("watcher", Next::VARIANTS);

impl Memory {
    pub(super) fn branch(&self) -> Branch {
        (PROGRAM.0, (&self.next).into())
    }

    pub(super) fn holds(&self) -> Vec<Held> {
        self.alarm.map(Held::Alarm).into_iter().collect()
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Watcher) -> Intent {
        let names = me.setup.group(policy.group);
        let (key, group) = (names.key.clone(), names.name.clone());
        let pending = |range| {
            let (key, group) = (key.clone(), group.clone());
            Command::XPending(XPending { key, group, range })
        };
        let command = match (&self.next, policy.duty) {
            (Next::Look, Duty::Trims(_) | Duty::Alarms(Alarm::Lag { .. })) => Command::XInfo(XInfo::Groups { key }),
            (Next::Look, Duty::DeletesConsumers { .. } | Duty::Alarms(Alarm::ConsumerIdle(_))) => {
                Command::XInfo(XInfo::Consumers { key, group })
            }
            (Next::Look, Duty::Alarms(Alarm::PendingIdle(idle_ms))) => pending(Some(all_idle_for(idle_ms, 1))),
            (Next::Look, Duty::Alarms(Alarm::Deliveries(_))) => pending(Some(all_idle_for(0, MANY))),
            (Next::AskPending(_), _) => pending(None),
            (Next::Trim(first), _) => Command::XTrim {
                key,
                trim: Trim {
                    by: TrimBy::MinId(*first),
                    precision: Precision::Exact,
                    references: References::Keep,
                },
            },
            (Next::Delete(consumer), _) => Command::XGroup(XGroup::DelConsumer {
                key,
                group,
                consumer: consumer.clone(),
            }),
            (Next::Rest, _) => return Intent::Wait(policy.every_ms),
        };
        Intent::Send(Request::One(command))
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Watcher,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        let Observation::Reply(reply) = observation else {
            // Numbers from before the connection was lost are of no use.
            self.next = Next::Look;
            return;
        };
        if let Duty::Alarms(alarm) = policy.duty {
            let raised = raises(me, policy, alarm, reply);
            if self.alarm.replace(raised) != Some(raised) {
                let (client, group) = (me.client, policy.group);
                tell(Event::Alarm { client, group, raised });
            }
        }
        self.next = self.then(me, policy, reply);
    }

    fn then(&self, me: Me<'_>, policy: &Watcher, reply: &Reply) -> Next {
        match (&self.next, policy.duty) {
            (Next::Look, Duty::Trims(trims)) => {
                let Some(group) = own_row(me, policy, reply) else {
                    return Next::Rest;
                };
                match (trims, group.id("last-delivered-id").and_then(StreamId::next)) {
                    (_, None) => Next::Rest,
                    (Trims::Delivered, Some(first)) if group.number("lag") == Some(0) => Next::Trim(first),
                    (Trims::Delivered, Some(_)) => Next::Rest,
                    (Trims::Acknowledged, Some(first)) => Next::AskPending(first),
                }
            }
            (Next::AskPending(first), _) => Next::Trim(replies::oldest_pending(reply).unwrap_or(*first)),
            (
                Next::Look,
                Duty::DeletesConsumers {
                    idle_ms,
                    unless_pending,
                },
            ) => {
                let is_dead = |row: &InfoRow<'_>| is_idle_for(*row, idle_ms) && !(unless_pending && has_pending(*row));
                let dead = replies::info_rows(reply).into_iter().find(is_dead);
                dead.and_then(|row| row.name().cloned())
                    .map_or(Next::Rest, Next::Delete)
            }
            _ => Next::Rest,
        }
    }
}

/// Whether the numbers raise an alarm.
fn raises(me: Me<'_>, policy: &Watcher, alarm: Alarm, reply: &Reply) -> bool {
    match alarm {
        Alarm::Lag { at_least, or_unknown } => {
            let lag = own_row(me, policy, reply).and_then(|row| row.number("lag"));
            lag.map_or(or_unknown, |lag| u64::try_from(lag).is_ok_and(|lag| lag >= at_least))
        }
        Alarm::ConsumerIdle(idle_ms) => {
            let mut rows = replies::info_rows(reply).into_iter();
            rows.any(|row| has_pending(row) && is_idle_for(row, idle_ms))
        }
        Alarm::PendingIdle(_) => !replies::pending_rows(reply).is_empty(),
        Alarm::Deliveries(at_least) => replies::pending_rows(reply)
            .iter()
            .any(|row| row.deliveries >= at_least),
    }
}

/// Whether a consumer has been idle for so long.
fn is_idle_for(row: InfoRow<'_>, idle_ms: Millis) -> bool {
    row.number("idle").and_then(|idle| u64::try_from(idle).ok()) >= Some(idle_ms)
}

fn has_pending(row: InfoRow<'_>) -> bool {
    row.number("pending") != Some(0)
}

/// The row of its group in an XINFO GROUPS.
fn own_row<'a>(me: Me<'_>, policy: &Watcher, reply: &'a Reply) -> Option<InfoRow<'a>> {
    let name = &me.setup.group(policy.group).name;
    replies::info_rows(reply)
        .into_iter()
        .find(|row| row.name() == Some(name))
}

fn all_idle_for(min_idle_ms: Millis, count: i64) -> PendingRange {
    PendingRange {
        min_idle_ms,
        start: Bound::Included(StreamId::MIN),
        end: Bound::Included(StreamId::MAX),
        count,
        consumer: None,
    }
}
