//! Who is subscribed when a message is published is handed it, once for each matching subscription, and nobody else.
//!
//! A law of the broker: no design can break it, only a broker. Source: <https://redis.io/docs/latest/develop/pubsub/>: a
//! client whose channel and pattern both match receives a message twice. To be handed a message is not to read it: it may be
//! lost with the connection, and is handed to connections whose clients have gone, as long as the broker has not noticed.
//!
//! In a cluster PUBLISH hands it at once to those who are subscribed at the same node, and in the end, once, to those who
//! are subscribed at each other node when the bus brings it there, unless it is lost with a node; SPUBLISH to those at its
//! own node, and to nobody else.

use redelivery_engine::cluster::NodeIndex;

use super::monitor::{Broken, Finding};
use super::subscriptions::{Kind, Subscription, Subscriptions};
use crate::event::Event;
use crate::setup::{Message, Setup};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Delivery {
    subscriptions: Subscriptions,
    owed: Vec<Owed>,
}

/// What has yet to happen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Owed {
    /// This subscription is handed the message that was published, or came, last.
    To(Subscription),
    /// This node is reached by a message.
    At(NodeIndex, Message),
}

impl Delivery {
    pub(super) fn on(&mut self, setup: &Setup, event: &Event) -> Finding {
        match event {
            Event::Published {
                message,
                channel,
                sharded,
                node,
                ..
            } => {
                self.handed()?;
                let here = self.subscriptions.to(channel, *sharded, *node);
                self.owed.extend(here.map(Owed::To));
                if let Some(cluster) = setup.cluster.as_ref().filter(|_| !sharded) {
                    let others = cluster.nodes().filter(|other| other != node);
                    self.owed.extend(others.map(|other| Owed::At(other, *message)));
                }
            }
            Event::BusArrived {
                message, channel, to, ..
            } => {
                self.handed()?;
                self.pay(&Owed::At(*to, *message))?;
                self.owed
                    .extend(self.subscriptions.to(channel, false, *to).map(Owed::To));
            }
            // Nobody hands on what is lost with a node.
            Event::BusLost { message, to } => self.pay(&Owed::At(*to, *message))?,
            Event::Handed {
                connection,
                pattern,
                sharded,
                name,
                ..
            } => {
                let kind = Kind::of(*pattern, *sharded);
                self.pay(&Owed::To((kind, name.clone(), *connection)))?;
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

    /// Nobody lacks the message that was published, or came, last.
    fn handed(&self) -> Finding {
        match self.owed.iter().any(|owed| matches!(owed, Owed::To(_))) {
            true => Err(Broken(None)),
            false => Ok(()),
        }
    }

    fn pay(&mut self, paid: &Owed) -> Finding {
        let place = self.owed.iter().position(|owed| owed == paid);
        self.owed.remove(place.ok_or(Broken(None))?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use redelivery_engine::cluster::NodeAddress;

    use crate::check::CheckSpec::Delivery;
    use crate::check::Violation;
    use crate::check::tests::*;
    use crate::event::Event;
    use crate::setup::ClusterSetup;

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
        holds(Delivery, &[subscribed(0, "d"), published("c")]);
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
    fn each_subscriber_for_itself() {
        let mut setup = subscribing(Delivery);
        setup.groups.push(group("h", 0));
        let twice = [subscribed(0, "c"), published("c"), handed(0, "c"), handed(0, "c")];
        let (_, violations) = play(&setup, &timed(&twice));
        let groups: Vec<_> = violations.iter().map(|(_, violation)| violation.group).collect();
        assert_eq!(groups, [Some(GROUP)]);
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

    /// Three nodes; `a` is subscribed to `c` at the first, by its connection 0.
    fn in_cluster(history: &[Event]) -> (Vec<Violation>, Vec<Violation>) {
        let mut setup = subscribing(Delivery);
        setup.cluster = Some(ClusterSetup::new((0..3).map(NodeAddress::example).collect()));
        let history = [&[subscribed(0, "c")], history].concat();
        let (monitors, violations) = play(&setup, &timed(&history));
        let violations: Vec<_> = violations.into_iter().map(|(_, violation)| violation).collect();
        let in_the_end = match violations.is_empty() {
            true => ending(&setup, &monitors),
            false => Vec::new(),
        };
        (violations, in_the_end)
    }

    #[test]
    fn over_the_bus_once_for_each_node() {
        let here = [published("c"), handed(0, "c")];
        let both = [bus_arrived("c", 1), bus_arrived("c", 2)];
        assert_eq!(in_cluster(&[&here[..], &both].concat()), (vec![], vec![]));
        let lost = in_cluster(&[&here[..], &both[..1]].concat());
        assert!(lost.0.is_empty() && lost.1.len() == 1, "{lost:?}");
        let twice = in_cluster(&[&here[..], &both, &both].concat());
        assert_eq!(twice.0.len(), 1, "{twice:?}");
        let elsewhere = subscribed_at(1, "c", 1);
        let not_handed = [
            elsewhere.clone(),
            published("c"),
            handed(0, "c"),
            both[0].clone(),
            both[1].clone(),
        ];
        assert_eq!(in_cluster(&not_handed).0.len(), 1);
        let handed_there = [
            published("c"),
            handed(0, "c"),
            elsewhere,
            both[0].clone(),
            handed(1, "c"),
            both[1].clone(),
        ];
        assert_eq!(
            in_cluster(&handed_there),
            (vec![], vec![]),
            "who comes before the message does is handed it"
        );
    }

    #[test]
    fn what_is_lost_with_a_node_is_owed_to_nobody() {
        let here = [published("c"), handed(0, "c"), bus_arrived("c", 1)];
        assert_eq!(in_cluster(&[&here[..], &[bus_lost(2)]].concat()), (vec![], vec![]));
        let never_sent = in_cluster(&[&here[..], &[bus_lost(1)]].concat());
        assert_eq!(never_sent.0.len(), 1, "it has come: {never_sent:?}");
    }

    #[test]
    fn within_a_shard_at_its_node_only() {
        let at_another = [shard_subscribed(1, "c", 1), shard_published("c", 2)];
        assert_eq!(in_cluster(&at_another), (vec![], vec![]));
        let at_its_own = [shard_subscribed(1, "c", 1), shard_published("c", 1)];
        assert_eq!(in_cluster(&at_its_own).1.len(), 1);
        let handed_too = [&at_its_own[..], &[shard_handed(1, "c")]].concat();
        assert_eq!(in_cluster(&handed_too), (vec![], vec![]));
        let to_another = [shard_subscribed(1, "d", 1), shard_published("c", 1)];
        assert_eq!(in_cluster(&to_another), (vec![], vec![]));
        let leaked = [shard_published("c", 1), bus_arrived("c", 0)];
        assert_eq!(in_cluster(&leaked).0.len(), 1);
        let ended = [at_its_own[0].clone(), shard_unsubscribed(1, "c"), at_its_own[1].clone()];
        assert_eq!(in_cluster(&ended), (vec![], vec![]));
    }
}
