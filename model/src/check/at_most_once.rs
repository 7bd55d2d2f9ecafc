//! A message has at most one effect.
//!
//! Source: delivery semantics as <https://redis.io/docs/latest/develop/data-types/streams/#consumer-groups> and every
//! broker's manual name them. Broken by a redelivery after the effect: the consumer crashed or its entry was claimed
//! before the acknowledgement. Repeating an idempotent effect changes nothing, so those are not counted; a message that
//! lies in the stream twice is one message.

use super::monitor::{Broken, Finding};
use crate::event::Event;
use crate::setup::policy::Effect;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct AtMostOnce {
    /// It has had its effect.
    done: bool,
}

impl AtMostOnce {
    pub(super) fn on(&mut self, event: &Event) -> Finding {
        match event {
            Event::Effect {
                place: Effect::Outside | Effect::Broker,
                ..
            } => match std::mem::replace(&mut self.done, true) {
                true => Err(Broken(None)),
                false => Ok(()),
            },
            _ => Ok(()),
        }
    }
}
