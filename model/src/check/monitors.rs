//! All monitors of a run, and which of them an event is for.
//!
//! A row of monitors per check, one per subject: a message, a group, or a message in a group. An event goes straight
//! to the subjects that it names, so that its cost does not depend on how many messages there are; only a crash, which
//! names no message, visits the whole row of the one check that asks. Next: `monitor` for what a monitor is.

use redelivery_engine::{Millis, StreamId};

use super::CheckSpec;
use super::monitor::{Broken, Monitor};
use crate::event::{Event, Moment};
use crate::setup::{GroupIx, Message, Setup};

/// A check, as its place in [`Setup::checks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckIx(pub u16);

/// A claim that was broken, and what by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which claim.
    pub check: CheckIx,
    /// The message that it is about.
    pub message: Option<Message>,
    /// The group that it is about.
    pub group: Option<GroupIx>,
    /// The entry that it is about.
    pub id: Option<StreamId>,
}

/// The states of all checks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Monitors {
    /// By check, then by subject: small components, so that they can be kept and compared one by one.
    rows: Vec<Vec<Monitor>>,
}

/// What a check has one monitor for.
#[derive(Clone, Copy)]
enum Subject {
    Message,
    Group,
    MessageInGroup,
}

impl Subject {
    fn of(spec: &CheckSpec) -> Self {
        match spec {
            CheckSpec::AtMostOnce
            | CheckSpec::AtLeastOnce { .. }
            | CheckSpec::ExactlyOnce { .. }
            | CheckSpec::NoOverlappingWork
            | CheckSpec::DeadLetter { .. }
            | CheckSpec::NothingAfterDeadLetter => Self::Message,
            CheckSpec::PendingList | CheckSpec::Order => Self::Group,
            CheckSpec::SingleOwner { .. } | CheckSpec::FanOut | CheckSpec::Settles => Self::MessageInGroup,
        }
    }

    fn count(self, setup: &Setup) -> usize {
        match self {
            Self::Message => setup.messages.len(),
            Self::Group => setup.groups.len(),
            Self::MessageInGroup => setup.groups.len() * setup.messages.len(),
        }
    }

    /// The violation of a subject, by its place in the row.
    fn violation(self, setup: &Setup, check: CheckIx, place: usize, Broken(id): Broken) -> Violation {
        let (group, message) = match self {
            Self::Message => (None, Some(place)),
            Self::Group => (Some(place), None),
            Self::MessageInGroup => {
                let messages = setup.messages.len();
                (Some(place / messages), Some(place % messages))
            }
        };
        Violation {
            check,
            message: message.map(|place| Message(place as u32)),
            group: group.map(|place| GroupIx(place as u16)),
            id,
        }
    }

    /// The places of the subjects that an event is about.
    fn each_named(self, setup: &Setup, event: &Event, visit: &mut dyn FnMut(usize)) {
        match self {
            Self::Message => {
                if let Some(message) = event.message() {
                    visit(message.0 as usize);
                } else if matches!(event, Event::Crashed { .. }) {
                    (0..setup.messages.len()).for_each(visit);
                }
            }
            Self::Group => {
                if let Some(group) = event.group() {
                    visit(group.0.into());
                }
            }
            Self::MessageInGroup => {
                let Some(message) = event.message() else { return };
                let place = |group: usize| group * setup.messages.len() + message.0 as usize;
                match event {
                    // An entry at or before a group's start is none of the group's.
                    Event::Added { stream, id, .. } => (0..)
                        .zip(&setup.groups)
                        .filter(|(_, group)| group.stream == *stream && *id > group.start)
                        .for_each(|(group, _)| visit(place(group))),
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

impl Monitors {
    /// Nothing has happened yet.
    pub fn new(setup: &Setup) -> Self {
        let row = |spec| vec![Monitor::new(spec); Subject::of(spec).count(setup)];
        Self {
            rows: setup.checks.iter().map(row).collect(),
        }
    }

    /// Reads one event. A monitor that it violates reports once and then stays violated.
    ///
    /// # Panics
    /// When the event names a message or a group that the setup does not have.
    pub fn on(&mut self, setup: &Setup, moment: Moment, event: &Event, report: &mut dyn FnMut(Violation)) {
        for ((check, spec), row) in (0..).map(CheckIx).zip(&setup.checks).zip(&mut self.rows) {
            if matches!(event, Event::Crashed { .. }) && *spec != CheckSpec::NoOverlappingWork {
                continue;
            }
            let subject = Subject::of(spec);
            subject.each_named(setup, event, &mut |place| {
                if let Err(broken) = row[place].on(setup, spec, moment, event) {
                    report(subject.violation(setup, check, place, broken));
                }
            });
        }
    }

    /// The run has ended: nothing but idle polls would follow. What is claimed of ends is claimed now.
    pub fn at_end(&self, setup: &Setup, report: &mut dyn FnMut(Violation)) {
        for ((check, spec), row) in (0..).map(CheckIx).zip(&setup.checks).zip(&self.rows) {
            for (place, monitor) in row.iter().enumerate() {
                if let Err(broken) = monitor.at_end(spec) {
                    report(Subject::of(spec).violation(setup, check, place, broken));
                }
            }
        }
    }

    /// Whether an event has violated this check; ends are not remembered.
    pub fn is_violated(&self, check: CheckIx) -> bool {
        self.rows[usize::from(check.0)].contains(&Monitor::Violated)
    }

    /// Visits the moments that monitors remember, in milliseconds.
    pub fn times(&self, visit: &mut dyn FnMut(Millis)) {
        self.rows.iter().flatten().for_each(|monitor| monitor.times(visit));
    }

    /// Rewrites the moments that monitors remember, so that an explorer can age them together with the broker's. The
    /// map must keep their order.
    pub fn map_times(&mut self, map: &mut dyn FnMut(Millis) -> Millis) {
        self.rows
            .iter_mut()
            .flatten()
            .for_each(|monitor| monitor.map_times(map));
    }
}
