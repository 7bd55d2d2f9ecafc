//! In the end every subscriber that has not left is subscribed to all that it has ever subscribed to.
//!
//! A subscriber that lacks a subscription hears nothing of that channel ever after, and nothing tells it so. Source:
//! <https://redis.io/docs/latest/develop/pubsub/>: subscriptions are gone with their connection. Broken by a client that
//! does not subscribe again, or only to a part. A connection that the broker has not yet noticed to be gone counts
//! until it does.

use super::monitor::{Broken, Finding};
use super::subscriptions::Subscriptions;
use crate::event::Event;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Subscribed {
    subscriptions: Subscriptions,
    left: bool,
}

impl Subscribed {
    pub(super) fn on(&mut self, event: &Event) {
        match event {
            Event::Left { .. } => self.left = true,
            Event::Restarted { .. } => self.left = false,
            event => self.subscriptions.on(event),
        }
    }

    pub(super) fn at_end(&self) -> Finding {
        match self.subscriptions.lacks_one() && !self.left {
            true => Err(Broken(None)),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::Subscribed;
    use crate::check::tests::*;

    #[test]
    fn again_after_each_loss() {
        holds(Subscribed, &[]);
        holds(Subscribed, &[subscribed(0, "c"), disconnected(0), subscribed(1, "c")]);
        holds(Subscribed, &[subscribed(0, "c"), subscribed(1, "c"), disconnected(0)]);
    }

    #[test]
    fn who_has_left_need_not_be() {
        let lacks = |history: &[crate::event::Event]| {
            let setup = leaving(Subscribed);
            let (monitors, _) = play(&setup, &timed(history));
            !ending(&setup, &monitors).is_empty()
        };
        let leaves = [subscribed(0, "c"), left(A), unsubscribed(0, "c")];
        assert!(!lacks(&leaves));
        assert!(lacks(&[&leaves[..], &[restarted(A)]].concat()), "it is there again");
        assert!(lacks(&[subscribed(0, "c"), unsubscribed(0, "c")]), "nobody wanted that");
    }

    #[test]
    fn not_again_or_only_to_a_part() {
        breaks_at_end(Subscribed, &[subscribed(0, "c"), disconnected(0)]);
        let one_of_two = [
            subscribed(0, "c"),
            subscribed(0, "d"),
            disconnected(0),
            subscribed(1, "d"),
        ];
        let violation = breaks_at_end(Subscribed, &one_of_two);
        assert_eq!((violation.group, violation.message), (Some(GROUP), None));
        breaks_at_end(Subscribed, &[by_pattern(0, "c"), disconnected(0), subscribed(1, "c")]);
    }
}
