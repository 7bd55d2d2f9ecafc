//! The texts of the errors that several commands share, word for word as Redis 8.2.3 gives them.
//!
//! An error is a [`Reply`] like any other; nothing here decides when it is given.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{ErrorText, Reply};

/// An error with this text.
pub const fn fixed(text: &'static str) -> Reply {
    Reply::Error(ErrorText::fixed(text))
}

pub(crate) fn formatted(text: String) -> Reply {
    Reply::Error(text.into())
}

/// An error that repeats what a client sent: its parts in turn.
pub fn quoting(parts: &[&[u8]]) -> Reply {
    Reply::Error(parts.iter().flat_map(|part| shown(part)).collect::<Vec<u8>>().into())
}

/// What stands in an error for bytes that a client sent: an error is one line of text, and a server writes a text as C
/// does, up to the first NUL.
pub(crate) fn shown(bytes: &[u8]) -> impl Iterator<Item = u8> {
    let text = bytes.iter().copied().take_while(|&byte| byte != 0);
    text.map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte })
}

/// What cannot be read.
pub const SYNTAX: Reply = fixed("ERR syntax error");
/// What is no number, or too large a one.
pub const NOT_AN_INTEGER: Reply = fixed("ERR value is not an integer or out of range");
pub(crate) const WRONG_TYPE: Reply = fixed("WRONGTYPE Operation against a key holding the wrong kind of value");
pub(crate) const TIMEOUT_RANGE: Reply = fixed("ERR timeout is out of range");
pub(crate) const NO_SUCH_KEY: Reply = fixed("ERR no such key");
pub(crate) const KEY_REQUIRED: Reply = fixed(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option \
     to create an empty stream automatically.",
);
pub(crate) const INVALID_ID: Reply = fixed("ERR Invalid stream ID specified as stream command argument");
pub(crate) const INVALID_START: Reply = fixed("ERR invalid start ID for the interval");
pub(crate) const INVALID_END: Reply = fixed("ERR invalid end ID for the interval");

/// Too many arguments, or too few.
pub fn wrong_arity(command: &str) -> Reply {
    formatted(format!("ERR wrong number of arguments for '{command}' command"))
}

/// The key does not exist, or it has no such group: XPENDING, XCLAIM, XAUTOCLAIM.
pub(crate) fn no_key_or_group(key: &[u8], group: &[u8]) -> Reply {
    quoting(&[b"NOGROUP No such key '", key, b"' or consumer group '", group, b"'"])
}

/// The same for XREADGROUP.
pub(crate) fn no_group_to_read(key: &[u8], group: &[u8]) -> Reply {
    let end = b"' in XREADGROUP with GROUP option";
    quoting(&[b"NOGROUP No such key '", key, b"' or consumer group '", group, end])
}

/// The key has no such group: XGROUP, XINFO.
pub(crate) fn no_group(key: &[u8], group: &[u8]) -> Reply {
    quoting(&[
        b"NOGROUP No such consumer group '",
        group,
        b"' for key name '",
        key,
        b"'",
    ])
}
