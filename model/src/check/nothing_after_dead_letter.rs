//! A message has no effect after it was routed to the dead-letter stream.
//!
//! Whoever reads the dead-letter stream believes that the work was not done. Broken by a zombie that finishes after
//! another consumer has routed; also by an idempotent effect, since done is done. Where the moment of routing is an
//! interval (live runs) an effect counts if it certainly came later.

use redelivery_engine::Millis;

use super::monitor::{Broken, Finding};
use crate::event::{Event, Moment};

/// Not before this an effect came certainly after the routing. Zero where the moment of routing is exact: the events'
/// order says it all, and states do not differ by when it happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct NothingAfterDeadLetter(Option<Millis>);

impl NothingAfterDeadLetter {
    pub(super) fn on(&mut self, moment: Moment, event: &Event) -> Finding {
        match event {
            Event::DeadLettered { .. } => {
                let exact = moment.earliest_ms == moment.latest_ms;
                self.0.get_or_insert(if exact { 0 } else { moment.latest_ms });
                Ok(())
            }
            Event::Effect { .. } if self.0.is_some_and(|certain_ms| moment.earliest_ms >= certain_ms) => {
                Err(Broken(None))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::NothingAfterDeadLetter;
    use crate::check::tests::*;
    use crate::event::Moment;
    use crate::setup::Message;
    use crate::setup::policy::Effect::{Broker, Idempotent, Outside};

    #[test]
    fn before_or_never() {
        holds(
            NothingAfterDeadLetter,
            &[effect(Outside), effect(Outside), routed(), routed()],
        );
        holds(NothingAfterDeadLetter, &[routed(), about(Message(1), effect(Outside))]);
    }

    #[test]
    fn an_effect_of_any_kind_after_it() {
        for place in [Outside, Broker, Idempotent] {
            breaks(
                NothingAfterDeadLetter,
                &[effect(place), routed(), started(B), effect(place)],
            );
        }
    }

    #[test]
    fn intervals_count_when_they_are_certain() {
        let routing = Moment {
            earliest_ms: 10,
            latest_ms: 20,
        };
        let violations = |at| {
            let history = [(routing, routed()), (Moment::at(at), effect(Outside))];
            play(&setup(NothingAfterDeadLetter), &history).1.len()
        };
        assert_eq!((violations(15), violations(20)), (0, 1));
    }
}
