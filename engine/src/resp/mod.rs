//! RESP, the protocol between a client and Redis, as a codec that does no IO: bytes go in with `feed`, what they mean
//! comes out of `next`, however they were split on the way.
//!
//! It never reads a socket, never panics on what a peer sends, and never allocates by a length that was only
//! announced. Read [`Frame`] first (what travels), then `reply` (our answers as frames), then the two directions:
//! [`FrameDecoder`] for replies, [`RequestDecoder`] for requests. Source:
//! <https://redis.io/docs/latest/develop/reference/protocol-spec/>.
//!
//! ```
//! use redelivery_engine::resp::{Frame, FrameDecoder};
//!
//! let mut decoder = FrameDecoder::default();
//! decoder.feed(b"*2\r\n:1\r\n$3\r\nab");
//! assert_eq!(decoder.next(), Ok(None));
//! decoder.feed(b"c\r\n");
//! let frame = Frame::Array(vec![Frame::Integer(1), Frame::Bulk("abc".into())]);
//! assert_eq!(decoder.next(), Ok(Some(frame)));
//! ```

mod buffer;
mod decode;
mod encode;
mod error;
mod frame;
mod inline;
mod push;
mod reply;
mod request;
#[cfg(test)]
mod tests;

pub use decode::FrameDecoder;
pub use encode::{encode_frame, encode_request};
pub use error::{FrameError, ProtocolError};
pub use frame::{Frame, Version};
pub use inline::split_words;
pub use request::RequestDecoder;

/// The longest line that is not a bulk string: Redis' `PROTO_INLINE_MAX_SIZE`.
pub const LINE_BYTES_MAX: usize = 64 * 1024;
/// The longest bulk string: the default of Redis' `proto-max-bulk-len`.
pub const BULK_BYTES_MAX: usize = 512 * 1024 * 1024;
/// The most elements of one array, as Redis bounds a request's arguments.
pub const ELEMENTS_MAX: usize = i32::MAX as usize;
/// The deepest nesting of a reply. Redis' own stay below ten.
pub const DEPTH_MAX: usize = 64;
