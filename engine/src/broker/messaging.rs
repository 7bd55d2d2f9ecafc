//! SUBSCRIBE, UNSUBSCRIBE, PUBLISH, PUBSUB, and what a connection may do beside: PING, RESET, QUIT.
//!
//! A message goes into the outbox of everybody who is subscribed at that moment, and nowhere else: nobody's reading is
//! waited for. How much a connection has not read yet is its owner's to know, for bytes wait in sockets that the broker
//! never sees; who reads too slowly for `client-output-buffer-limit` is disconnected by the owner
//! ([`Broker::disconnect`]), after the command that went beyond the limit, as by a server. The other nodes of a cluster
//! are told by the bus (`cluster/bus.rs`). Source: <https://redis.io/docs/latest/develop/pubsub/>. Read next: `pubsub.rs`.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use alloc::{borrow::Cow, format};

use super::Broker;
use crate::command::{PubSub as Subcommand, Subscription};
use crate::databases::Database;
use crate::errors::{fixed, formatted};
use crate::pubsub::PubSub;
use crate::resp::Version;
use crate::run::{self, integer};
use crate::{Bytes, ClientId, Command, Push, Reply, glob};

/// What a subscriber of RESP2 may send.
const ALLOWED: &[&str] = &[
    "subscribe",
    "unsubscribe",
    "psubscribe",
    "punsubscribe",
    "ssubscribe",
    "sunsubscribe",
    "ping",
    "quit",
    "reset",
];

impl Broker {
    /// The version of the protocol that a client speaks; RESP2 unless [`Self::set_version`] said otherwise.
    pub fn version(&self, client: ClientId) -> Version {
        self.pubsub
            .as_ref()
            .map_or(Version::Resp2, |pubsub| pubsub.version(client))
    }

    /// A client speaks this version from now on, as after HELLO. It matters to subscribers only: in RESP3 they may send
    /// any command.
    pub fn set_version(&mut self, client: ClientId, version: Version) {
        self.change_pubsub(|pubsub| pubsub.set_version(client, version));
    }

    /// How many subscriptions of one kind a client has.
    pub fn subscriptions(&self, client: ClientId, kind: Subscription) -> usize {
        let pubsub = self.pubsub.as_ref();
        pubsub.map_or(0, |pubsub| pubsub.names(client, kind).len())
    }

    /// Whether this client is subscribed to anything.
    pub fn is_subscribed(&self, client: ClientId) -> bool {
        self.pubsub
            .as_ref()
            .is_some_and(|pubsub| pubsub.has_subscriptions(client))
    }

    /// What answers a command of that name, if the client may not send it now.
    pub fn refusal_to_subscriber(&self, client: ClientId, name: impl FnOnce() -> String) -> Option<Reply> {
        let pubsub = self.pubsub.as_ref()?;
        if !pubsub.has_subscriptions(client) || pubsub.version(client) != Version::Resp2 {
            return None;
        }
        let name = name();
        if ALLOWED.contains(&name.as_str()) {
            return None;
        }
        let text = format!(
            "Can't execute '{name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this \
             context"
        );
        Some(formatted(match name.as_str() {
            "exec" => format!("EXECABORT Transaction discarded because of: {text}"),
            _ => format!("ERR {text}"),
        }))
    }

    /// Executes a command that is about the connection or its subscriptions; none for any other.
    pub(super) fn apply_to_connection(&mut self, client: ClientId, command: &Command) -> Option<Reply> {
        Some(match command {
            Command::Subscribe { kind, names } => {
                pushes(self.change_pubsub(|pubsub| pubsub.subscribe(client, *kind, names)))
            }
            Command::Unsubscribe { kind, names } => pushes(self.unsubscribe(client, *kind, names)),
            Command::Publish {
                sharded,
                channel,
                message,
            } => integer(self.publish(*sharded, channel, message)),
            Command::PubSub(subcommand) => self.pubsub_reply(subcommand),
            Command::Ping { message } => self.ping(client, message.as_ref()),
            Command::Reset => {
                self.disconnect_from_all(client);
                Reply::Status(Cow::Borrowed("RESET"))
            }
            Command::Quit => {
                self.disconnect_from_all(client);
                Reply::OK
            }
            _ => return None,
        })
    }

