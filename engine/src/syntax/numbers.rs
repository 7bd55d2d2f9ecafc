//! Numbers as a server reads them: strictly for integers, as C's `strtoull` for the halves of an ID.

use crate::decimal::parse_i64;
use crate::errors::{NOT_AN_INTEGER, fixed};
use crate::{Millis, Reply};

/// An integer argument.
pub(super) fn integer(arg: &[u8]) -> Result<i64, Reply> {
    parse_i64(arg).ok_or(NOT_AN_INTEGER)
}

/// An integer argument whose command words the error itself.
pub(super) fn integer_or(arg: &[u8], error: &'static str) -> Result<i64, Reply> {
    parse_i64(arg).ok_or(fixed(error))
}

/// An integer that counts for 0 when it is negative.
pub(super) fn not_negative(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// How many: an integer that must not be negative.
pub(super) fn positive(arg: &[u8]) -> Result<u64, Reply> {
    let count = parse_i64(arg).and_then(|count| u64::try_from(count).ok());
    count.ok_or(fixed("ERR value is out of range, must be positive"))
}

/// BLOCK's time.
pub(super) fn timeout(arg: &[u8]) -> Result<Millis, Reply> {
    let ms = integer_or(arg, "ERR timeout is not an integer or out of range")?;
    u64::try_from(ms).map_err(|_| fixed("ERR timeout is negative"))
}

/// Half of an ID. A server hands what is not a canonical integer to `strtoull`, so leading blanks, zeros and a plus
/// pass, and after a blank even a minus, which counts down from 2⁶⁴.
pub(super) fn parse_u64(text: &[u8]) -> Option<u64> {
    if let Some(value) = parse_i64(text) {
        return u64::try_from(value).ok();
    }
    let blanks = text
        .iter()
        .take_while(|byte| matches!(byte, b' ' | 0x09..=0x0d))
        .count();
    let (negative, digits) = match &text[blanks..] {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value: u64 = core::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(if negative { value.wrapping_neg() } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_ids_are_read_leniently() {
        assert_eq!(parse_u64(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(parse_u64(b"007"), Some(7));
        assert_eq!(parse_u64(b" +7"), Some(7));
        assert_eq!(parse_u64(b"-7"), None);
        assert_eq!(parse_u64(b"18446744073709551616"), None);
        assert_eq!(parse_u64(b"7 "), None);
    }
}
