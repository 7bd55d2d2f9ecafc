//! All monitors of a run, and which of them an event is for.
//!
//! A row of monitors per check, one per subject: a message, a group, or a message in a group. An event goes straight
//! to the subjects that it names, so that its cost does not depend on how many messages there are; only a crash, an
//! alarm or a look into lists, which name no message, visit the whole row of the checks that ask. Next: `subject` for who is named, `monitor` for what a monitor is.

use redelivery_engine::{Millis, StreamId};

use super::CheckSpec;
use super::monitor::Monitor;
use super::subject::Subject;
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
            // What names no message would cost each check a visit of its whole row.
            let unasked = match event {
                Event::Crashed { .. } => !matches!(
                    spec,
                    CheckSpec::NoOverlappingWork | CheckSpec::NoClaimBeforeWork | CheckSpec::Conservation
                ),
                Event::Items { .. } => !spec.counts_items(),
                Event::Alarm { .. } => *spec != CheckSpec::Noticed,
                _ => false,
            };
            if unasked {
                continue;
            }
            let subject = Subject::of(spec);
            subject.each_named(setup, event, &mut |place| {
                if let Err(broken) = row[place].on(setup, spec, subject.message(setup, place), moment, event) {
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

    /// Keeps the delivery counters that monitors remember at `cap` or below: explorers do the same to the broker's.
    pub fn cap_deliveries(&mut self, cap: u64) {
        self.rows
            .iter_mut()
            .flatten()
            .for_each(|monitor| monitor.cap_deliveries(cap));
    }
}
