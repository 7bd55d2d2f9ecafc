//! Who is subscribed when a message is published is handed it, once for each matching subscription, and nobody else.
//!
//! A law of the broker: no design can break it, only a broker. Source: <https://redis.io/docs/latest/develop/pubsub/>: a
//! client whose channel and pattern both match receives a message twice. To be handed a message is not to read it: it may be
//! lost with the connection, and is handed to connections whose clients have gone, as long as the broker has not noticed.

use redelivery_engine::Bytes;

use super::monitor::{Broken, Finding};
use super::subscriptions::Subscriptions;
use crate::event::Event;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Delivery {
    subscriptions: Subscriptions,
    /// The subscriptions that are to be handed the message that was published last.
    owed: Vec<(bool, Bytes, u16)>,
}

impl Delivery {
    pub(super) fn on(&mut self, event: &Event) -> Finding {
        match event {
            Event::Published { channel, .. } => {
                self.at_end()?;
                self.owed = self.subscriptions.to(channel).collect();
            }
            Event::Handed {
                connection,
                pattern,
                name,
                ..
            } => {
                let is_owed = |owed: &(bool, Bytes, u16)| owed == &(*pattern, name.clone(), *connection);
                match self.owed.iter().position(is_owed) {
                    Some(place) => self.owed.remove(place),
                    None => return Err(Broken(None)),
                };
            }
            event => self.subscriptions.on(event),
        }
        Ok(())
    }

    pub(super) fn at_end(&self) -> Finding {
        match self.owed.is_empty() {
            true => Ok(()),
            false => Err(Broken(None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::Delivery;
    use crate::check::tests::*;

    #[test]
    fn once_for_each_subscription() {
        holds(Delivery, &[published("c")]);
        holds(Delivery, &[subscribed(0, "c"), published("c"), handed(0, "c")]);
        let twice = [
            subscribed(0, "c1"),
            by_pattern(0, "c?"),
            published("c1"),
            handed(0, "c1"),
            handed_by_pattern(0, "c?"),
        ];
        holds(Delivery, &twice);
        holds(Delivery, &[by_pattern(0, "c?"), published("c")]);
    }

    #[test]
    fn a_connection_that_was_left_is_handed_it_too() {
        let both = [subscribed(0, "c"), subscribed(1, "c"), published("c")];
        let handed = [handed(0, "c"), handed(1, "c")];
        holds(Delivery, &[both.as_slice(), handed.as_slice()].concat());
        holds(Delivery, &[subscribed(0, "c"), disconnected(0), published("c")]);
    }

    #[test]
    fn to_one_who_is_not_subscribed() {
        breaks(Delivery, &[subscribed(0, "d"), published("c"), handed(0, "c")]);
        breaks(
            Delivery,
            &[subscribed(0, "c"), disconnected(0), published("c"), handed(0, "c")],
        );
    }

    #[test]
    fn to_one_who_has_unsubscribed() {
        let unsubscribes = [
            subscribed(0, "c"),
            by_pattern(0, "c"),
            unsubscribed(0, "c"),
            published("c"),
        ];
        holds(Delivery, &[&unsubscribes[..], &[handed_by_pattern(0, "c")]].concat());
        breaks(Delivery, &[&unsubscribes[..], &[handed(0, "c")]].concat());
    }

    #[test]
    fn twice_by_one_subscription() {
        let violation = breaks(
            Delivery,
            &[subscribed(0, "c"), published("c"), handed(0, "c"), handed(0, "c")],
        );
        assert_eq!((violation.group, violation.message), (Some(GROUP), None));
    }

    #[test]
    fn not_at_all() {
        breaks_at_end(Delivery, &[subscribed(0, "c"), published("c")]);
        breaks(
            Delivery,
            &[
                subscribed(0, "c"),
                published("c"),
                about(crate::setup::Message(1), published("c")),
            ],
        );
    }
}
