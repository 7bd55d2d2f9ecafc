//! The clock of one run, in milliseconds since it began: real time, and the only one that a live run knows.

use std::time::{Duration, Instant};

use redelivery_engine::Millis;

/// A monotonic clock that began at zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "a live run happens in real time")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time that has passed.
    pub(super) fn passed(self) -> Duration {
        self.0.elapsed()
    }

    /// The last full millisecond: what happens next happens no earlier.
    pub(super) fn floor_ms(self) -> Millis {
        Millis::try_from(self.0.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    /// The next full millisecond: what has happened happened no later.
    pub(super) fn ceil_ms(self) -> Millis {
        self.floor_ms() + 1
    }

    /// How long it is until a moment.
    pub(super) fn until(self, at_ms: Millis) -> Duration {
        Duration::from_millis(at_ms).saturating_sub(self.0.elapsed())
    }
}
