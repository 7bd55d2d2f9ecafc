//! Deliveries as runs of the consumer's work, per message, whoever ran it and for which of its entries.
//!
//! - Routed too early: before D runs have started. A grant that never led to work is no run.
//! - Run too late: run D + 1 starts.
//! - A run that a crash cut short was a run: it may have been the one that crashed the consumer.

use super::super::monitor::{Broken, Finding};
use crate::event::Event;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(in super::super) struct Runs {
    /// At most the limit: one more is the violation.
    runs: u64,
    acknowledged: bool,
    routed: bool,
}

impl Runs {
    pub(in super::super) fn on(&mut self, event: &Event, limit: u64) -> Finding {
        match event {
            Event::WorkStarted { .. } if self.runs >= limit => return Err(Broken(None)),
            Event::WorkStarted { .. } => self.runs += 1,
            Event::DeadLettered { .. } if self.routed || self.runs < limit => return Err(Broken(None)),
            Event::DeadLettered { .. } => self.routed = true,
            Event::Acknowledged { .. } => self.acknowledged = true,
            _ => {}
        }
        Ok(())
    }

    pub(in super::super) fn at_end(self, limit: u64) -> Finding {
        match self.runs >= limit.max(1) && !self.acknowledged && !self.routed {
            true => Err(Broken(None)),
            false => Ok(()),
        }
    }
}
