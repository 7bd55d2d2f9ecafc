//! The broker's own clock, which somebody may set: idle times, times to live, blocked calls and automatic IDs follow it.
//!
//! Nobody else reads a clock: clients measure how long they wait, which no jump changes, and checks know the true time.
//! Where time is abstract no clock jumps: a jump can reverse the order in which deliveries grow old. What a jump does is
//! compared with redis-server by `scenarios/tests/agreement/clock.rs`.

use redelivery_engine::Millis;

use super::{Observer, World};
use crate::event::Event;
use crate::setup::Setup;

impl World {
    /// What the broker takes the time to be.
    pub(super) fn broker_ms(&self) -> Millis {
        self.now_ms.saturating_add_signed(self.ahead_ms)
    }

    /// The true time at which the broker's clock shows this, unless it jumps before.
    pub(super) fn when_broker_shows(&self, broker_ms: Millis) -> Millis {
        broker_ms.saturating_add_signed(self.ahead_ms.saturating_neg())
    }

    /// The clock jumps forward by so many milliseconds, or back: what is due by it now happens now.
    pub(super) fn jump(&mut self, setup: &Setup, ms: Millis, back: bool, observer: &mut dyn Observer) {
        let by = i64::try_from(ms).unwrap_or(i64::MAX);
        self.spent.jumps += 1;
        self.ahead_ms = self.ahead_ms.saturating_add(if back { -by } else { by });
        self.tell(setup, Event::ClockJumped { ms, back }, observer);
        let broker_ms = self.broker_ms();
        self.site.each(|broker| broker.advance(broker_ms));
        self.hand_out(setup, false, observer);
    }
}
