//! Messages reach whoever is subscribed at that moment, once for the channel and once for each pattern that matches it, and
//! nobody else: against a model that keeps a plain list of subscriptions.

use std::collections::BTreeSet;

use crate::generate;
use proptest::collection::vec;
use proptest::prelude::*;
use redelivery_engine::command::Subscription;
use redelivery_engine::resp::Version;
use redelivery_engine::{Broker, Bytes, ClientId, Command, Push, Reply};

const CLIENTS: u64 = 3;

/// Who has which names of which kind.
#[derive(Default)]
struct Naive(BTreeSet<(ClientId, Subscription, Bytes)>);

impl Naive {
    fn count(&self, client: ClientId, sharded: bool) -> usize {
        let is_counted = |kind: Subscription| (kind == Subscription::ShardChannel) == sharded;
        let counted = self
            .0
            .iter()
            .filter(|(who, kind, _)| *who == client && is_counted(*kind));
        counted.count()
    }

    fn names(&self, client: ClientId, kind: Subscription) -> Vec<Bytes> {
        let own = self.0.iter().filter(|(who, of, _)| *who == client && *of == kind);
        own.map(|(.., name)| name.clone()).collect()
    }

    /// How often each client receives a message to this channel.
    fn receives(&self, client: ClientId, sharded: bool, channel: &[u8]) -> usize {
        let receives = |(who, kind, name): &&(ClientId, Subscription, Bytes)| {
            *who == client
                && match kind {
                    Subscription::Channel => !sharded && **name == *channel,
                    Subscription::ShardChannel => sharded && **name == *channel,
                    Subscription::Pattern => !sharded && matches(name, channel),
                }
        };
        self.0.iter().filter(receives).count()
    }

    /// What confirms each of these subscriptions, or their ends, in turn.
    fn confirm(&mut self, client: ClientId, command: &Command) -> Option<Vec<Push>> {
        let (kind, names, begins) = match command {
            Command::Subscribe { kind, names } => (*kind, names.clone(), true),
            Command::Unsubscribe { kind, names } if names.is_empty() => (*kind, self.names(client, *kind), false),
            Command::Unsubscribe { kind, names } => (*kind, names.clone(), false),
            Command::Reset | Command::Quit => {
                self.0.retain(|(who, ..)| *who != client);
                return None;
            }
            _ => return None,
        };
        let sharded = kind == Subscription::ShardChannel;
        let mut pushes = Vec::new();
        for name in &names {
            let subscription = (client, kind, name.clone());
            let name = name.clone();
            pushes.push(if begins {
                self.0.insert(subscription);
                let count = self.count(client, sharded);
                Push::Subscribed { kind, name, count }
            } else {
                self.0.remove(&subscription);
                let (name, count) = (Some(name), self.count(client, sharded));
                Push::Unsubscribed { kind, name, count }
            });
        }
        if pushes.is_empty() {
            let count = self.count(client, sharded);
            pushes.push(Push::Unsubscribed {
                kind,
                name: None,
                count,
            });
        }
        Some(pushes)
    }
}

/// The names of `generate` need no more of patterns than this.
fn matches(pattern: &[u8], channel: &[u8]) -> bool {
    match (pattern, channel) {
        ([b'*', rest @ ..], _) => (0..=channel.len()).any(|len| matches(rest, &channel[len..])),
        ([b'?', rest @ ..], [_, channel @ ..]) => matches(rest, channel),
        ([byte, rest @ ..], [first, channel @ ..]) => byte == first && matches(rest, channel),
        ([], channel) => channel.is_empty(),
        (_, []) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn messages_reach_subscribers_and_nobody_else(steps in vec((0..CLIENTS, generate::messaging()), 1..60)) {
        let (mut broker, mut naive) = (Broker::new(), Naive::default());
        for (client, command) in &steps {
            let client = ClientId(*client);
            broker.set_version(client, Version::Resp3);
            let reply = broker.apply(client, command, 0);
            if let Some(pushes) = naive.confirm(client, command) {
                prop_assert_eq!(&reply, &Some(Reply::Pushes(pushes.into())));
            }
            let outbox = broker.take_outbox();
            let (sharded, channel) = match command {
                Command::Publish { sharded, channel, .. } => (*sharded, channel),
                _ => {
                    prop_assert_eq!(outbox, vec![]);
                    continue;
                }
            };
            let mut total = 0;
            for client in (0..CLIENTS).map(ClientId) {
                let received = outbox.iter().filter(|(to, _)| *to == client).count();
                prop_assert_eq!(received, naive.receives(client, sharded, channel), "{:?}: {:?}", client, outbox);
                total += received;
            }
            prop_assert_eq!(reply, Some(Reply::Integer(total as i64)));
        }
        // Who is gone leaves nothing behind.
        for client in (0..CLIENTS).map(ClientId) {
            broker.disconnect(client);
        }
        prop_assert_eq!(broker, Broker::new());
    }
}

/// Ten thousand at once, and then one at a time.
#[test]
fn many_channels_are_no_trouble() {
    let names: Vec<Bytes> = (0..10_000).map(|nth| format!("channel-{nth}").into()).collect();
    let (kind, client) = (Subscription::Channel, ClientId(1));
    let mut broker = Broker::new();
    let subscribe = Command::Subscribe {
        kind,
        names: names.clone(),
    };
    let Some(Reply::Pushes(confirmations)) = broker.apply(client, &subscribe, 0) else {
        panic!("no confirmations");
    };
    assert_eq!(confirmations.len(), names.len());
    for (nth, channel) in names.into_iter().enumerate() {
        let publish = Command::Publish {
            sharded: false,
            channel: channel.clone(),
            message: "x".into(),
        };
        assert_eq!(broker.apply(ClientId(2), &publish, 0), Some(Reply::Integer(1)), "{nth}");
        assert_eq!(broker.take_outbox().len(), 1);
        let unsubscribe = Command::Unsubscribe {
            kind,
            names: vec![channel],
        };
        assert!(broker.apply(client, &unsubscribe, 0).is_some());
    }
    assert_eq!(broker, Broker::new());
}
