//! Who has subscribed to what.
//!
//! It knows no keys, and nobody's connection. A server walks tables in an order of its own wherever the order is not that
//! of the arguments; here it is that of the bytes, and of the clients' numbers. Source: <https://redis.io/docs/latest/develop/pubsub/>. Read next: `broker/messaging.rs`.

mod renamed;

use alloc::vec::Vec;
use core::array;
use core::hash::{Hash, Hasher};

use crate::command::Subscription;
use crate::resp::Version;
use crate::small_map::SmallMap;
use crate::{Bytes, ClientId, Push, Reply, glob};

/// Names of one kind.
type Names = SmallMap<Bytes, ()>;
/// The clients that have subscribed to each name.
type Index = SmallMap<Bytes, SmallMap<ClientId, ()>>;

/// The subscriptions of all clients, and which clients speak RESP3.
#[derive(Clone, Debug, Default)]
pub(crate) struct PubSub {
    /// Those with a subscription, or of RESP3.
    subscribers: SmallMap<ClientId, Subscriber>,
    /// The same by kind and name: it follows from `subscribers`, so equality and hash ignore it.
    by_name: [Index; 3],
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Subscriber {
    version: Version,
    /// By kind.
    names: [Names; 3],
}

impl Subscriber {
    fn has_names(&self) -> bool {
        self.names.iter().any(|names| !names.is_empty())
    }

    /// As confirmations count: sharded channels for themselves.
    fn count(&self, kind: Subscription) -> usize {
        let len = |kind| self.names[nth(kind)].len();
        match kind {
            Subscription::ShardChannel => len(kind),
            Subscription::Channel | Subscription::Pattern => len(Subscription::Channel) + len(Subscription::Pattern),
        }
    }
}

impl PartialEq for PubSub {
    fn eq(&self, other: &Self) -> bool {
        self.subscribers == other.subscribers
    }
}

impl Eq for PubSub {}

impl Hash for PubSub {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.subscribers.hash(state);
    }
}

