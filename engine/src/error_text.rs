//! What an error says: bytes, since a server repeats what clients sent it, and those need not be text.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The text of an error, its code first: `WRONGTYPE Operation against …`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ErrorText(Cow<'static, [u8]>);

impl ErrorText {
    /// A text that never varies.
    pub const fn fixed(text: &'static str) -> Self {
        Self(Cow::Borrowed(text.as_bytes()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it begins so, with a code for instance.
    pub fn starts_with(&self, text: &str) -> bool {
        self.0.starts_with(text.as_bytes())
    }
}

impl From<&'static str> for ErrorText {
    fn from(text: &'static str) -> Self {
        Self::fixed(text)
    }
}

impl From<String> for ErrorText {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text.into_bytes()))
    }
}

impl From<Vec<u8>> for ErrorText {
    fn from(text: Vec<u8>) -> Self {
        Self(Cow::Owned(text))
    }
}

/// What is not UTF-8 is replaced.
impl fmt::Display for ErrorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for ErrorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}
