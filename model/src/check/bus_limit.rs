//! No message costs more than so many messages on the bus of a cluster, however often it is published.
//!
//! What PUBLISH sends to one node goes from there to each other, whether or not anybody is subscribed there; what SPUBLISH
//! sends stays with the node of its slot. Source: <https://redis.io/docs/latest/develop/pubsub/#sharded-pubsub>. Broken by
//! more nodes, by a publisher that repeats what it is not sure of, by a message that leaves its shard.

use super::monitor::{Broken, Finding};
use crate::event::Event;

/// What the message has cost so far, at most the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct BusLimit(u16);

impl BusLimit {
    pub(super) fn on(&mut self, event: &Event, at_most: u16) -> Finding {
        if let Event::BusSent { copies, .. } = event {
            self.0 = self.0.saturating_add(*copies);
            if self.0 > at_most {
                return Err(Broken(None));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec;
    use crate::check::tests::*;
    use crate::setup::Message;

    const TWO: CheckSpec = CheckSpec::BusLimit { at_most: 2 };

    #[test]
    fn as_many_as_the_limit() {
        holds(TWO, &[]);
        holds(TWO, &[published("c"), bus_sent(2)]);
        holds(TWO, &[bus_sent(2), about(Message(1), bus_sent(2))]);
        holds(CheckSpec::BusLimit { at_most: 0 }, &[published("c")]);
    }

    #[test]
    fn one_more_at_once_or_by_and_by() {
        let violation = breaks(TWO, &[bus_sent(3)]);
        assert_eq!((violation.message, violation.group), (Some(MESSAGE), None));
        breaks(TWO, &[bus_sent(2), bus_sent(1)]);
        breaks(CheckSpec::BusLimit { at_most: 0 }, &[bus_sent(1)]);
    }
}
