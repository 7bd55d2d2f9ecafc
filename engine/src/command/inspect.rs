//! Commands that tell how a key is kept.

use crate::Bytes;

/// `OBJECT …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Object {
    /// `ENCODING key`: how a server keeps what it holds.
    Encoding {
        /// The key.
        key: Bytes,
    },
    /// `REFCOUNT key`: how many hold it.
    RefCount {
        /// The key.
        key: Bytes,
    },
    /// `FREQ key`: how often it is used, which nobody counts.
    Freq {
        /// The key.
        key: Bytes,
    },
    /// `HELP`
    Help,
}

/// `MEMORY …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Memory {
    /// `USAGE key [SAMPLES n]`: how many bytes it takes. All of it is counted, however many samples are wished.
    Usage {
        /// The key.
        key: Bytes,
    },
    /// `HELP`
    Help,
}
