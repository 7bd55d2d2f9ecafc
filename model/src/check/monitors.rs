//! All monitors of a run, and which of them an event is for.
//!
//! A monitor per check and subject: a message, a group, or a message in a group. Those of one subject lie together, as
//! one part of the world, since an event goes to all of them. It goes straight to the subjects that it names, so that its
//! cost does not depend on how many messages there are; only a crash, an alarm or a look into lists, which name no
//! message, visit all subjects of the checks that ask. Monitors that remember moments lie in parts of their own, since
//! time changes those and no other; so do those that hear of every crash, which is told to all subjects. Next: `subject` for who is named, `monitor` for what a monitor is.

use std::collections::BTreeMap;

use redelivery_engine::{Millis, StreamId};

use super::CheckSpec;
use super::monitor::Monitor;
use super::subject::Subject;
use crate::event::{Event, Moment};
use crate::setup::{GroupIx, Message, Setup};
use crate::world::Part;

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
    pub(super) columns: Vec<Column>,
}

/// The monitors of checks that are kept for the same subjects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Column {
    pub(super) subject: Subject,
    pub(super) remembers_times: bool,
    pub(super) hears_of_crashes: bool,
    pub(super) checks: Vec<CheckIx>,
    /// By subject, then as `checks`.
    pub(super) places: Vec<Part<Ward>>,
}

impl Column {
    fn kind(&self) -> (Subject, bool, bool) {
        (self.subject, self.remembers_times, self.hears_of_crashes)
    }

    fn asks_for(&self, setup: &Setup, event: &Event) -> bool {
        self.checks.iter().any(|&check| spec(setup, check).asks_for(event))
    }

    /// The subjects that an event names hear of it, if it is for them.
    fn on_named(&mut self, setup: &Setup, moment: Moment, event: &Event, report: &mut dyn FnMut(Violation)) {
        if !self.asks_for(setup, event) {
            return;
        }
        let mut places = std::mem::take(&mut self.places);
        self.subject.each_named(setup, event, &mut |place| {
            self.on(setup, (place, &mut *places[place]), moment, event, report);
        });
        self.places = places;
    }

    /// The monitors of a subject hear of an event that is for them.
    fn on(
        &self,
        setup: &Setup,
        (place, ward): (usize, &mut Ward),
        moment: Moment,
        event: &Event,
        report: &mut dyn FnMut(Violation),
    ) {
        let message = self.subject.message(setup, place);
        for (monitor, &check) in ward.0.iter_mut().zip(&self.checks) {
            let spec = spec(setup, check);
            if spec.asks_for(event)
                && let Err(broken) = monitor.on(setup, spec, message, moment, event)
            {
                report(self.subject.violation(setup, check, place, broken));
            }
        }
    }
}

/// The monitors of one subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ward(pub(super) Box<[Monitor]>);

impl Ward {
    /// As [`Monitors::cap_deliveries`].
    pub(crate) fn cap_deliveries(&mut self, cap: u64) {
        self.0.iter_mut().for_each(|monitor| monitor.cap_deliveries(cap));
    }
}

impl Monitors {
    /// Nothing has happened yet.
    pub fn new(setup: &Setup) -> Self {
        let mut columns: Vec<Column> = Vec::new();
        for (check, spec) in (0..).map(CheckIx).zip(&setup.checks) {
            let (remembers_times, hears_of_crashes) = (spec.remembers_times(), spec.hears_of_crashes());
            let subject = Subject::of(spec);
            let kind = (subject, remembers_times, hears_of_crashes);
            let alike = |column: &&mut Column| column.kind() == kind;
            match columns.iter_mut().find(alike) {
                Some(column) => column.checks.push(check),
                None => columns.push(Column {
                    subject,
                    remembers_times,
                    hears_of_crashes,
                    checks: vec![check],
                    places: Vec::new(),
                }),
            }
        }
        for column in &mut columns {
            let monitors = || column.checks.iter().map(|&check| Monitor::new(spec(setup, check)));
            let places = 0..column.subject.count(setup);
            column.places = places.map(|_| Part::new(Ward(monitors().collect()))).collect();
        }
        Self { columns }
    }

    /// Reads one event. A monitor that it violates reports once and then stays violated.
    ///
    /// # Panics
    /// When the event names a message or a group that the setup does not have.
    pub fn on(&mut self, setup: &Setup, moment: Moment, event: &Event, report: &mut dyn FnMut(Violation)) {
        for column in &mut self.columns {
            column.on_named(setup, moment, event, report);
        }
    }

    /// The same, of monitors that remember times only.
    pub(crate) fn on_timed(&mut self, setup: &Setup, moment: Moment, event: &Event, report: &mut dyn FnMut(Violation)) {
        for column in self.columns.iter_mut().filter(|column| column.remembers_times) {
            column.on_named(setup, moment, event, report);
        }
    }

