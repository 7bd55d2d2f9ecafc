//! How long a list command waits: seconds as a server reads them, without a float.
//!
//! A server reads C's `long double` and rounds up to whole milliseconds. So a time may have an exponent, be hexadecimal or
//! `inf`; what the type cannot hold is no number, and one that is small enough, even below zero, is 0 milliseconds, which
//! means for ever. Source: <https://redis.io/docs/latest/commands/blpop/>, <https://en.cppreference.com/w/c/string/byte/strtof>.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::errors::{TIMEOUT_RANGE, fixed};
use crate::{Millis, Reply};

const NOT_A_FLOAT: Reply = fixed("ERR timeout is not a float or out of range");
const NEGATIVE: Reply = fixed("ERR timeout is negative");

/// Longer texts are no numbers for a server.
const TEXT_BYTES_MAX: usize = 5 * 1024;

/// What rounds to infinity, from 2¹⁶³⁸⁴ on: the exponent of its first digit, and its first digits.
const OVERFLOW: (i64, &[u8]) = (4932, b"118973149535723176505");
/// What rounds to zero, up to 2⁻¹⁶⁴⁴⁶.
const UNDERFLOW: (i64, &[u8]) = (-4951, b"18225997659412373012");
/// The powers of two between them.
const BINARY_EXPONENTS: core::ops::Range<i64> = -16_446..16_384;

/// An amount of milliseconds: the whole ones, and whether there is a part of another. More than fit are `u64::MAX`.
struct Amount {
    whole_ms: u64,
    has_part: bool,
}

const ENDLESS: Amount = Amount {
    whole_ms: u64::MAX,
    has_part: false,
};

/// A time-out in seconds, rounded up to milliseconds; 0 means for ever.
pub(super) fn timeout(arg: &[u8]) -> Result<Millis, Reply> {
    let (is_negative, digits) = match arg {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if arg.len() >= TEXT_BYTES_MAX {
        return Err(NOT_A_FLOAT);
    }
    let Amount { whole_ms, has_part } = amount(digits).ok_or(NOT_A_FLOAT)?;
    if is_negative {
        // -0.001 is not a `long double`: the nearest one is above it.
        return match (whole_ms, has_part) {
            (0, _) | (1, false) => Ok(0),
            _ => Err(NEGATIVE),
        };
    }
    let ms = whole_ms.saturating_add(has_part.into());
    if i64::try_from(ms).is_err() {
        return Err(TIMEOUT_RANGE);
    }
    Ok(ms)
}

/// Seconds that `timeout` reads as so many milliseconds.
pub(super) fn written(ms: Millis) -> String {
    match ms % 1000 {
        0 => format!("{}", ms / 1000),
        part => format!("{}.{part:03}", ms / 1000),
    }
}

fn amount(text: &[u8]) -> Option<Amount> {
    if text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity") {
        return Some(ENDLESS);
    }
    match text {
        [b'0', b'x' | b'X', text @ ..] => hexadecimal(text),
        text => decimal(text),
    }
}

/// The digits without zeros around them, and how many of them, or of zeros before them if negative, come before the
/// point. The exponent counts in so many digits, if it counts in digits at all.
fn parts(text: &[u8], radix: u32, marks: [u8; 2]) -> Option<(Vec<u8>, i64, i64)> {
    let mark = text.iter().position(|byte| marks.contains(byte));
    let (mantissa, exponent) = match mark {
        Some(at) => (&text[..at], exponent(&text[at + 1..])?),
        None => (text, 0),
    };
    let point = mantissa.iter().position(|&byte| byte == b'.');
    let (whole, part) = match point {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &[][..]),
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(radix).map(|_| *byte);
    let digits: Vec<u8> = whole.iter().chain(part).map(digit).collect::<Option<_>>()?;
    if digits.is_empty() {
        return None;
    }
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    let end = digits
        .iter()
        .rposition(|&digit| digit != b'0')
        .map_or(zeros, |last| last + 1);
    let before_point = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?;
    Some((digits[zeros..end].to_vec(), before_point, exponent))
}

/// Beyond what any type holds it does not matter how large it is.
fn exponent(text: &[u8]) -> Option<i64> {
    const LIMIT: i64 = 1 << 40;
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |sum: i64, digit: &u8| LIMIT.min(sum * 10 + i64::from(digit - b'0'));
    let value = digits.iter().fold(0, add);
    Some(if is_negative { -value } else { value })
}

