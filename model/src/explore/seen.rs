//! What steps show to a search.

use crate::check::Violation;
use crate::event::{Event, Moment};
use crate::occurrence::{Occurrences, shown_by};
use crate::world::Observer;

/// What happened since it was empty.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) events: Vec<(Moment, Event)>,
    pub(super) occurred: Occurrences,
    pub(super) violations: Vec<Violation>,
}

impl Observer for Seen {
    fn event(&mut self, moment: Moment, event: &Event) {
        self.events.push((moment, event.clone()));
        if let Some(occurrence) = shown_by(event) {
            self.occurred.insert(occurrence);
        }
    }

    fn violation(&mut self, violation: Violation) {
        self.violations.push(violation);
    }
}
