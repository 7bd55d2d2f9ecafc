//! Entries reach each consumer in the stream's order; items are taken from a list in the order of their pushes.
//!
//! Source: <https://redis.io/docs/latest/commands/xreadgroup/>: `>` delivers in ascending order of IDs. Broken by every
//! redelivery of an older entry after a newer one: a claim, or a history read after a restart. That is the point: a
//! design that redelivers keeps no order. The same entry again is a repetition, not disorder. Consumers are
//! compared by name, each with itself only; a grant whose reply was lost counts like any other.
//!
//! Items have no IDs: their order is that of their messages' first pushes, and a list's takes are compared with each other,
//! whoever takes. Broken by putting an item back that others have overtaken, and by LPUSH with LPOP.

use redelivery_engine::{Bytes, StreamId};

use super::monitor::{Broken, Finding};
use super::small_map::SmallMap;
use crate::event::Event;
use crate::setup::Message;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Order {
    /// The last entry that each consumer got.
    last: SmallMap<Bytes, StreamId>,
    /// By message, how many were pushed before it.
    pushed: SmallMap<Message, u32>,
    /// So many were pushed before the last one that was taken.
    taken: u32,
}

impl Order {
    pub(super) fn on(&mut self, event: &Event) -> Finding {
        match event {
            Event::Granted {
                id: Some(id), consumer, ..
            } => match self.last.get_mut(consumer) {
                Some(last) if *id < *last => return Err(Broken(Some(*id))),
                Some(last) => *last = *id,
                None => self.last.insert(consumer.clone(), *id),
            },
            Event::Granted { id: None, message, .. } => match self.pushed.get(message) {
                Some(before) if *before < self.taken => return Err(Broken(None)),
                Some(before) => self.taken = *before,
                None => {}
            },
            Event::Added { id: None, message, .. } if self.pushed.get(message).is_none() => {
                let before = self.pushed.iter().count() as u32;
                self.pushed.insert(*message, before);
            }
            _ => {}
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
    fn first_pushed_first_taken() {
        let [first, second, third] = [0, 1, 2].map(Message);
        let push = |message| about(message, pushed());
        let pop = |message, consumer: &str| about(message, popped(consumer));
        let pushes = [push(first), push(second)];
        holds(
            ORDER,
            &[&pushes[..], &[pop(first, "a"), pop(second, "b"), pop(second, "a")]].concat(),
        );
        holds(
            ORDER,
            &[
                &pushes[..],
                &[pop(first, "a"), push(third), pop(second, "a"), pop(third, "b")],
            ]
            .concat(),
        );
        let overtaken = [pop(first, "a"), pop(second, "b"), push(first), pop(first, "a")];
        let violation = breaks(ORDER, &[&pushes[..], &overtaken[..]].concat());
        assert_eq!((violation.group, violation.id), (Some(GROUP), None));
        breaks(ORDER, &[&pushes[..], &[pop(second, "a"), pop(first, "a")]].concat());
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
