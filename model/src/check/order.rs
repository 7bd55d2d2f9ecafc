//! Entries reach each consumer in the stream's order.
//!
//! Source: <https://redis.io/docs/latest/commands/xreadgroup/>: `>` delivers in ascending order of IDs. Broken by every
//! redelivery of an older entry after a newer one: a claim, or a history read after a restart. That is the point: a
//! design that redelivers keeps no order. The same entry again is a repetition, not disorder. Consumers are
//! compared by name, each with itself only; a grant whose reply was lost counts like any other.

use redelivery_engine::{Bytes, StreamId};

use super::monitor::{Broken, Finding};
use super::small_map::SmallMap;
use crate::event::Event;

/// The last entry that each consumer got.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Order(SmallMap<Bytes, StreamId>);

impl Order {
    pub(super) fn on(&mut self, event: &Event) -> Finding {
        let Event::Granted {
            id: Some(id), consumer, ..
        } = event
        else {
            return Ok(());
        };
        match self.0.get_mut(consumer) {
            Some(last) if *id < *last => return Err(Broken(Some(*id))),
            Some(last) => *last = *id,
            None => self.0.insert(consumer.clone(), *id),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec;
    use crate::check::tests::*;
    use crate::event::Grant;
    use crate::setup::Message;

    const ORDER: CheckSpec = CheckSpec::Order;

    #[test]
    fn ascending_for_each_consumer() {
        holds(ORDER, &[read("a", 1), read("b", 2), read("a", 3), read_noack("b", 4)]);
        holds(ORDER, &[read("b", 2), read("a", 1)]);
    }

    #[test]
    fn the_same_entry_again_is_no_disorder() {
        holds(ORDER, &[read("a", 1), granted("a", Grant::History, 1), read("a", 2)]);
    }

    #[test]
    fn a_claim_of_an_older_entry() {
        let second = about(Message(1), read("b", 2));
        let violation = breaks(ORDER, &[read("a", 1), second, claim("b", 1)]);
        assert_eq!(
            (violation.message, violation.group, violation.id),
            (None, Some(GROUP), Some(id(1)))
        );
    }

    #[test]
    fn a_history_read_from_the_beginning() {
        let again = |at| granted("a", Grant::History, at);
        breaks(ORDER, &[read("a", 1), read("a", 2), again(1)]);
        holds(
            ORDER,
            &[read("a", 1), read("a", 2), acknowledged(1), again(2), read("a", 3)],
        );
    }
}