fn decimal(text: &[u8]) -> Option<Amount> {
    let (digits, before_point, exponent) = parts(text, 10, *b"eE")?;
    if digits.is_empty() {
        return Some(Amount {
            whole_ms: 0,
            has_part: false,
        });
    }
    let before_point = before_point + exponent;
    let compared = |(exponent, limit): (i64, &[u8])| (before_point - 1, digits.as_slice()).cmp(&(exponent, limit));
    if compared(OVERFLOW) != Ordering::Less || compared(UNDERFLOW) != Ordering::Greater {
        return None;
    }
    // Three more digits before the point: milliseconds.
    let whole = before_point + 3;
    let Ok(whole) = usize::try_from(whole) else {
        return Some(Amount {
            whole_ms: 0,
            has_part: true,
        });
    };
    let padded = digits.iter().copied().chain(core::iter::repeat(b'0')).take(whole);
    let add = |sum: u64, digit: u8| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
    let Some(whole_ms) = padded.into_iter().try_fold(0, add) else {
        return Some(ENDLESS);
    };
    let has_part = digits.len() > whole;
    Some(Amount { whole_ms, has_part })
}

fn hexadecimal(text: &[u8]) -> Option<Amount> {
    /// As many digits as fit beside the milliseconds; of the rest it counts only that there is one.
    const DIGITS_MAX: usize = 28;
    let (digits, before_point, exponent) = parts(text, 16, *b"pP")?;
    let (kept, rest) = digits.split_at(digits.len().min(DIGITS_MAX));
    let add = |sum: u128, digit: &u8| sum * 16 + u128::from(char::from(*digit).to_digit(16).unwrap_or(0));
    let mantissa = kept.iter().fold(0, add);
    if mantissa == 0 {
        return Some(Amount {
            whole_ms: 0,
            has_part: false,
        });
    }
    // The value is the mantissa times two to this power.
    let power = 4 * (before_point - i64::try_from(kept.len()).ok()?) + exponent;
    if !BINARY_EXPONENTS.contains(&(i64::from(mantissa.ilog2()) + power)) {
        return None;
    }
    let ms = mantissa * 1000;
    if power >= i64::from(ms.leading_zeros()) {
        return Some(ENDLESS);
    }
    let shift = u32::try_from(power.unsigned_abs()).ok()?;
    let (whole, cut) = if power >= 0 {
        (ms << shift, false)
    } else {
        let whole = ms.checked_shr(shift).unwrap_or(0);
        (whole, whole.checked_shl(shift) != Some(ms))
    };
    let Ok(whole_ms) = u64::try_from(whole) else {
        return Some(ENDLESS);
    };
    let has_part = cut || !rest.is_empty();
    Some(Amount { whole_ms, has_part })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_as_a_server_reads_them() {
        let read: &[(&str, u64)] = &[
            ("0", 0),
            ("-0", 0),
            ("1", 1_000),
            ("+1.5", 1_500),
            ("0.0001", 1),
            ("1.0001", 1_001),
            (".5", 500),
            ("5.", 5_000),
            ("1e1", 10_000),
            ("12.5E-1", 1_250),
            ("0e99999999999999999999", 0),
            ("3e-4951", 1),
            ("0x10", 16_000),
            ("0x1p-10", 1),
            ("0x.8P1", 1_000),
            ("0x0p9", 0),
            ("-0.0005", 0),
            ("-0.001", 0),
            ("9223372036854775.807", 9_223_372_036_854_775_807),
        ];
        for (text, ms) in read {
            assert_eq!(timeout(text.as_bytes()), Ok(*ms), "{text:?}");
        }
    }

    #[test]
    fn each_refusal_has_its_text() {
        let no_float = [
            "",
            ".",
            "x",
            " 1",
            "1 ",
            "nan",
            "1e",
            "0x",
            "0x.",
            "1_0",
            "--1",
            "1e4932e",
            "1.2e4932",
            "-1e5000",
            "1e-4951",
            "0x1p16384",
            "0x1p-16447",
            "infinit",
        ];
        for text in no_float {
            assert_eq!(timeout(text.as_bytes()), Err(NOT_A_FLOAT), "{text:?}");
        }
        for text in [
            "9223372036854775.808",
            "1e400",
            "1.1e4932",
            "inf",
            "+Infinity",
            "0x1p16383",
            "0x1p70",
        ] {
            assert_eq!(timeout(text.as_bytes()), Err(TIMEOUT_RANGE), "{text:?}");
        }
        for text in ["-1", "-0.0011", "-1e4000", "-inf", "-0x1"] {
            assert_eq!(timeout(text.as_bytes()), Err(NEGATIVE), "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for ms in [0, 1, 999, 1_000, 61_050, i64::MAX.unsigned_abs()] {
            assert_eq!(timeout(written(ms).as_bytes()), Ok(ms));
        }
    }
}
