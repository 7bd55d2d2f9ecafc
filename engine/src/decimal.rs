//! Integers in their one canonical decimal spelling: no sign but `-`, no leading zero, no blank.
//!
//! Every request and reply has some, so that they are read and written without the generality of `core::fmt`.

use alloc::vec::Vec;

use crate::Bytes;

/// No 64-bit integer below 10¹⁹ has more, and ten times the greatest of so many still is one.
const READ_MAX: usize = 19;

/// A 64-bit integer, if it is spelled canonically.
pub(crate) fn parse_i64(text: &[u8]) -> Option<i64> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [b'0'] if !is_negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= READ_MAX => {}
        _ => return None,
    }
    let mut magnitude = 0_u64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        magnitude = magnitude * 10 + u64::from(digit - b'0');
    }
    match is_negative {
        true => 0_i64.checked_sub_unsigned(magnitude),
        false => i64::try_from(magnitude).ok(),
    }
}

/// The bytes of an integer.
pub(crate) fn write_i64(value: i64) -> Bytes {
    let mut room = [b'-'; SPELLED_MAX + 1];
    let from = spell(value.unsigned_abs(), &mut room) - usize::from(value < 0);
    room[from..].into()
}

/// Appends an integer.
pub(crate) fn append_i64(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    append_u64(value.unsigned_abs(), out);
}

/// Appends an integer.
pub(crate) fn append_u64(value: u64, out: &mut Vec<u8>) {
    let mut room = [0; SPELLED_MAX];
    let from = spell(value, &mut room);
    out.extend_from_slice(&room[from..]);
}

/// Writes an integer's digits to the end of this room; gives where they begin.
pub(crate) fn spell(value: u64, room: &mut [u8]) -> usize {
    let (mut from, mut rest) = (room.len(), value);
    loop {
        from -= 1;
        room[from] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return from;
        }
    }
}

/// So many digits has the longest.
pub(crate) const SPELLED_MAX: usize = 20;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn integers_have_one_spelling() {
        let powers = (0..19).flat_map(|power| [10_i64.pow(power) - 1, 10_i64.pow(power)]);
        for value in powers.chain([i64::MAX, i64::MIN, i64::MIN + 1]) {
            for value in [value, value.wrapping_neg()] {
                let text = value.to_string();
                assert_eq!(parse_i64(text.as_bytes()), Some(value), "{text}");
                assert_eq!(&*write_i64(value), text.as_bytes());
            }
        }
        let mut out = Vec::new();
        append_u64(u64::MAX, &mut out);
        assert_eq!(out, u64::MAX.to_string().as_bytes());
        for text in [
            "",
            "-",
            "-0",
            "00",
            "01",
            "+1",
            " 1",
            "1 ",
            "1.0",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999",
        ] {
            assert_eq!(parse_i64(text.as_bytes()), None, "{text:?}");
        }
    }
}
