//! How long a run has rested: the time in which everybody waited for a moment that was still to come.
//!
//! A run is over when it has rested for so long that all timers had their time. What a process, the server or the parent
//! is late by is no rest, or else a machine that stands still for a while would end runs that go on.

use std::time::Duration;

use redelivery_engine::Millis;

/// The rest since something last happened that was no idle poll.
#[derive(Debug, Default)]
pub(super) struct Rest {
    since_ms: Millis,
    waited: Duration,
}

impl Rest {
    /// News end a rest, and another one begins.
    pub(super) fn since(&mut self, progress_ms: Millis) {
        if progress_ms != self.since_ms {
            *self = Self {
                since_ms: progress_ms,
                waited: Duration::ZERO,
            };
        }
    }

    /// Everybody waited for so long, of a wait that was to take no longer than `patience`.
    pub(super) fn add(&mut self, took: Duration, patience: Duration) {
        self.waited += took.min(patience);
    }

    /// What is left until a run that nothing disturbs has rested for longer than this; none when it has.
    pub(super) fn left_of(&self, quiet_ms: Millis) -> Option<Duration> {
        let left = Duration::from_millis(quiet_ms).saturating_sub(self.waited);
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn who_oversleeps_has_not_rested_for_longer() {
        let mut rest = Rest::default();
        rest.add(10 * SECOND, SECOND);
        assert_eq!(rest.left_of(3_000), Some(2 * SECOND));
        rest.add(2 * SECOND, 5 * SECOND);
        assert_eq!(rest.left_of(3_000), None);
    }

    #[test]
    fn news_end_a_rest() {
        let mut rest = Rest::default();
        rest.add(SECOND, SECOND);
        rest.since(0);
        assert_eq!(rest.left_of(2_000), Some(SECOND), "nothing has happened");
        rest.since(7);
        assert_eq!(rest.left_of(2_000), Some(2 * SECOND));
    }
}
