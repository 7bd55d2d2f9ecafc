//! The texts of the errors that several commands share, word for word as Redis 8.2.3 gives them.
//!
//! An error is a [`Reply`] like any other; nothing here decides when it is given.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use crate::Reply;

pub(crate) const fn fixed(text: &'static str) -> Reply {
    Reply::Error(Cow::Borrowed(text))
}

/// What stands in an error for bytes that a client sent: an error is one line of text, and a server writes a text as C
/// does, up to the first NUL.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).replace(['\r', '\n'], " ")
}

pub(crate) fn formatted(text: String) -> Reply {
    Reply::Error(Cow::Owned(text))
}

pub(crate) const SYNTAX: Reply = fixed("ERR syntax error");
pub(crate) const NOT_AN_INTEGER: Reply = fixed("ERR value is not an integer or out of range");
pub(crate) const WRONG_TYPE: Reply = fixed("WRONGTYPE Operation against a key holding the wrong kind of value");
pub(crate) const NO_SUCH_KEY: Reply = fixed("ERR no such key");
pub(crate) const KEY_REQUIRED: Reply = fixed(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option \
     to create an empty stream automatically.",
);
pub(crate) const INVALID_ID: Reply = fixed("ERR Invalid stream ID specified as stream command argument");
pub(crate) const INVALID_START: Reply = fixed("ERR invalid start ID for the interval");
pub(crate) const INVALID_END: Reply = fixed("ERR invalid end ID for the interval");

pub(crate) fn wrong_arity(command: &str) -> Reply {
    formatted(format!("ERR wrong number of arguments for '{command}' command"))
}

/// The key does not exist, or it has no such group: XPENDING, XCLAIM, XAUTOCLAIM.
pub(crate) fn no_key_or_group(key: &[u8], group: &[u8]) -> Reply {
    formatted(format!(
        "NOGROUP No such key '{}' or consumer group '{}'",
        shown(key),
        shown(group)
    ))
}

/// The same for XREADGROUP.
pub(crate) fn no_group_to_read(key: &[u8], group: &[u8]) -> Reply {
    formatted(format!(
        "NOGROUP No such key '{}' or consumer group '{}' in XREADGROUP with GROUP option",
        shown(key),
        shown(group)
    ))
}

/// The key has no such group: XGROUP, XINFO.
pub(crate) fn no_group(key: &[u8], group: &[u8]) -> Reply {
    formatted(format!(
        "NOGROUP No such consumer group '{}' for key name '{}'",
        shown(group),
        shown(key)
    ))
}