    /// The parts that remember no times and that hear of some of this: of what.
    pub(crate) fn untimed_that_hear<'a>(
        &self,
        setup: &Setup,
        events: &'a [(Moment, Event)],
    ) -> BTreeMap<u32, Vec<&'a (Moment, Event)>> {
        let (mut hear, mut first) = (BTreeMap::new(), 0);
        for column in &self.columns {
            let for_it = events.iter().filter(|(_, event)| column.asks_for(setup, event));
            for it in for_it.filter(|_| !column.remembers_times) {
                column.subject.each_named(setup, &it.1, &mut |place| {
                    hear.entry(first + place as u32).or_insert_with(Vec::new).push(it);
                });
            }
            first += column.places.len() as u32;
        }
        hear
    }

    /// The monitors of one subject hear of those of these events that are for them. Each violation comes with the place
    /// of its event.
    pub(crate) fn on_ward(
        &self,
        setup: &Setup,
        (place, ward): (u32, &mut Ward),
        events: &[(Moment, Event)],
        report: &mut dyn FnMut(usize, Violation),
    ) {
        let (column, own) = self.column_of(place);
        for (at, (moment, event)) in events.iter().enumerate() {
            if !column.asks_for(setup, event) {
                continue;
            }
            let report = &mut |violation| report(at, violation);
            column.subject.each_named(setup, event, &mut |named| {
                if named == own {
                    column.on(setup, (named, ward), *moment, event, report);
                }
            });
        }
    }

    /// The run has ended: nothing but idle polls would follow. What is claimed of ends is claimed now.
    pub fn at_end(&self, setup: &Setup, report: &mut dyn FnMut(Violation)) {
        for (check, spec) in (0..).map(CheckIx).zip(&setup.checks) {
            let (column, at) = self.column(check);
            for (place, ward) in column.places.iter().enumerate() {
                if let Err(broken) = ward.0[at].at_end(spec) {
                    report(column.subject.violation(setup, check, place, broken));
                }
            }
        }
    }

    /// Whether an event has violated this check; ends are not remembered.
    pub fn is_violated(&self, check: CheckIx) -> bool {
        let (column, at) = self.column(check);
        column.places.iter().any(|ward| ward.0[at] == Monitor::Violated)
    }

    /// Visits the moments that monitors remember, in milliseconds.
    pub fn times(&self, visit: &mut dyn FnMut(Millis)) {
        let remembering = self.columns.iter().filter(|column| column.remembers_times);
        let wards = remembering.flat_map(|column| &column.places);
        wards
            .flat_map(|ward| ward.0.iter())
            .for_each(|monitor| monitor.times(visit));
    }

    /// Whether a monitor that remembers moments may have changed.
    pub(crate) fn times_are_changed(&self) -> bool {
        let mut remembering = self.columns.iter().filter(|column| column.remembers_times);
        remembering.any(|column| column.places.iter().any(Part::is_changed))
    }

    /// Rewrites the moments that monitors remember, so that an explorer can age them together with the broker's. The
    /// map must be a function that keeps their order.
    pub fn map_times(&mut self, map: &mut dyn FnMut(Millis) -> Millis) {
        let remembering = self.columns.iter_mut().filter(|column| column.remembers_times);
        for ward in remembering.flat_map(|column| &mut column.places) {
            let mut is_changed = false;
            let moments = ward.0.iter();
            moments.for_each(|monitor| monitor.times(&mut |moment| is_changed |= map(moment) != moment));
            // Who sees it changed compares all of it.
            if is_changed {
                ward.0.iter_mut().for_each(|monitor| monitor.map_times(map));
            }
        }
    }

    /// Keeps the delivery counters that monitors remember at `cap` or below: explorers do the same to the broker's.
    /// Only where something has changed is there anything to do.
    pub fn cap_deliveries(&mut self, cap: u64) {
        let wards = self.columns.iter_mut().flat_map(|column| &mut column.places);
        wards
            .filter(|ward| ward.is_changed())
            .for_each(|ward| ward.cap_deliveries(cap));
    }

    /// Visits the parts in their order, and tells whether each remembers moments.
    pub(crate) fn each_part(&self, visit: &mut dyn FnMut(u32, bool, &Part<Ward>)) {
        let mut place = 0;
        for column in &self.columns {
            for part in &column.places {
                visit(place, column.remembers_times, part);
                place += 1;
            }
        }
    }

    /// The parts, in their order.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part<Ward>> {
        self.columns.iter().flat_map(|column| &column.places)
    }

    /// The same, to put others in their place.
    pub(crate) fn parts_mut(&mut self) -> impl Iterator<Item = &mut Part<Ward>> {
        self.columns.iter_mut().flat_map(|column| &mut column.places)
    }

    /// Whether each of the parts remembers moments.
    pub(crate) fn parts_are_timed(&self) -> impl Iterator<Item = bool> {
        let columns = self.columns.iter();
        columns.flat_map(|column| column.places.iter().map(|_| column.remembers_times))
    }

    /// The checks that are claimed of ends and are not fulfilled by the monitors of one subject: a bit for each.
    pub(crate) fn unfulfilled(&self, setup: &Setup, place: u32, ward: &Ward) -> u16 {
        let (column, _) = self.column_of(place);
        let monitors = column.checks.iter().zip(&*ward.0);
        let broken = monitors.filter(|(check, monitor)| monitor.at_end(spec(setup, **check)).is_err());
        broken.map(|(check, _)| 1 << check.0).sum()
    }

    /// The column of one of the parts, and its place in there.
    fn column_of(&self, place: u32) -> (&Column, usize) {
        let mut place = place as usize;
        for column in &self.columns {
            match place.checked_sub(column.places.len()) {
                Some(rest) => place = rest,
                None => return (column, place),
            }
        }
        unreachable!("a place of these monitors")
    }

    fn column(&self, check: CheckIx) -> (&Column, usize) {
        let found = self.columns.iter().find_map(|column| {
            let at = column.checks.iter().position(|&own| own == check)?;
            Some((column, at))
        });
        found.expect("each check of the setup has its monitors")
    }
}

fn spec(setup: &Setup, check: CheckIx) -> &CheckSpec {
    &setup.checks[usize::from(check.0)]
}
