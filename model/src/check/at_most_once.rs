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
pub(crate) struct AtMostOnce {
    /// It has had its effect.
    done: bool,
}

impl AtMostOnce {
    pub(crate) fn on(&mut self, event: &Event) -> Finding {
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

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::AtMostOnce;
    use crate::check::tests::*;
    use crate::setup::Message;
    use crate::setup::policy::Effect::{Broker, Idempotent, Outside};

    #[test]
    fn one_effect_or_none() {
        holds(AtMostOnce, &[]);
        holds(AtMostOnce, &[effect(Outside), about(Message(1), effect(Outside))]);
    }

    #[test]
    fn a_second_effect_wherever_it_shows() {
        let violation = breaks(AtMostOnce, &[effect(Outside), effect(Outside)]);
        assert_eq!((violation.message, violation.group), (Some(MESSAGE), Some(GROUP)));
        breaks(AtMostOnce, &[effect(Outside), started(B), effect(Broker)]);
        let other = |event| about(Message(2), event);
        let violation = breaks(AtMostOnce, &[other(effect(Broker)), other(effect(Broker))]);
        assert_eq!(violation.message, Some(Message(2)));
    }

    #[test]
    fn idempotent_effects_do_not_count() {
        holds(AtMostOnce, &[effect(Idempotent), effect(Idempotent), effect(Outside)]);
        holds(AtMostOnce, &[effect(Outside), effect(Idempotent)]);
    }
}
