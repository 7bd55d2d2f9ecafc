//! Keys, names and values: any bytes.
//!
//! Most are short and lie where they are used: a copy of them neither allocates nor counts. Longer ones are shared when
//! cloned. Which of both it is shows nowhere.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

/// An immutable byte string, cheap to clone.
#[derive(Clone)]
pub struct Bytes(Form);

/// Up to so many bytes are short: with them a `Bytes` is one word larger than one that could only be shared.
const SHORT_MAX: usize = 22;

#[derive(Clone)]
enum Form {
    Short { len: u8, bytes: [u8; SHORT_MAX] },
    Shared(Arc<[u8]>),
}

impl Bytes {
    /// The bytes.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Form::Short { len, bytes } => &bytes[..usize::from(*len)],
            Form::Shared(bytes) => bytes,
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl Borrow<[u8]> for Bytes {
    #[inline]
    fn borrow(&self) -> &[u8] {
        self.as_slice()
    }
}

// Equality, order and hash are those of the slice, as `Borrow` demands.
impl PartialEq for Bytes {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            // Behind the end are zeros: to compare all is less work than to compare some.
            (
                Form::Short { len, bytes },
                Form::Short {
                    len: others,
                    bytes: other,
                },
            ) => len == others && bytes == other,
            _ => self.as_slice() == other.as_slice(),
        }
    }
}

impl Eq for Bytes {}

impl PartialOrd for Bytes {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Bytes {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl Hash for Bytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl From<&[u8]> for Bytes {
    fn from(slice: &[u8]) -> Self {
        let mut bytes = [0; SHORT_MAX];
        Self(match (bytes.get_mut(..slice.len()), u8::try_from(slice.len())) {
            (Some(short), Ok(len)) => {
                short.copy_from_slice(slice);
                Form::Short { len, bytes }
            }
            _ => Form::Shared(slice.into()),
        })
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        bytes.as_slice().into()
    }
}

/// Printable text as it is, other bytes escaped as redis-cli does: `\x00`, `\n`, `\"`.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.iter() {
            match byte {
                b'\\' => f.write_str("\\\\")?,
                b'"' => f.write_str("\\\"")?,
                b'\n' => f.write_str("\\n")?,
                b'\r' => f.write_str("\\r")?,
                b'\t' => f.write_str("\\t")?,
                0x20..=0x7e => write!(f, "{}", byte as char)?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::hash::BuildHasher;

    #[test]
    fn short_and_shared_behave_as_slices() {
        let hash = |value: &dyn Fn(&mut std::hash::DefaultHasher)| {
            let mut state = core::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().build_hasher();
            value(&mut state);
            state.finish()
        };
        let slices: Vec<Vec<u8>> = (0..2 * SHORT_MAX as u8).map(|len| (0..len).rev().collect()).collect();
        for one in &slices {
            let bytes = Bytes::from(one.as_slice());
            assert_eq!(bytes.as_slice(), one);
            assert_eq!(
                hash(&|state| bytes.hash(state)),
                hash(&|state| one.as_slice().hash(state))
            );
            for other in &slices {
                assert_eq!(bytes.cmp(&Bytes::from(other.as_slice())), one.cmp(other));
                assert_eq!(bytes == Bytes::from(other.as_slice()), one == other);
            }
        }
    }
}
