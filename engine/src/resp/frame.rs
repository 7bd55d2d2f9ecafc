//! One value on the wire: what is left of a reply once a protocol version has said it.
//!
//! RESP2 loses types (a map becomes a flat array), so two replies are compared as frames of one version, never as a
//! [`crate::Reply`]. A frame never holds a float: a double stays the text that the server sent.

use alloc::vec::Vec;

use crate::Bytes;

/// A version of the protocol, as HELLO names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// RESP2: strings, errors, integers, arrays.
    #[default]
    Resp2,
    /// RESP3: also maps, sets, a null of its own, pushes and more.
    Resp3,
}

/// A value of either version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frame {
    /// `+OK`
    Simple(Bytes),
    /// `-ERR …`, or RESP3's `!`
    Error(Bytes),
    /// `:1`
    Integer(i64),
    /// `$3`: a byte string.
    Bulk(Bytes),
    /// RESP2's `$-1`, RESP3's `_`.
    Null,
    /// RESP2's `*-1`.
    NullArray,
    /// `*2`
    Array(Vec<Frame>),
    /// RESP3's `%`
    Map(Vec<(Frame, Frame)>),
    /// RESP3's `~`
    Set(Vec<Frame>),
    /// RESP3's `,`: the digits as they came.
    Double(Bytes),
    /// RESP3's `#`
    Boolean(bool),
    /// RESP3's `(`: the digits as they came.
    BigNumber(Bytes),
    /// RESP3's `=`: text and, in three letters, its format.
    Verbatim([u8; 3], Bytes),
    /// RESP3's `>`: not the answer to a request.
    Push(Vec<Frame>),
}

impl Frame {
    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }
}
