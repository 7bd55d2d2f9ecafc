//! Replies: what a server sends in each version, and what our own answers look like in both.

use alloc::vec;
use alloc::vec::Vec;

use super::frames;
use crate::reply::EntryReply;
use crate::resp::{DEPTH_MAX, Frame, FrameError, Version, encode_frame};
use crate::{Bytes, Reply, StreamId};

#[test]
fn reads_every_type() {
    let table: &[(&[u8], Frame)] = &[
        (b"+OK\r\n", Frame::Simple("OK".into())),
        (b"-ERR no\r\n", Frame::Error("ERR no".into())),
        (b"!6\r\nERR no\r\n", Frame::Error("ERR no".into())),
        (b":-12\r\n", Frame::Integer(-12)),
        (b"$2\r\n\r\n\r\n", Frame::Bulk("\r\n".into())),
        (b"$-1\r\n", Frame::Null),
        (b"_\r\n", Frame::Null),
        (b"*-1\r\n", Frame::NullArray),
        (b"*0\r\n", Frame::Array(vec![])),
        (
            b"%1\r\n+a\r\n*1\r\n:1\r\n",
            Frame::Map(vec![(Frame::Simple("a".into()), Frame::Array(vec![Frame::Integer(1)]))]),
        ),
        (b"~1\r\n#t\r\n", Frame::Set(vec![Frame::Boolean(true)])),
        (b">1\r\n#f\r\n", Frame::Push(vec![Frame::Boolean(false)])),
        (b",1.5e3\r\n", Frame::Double("1.5e3".into())),
        (
            b"(123456789012345678901234567890\r\n",
            Frame::BigNumber("123456789012345678901234567890".into()),
        ),
        (b"=5\r\ntxt:a\r\n", Frame::Verbatim(*b"txt", "a".into())),
        (
            b"|1\r\n+ttl\r\n:1\r\n*1\r\n|0\r\n:7\r\n",
            Frame::Array(vec![Frame::Integer(7)]),
        ),
    ];
    for (input, expected) in table {
        assert_eq!(
            frames([*input]),
            (vec![expected.clone()], None),
            "{}",
            Bytes::from(*input)
        );
    }
}

#[test]
fn refuses_what_is_not_resp() {
    let deep = b"*1\r\n".repeat(DEPTH_MAX + 1);
    let table: &[(&[u8], FrameError)] = &[
        (b"x\r\n", FrameError::UnknownType(b'x')),
        (b":x\r\n", FrameError::Malformed(b':')),
        (b":1\n", FrameError::Malformed(b':')),
        (b"*?\r\n", FrameError::Malformed(b'*')),
        (b"$-2\r\n", FrameError::Malformed(b'$')),
        (b"#x\r\n", FrameError::Malformed(b'#')),
        (b"=1\r\nx\r\n", FrameError::Malformed(b'=')),
        (b"$1\r\nabc", FrameError::MissingLineEnd),
        (b"$536870913\r\n", FrameError::TooLong(b'$')),
        (&deep, FrameError::TooDeep),
    ];
    for (input, expected) in table {
        assert_eq!(frames([*input]), (vec![], Some(*expected)), "{}", Bytes::from(*input));
    }
}

#[test]
fn an_answer_has_a_form_in_each_version() {
    let deleted = EntryReply {
        id: StreamId::new(1, 0),
        fields: None,
    };
    let entry = EntryReply {
        id: StreamId::new(2, 0),
        fields: Some(vec!["f".into(), "v".into()]),
    };
    let one = || Reply::Integer(1);
    let table: &[(Reply, &str, &str)] = &[
        (Reply::OK, "+OK\r\n", "+OK\r\n"),
        (Reply::Error("ERR a\nb".into()), "-ERR a b\r\n", "-ERR a b\r\n"),
        (Reply::Null, "$-1\r\n", "_\r\n"),
        (Reply::NullArray, "*-1\r\n", "_\r\n"),
        (
            Reply::Map(vec![(Reply::Bulk("a".into()), one())]),
            "*2\r\n$1\r\na\r\n:1\r\n",
            "%1\r\n$1\r\na\r\n:1\r\n",
        ),
        (Reply::Set(vec![one()]), "*1\r\n:1\r\n", "~1\r\n:1\r\n"),
        (
            Reply::Entries(vec![deleted]),
            "*1\r\n*2\r\n$3\r\n1-0\r\n*-1\r\n",
            "*1\r\n*2\r\n$3\r\n1-0\r\n_\r\n",
        ),
        (
            Reply::Streams(vec![("s".into(), vec![entry])]),
            "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n2-0\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n",
            "%1\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n2-0\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n",
        ),
    ];
    for (reply, resp2, resp3) in table {
        for (version, expected) in [(Version::Resp2, resp2), (Version::Resp3, resp3)] {
            let mut out = Vec::new();
            reply.encode(version, &mut out);
            assert_eq!(Bytes::from(out), Bytes::from(*expected));
        }
    }
}

#[test]
fn resp2_flattens_what_it_has_no_word_for() {
    let frame = Frame::Push(vec![
        Frame::Boolean(true),
        Frame::Double("1.5".into()),
        Frame::Verbatim(*b"txt", "a".into()),
        Frame::Map(vec![(Frame::Null, Frame::Set(vec![]))]),
    ]);
    let mut out = Vec::new();
    encode_frame(&frame, Version::Resp2, &mut out);
    assert_eq!(
        Bytes::from(out),
        Bytes::from("*4\r\n:1\r\n$3\r\n1.5\r\n$1\r\na\r\n*2\r\n$-1\r\n*0\r\n")
    );
}
