//! Identifiers of stream entries: `ms-seq`, two unsigned 64-bit numbers.

use core::cmp::Ordering;
use core::fmt;

use crate::Bytes;
use crate::decimal::{SPELLED_MAX, spell};

/// The ID of a stream entry. Source: <https://redis.io/docs/latest/develop/data-types/streams/#entry-ids>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct StreamId {
    /// Milliseconds, for an automatic ID those of the broker's clock.
    pub ms: u64,
    /// Distinguishes the entries of one millisecond.
    pub seq: u64,
}

impl StreamId {
    /// `0-0`: smaller than every entry's ID.
    pub const MIN: Self = Self { ms: 0, seq: 0 };
    /// The largest ID.
    pub const MAX: Self = Self {
        ms: u64::MAX,
        seq: u64::MAX,
    };

    /// The ID `ms-seq`.
    pub const fn new(ms: u64, seq: u64) -> Self {
        Self { ms, seq }
    }

    /// The next larger ID, none after the largest.
    pub const fn next(self) -> Option<Self> {
        match (self.seq.checked_add(1), self.ms.checked_add(1)) {
            (Some(seq), _) => Some(Self { ms: self.ms, seq }),
            (None, Some(ms)) => Some(Self { ms, seq: 0 }),
            (None, None) => None,
        }
    }

    /// The next smaller ID, none before the smallest.
    pub const fn previous(self) -> Option<Self> {
        match (self.seq.checked_sub(1), self.ms.checked_sub(1)) {
            (Some(seq), _) => Some(Self { ms: self.ms, seq }),
            (None, Some(ms)) => Some(Self { ms, seq: u64::MAX }),
            (None, None) => None,
        }
    }
}

impl From<StreamId> for Bytes {
    /// `ms-seq`, as `Display` writes it: every XADD answers with one, so it is written by hand.
    fn from(id: StreamId) -> Self {
        let mut text = [b'-'; 2 * SPELLED_MAX + 1];
        let seq = spell(id.seq, &mut text);
        let ms = spell(id.ms, &mut text[..seq - 1]);
        text[ms..].into()
    }
}

// By `ms`, then by `seq`: as one number, which searches compare without a branch.
impl Ord for StreamId {
    fn cmp(&self, other: &Self) -> Ordering {
        let number = |id: &Self| u128::from(id.ms) << 64 | u128::from(id.seq);
        number(self).cmp(&number(other))
    }
}

impl PartialOrd for StreamId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.ms, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn both_ways_of_writing_agree() {
        for (ms, seq) in [(0, 0), (0, 7), (10, 0), (1_700_000_000_000, 99), (u64::MAX, u64::MAX)] {
            let id = StreamId::new(ms, seq);
            assert_eq!(Bytes::from(id), id.to_string().into());
        }
    }
}
