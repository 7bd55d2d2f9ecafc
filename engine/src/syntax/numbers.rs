//! Numbers as a server reads them: strictly for integers, as C's `strtoull` for the halves of an ID.

use alloc::string::ToString;

use crate::errors::{NOT_AN_INTEGER, fixed};
use crate::{Bytes, Millis, Reply};

/// A 64-bit integer in its one canonical spelling: no sign but `-`, no leading zero, no blank.
pub(crate) fn parse_i64(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let canonical = match digits {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !canonical {
        return None;
    }
    core::str::from_utf8(text).ok()?.parse().ok()
}

pub(crate) fn write_i64(value: i64) -> Bytes {
    value.to_string().into()
}

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
    fn integers_have_one_spelling() {
        for text in ["0", "-1", "9223372036854775807", "-9223372036854775808"] {
            assert_eq!(
                parse_i64(text.as_bytes()).map(|value| value.to_string()).as_deref(),
                Some(text)
            );
        }
        for text in [
            "",
            "-",
            "-0",
            "00",
            "01",
            "+1",
            " 1",
            "1 ",
            "9223372036854775808",
            "1.0",
        ] {
            assert_eq!(parse_i64(text.as_bytes()), None, "{text:?}");
        }
    }

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
