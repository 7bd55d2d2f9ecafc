//! In the end every group got every entry of its stream that was added after the group's start, and every subscriber
//! every message of its channels, as long as it has not left.
//!
//! Source: <https://redis.io/docs/latest/develop/data-types/streams/#consumer-groups>: groups read independently. A
//! grant by any command counts, to any consumer, with or without NOACK. Broken by trimming or deleting before a slow
//! group has read, by XGROUP SETID forward, by a group that was created too late; by a subscriber that was away, or lost
//! its connection with messages unread.

use super::monitor::Finding;
use super::owed::Owed;
use crate::event::Event;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct FanOut {
    owed: Owed,
    /// The subscriber has left.
    left: bool,
}

impl FanOut {
    pub(super) fn on(&mut self, event: &Event) {
        match event {
            Event::Added { id, .. } => self.owed.added(*id),
            Event::Granted { id, .. } => self.owed.paid(*id),
            Event::Published { .. } if !self.left => self.owed.added(None),
            Event::Heard { .. } | Event::CaughtUp { .. } => self.owed.paid(None),
            Event::Left { .. } => self.left = true,
            Event::Restarted { .. } => self.left = false,
            _ => {}
        }
    }

    pub(super) fn at_end(&self) -> Finding {
        self.owed.at_end()
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec;
    use crate::check::tests::*;
    use crate::event::Event;
    use crate::setup::{GroupIx, Setup};

    /// Two groups of one stream, the second from `1-0` on, and one of another stream.
    fn groups() -> Setup {
        let mut elsewhere = group("x", 0);
        elsewhere.key = "t".into();
        Setup {
            groups: vec![group("g", 0), group("h", 1), elsewhere],
            ..setup(CheckSpec::FanOut)
        }
    }

    fn missing(history: &[Event]) -> Vec<(Option<GroupIx>, Option<u64>)> {
        let setup = groups();
        let (monitors, violations) = play(&setup, &timed(history));
        assert_eq!(violations, []);
        let missing = ending(&setup, &monitors);
        missing
            .iter()
            .map(|violation| (violation.group, violation.id.map(|id| id.ms)))
            .collect()
    }

    fn in_second(event: Event) -> Event {
        match event {
            Event::Granted {
                message,
                id,
                consumer,
                how,
                noack,
                heard,
                ..
            } => Event::Granted {
                group: GroupIx(1),
                message,
                id,
                consumer,
                how,
                noack,
                heard,
            },
            other => other,
        }
    }

    #[test]
    fn each_group_gets_it() {
        assert_eq!(missing(&[added(2), read("a", 2), in_second(read_noack("b", 2))]), []);
    }

    #[test]
    fn a_group_that_missed_it() {
        assert_eq!(missing(&[added(2), read("a", 2)]), [(Some(GroupIx(1)), Some(2))]);
        let both = [(Some(GROUP), Some(2)), (Some(GroupIx(1)), Some(2))];
        assert_eq!(missing(&[added(2)]), both);
    }

    #[test]
    fn entries_before_a_groups_start_are_not_its_own() {
        assert_eq!(missing(&[added(1), read("a", 1)]), []);
    }

    #[test]
    fn both_entries_of_a_message() {
        holds(CheckSpec::FanOut, &[added(1), added(2), read("a", 1), read("a", 2)]);
        let violation = breaks_at_end(CheckSpec::FanOut, &[added(1), added(2), read("a", 1)]);
        assert_eq!(violation.id, Some(id(2)));
    }

    #[test]
    fn a_subscriber_that_was_away() {
        let setup = subscribing(CheckSpec::FanOut);
        let missing = |history: &[Event]| {
            let (monitors, _) = play(&setup, &timed(history));
            ending(&setup, &monitors)
                .first()
                .and_then(|violation| violation.message)
        };
        assert_eq!(missing(&[published("c"), heard(A)]), None);
        assert_eq!(missing(&[published("c"), caught_up(A)]), None);
        assert_eq!(missing(&[published("d")]), None, "it wants another channel");
        assert_eq!(missing(&[published("c")]), Some(MESSAGE));
    }

    #[test]
    fn a_subscriber_that_has_left() {
        let setup = leaving(CheckSpec::FanOut);
        let misses = |history: &[Event]| {
            let (monitors, _) = play(&setup, &timed(history));
            !ending(&setup, &monitors).is_empty()
        };
        assert!(!misses(&[left(A), published("c")]));
        assert!(misses(&[published("c"), left(A)]), "it was published before");
        assert!(misses(&[left(A), restarted(A), published("c")]), "it is there again");
    }

    #[test]
    fn the_grant_may_be_told_first() {
        holds(CheckSpec::FanOut, &[claim("b", 1), added(1)]);
    }
}
