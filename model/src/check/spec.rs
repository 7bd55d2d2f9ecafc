//! What a check is called, what it says, and what it needs.

use super::subject::Subject;
use super::{CheckSpec, Deliveries};
use crate::duration;
use crate::event::{Event, Sight};
use crate::setup::Setup;

impl CheckSpec {
    /// Whether there is anything that it could judge: a group, and a message.
    pub fn applies(&self, setup: &Setup) -> bool {
        Subject::of(self).count(setup) > 0
    }

    /// Whether it asks what lies in lists.
    pub fn counts_items(&self) -> bool {
        matches!(self, Self::Conservation | Self::Settles)
    }

    /// Whether an event can matter to it: whoever is told something for nothing is in the way of those who explore, since
    /// a step depends on all to whom it tells something; and what names no message would cost each check a visit to all
    /// its subjects.
    pub(super) fn asks_for(&self, event: &Event) -> bool {
        let least = |dead_letter_counts| match event {
            Event::DeadLettered { .. } => dead_letter_counts,
            Event::Effect { .. } | Event::Produced { .. } | Event::PublishAnswered { .. } => true,
            Event::Left { .. } | Event::Restarted { .. } => true,
            _ => false,
        };
        match self {
            Self::AtMostOnce => matches!(event, Event::Effect { .. }),
            Self::AtLeastOnce { dead_letter_counts } | Self::ExactlyOnce { dead_letter_counts } => {
                least(*dead_letter_counts)
            }
            Self::Noticed => matches!(event, Event::Alarm { .. }) || least(true),
            // Its monitors remember times: whoever touches them has all times looked at.
            Self::SingleOwner { .. } => matches!(event, Event::Granted { .. } | Event::Acknowledged { .. }),
            Self::NoOverlappingWork => matches!(
                event,
                Event::WorkStarted { .. } | Event::WorkEnded { .. } | Event::Crashed { .. }
            ),
            Self::NoClaimBeforeWork => matches!(
                event,
                Event::Granted { .. }
                    | Event::WorkStarted { .. }
                    | Event::Crashed { .. }
                    | Event::Acknowledged { .. }
                    | Event::DeadLettered { .. }
            ),
            Self::DeadLetter { counts, .. } => match event {
                Event::Granted { .. } => *counts == Deliveries::Counter,
                Event::WorkStarted { .. } | Event::Acknowledged { .. } | Event::DeadLettered { .. } => true,
                _ => false,
            },
            Self::RunLimit { .. } => matches!(event, Event::WorkStarted { .. }),
            Self::NothingAfterDeadLetter => matches!(event, Event::DeadLettered { .. } | Event::Effect { .. }),
            Self::PendingList => matches!(event, Event::Acknowledged { .. } | Event::Pending { .. }),
            Self::Order => matches!(event, Event::Granted { .. } | Event::Added { .. } | Event::Heard { .. }),
            Self::FanOut => matches!(
                event,
                Event::Added { .. }
                    | Event::Granted { .. }
                    | Event::Published { .. }
                    | Event::Heard { .. }
                    | Event::CaughtUp { .. }
                    | Event::Left { .. }
                    | Event::Restarted { .. }
            ),
            Self::Settles => match event {
                Event::Added { .. } | Event::Granted { .. } | Event::Acknowledged { .. } => true,
                event => matches!(event, Event::Items { .. }),
            },
            Self::Conservation => match event {
                Event::Added { .. } | Event::Granted { .. } | Event::Removed { .. } | Event::Effect { .. } => true,
                event => matches!(event, Event::Crashed { .. } | Event::Items { .. }),
            },
            Self::Bounded { .. } => matches!(event, Event::Length { .. }),
            Self::BusLimit { .. } => matches!(event, Event::BusSent { .. }),
            Self::Delivery => {
                matches!(
                    event,
                    Event::Published { .. } | Event::BusArrived { .. } | Event::BusLost { .. } | Event::Handed { .. }
                ) || is_of_subscriptions(event)
            }
            Self::Subscribed => {
                matches!(event, Event::Left { .. } | Event::Restarted { .. }) || is_of_subscriptions(event)
            }
        }
    }

    /// Whether its monitors hear of every crash, whatever it was about.
    pub(super) fn hears_of_crashes(&self) -> bool {
        matches!(
            self,
            Self::NoOverlappingWork | Self::NoClaimBeforeWork | Self::Conservation
        )
    }

    /// Whether its monitors remember moments.
    pub(super) fn remembers_times(&self) -> bool {
        matches!(self, Self::SingleOwner { .. })
    }

