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

#[cfg(test)]
mod tests {
    use crate::check::tests::*;
    use crate::check::{CheckSpec, Deliveries};

    const AFTER_2: CheckSpec = CheckSpec::DeadLetter {
        limit: 2,
        counts: Deliveries::Runs,
    };

    #[test]
    fn routed_after_the_last_run() {
        holds(AFTER_2, &[started(A), ended(A), started(B), routed(), acknowledged(1)]);
        holds(AFTER_2, &[started(A), acknowledged(1)]);
        holds(AFTER_2, &[read("a", 1), claim("b", 1), claim("a", 1)]);
    }

    #[test]
    fn deliveries_without_work_do_not_count() {
        let violation = breaks(
            AFTER_2,
            &[read("a", 1), claim("b", 1), claim("a", 1), started(A), routed()],
        );
        assert_eq!(violation.message, Some(MESSAGE));
    }

    #[test]
    fn one_run_too_many_before_or_after_routing() {
        breaks(AFTER_2, &[started(A), ended(A), started(A), ended(A), started(A)]);
        breaks(
            AFTER_2,
            &[started(A), started(B), routed(), acknowledged(1), started(A)],
        );
    }

    #[test]
    fn routed_twice() {
        breaks(AFTER_2, &[started(A), started(A), routed(), routed()]);
    }

    #[test]
    fn due_in_the_end() {
        breaks_at_end(AFTER_2, &[started(A), started(B)]);
        holds(AFTER_2, &[started(A), started(B), acknowledged(1)]);
    }

    #[test]
    fn without_a_run_allowed() {
        let never = CheckSpec::DeadLetter {
            limit: 0,
            counts: Deliveries::Runs,
        };
        holds(never.clone(), &[read("a", 1)]);
        breaks(never, &[read("a", 1), started(A)]);
    }
}
