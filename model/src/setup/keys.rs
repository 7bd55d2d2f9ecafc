//! The names of keys that clients agree on.

use redelivery_engine::Bytes;

use super::{GroupIx, Message, Setup};

const EFFECT: &str = "effect:";

/// The set of marks of a group's consumers.
pub fn marks(setup: &Setup, group: GroupIx) -> Bytes {
    Bytes::from(format!("processed:{}", setup.group(group).name))
}

/// The counter in which a message's effect shows.
pub fn effect(setup: &Setup, message: Message) -> Bytes {
    Bytes::from(format!("{EFFECT}{}", setup.messages.key(message)))
}

/// The message whose effect shows in this counter.
pub fn message_of_effect(setup: &Setup, key: &[u8]) -> Option<Message> {
    setup.messages.find(key.strip_prefix(EFFECT.as_bytes())?)
}
