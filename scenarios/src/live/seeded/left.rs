//! Connections whose clients have gone: what was on its way arrives late, and in time the server notices.

use std::io;

use redelivery_engine::Millis;
use redelivery_model::setup::Fate;

use super::{LOST_REPLY_MS, Left, Runner};
use crate::live::actor::Reader;
use crate::live::proxy::Wire;

impl Runner<'_, '_> {
    /// What is on its way over a connection whose client has gone arrives later; the server notices in time.
    pub(super) fn left_behind(&mut self, wire: Wire) {
        let held = self.stage.line(wire).is_some_and(|line| !line.held.is_empty());
        let awaited = self.stage.actor(wire.life.client).awaits(wire);
        let after_ms = self.durations.within(self.timing.late);
        match (held, awaited) {
            (true, _) => self.later(after_ms, wire, Left::Arrives),
            (false, true) => self.later(after_ms, wire, Left::Noticed),
            (false, false) if self.stage.actor(wire.life.client).is_subscribed(wire) => {
                self.later(after_ms, wire, Left::Noticed);
            }
            (false, false) => self.stage.close(wire),
        }
    }

    pub(super) fn later(&mut self, after_ms: Millis, wire: Wire, left: Left) {
        let at_ms = self.stage.clock.floor_ms().saturating_add(after_ms);
        self.left.push((at_ms, wire, left));
    }

    pub(super) fn leave(&mut self, wire: Wire, left: Left) -> io::Result<()> {
        match left {
            Left::Arrives => {
                while self.stage.pass(wire, Reader::Gone)? {}
                let after_ms = self.durations.within(self.timing.late).max(LOST_REPLY_MS);
                self.later(after_ms, wire, Left::Noticed);
            }
            Left::Noticed => self.stage.close(wire),
            Left::Lost => {
                let client = wire.life.client;
                let intent = self.stage.intent(client);
                self.cut(client, Fate::ReplyLost, Some(intent));
            }
        }
        Ok(())
    }
}
