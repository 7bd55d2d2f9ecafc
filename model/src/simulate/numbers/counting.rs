//! Counting one run: what its events and its pending lists come to.

use redelivery_engine::Millis;

use super::row::Row;
use super::{GroupNumbers, Histogram, Numbers, Series};
use crate::check::Subject;
use crate::event::{Event, Moment};
use crate::setup::{GroupIx, GroupKind, Setup};
use crate::world::{START_MS, World};

/// What is counted while a run goes on.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Counting<'a> {
    setup: &'a Setup,
    /// Group by group, a row for each message.
    rows: Vec<Row>,
    /// Rows of messages that are there and not settled.
    unsettled: usize,
    /// When there was last none of them; none while there is one, and as long as there was no message.
    settled_ms: Option<Millis>,
    bus: u64,
    /// By group.
    pending: Vec<Option<Pending>>,
}

/// How a run went out.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct End {
    /// When the last thing happened.
    pub(in crate::simulate) at_ms: Millis,
    /// Whether it ended by itself.
    pub(in crate::simulate) ended: bool,
    /// Faults that happened.
    pub(in crate::simulate) faults: u64,
    /// When the last of them was over.
    pub(in crate::simulate) last_fault_ms: Option<Millis>,
}

/// How many entries of a group are pending, and were.
#[derive(Clone, Debug, Default)]
struct Pending {
    size: u64,
    since_ms: Millis,
    series: Series,
}

impl<'a> Counting<'a> {
    /// Before anything has happened.
    pub(in crate::simulate) fn new(setup: &'a Setup) -> Self {
        let of_kind = |group| (setup.group(group).kind == GroupKind::Group).then(Pending::default);
        Self {
            setup,
            rows: vec![Row::default(); setup.groups.len() * setup.messages.len()],
            unsettled: 0,
            settled_ms: None,
            bus: 0,
            pending: setup.group_ixs().map(of_kind).collect(),
        }
    }

    /// Something happened.
    pub(in crate::simulate) fn on(&mut self, moment: Moment, event: &Event) {
        let now_ms = moment.latest_ms - START_MS;
        if let Event::BusSent { copies, .. } = event {
            self.bus += u64::from(*copies);
        }
        let Self {
            setup, rows, unsettled, ..
        } = self;
        let mut is_about_some = false;
        Subject::MessageInGroup.each_named(setup, event, &mut |place| {
            let row = &mut rows[place];
            *unsettled -= usize::from(row.is_unsettled());
            row.on(now_ms, event);
            *unsettled += usize::from(row.is_unsettled());
            is_about_some = true;
        });
        match self.unsettled {
            0 if is_about_some => _ = self.settled_ms.get_or_insert(now_ms),
            0 => {}
            _ => self.settled_ms = None,
        }
    }

    /// How things stand after a step.
    pub(in crate::simulate) fn stands(&mut self, world: &World) {
        let now_ms = world.now_ms() - START_MS;
        for (place, pending) in (0..).zip(&mut self.pending) {
            if let Some(pending) = pending {
                let names = self.setup.group(GroupIx(place));
                let group = world.stream(&names.key).and_then(|stream| stream.group(&names.name));
                pending.becomes(now_ms, group.map_or(0, |group| group.pending_len()) as u64);
            }
        }
    }

    /// What the run came to.
    pub(in crate::simulate) fn numbers(self, end: End) -> Numbers {
        let ended = end.ended;
        let has_settled = ended && self.unsettled == 0;
        let last_fault_ms = end.last_fault_ms.map(|fault_ms| fault_ms - START_MS);
        let recovery_ms = match (last_fault_ms, self.settled_ms) {
            (Some(fault_ms), Some(settled_ms)) if has_settled => Some(settled_ms.saturating_sub(fault_ms)),
            // Nothing was there that a fault could have harmed.
            (Some(_), None) if has_settled => Some(0),
            _ => None,
        };
        let messages = self.setup.messages.len();
        let groups = self.setup.group_ixs().zip(self.pending).map(|(group, pending)| {
            let kind = self.setup.group(group).kind;
            let mut sum = GroupNumbers {
                deliveries: (kind != GroupKind::Subscriber).then_some(0),
                redeliveries: (kind != GroupKind::Subscriber).then_some(0),
                dead_letters: (kind == GroupKind::Group).then_some(0),
                pending: pending.map(|pending| pending.until(end.at_ms - START_MS)),
                ..GroupNumbers::default()
            };
            let first = usize::from(group.0) * messages;
            let rows = &self.rows[first..first + messages];
            rows.iter().for_each(|row| row.count(ended, &mut sum));
            sum
        });
        Numbers {
            runs: 1,
            ended: ended.into(),
            faults: end.faults,
            bus: self.setup.cluster.as_ref().map(|_| self.bus),
            recovery: of_one(recovery_ms),
            unrecovered: u64::from(ended && last_fault_ms.is_some() && recovery_ms.is_none()),
            until_settled: of_one(self.settled_ms.filter(|_| has_settled)),
            groups: groups.collect(),
        }
    }
}

impl Pending {
    fn becomes(&mut self, now_ms: Millis, size: u64) {
        if size != self.size {
            self.series.note(self.since_ms, now_ms, self.size);
            *self = Self {
                size,
                since_ms: now_ms,
                series: std::mem::take(&mut self.series),
            };
        }
    }

    /// As it was up to a moment, at least up to the last change.
    fn until(mut self, end_ms: Millis) -> Series {
        self.series.note(self.since_ms, end_ms.max(self.since_ms), self.size);
        self.series
    }
}

fn of_one(value: Option<Millis>) -> Histogram {
    let mut histogram = Histogram::default();
    value.into_iter().for_each(|value| histogram.note(value));
    histogram
}
