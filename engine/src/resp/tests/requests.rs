//! Requests: what Redis reads, and what it refuses in which words.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::requests;
use crate::resp::{LINE_BYTES_MAX, encode_request, split_words};
use crate::{Bytes, Reply};

fn words(text: &[u8]) -> Vec<Bytes> {
    split_words(text).expect("balanced quotes")
}

#[test]
fn reads_arrays_and_lines() {
    let table: &[(&[u8], &[&[&str]])] = &[
        (b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", &[&["GET", "k"]]),
        (b"GET k\r\n", &[&["GET", "k"]]),
        (b"GET k\n", &[&["GET", "k"]]),
        (b"\r\n\n*0\r\n*-1\r\nPING\r\n", &[&["PING"]]),
        (b"*1\r\n$0\r\n\r\n", &[&[""]]),
        // The two bytes after a length or a string are skipped unread.
        (b"*1\rx$4\rxPINGxx", &[&["PING"]]),
        (b"*1\r\n$4\r\nPIN", &[]),
        // Redis looks for the end of a line with `strchr`, which a zero byte ends: it waits for ever.
        (b"PING\0\r\nPING\r\n", &[]),
        (b"*1\0\r\n$4\r\nPING\r\n", &[]),
    ];
    for (input, expected) in table {
        let expected: Vec<Vec<Bytes>> = expected
            .iter()
            .map(|argv| argv.iter().map(|&word| word.into()).collect())
            .collect();
        assert_eq!(requests([*input]), (expected, None), "{}", Bytes::from(*input));
    }
}

#[test]
fn splits_words_as_sds_does() {
    let table: &[(&[u8], &[&[u8]])] = &[
        (b"  a\x0b b\t", &[b"a\x0b", b"b"]),
        (b"SET k \"a b\"", &[b"SET", b"k", b"a b"]),
        (b"\"\\x41\\n\\q\\xzz\" '\\n\\''", &[b"A\nqxzz", b"\\n'"]),
        (b"\"\" ''", &[b"", b""]),
        (b"a\"b c\" d", &[b"ab c", b"d"]),
        (b"a\0b", &[b"a"]),
    ];
    for (line, expected) in table {
        let expected: Vec<Bytes> = expected.iter().map(|&word| word.into()).collect();
        assert_eq!(words(line), expected, "{}", Bytes::from(*line));
    }
}

#[test]
fn refuses_as_redis_does() {
    let long_line = vec![b'1'; LINE_BYTES_MAX + 1];
    let table: &[(&[u8], &str)] = &[
        (b"*x\r\n", "ERR Protocol error: invalid multibulk length"),
        (b"*2147483648\r\n", "ERR Protocol error: invalid multibulk length"),
        (b"*01\r\n", "ERR Protocol error: invalid multibulk length"),
        (b"*1\r\nx4\r\nPING\r\n", "ERR Protocol error: expected '$', got 'x'"),
        (b"*1\r\n\r\n", "ERR Protocol error: expected '$', got ' '"),
        (b"*1\r\n$-1\r\n", "ERR Protocol error: invalid bulk length"),
        (b"*1\r\n$+4\r\n", "ERR Protocol error: invalid bulk length"),
        (b"*1\r\n$536870913\r\n", "ERR Protocol error: invalid bulk length"),
        (b"SET k \"a\r\n", "ERR Protocol error: unbalanced quotes in request"),
        (b"SET k 'a\r\n", "ERR Protocol error: unbalanced quotes in request"),
        (b"SET k \"a\"b\r\n", "ERR Protocol error: unbalanced quotes in request"),
        (&long_line, "ERR Protocol error: too big inline request"),
        (
            &[b"*", &long_line[..]].concat(),
            "ERR Protocol error: too big mbulk count string",
        ),
        (
            &[b"*1\r\n$", &long_line[..]].concat(),
            "ERR Protocol error: too big bulk count string",
        ),
    ];
    for (input, expected) in table {
        let (before, error) = requests([*input]);
        let reply = error.map(Reply::from);
        assert_eq!(
            (before.len(), reply),
            (0, Some(Reply::Error(expected.to_string().into())))
        );
    }
}

#[test]
fn an_announced_length_costs_nothing() {
    assert_eq!(requests([b"*2147483647\r\n$536870912\r\nx".as_slice()]), (vec![], None));
}

#[test]
fn writes_what_it_reads() {
    let argv: Vec<Bytes> = vec!["SET".into(), "".into(), b"\r\n\x00".as_slice().into()];
    let mut out = Vec::new();
    encode_request(&argv, &mut out);
    assert_eq!(out, b"*3\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\n\r\n\x00\r\n");
    assert_eq!(requests([out.as_slice()]), (vec![argv], None));
}
