//! Inline requests: a line of words, as typed into telnet, redis-cli or a golden script.
//!
//! Words are split as `sdssplitargs` in Redis' `sds.c` does; it never expands anything but the escapes within quotes.

use alloc::vec::Vec;

use crate::Bytes;
use crate::resp::ProtocolError;

/// Splits a line into words: `SET k "a b\x00"` is three. In double quotes `\xHH`, `\n`, `\r`, `\t`, `\b`, `\a` and
/// `\` before any other byte are escapes, in single quotes only `\'`. A quote must close at the end of its word.
pub fn split_words(line: &[u8]) -> Result<Vec<Bytes>, ProtocolError> {
    // Redis reads the line as a C string: a zero byte ends it.
    let end = line.iter().position(|&byte| byte == 0).unwrap_or(line.len());
    let mut rest = &line[..end];
    let mut words = Vec::new();
    loop {
        while let [first, tail @ ..] = rest
            && is_space(*first)
        {
            rest = tail;
        }
        if rest.is_empty() {
            return Ok(words);
        }
        let mut word = Vec::new();
        rest = take_word(rest, &mut word)?;
        words.push(word.into());
    }
}

/// C's `isspace`, unlike Rust's also the vertical tab.
fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

/// Moves one word from the front of `rest` into `word`.
fn take_word<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Result<&'a [u8], ProtocolError> {
    loop {
        match rest {
            [] | [b' ' | b'\n' | b'\r' | b'\t', ..] => return Ok(rest),
            [b'"', tail @ ..] => return close(take_double_quoted(tail, word)?),
            [b'\'', tail @ ..] => return close(take_single_quoted(tail, word)?),
            [byte, tail @ ..] => {
                word.push(*byte);
                rest = tail;
            }
        }
    }
}

fn take_double_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Result<&'a [u8], ProtocolError> {
    loop {
        let (byte, tail) = match rest {
            [b'"', tail @ ..] => return Ok(tail),
            [b'\\', b'x', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (hex_digit(*high) << 4 | hex_digit(*low), tail)
            }
            [b'\\', b'n', tail @ ..] => (b'\n', tail),
            [b'\\', b'r', tail @ ..] => (b'\r', tail),
            [b'\\', b't', tail @ ..] => (b'\t', tail),
            [b'\\', b'b', tail @ ..] => (0x08, tail),
            [b'\\', b'a', tail @ ..] => (0x07, tail),
            [b'\\', byte, tail @ ..] | [byte, tail @ ..] => (*byte, tail),
            [] => return Err(ProtocolError::UnbalancedQuotes),
        };
        word.push(byte);
        rest = tail;
    }
}

fn take_single_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Result<&'a [u8], ProtocolError> {
    loop {
        let (byte, tail) = match rest {
            [b'\'', tail @ ..] => return Ok(tail),
            [b'\\', b'\'', tail @ ..] => (b'\'', tail),
            [byte, tail @ ..] => (*byte, tail),
            [] => return Err(ProtocolError::UnbalancedQuotes),
        };
        word.push(byte);
        rest = tail;
    }
}

/// A closing quote ends the word: a space or nothing must follow.
fn close(rest: &[u8]) -> Result<&[u8], ProtocolError> {
    match rest {
        [next, ..] if !is_space(*next) => Err(ProtocolError::UnbalancedQuotes),
        _ => Ok(rest),
    }
}

fn hex_digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}
