//! One message in one group: what was promised, what came of it, and whether it has settled.

use redelivery_engine::Millis;

use super::GroupNumbers;
use crate::check::{AtLeastOnce, AtMostOnce, Owed};
use crate::event::{Event, Grant};

/// What is known of a message in a group.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    at_least_once: AtLeastOnce,
    at_most_once: AtMostOnce,
    /// Entries that are to be acknowledged.
    entries: Owed,
    /// Items that lie in a list, or where a worker keeps them.
    items: u32,
    /// When it was first there.
    since_ms: Option<Millis>,
    /// Its producer knows.
    produced: bool,
    duplicates: u64,
    deliveries: u64,
    dead_lettered: bool,
    /// Since when it has been settled.
    settled_ms: Option<Millis>,
}

impl Row {
    /// Reads an event that names it.
    pub(super) fn on(&mut self, now_ms: Millis, event: &Event) {
        self.at_least_once.on(event, true);
        self.duplicates += u64::from(self.at_most_once.on(event).is_err());
        match event {
            Event::Added { id, .. } => {
                self.since_ms.get_or_insert(now_ms);
                match id {
                    Some(_) => self.entries.added(*id),
                    None => self.items += 1,
                }
            }
            Event::Published { .. } => {
                self.since_ms.get_or_insert(now_ms);
            }
            Event::Produced { .. } | Event::PublishAnswered { .. } => self.produced = true,
            Event::Granted { id, how, noack, .. } => {
                self.deliveries += 1;
                match (id, noack, how) {
                    (Some(_), true, _) => self.entries.paid(*id),
                    (Some(_), false, Grant::New) => self.entries.reopened(*id),
                    (None, true, _) => self.items = self.items.saturating_sub(1),
                    _ => {}
                }
            }
            Event::Acknowledged { id, .. } => self.entries.paid(Some(*id)),
            Event::Removed { .. } => self.items = self.items.saturating_sub(1),
            Event::DeadLettered { .. } => self.dead_lettered = true,
            _ => {}
        }
        if self.is_unsettled() {
            self.settled_ms = None;
        } else if self.since_ms.is_some() {
            self.settled_ms.get_or_insert(now_ms);
        }
    }

    /// Whether something is still to become of it.
    pub(super) fn is_unsettled(&self) -> bool {
        let done = self.items == 0 && self.entries.at_end().is_ok() && self.at_least_once.at_end().is_ok();
        self.since_ms.is_some() && !done
    }

    /// Adds it to what its group comes to.
    pub(super) fn count(&self, ended: bool, sum: &mut GroupNumbers) {
        let lost = self.at_least_once.at_end().is_err();
        let kept = self.at_least_once == AtLeastOnce::Kept;
        // A subscriber that had left was owed nothing.
        if self.produced && (lost || kept) {
            sum.messages += 1;
            sum.messages_of_ended += u64::from(ended);
            sum.lost += u64::from(ended && lost);
            if let (true, Some(since_ms), Some(settled_ms)) = (kept, self.since_ms, self.settled_ms) {
                sum.latency.note(settled_ms - since_ms);
            }
        }
        sum.duplicates += self.duplicates;
        if let (Some(deliveries), Some(redeliveries)) = (&mut sum.deliveries, &mut sum.redeliveries) {
            *deliveries += self.deliveries;
            *redeliveries += self.deliveries.saturating_sub(1);
        }
        if let Some(dead_letters) = &mut sum.dead_letters {
            *dead_letters += u64::from(self.dead_lettered);
        }
    }
}
