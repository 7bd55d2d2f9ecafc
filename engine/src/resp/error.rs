//! What is wrong with bytes that are not RESP: [`ProtocolError`] for a request, as Redis words it before it closes
//! the connection, [`FrameError`] for a reply.

use alloc::format;
use core::fmt;

use crate::Reply;

/// A request that Redis refuses, whereupon it closes the connection (`networking.c`, `setProtocolError`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProtocolError {
    /// `*` and no number, or too large a one.
    InvalidMultibulkLength,
    /// `$` and no number, or a negative or too large a one.
    InvalidBulkLength,
    /// `*` and more than ten by a client that has not said who it is.
    StrangersMultibulkLength,
    /// `$` and more than 16,384 by a client that has not said who it is.
    StrangersBulkLength,
    /// An argument that does not begin with `$`.
    ExpectedBulk(u8),
    /// A quote in an inline request that does not close, or closes within a word.
    UnbalancedQuotes,
    /// More than [`super::LINE_BYTES_MAX`] bytes after `*` without an end of line.
    TooBigMultibulkCount,
    /// More than [`super::LINE_BYTES_MAX`] bytes after `$` without an end of line.
    TooBigBulkCount,
    /// An inline request longer than [`super::LINE_BYTES_MAX`].
    TooBigInline,
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Protocol error: ")?;
        match *self {
            Self::InvalidMultibulkLength => f.write_str("invalid multibulk length"),
            Self::InvalidBulkLength => f.write_str("invalid bulk length"),
            Self::StrangersMultibulkLength => f.write_str("unauthenticated multibulk length"),
            Self::StrangersBulkLength => f.write_str("unauthenticated bulk length"),
            // Redis puts the byte into the reply as it is, but for line ends, which would end the reply.
            Self::ExpectedBulk(b'\r' | b'\n') => f.write_str("expected '$', got ' '"),
            Self::ExpectedBulk(byte) => write!(f, "expected '$', got '{}'", char::from(byte)),
            Self::UnbalancedQuotes => f.write_str("unbalanced quotes in request"),
            Self::TooBigMultibulkCount => f.write_str("too big mbulk count string"),
            Self::TooBigBulkCount => f.write_str("too big bulk count string"),
            Self::TooBigInline => f.write_str("too big inline request"),
        }
    }
}

impl core::error::Error for ProtocolError {}

impl From<ProtocolError> for Reply {
    fn from(error: ProtocolError) -> Self {
        Self::Error(format!("ERR {error}").into())
    }
}

/// A reply that is not RESP, or beyond our bounds. The connection is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameError {
    /// A first byte that announces no type.
    UnknownType(u8),
    /// No number where one must be, or no boolean, or a verbatim string without its format.
    Malformed(u8),
    /// A bulk string that is not followed by the end of a line.
    MissingLineEnd,
    /// A line beyond [`super::LINE_BYTES_MAX`], a string beyond [`super::BULK_BYTES_MAX`], or an aggregate beyond
    /// [`super::ELEMENTS_MAX`].
    TooLong(u8),
    /// Aggregates nested deeper than [`super::DEPTH_MAX`].
    TooDeep,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::UnknownType(byte) => write!(f, "no type of reply begins with {:?}", char::from(byte)),
            Self::Malformed(byte) => write!(f, "malformed after {:?}", char::from(byte)),
            Self::MissingLineEnd => f.write_str("a string is not followed by the end of a line"),
            Self::TooLong(byte) => write!(f, "too long after {:?}", char::from(byte)),
            Self::TooDeep => f.write_str("nested too deeply"),
        }
    }
}

impl core::error::Error for FrameError {}
