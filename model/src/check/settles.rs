//! In the end every entry is acknowledged in every group of its stream, or was delivered there with NOACK; and no item is
//! left in a list, nor where a worker keeps what it works on.
//!
//! When faults are over a design should come to rest with nothing pending. Routing to the dead-letter stream settles
//! through its XACK; an entry that was routed and not acknowledged is still pending and will be delivered again. An
//! entry that `>` hands out once more (XGROUP SETID back) is pending once more. Broken by a consumer that never
//! acknowledges, by a crash when nobody reclaims, by entries trimmed or skipped before they were read.

use super::monitor::{Broken, Finding};
use super::owed::Owed;
use crate::event::{Event, Grant};
use crate::setup::Message;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Settles {
    /// Entries of streams.
    owed: Owed,
    /// The message lies in a list, its own or one in which a worker keeps it.
    listed: bool,
}

impl Settles {
    pub(super) fn on(&mut self, message: Option<Message>, event: &Event) {
        match event {
            Event::Added { id: Some(id), .. } => self.owed.added(Some(*id)),
            Event::Acknowledged { id, .. } => self.owed.paid(Some(*id)),
            Event::Granted {
                id: Some(id),
                noack: true,
                ..
            } => self.owed.paid(Some(*id)),
            Event::Granted {
                id: Some(id),
                how: Grant::New,
                ..
            } => self.owed.reopened(Some(*id)),
            Event::Items { lists, .. } => {
                let mut items = lists.iter().flat_map(|(_, items)| items);
                self.listed = items.any(|item| message == Some(*item));
            }
            _ => {}
        }
    }

    pub(super) fn at_end(&self) -> Finding {
        match self.listed {
            true => Err(Broken(None)),
            false => self.owed.at_end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::Settles;
    use crate::check::tests::*;
    use crate::setup::Message;

    #[test]
    fn acknowledged_or_delivered_for_good() {
        holds(Settles, &[added(1), read("a", 1), claim("b", 1), acknowledged(1)]);
        holds(Settles, &[added(1), read_noack("a", 1)]);
        holds(Settles, &[]);
    }

    #[test]
    fn never_read_or_still_pending() {
        breaks_at_end(Settles, &[added(1)]);
        let violation = breaks_at_end(Settles, &[added(1), read("a", 1), claim("b", 1)]);
        assert_eq!((violation.message, violation.group), (Some(MESSAGE), Some(GROUP)));
        assert_eq!(violation.id, Some(id(1)));
    }

    #[test]
    fn routing_settles_through_its_acknowledgement() {
        breaks_at_end(Settles, &[added(1), read("a", 1), routed()]);
        holds(Settles, &[added(1), read("a", 1), routed(), acknowledged(1)]);
    }

    #[test]
    fn both_entries_of_a_message() {
        let violation = breaks_at_end(
            Settles,
            &[added(1), added(2), read("a", 1), read("a", 2), acknowledged(1)],
        );
        assert_eq!(violation.id, Some(id(2)));
    }

    #[test]
    fn handed_out_once_more_it_is_pending_once_more() {
        let settled = [added(1), read("a", 1), acknowledged(1), read("b", 1), acknowledged(1)];
        holds(Settles, &settled);
        breaks_at_end(Settles, &settled[..4]);
    }

    #[test]
    fn nothing_is_left_in_a_list() {
        holds(Settles, &[pushed(), items(&[("jobs", 1)]), items(&[])]);
        breaks_at_end(Settles, &[pushed(), items(&[("jobs", 1)])]);
        let violation = breaks_at_end(Settles, &[pushed(), items(&[("jobs:processing:a", 1)])]);
        assert_eq!((violation.message, violation.id), (Some(MESSAGE), None));
        let other = about(Message(1), popped("a"));
        holds(Settles, &[other, items(&[("jobs", 0)])]);
    }

    #[test]
    fn the_addition_may_be_told_last() {
        holds(Settles, &[read("a", 1), acknowledged(1), added(1)]);
        breaks_at_end(Settles, &[read("a", 1), added(1)]);
    }
}
