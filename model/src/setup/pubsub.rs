//! Who publishes what, and who is subscribed to it: read off the policies.

use redelivery_engine::command::Subscription;
use redelivery_engine::{Bytes, Push, glob};

use super::policy::Role;
use super::{ClientIx, GroupIx, Message, Setup};

impl Setup {
    /// The rows of the subscribers that want what is published to a channel.
    pub fn subscribers_to<'a>(&'a self, channel: &'a Bytes) -> impl Iterator<Item = GroupIx> + 'a {
        let policies = self.clients.iter().filter_map(|client| client.role.subscriber());
        let wants = move |(kind, name): &(Subscription, Bytes)| match kind {
            Subscription::Pattern => glob::matches(name, channel),
            Subscription::Channel | Subscription::ShardChannel => name == channel,
        };
        policies
            .filter(move |policy| policy.names.iter().any(wants))
            .map(|policy| policy.group)
    }

    /// The publisher of a message.
    pub fn publisher_of(&self, message: Message) -> Option<ClientIx> {
        self.client_ixs().find(|client| match &self.client(*client).role {
            // Its messages ascend.
            Role::Publisher(policy) => policy.messages.binary_search(&message).is_ok(),
            _ => false,
        })
    }

    /// The channel, the pattern and the message of what a subscriber receives; none if that is no message of this setup.
    pub fn published_by<'a>(&self, push: &'a Push) -> Option<(&'a Bytes, Option<&'a Bytes>, Message)> {
        let (channel, pattern, message) = match push {
            Push::Message { channel, message, .. } => (channel, None, message),
            Push::PatternMessage {
                pattern,
                channel,
                message,
            } => (channel, Some(pattern), message),
            Push::Subscribed { .. } | Push::Unsubscribed { .. } => return None,
        };
        Some((channel, pattern, self.messages.find(message)?))
    }
}
