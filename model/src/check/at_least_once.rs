//! In the end, every message whose producer learnt its ID (of a publisher: had its answer) has an effect, or lies in the
//! dead-letter stream where the scenario lets that count.
//!
//! A message whose outcome the producer never learnt may have either fate. Broken by an acknowledgement before the work
//! and a crash between, by NOACK, by trimming, by a failover that forgets, by routing that acknowledges first. Before
//! the end there is nothing to say.

use super::monitor::{Broken, Finding};
use crate::event::Event;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum AtLeastOnce {
    /// Nobody was promised anything.
    #[default]
    Unpromised,
    /// Its subscriber has left: it is owed nothing until it returns.
    Released,
    /// The producer learnt the ID; no effect yet.
    Promised,
    /// It has had an effect: nothing can undo that.
    Kept,
}

impl AtLeastOnce {
    pub(crate) fn on(&mut self, event: &Event, dead_letter_counts: bool) {
        match event {
            Event::Effect { .. } => *self = Self::Kept,
            Event::DeadLettered { .. } if dead_letter_counts => *self = Self::Kept,
            Event::Produced { .. } | Event::PublishAnswered { .. } if *self == Self::Unpromised => {
                *self = Self::Promised
            }
            Event::Left { .. } if *self == Self::Unpromised => *self = Self::Released,
            Event::Restarted { .. } if *self == Self::Released => *self = Self::Unpromised,
            _ => {}
        }
    }

    pub(crate) fn at_end(self) -> Finding {
        match self {
            Self::Promised => Err(Broken(None)),
            Self::Unpromised | Self::Released | Self::Kept => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec;
    use crate::check::tests::*;
    use crate::setup::policy::Effect::{Idempotent, Outside};

    const COUNTS: CheckSpec = CheckSpec::AtLeastOnce {
        dead_letter_counts: true,
    };
    const COUNTS_NOT: CheckSpec = CheckSpec::AtLeastOnce {
        dead_letter_counts: false,
    };

    #[test]
    fn what_was_promised_has_an_effect() {
        holds(COUNTS, &[produced(), effect(Outside), effect(Outside)]);
        holds(COUNTS, &[produced(), effect(Idempotent)]);
    }

    #[test]
    fn the_effect_may_come_before_the_producer_knows() {
        holds(COUNTS, &[effect(Outside), produced()]);
        holds(COUNTS, &[routed(), produced()]);
    }

    #[test]
    fn an_unknown_outcome_promises_nothing() {
        holds(COUNTS, &[added(1)]);
        holds(COUNTS, &[]);
    }

    #[test]
    fn a_promise_broken_is_seen_in_the_end() {
        let violation = breaks_at_end(COUNTS, &[produced(), read("a", 1), acknowledged(1)]);
        assert_eq!(violation.message, Some(MESSAGE));
    }

    #[test]
    fn a_publisher_that_had_its_answer() {
        let setup = subscribing(COUNTS);
        let broken = |history: &[crate::event::Event]| {
            let (monitors, _) = play(&setup, &timed(history));
            !ending(&setup, &monitors).is_empty()
        };
        assert!(broken(&[published("c"), publish_answered(1), handed(0, "c")]));
        assert!(broken(&[published("c"), publish_answered(0)]), "it knows, and goes on");
        assert!(!broken(&[
            published("c"),
            publish_answered(1),
            heard(A),
            effect(Outside)
        ]));
        assert!(!broken(&[published("c")]));
    }

    #[test]
    fn a_subscriber_that_has_left() {
        let setup = leaving(COUNTS);
        let broken = |history: &[crate::event::Event]| {
            let (monitors, _) = play(&setup, &timed(history));
            !ending(&setup, &monitors).is_empty()
        };
        let answered = [published("c"), publish_answered(1)];
        let with = |before: &[crate::event::Event]| [before, answered.as_slice()].concat();
        assert!(!broken(&with(&[left(A)])));
        assert!(broken(&[&answered[..], &[left(A)]].concat()), "it was published before");
        assert!(broken(&with(&[left(A), restarted(A)])), "it is there again");
        assert!(!broken(&with(&[left(A), restarted(A), left(A)])));
        assert!(broken(&[&answered[..], &[restarted(A)]].concat()), "it had not left");
        let kept = [published("c"), effect(Outside), restarted(A), publish_answered(1)];
        assert!(!broken(&kept), "it has had its effect");
    }

    #[test]
    fn dead_letters_count_if_they_may() {
        holds(COUNTS, &[produced(), routed()]);
        breaks_at_end(COUNTS_NOT, &[produced(), routed()]);
    }
}
