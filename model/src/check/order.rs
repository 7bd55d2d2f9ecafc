//! Entries reach each consumer in the stream's order, messages each subscriber in that of their publisher; items are taken
//! from a list in the order of their pushes.
//!
//! Source: <https://redis.io/docs/latest/commands/xreadgroup/>: `>` delivers in ascending order of IDs. Broken by every
//! redelivery of an older entry after a newer one: a claim, or a history read after a restart. That is the point: a
//! design that redelivers keeps no order. The same entry again is a repetition, not disorder. Consumers are
//! compared by name, each with itself only; a grant whose reply was lost counts like any other. What a subscriber hears
//! and keeps is in the order of each publisher, by <https://redis.io/docs/latest/develop/pubsub/>; a request that is executed
//! late overtakes nobody, but comes after what was published meanwhile.
//!
//! Items have no IDs: their order is that of their messages' first pushes, and a list's takes are compared with each other,
//! whoever takes. Broken by putting an item back that others have overtaken, and by LPUSH with LPOP.

use redelivery_engine::{Bytes, StreamId};

use super::monitor::{Broken, Finding};
use super::small_map::SmallMap;
use crate::event::Event;
use crate::setup::{ClientIx, Message};
use crate::symmetry::Renaming;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Order {
    /// The last entry that each consumer got.
    entries: SmallMap<Bytes, StreamId>,
    /// The last message of each publisher that each subscriber heard. Few have any: it lies elsewhere, to stay small.
    messages: Option<Box<SmallMap<(ClientIx, ClientIx), Message>>>,
    /// By item, how many were pushed before it.
    pushed: SmallMap<Message, u32>,
    /// So many were pushed before the last one that was taken.
    taken: u32,
}

impl Order {
    pub(super) fn renamed(&self, renaming: &Renaming) -> Self {
        let Self {
            entries,
            messages,
            pushed,
            taken,
        } = self;
        Self {
            entries: entries
                .iter()
                .map(|(consumer, id)| (renaming.text(consumer), *id))
                .collect(),
            // Of subscribers, who never move.
            messages: messages.clone(),
            pushed: pushed.clone(),
            taken: *taken,
        }
    }

    pub(super) fn on(&mut self, event: &Event) -> Finding {
        match event {
            Event::Granted {
                id: Some(id), consumer, ..
            } => match in_order(&mut self.entries, consumer.clone(), *id) {
                true => Ok(()),
                false => Err(Broken(Some(*id))),
            },
            Event::Granted { id: None, message, .. } => match self.pushed.get(message) {
                Some(before) if *before < self.taken => Err(Broken(None)),
                before => {
                    self.taken = before.copied().unwrap_or(self.taken);
                    Ok(())
                }
            },
            Event::Added { id: None, message, .. } if self.pushed.get(message).is_none() => {
                let before = self.pushed.iter().count() as u32;
                self.pushed.insert(*message, before);
                Ok(())
            }
            Event::Heard {
                client,
                from: Some(from),
                message,
                kept: true,
                ..
            } => match in_order(self.messages.get_or_insert_default(), (*client, *from), *message) {
                true => Ok(()),
                false => Err(Broken(None)),
            },
            _ => Ok(()),
        }
    }
}

/// Notes the last of a row, unless it comes before the one that is noted.
fn in_order<K: Ord, V: Ord>(last: &mut SmallMap<K, V>, of: K, now: V) -> bool {
    match last.get_mut(&of) {
        Some(before) if now < *before => return false,
        Some(before) => *before = now,
        None => last.insert(of, now),
    }
    true
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
    fn a_message_that_another_overtook() {
        let second = |event| about(Message(1), event);
        holds(ORDER, &[heard(A), heard(A), second(heard(A)), heard(B)]);
        breaks(ORDER, &[second(heard(A)), heard(A)]);
        holds(ORDER, &[second(heard(A)), dropped(heard(A))]);
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
