//! What a check keeps one monitor for, and which of them an event names.

use super::monitor::Broken;
use super::{CheckIx, CheckSpec, Violation};
use crate::event::Event;
use crate::setup::{GroupIx, Message, Setup};

/// What a check has one monitor for: groups work on a message each for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Whole,
    Group,
    /// As a group, but each hears of all that is published.
    Subscriber,
    MessageInGroup,
    /// Whoever works on it.
    Message,
}

impl Subject {
    pub(super) fn of(spec: &CheckSpec) -> Self {
        match spec {
            CheckSpec::Bounded { .. } => Self::Whole,
            CheckSpec::BusLimit { .. } => Self::Message,
            CheckSpec::PendingList | CheckSpec::Order => Self::Group,
            CheckSpec::Delivery | CheckSpec::Subscribed => Self::Subscriber,
            CheckSpec::AtMostOnce
            | CheckSpec::AtLeastOnce { .. }
            | CheckSpec::ExactlyOnce { .. }
            | CheckSpec::SingleOwner { .. }
            | CheckSpec::NoOverlappingWork
            | CheckSpec::NoClaimBeforeWork
            | CheckSpec::DeadLetter { .. }
            | CheckSpec::RunLimit { .. }
            | CheckSpec::Noticed
            | CheckSpec::NothingAfterDeadLetter
            | CheckSpec::FanOut
            | CheckSpec::Conservation
            | CheckSpec::Settles => Self::MessageInGroup,
        }
    }

    pub(super) fn count(self, setup: &Setup) -> usize {
        match self {
            Self::Whole => 1,
            Self::Group | Self::Subscriber => setup.groups.len(),
            Self::MessageInGroup => setup.groups.len() * setup.messages.len(),
            Self::Message => setup.messages.len(),
        }
    }

    /// The message that a subject is about, by its place in the row.
    pub(super) fn message(self, setup: &Setup, place: usize) -> Option<Message> {
        match self {
            Self::Whole | Self::Group | Self::Subscriber => None,
            Self::MessageInGroup => Some(Message((place % setup.messages.len()) as u32)),
            Self::Message => Some(Message(place as u32)),
        }
    }

    /// The violation of a subject, by its place in the row.
    pub(super) fn violation(self, setup: &Setup, check: CheckIx, place: usize, Broken(id): Broken) -> Violation {
        let (group, message) = match self {
            Self::Whole => (None, None),
            Self::Group | Self::Subscriber => (Some(place), None),
            Self::Message => (None, self.message(setup, place)),
            Self::MessageInGroup => (Some(place / setup.messages.len()), self.message(setup, place)),
        };
        Violation {
            check,
            message,
            group: group.map(|place| GroupIx(place as u16)),
            id,
        }
    }

    /// The places of the subjects that an event is about.
    pub(crate) fn each_named(self, setup: &Setup, event: &Event, visit: &mut dyn FnMut(usize)) {
        match self {
            Self::Whole => {
                if matches!(event, Event::Length { .. }) {
                    visit(0);
                }
            }
            Self::Subscriber
                if matches!(
                    event,
                    Event::Published { .. } | Event::BusArrived { .. } | Event::BusLost { .. }
                ) =>
            {
                (0..setup.groups.len()).for_each(visit);
            }
            Self::Group | Self::Subscriber => {
                if let Some(group) = event.group().or_else(|| returned(setup, event)) {
                    visit(group.0.into());
                }
                // The order of items is that of their pushes; entries have IDs.
                if let Event::Added {
                    key, id: None, message, ..
                } = event
                {
                    setup
                        .groups_that_get(key, None, *message)
                        .for_each(|group| visit(group.0.into()));
                }
            }
            Self::Message => {
                if let Some(message) = event.message() {
                    visit(message.0 as usize);
                }
            }
            Self::MessageInGroup => {
                let Some(message) = event.message() else {
                    let messages = setup.messages.len();
                    let mut visit_all = |group: GroupIx| {
                        let first = usize::from(group.0) * messages;
                        (first..first + messages).for_each(&mut *visit);
                    };
                    match event {
                        Event::Crashed { .. } => (0..self.count(setup)).for_each(visit),
                        Event::Alarm { group, .. } | Event::Items { group, .. } | Event::Left { group, .. } => {
                            visit_all(*group);
                        }
                        event => returned(setup, event).into_iter().for_each(visit_all),
                    }
                    return;
                };
                let place = |group: usize| group * setup.messages.len() + message.0 as usize;
                match event {
                    Event::Added { key, id, .. } | Event::Produced { key, id, .. } => setup
                        .groups_that_get(key, *id, message)
                        .for_each(|group| visit(place(group.0.into()))),
                    Event::Published { channel, .. } | Event::PublishAnswered { channel, .. } => {
                        setup
                            .subscribers_to(channel)
                            .for_each(|group| visit(place(group.0.into())));
                    }
                    _ => {
                        if let Some(group) = event.group() {
                            visit(place(group.0.into()));
                        }
                    }
                }
            }
        }
    }
}

/// The row of a subscriber that had perhaps left, and starts again.
fn returned(setup: &Setup, event: &Event) -> Option<GroupIx> {
    let Event::Restarted { client } = event else {
        return None;
    };
    let policy = setup.client(*client).role.subscriber()?;
    policy.leaves_after.map(|_| policy.group)
}
