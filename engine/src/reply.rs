//! What the broker answers, before RESP2 or RESP3 puts it into bytes.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::{Bytes, ErrorText, Push, StreamId};

/// An answer. Its RESP2 and RESP3 forms are the codec's business (`resp`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// A simple string: `OK`, `QUEUED`, `PONG`, a type's name.
    Status(Cow<'static, str>),
    /// An error, its whole text as Redis words it: `WRONGTYPE Operation against …`.
    Error(ErrorText),
    /// A number.
    Integer(i64),
    /// A byte string.
    Bulk(Bytes),
    /// Text for people: RESP3's verbatim string, RESP2's bulk string.
    Verbatim(Bytes),
    /// Nothing: RESP2's null bulk string, RESP3's null.
    Null,
    /// Nothing where an array was expected: RESP2's null array, RESP3's null.
    NullArray,
    /// A sequence.
    Array(Vec<Reply>),
    /// Pairs: RESP3's map, RESP2's flat array.
    Map(Vec<(Reply, Reply)>),
    /// Unordered members: RESP3's set, RESP2's array.
    Set(Vec<Reply>),
    /// Entries by stream (XREAD, XREADGROUP): RESP3's map, RESP2's array of pairs.
    Streams(Vec<(Bytes, Vec<EntryReply>)>),
    /// Entries of one stream (XRANGE, XCLAIM).
    Entries(Vec<EntryReply>),
    /// What subscribers receive, one after the other and each for itself: a message, or SUBSCRIBE's answer, which has a
    /// part for each channel. Shared by all who receive it.
    Pushes(Arc<[Push]>),
}

/// One entry in a reply.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EntryReply {
    /// Its ID.
    pub id: StreamId,
    /// Its fields and values in turn; none when the entry was deleted but is still pending.
    pub fields: Option<Vec<Bytes>>,
}

impl Reply {
    /// `+OK`.
    pub const OK: Self = Self::Status(Cow::Borrowed("OK"));

    /// One push.
    pub(crate) fn push(push: Push) -> Self {
        Self::Pushes(Arc::new([push]))
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }
}