impl PubSub {
    /// Whether it says no more than no value at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.subscribers.is_empty()
    }

    /// How many subscriptions there are, of all clients.
    pub(crate) fn len(&self) -> usize {
        let names = self.subscribers.values().flat_map(|subscriber| &subscriber.names);
        names.map(SmallMap::len).sum()
    }

    pub(crate) fn version(&self, client: ClientId) -> Version {
        self.subscribers
            .get(&client)
            .map_or(Version::Resp2, |subscriber| subscriber.version)
    }

    pub(crate) fn set_version(&mut self, client: ClientId, version: Version) {
        let mut subscriber = self.subscribers.remove(&client).unwrap_or_default();
        subscriber.version = version;
        self.keep(client, subscriber);
    }

    pub(crate) fn has_subscriptions(&self, client: ClientId) -> bool {
        self.subscribers.get(&client).is_some_and(Subscriber::has_names)
    }

    /// What a client has of one kind.
    pub(crate) fn names(&self, client: ClientId, kind: Subscription) -> Vec<Bytes> {
        let subscriber = self.subscribers.get(&client).into_iter();
        subscriber
            .flat_map(|subscriber| subscriber.names[nth(kind)].keys().cloned())
            .collect()
    }

    /// Gives a client these subscriptions; one that it has already it keeps.
    pub(crate) fn subscribe(&mut self, client: ClientId, kind: Subscription, names: &[Bytes]) -> Vec<Push> {
        let mut subscriber = self.subscribers.remove(&client).unwrap_or_default();
        let index = &mut self.by_name[nth(kind)];
        let mut add = |name: &Bytes| {
            if subscriber.names[nth(kind)].insert(name.clone(), ()).is_none() {
                remember(index, name, client);
            }
            let (name, count) = (name.clone(), subscriber.count(kind));
            Push::Subscribed { kind, name, count }
        };
        let confirmations = names.iter().map(&mut add).collect();
        self.keep(client, subscriber);
        confirmations
    }

    /// Takes these subscriptions from a client, whether or not it has them.
    pub(crate) fn unsubscribe(&mut self, client: ClientId, kind: Subscription, names: &[Bytes]) -> Vec<Push> {
        let mut subscriber = self.subscribers.remove(&client).unwrap_or_default();
        let index = &mut self.by_name[nth(kind)];
        let mut remove = |name: &Bytes| {
            if subscriber.names[nth(kind)].remove(name).is_some() {
                forget(index, name, client);
            }
            let (name, count) = (Some(name.clone()), subscriber.count(kind));
            Push::Unsubscribed { kind, name, count }
        };
        let mut confirmations: Vec<Push> = names.iter().map(&mut remove).collect();
        if names.is_empty() {
            let (name, count) = (None, subscriber.count(kind));
            confirmations.push(Push::Unsubscribed { kind, name, count });
        }
        self.keep(client, subscriber);
        confirmations
    }

    /// Takes from everybody the sharded channels that end; gives what each is told, by client.
    pub(crate) fn remove_shard_channels(&mut self, ends: impl Fn(&[u8]) -> bool) -> Vec<(ClientId, Vec<Push>)> {
        let kind = Subscription::ShardChannel;
        let ending = |(client, subscriber): (&ClientId, &Subscriber)| {
            let names = subscriber.names[nth(kind)].keys().filter(|name| ends(name));
            (*client, names.cloned().collect::<Vec<Bytes>>())
        };
        let ending: Vec<_> = self.subscribers.iter().map(ending).collect();
        let ending = ending.into_iter().filter(|(_, names)| !names.is_empty());
        ending
            .map(|(client, names)| (client, self.unsubscribe(client, kind, &names)))
            .collect()
    }

    /// The client is gone, or new: it has no subscription and speaks RESP2.
    pub(crate) fn remove(&mut self, client: ClientId) {
        let Some(subscriber) = self.subscribers.remove(&client) else {
            return;
        };
        for (names, index) in subscriber.names.iter().zip(&mut self.by_name) {
            names.keys().for_each(|name| forget(index, name, client));
        }
    }

    /// Puts a message into the outbox of those who have subscribed to the channel, then to those with a pattern that matches it; gives
    /// their number. A client receives it once for its channel and once for each of its patterns.
    pub(crate) fn publish(
        &self,
        sharded: bool,
        channel: &Bytes,
        message: &Bytes,
        outbox: &mut Vec<(ClientId, Reply)>,
    ) -> usize {
        let before = outbox.len();
        let mut deliver_all = |clients: &SmallMap<ClientId, ()>, push: Push| {
            let push = Reply::push(push);
            outbox.reserve(clients.len());
            outbox.extend(clients.keys().map(|client| (*client, push.clone())));
        };
        if let Some(clients) = self.by_name[nth(channel_kind(sharded))].get(channel) {
            let (channel, message) = (channel.clone(), message.clone());
            let push = Push::Message {
                sharded,
                channel,
                message,
            };
            deliver_all(clients, push);
        }
        let patterns = (!sharded).then(|| self.by_name[nth(Subscription::Pattern)].iter());
        for (pattern, clients) in patterns.into_iter().flatten() {
            if glob::matches(pattern, channel) {
                let (pattern, channel, message) = (pattern.clone(), channel.clone(), message.clone());
                let push = Push::PatternMessage {
                    pattern,
                    channel,
                    message,
                };
                deliver_all(clients, push);
            }
        }
        outbox.len() - before
    }

    /// The channels with a subscriber, patterns not counted.
    pub(crate) fn channels(&self, sharded: bool) -> impl Iterator<Item = &Bytes> {
        self.by_name[nth(channel_kind(sharded))].keys()
    }

    /// How many have subscribed to a channel, patterns not counted.
    pub(crate) fn subscriber_count(&self, sharded: bool, channel: &[u8]) -> usize {
        self.by_name[nth(channel_kind(sharded))]
            .get(channel)
            .map_or(0, SmallMap::len)
    }

    /// How many patterns somebody has subscribed to.
    pub(crate) fn pattern_count(&self) -> usize {
        self.by_name[nth(Subscription::Pattern)].len()
    }

    /// # Panics
    /// When the names are not those of the subscribers, or one of these needs no mention.
    pub(crate) fn assert_consistent(&self) {
        let mut expected: [Index; 3] = array::from_fn(|_| Index::new());
        for (client, subscriber) in self.subscribers.iter() {
            assert!(is_kept(subscriber), "an idle subscriber: {self:?}");
            for (names, index) in subscriber.names.iter().zip(&mut expected) {
                names.keys().for_each(|name| remember(index, name, *client));
            }
        }
        assert_eq!(self.by_name, expected, "subscriptions: {self:?}");
    }

    fn keep(&mut self, client: ClientId, subscriber: Subscriber) {
        if is_kept(&subscriber) {
            self.subscribers.insert(client, subscriber);
        }
    }
}

fn is_kept(subscriber: &Subscriber) -> bool {
    subscriber.version != Version::Resp2 || subscriber.has_names()
}

fn remember(index: &mut Index, name: &Bytes, client: ClientId) {
    let mut clients = index.remove(name).unwrap_or_default();
    clients.insert(client, ());
    index.insert(name.clone(), clients);
}

fn forget(index: &mut Index, name: &Bytes, client: ClientId) {
    if let Some(clients) = index.get_mut(name) {
        clients.remove(&client);
        if clients.is_empty() {
            index.remove(name);
        }
    }
}

fn nth(kind: Subscription) -> usize {
    match kind {
        Subscription::Channel => 0,
        Subscription::Pattern => 1,
        Subscription::ShardChannel => 2,
    }
}

fn channel_kind(sharded: bool) -> Subscription {
    if sharded {
        Subscription::ShardChannel
    } else {
        Subscription::Channel
    }
}
