//! In the end every entry is acknowledged in every group of its stream, or was delivered there with NOACK.
//!
//! When faults are over a design should come to rest with nothing pending. Routing to the dead-letter stream settles
//! through its XACK; an entry that was routed and not acknowledged is still pending and will be delivered again. An
//! entry that `>` hands out once more (XGROUP SETID back) is pending once more. Broken by a consumer that never
//! acknowledges, by a crash when nobody reclaims, by entries trimmed or skipped before they were read.

use super::monitor::Finding;
use super::owed::Owed;
use crate::event::{Event, Grant};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Settles(Owed);

impl Settles {
    pub(super) fn on(&mut self, event: &Event) {
        match event {
            Event::Added { id, .. } => self.0.added(*id),
            Event::Acknowledged { id, .. } | Event::Granted { id, noack: true, .. } => self.0.paid(*id),
            Event::Granted {
                id, how: Grant::New, ..
            } => self.0.reopened(*id),
            _ => {}
        }
    }

    pub(super) fn at_end(&self) -> Finding {
        self.0.at_end()
    }
}
