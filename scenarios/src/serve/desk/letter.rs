//! What the desk tells those who serve connections.

use redelivery_engine::resp::Version;
use redelivery_engine::{ClientId, Reply};

/// Something for a connection that is not being served just now.
#[derive(Debug)]
pub struct Letter {
    /// Whose connection.
    pub client: ClientId,
    /// What it is.
    pub what: What,
}

/// What a letter brings.
#[derive(Debug)]
pub enum What {
    /// Messages, as they are sent, while the client waits or does not.
    Messages(Vec<u8>),
    /// What a client has waited for; nothing where it wants no replies.
    Answer(Option<Reply>, Version),
    /// What held it up is over: it sends its request again.
    GoOn,
    /// The connection is to be closed, unread.
    Close,
}

/// How to go on with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// With its next request.
    GoOn,
    /// When its answer has come.
    Wait,
    /// With the same request, when it may: nothing was served.
    Hold,
    /// Close it when all that was answered is sent.
    Close,
}
