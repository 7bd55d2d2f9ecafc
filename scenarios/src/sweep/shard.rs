//! The part of a sweep that one machine does.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of so many parts. Written as `2/3`, the second of three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    /// From 0.
    index: u64,
    of: u64,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// The part of this number, from 1, among so many.
    ///
    /// # Errors
    /// When there is no such part.
    pub fn new(number: u64, of: u64) -> Result<Self, String> {
        match number.checked_sub(1).filter(|index| *index < of) {
            Some(index) => Ok(Self { index, of }),
            None => Err(format!(
                "there is no shard {number} of {of}: shards count from 1, as in `1/3`"
            )),
        }
    }

    /// Into how many parts the whole is split.
    pub fn of(self) -> u64 {
        self.of
    }

    /// Whether it is all of it.
    pub fn is_whole(self) -> bool {
        self.of == 1
    }

    /// The first of the units in a row of equal ones that is its own, where the row begins with the unit of this place.
    pub(super) fn first(self, place: u64) -> u64 {
        (self.index + self.of - place % self.of) % self.of
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u64>().ok();
        let numbers = text.split_once('/').and_then(|(k, n)| Some((number(k)?, number(n)?)));
        let (number, of) = numbers.ok_or_else(|| format!("`{text}` is not a shard such as `1/3`, nor `auto`"))?;
        Self::new(number, of)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.of)
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_count_from_one() {
        assert_eq!("1/1".parse(), Ok(Shard::WHOLE));
        assert_eq!("2/3".parse::<Shard>().unwrap().to_string(), "2/3");
        for bad in ["", "1", "0/3", "4/3", "1/0", "-1/3", "1/3/5", "a/b"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
    }
}