    /// <https://redis.io/docs/latest/commands/ping/>
    fn ping(&self, client: ClientId, message: Option<&Bytes>) -> Reply {
        let pubsub = self.pubsub.as_ref();
        let is_subscriber = pubsub.is_some_and(|pubsub| pubsub.has_subscriptions(client));
        match message {
            _ if is_subscriber && self.version(client) == Version::Resp2 => {
                let message = message.cloned().unwrap_or(Bytes::from(""));
                Reply::Array(vec![Reply::Bulk("pong".into()), Reply::Bulk(message)])
            }
            Some(message) => Reply::Bulk(message.clone()),
            None => Reply::Status(Cow::Borrowed("PONG")),
        }
    }

    fn unsubscribe(&mut self, client: ClientId, kind: Subscription, names: &[Bytes]) -> Vec<Push> {
        self.change_pubsub(|pubsub| {
            if names.is_empty() {
                let all = pubsub.names(client, kind);
                pubsub.unsubscribe(client, kind, &all)
            } else {
                pubsub.unsubscribe(client, kind, names)
            }
        })
    }

    /// <https://redis.io/docs/latest/commands/publish/>: how many received it.
    fn publish(&mut self, sharded: bool, channel: &Bytes, message: &Bytes) -> usize {
        if !sharded {
            self.change_membership(|known| known.publish(channel, message));
        }
        self.deliver(sharded, channel, message)
    }

    /// Gives a message to all who have subscribed here.
    pub(super) fn deliver(&mut self, sharded: bool, channel: &Bytes, message: &Bytes) -> usize {
        let Some(pubsub) = &self.pubsub else { return 0 };
        pubsub.publish(sharded, channel, message, &mut self.outbox)
    }

    fn pubsub_reply(&self, subcommand: &Subcommand) -> Reply {
        let none = PubSub::default();
        let pubsub = self.pubsub.as_deref().unwrap_or(&none);
        match subcommand {
            Subcommand::Channels { sharded, pattern } => {
                let is_asked = |channel: &&Bytes| pattern.as_ref().is_none_or(|it| glob::matches(it, channel));
                let channels = pubsub.channels(*sharded).filter(is_asked);
                Reply::Array(channels.cloned().map(Reply::Bulk).collect())
            }
            Subcommand::NumSub { sharded, channels } => {
                let count = |channel: &Bytes| integer(pubsub.subscriber_count(*sharded, channel));
                let pair = |channel: &Bytes| [Reply::Bulk(channel.clone()), count(channel)];
                Reply::Array(channels.iter().flat_map(pair).collect())
            }
            Subcommand::NumPat => integer(pubsub.pattern_count()),
            Subcommand::Help => run::help_of_pubsub(),
        }
    }

    /// Subscriptions, transaction and waiting are over, the version is RESP2 and the database the first.
    pub(super) fn disconnect_from_all(&mut self, client: ClientId) {
        self.sessions.remove(&client);
        self.databases.select(client, Database::FIRST);
        self.waiters.retain(|waiter| waiter.client != client);
        if self.membership().is_some_and(|known| known.is_asking(client)) {
            self.change_membership(|known| known.forget(client));
        }
        if self.pubsub.is_some() {
            self.change_pubsub(|pubsub| pubsub.remove(client));
        }
    }

    /// Subscriptions to the sharded channels of slots that are another node's now are over, and their clients are told.
    pub(super) fn end_shard_subscriptions(&mut self, ends: impl Fn(&[u8]) -> bool) {
        if self.pubsub.is_none() {
            return;
        }
        let told = self.change_pubsub(|pubsub| pubsub.remove_shard_channels(ends));
        let told = told.into_iter().map(|(client, told)| (client, pushes(told)));
        self.outbox.extend(told);
    }

    fn change_pubsub<T>(&mut self, change: impl FnOnce(&mut PubSub) -> T) -> T {
        let pubsub = Arc::make_mut(self.pubsub.get_or_insert_default());
        let result = change(pubsub);
        if pubsub.is_empty() {
            self.pubsub = None;
        }
        result
    }
}

/// SSUBSCRIBE may not be part of a transaction.
pub(super) const SHARDED_IN_TRANSACTION: Reply = fixed("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");

fn pushes(pushes: Vec<Push>) -> Reply {
    Reply::Pushes(pushes.into())
}
