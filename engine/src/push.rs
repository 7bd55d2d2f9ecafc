//! What subscribers receive: RESP3's pushes, RESP2's arrays.

use crate::Bytes;
use crate::command::Subscription;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Push {
    /// `message` or `smessage`: published to a channel that the client has subscribed to.
    Message {
        /// By SPUBLISH.
        sharded: bool,
        /// Where to.
        channel: Bytes,
        /// What.
        message: Bytes,
    },
    /// `pmessage`: published to a channel that a pattern of the client's matches.
    PatternMessage {
        /// The pattern.
        pattern: Bytes,
        /// Where to.
        channel: Bytes,
        /// What.
        message: Bytes,
    },
    /// `subscribe`, `psubscribe`, `ssubscribe`: the client has the subscription from now on.
    Subscribed {
        /// The kind of name.
        kind: Subscription,
        /// Its name.
        name: Bytes,
        /// How many it has, of the sharded kind or of the two others together.
        count: usize,
    },
    /// `unsubscribe`, `punsubscribe`, `sunsubscribe`: the client has the subscription no more.
    Unsubscribed {
        /// The kind of name.
        kind: Subscription,
        /// Its name; none: all were to end, and there was none.
        name: Option<Bytes>,
        /// How many it has left, counted as for `Subscribed`.
        count: usize,
    },
}