    /// Its name, as scenarios and reports write it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AtMostOnce => "at-most-once",
            Self::AtLeastOnce { .. } => "at-least-once",
            Self::ExactlyOnce { .. } => "exactly-once",
            Self::SingleOwner { .. } => "single-owner",
            Self::NoOverlappingWork => "no-overlapping-work",
            Self::NoClaimBeforeWork => "no-claim-before-work",
            Self::DeadLetter { .. } => "dead-letter",
            Self::RunLimit { .. } => "run-limit",
            Self::Noticed => "noticed",
            Self::NothingAfterDeadLetter => "nothing-after-dead-letter",
            Self::PendingList => "pending-list",
            Self::Order => "order",
            Self::FanOut => "fan-out",
            Self::Settles => "settles",
            Self::Conservation => "conservation",
            Self::Bounded { .. } => "bounded",
            Self::Delivery => "delivery",
            Self::Subscribed => "subscribed",
            Self::BusLimit { .. } => "bus-limit",
        }
    }

    /// Whose events it needs: without them the verdict is unknown.
    pub fn sight(&self) -> Sight {
        match self {
            Self::PendingList | Self::Conservation | Self::Bounded { .. } => Sight::Broker,
            Self::Delivery | Self::Subscribed | Self::BusLimit { .. } => Sight::Broker,
            _ => Sight::Client,
        }
    }

    /// Whether it claims something of a run's end (perhaps besides other things): on a run that was cut short it can
    /// only fail.
    pub fn is_about_ends(&self) -> bool {
        match self {
            Self::AtLeastOnce { .. }
            | Self::ExactlyOnce { .. }
            | Self::DeadLetter { .. }
            | Self::Noticed
            | Self::FanOut
            | Self::Settles
            | Self::Bounded { .. }
            | Self::Delivery
            | Self::Subscribed => true,
            Self::AtMostOnce
            | Self::BusLimit { .. }
            | Self::SingleOwner { .. }
            | Self::NoOverlappingWork
            | Self::NoClaimBeforeWork
            | Self::RunLimit { .. }
            | Self::NothingAfterDeadLetter
            | Self::PendingList
            | Self::Conservation
            | Self::Order => false,
        }
    }

    /// What it claims, in one sentence.
    pub fn claim(&self) -> String {
        let or_dead_lettered = |counts: bool| if counts { " or is dead-lettered" } else { "" };
        match self {
            Self::AtMostOnce => "Every message has at most one effect.".into(),
            Self::AtLeastOnce { dead_letter_counts } => format!(
                "In the end every message whose producer learnt its ID has an effect{}.",
                or_dead_lettered(*dead_letter_counts)
            ),
            Self::ExactlyOnce { dead_letter_counts } => format!(
                "Every message has at most one effect, and in the end every message whose producer learnt its ID has \
                 one{}.",
                or_dead_lettered(*dead_letter_counts)
            ),
            Self::SingleOwner { within_ms } => format!(
                "No entry is granted to two consumers within {} without an acknowledgement between.",
                duration(*within_ms)
            ),
            Self::NoOverlappingWork => "No two consumers work on one message at the same time.".into(),
            Self::NoClaimBeforeWork => {
                "No entry is claimed while it waits in the hands of a consumer that has not begun \
                                        to work on it."
                    .into()
            }
            Self::DeadLetter { limit, counts } => format!(
                "A message is dead-lettered after {limit} {}, not before, and then no more; once; and in the end if it \
                 was never acknowledged.",
                match counts {
                    Deliveries::Counter if *limit == 1 => "delivery by the broker's counter",
                    Deliveries::Runs if *limit == 1 => "run of the work",
                    Deliveries::Counter => "deliveries by the broker's counter",
                    Deliveries::Runs => "runs of the work",
                }
            ),
            Self::RunLimit { limit: 1 } => "No message is worked on more than once.".into(),
            Self::RunLimit { limit } => format!("No message is worked on more than {limit} times."),
            Self::Noticed => "In the end, as long as a message has no effect and is not dead-lettered, a watcher's \
                              alarm is on."
                .into(),
            Self::NothingAfterDeadLetter => "A message has no effect after it was dead-lettered.".into(),
            Self::PendingList => "A group's pending list is the disjoint union of its consumers' lists, holds nothing \
                                  acknowledged, and its delivery counters only grow."
                .into(),
            Self::Order => {
                "Entries reach each consumer in the stream's order, and items are taken from a list in the order \
                            of their pushes."
                    .into()
            }
            Self::FanOut => "In the end every group got every entry of its stream.".into(),
            Self::Settles => {
                "In the end every entry is acknowledged in every group of its stream, and no item is left in a \
                              list."
                    .into()
            }
            Self::Conservation => {
                "From its push until its work is done an item lies in exactly one list, or a living client \
                                   has it that heard of it."
                    .into()
            }
            Self::Delivery => "Who is subscribed when a message is published is handed it, once for each matching \
                               subscription, and nobody else."
                .into(),
            Self::Subscribed => {
                "In the end every subscriber is subscribed to all that it has ever subscribed to.".into()
            }
            Self::BusLimit { at_most: 0 } => "No published message goes over the bus of the cluster.".into(),
            Self::BusLimit { at_most: 1 } => {
                "A published message costs at most 1 message on the bus of the cluster.".into()
            }
            Self::BusLimit { at_most } => {
                format!("A published message costs at most {at_most} messages on the bus of the cluster.")
            }
            Self::Bounded { stream, length } => format!("In the end {stream} keeps at most {length} entries."),
        }
    }
}

/// Whether it is of who is subscribed to what.
fn is_of_subscriptions(event: &Event) -> bool {
    match event {
        Event::Subscribed { .. } | Event::Unsubscribed { .. } => true,
        event => matches!(event, Event::Disconnected { .. } | Event::ShardUnsubscribed { .. }),
    }
}
