//! Properties over arbitrary bytes: nothing panics, every split gives the same result, what is written is read again.

use alloc::string::String;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{frames, requests};
use crate::Bytes;
use crate::resp::{Frame, Version, encode_frame, encode_request};

/// Bytes that look enough like RESP to get past the first line.
fn almost_resp() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[*$%~>|:+,(=!#_-](-1|0|1|2|3|10|99999999999)?\r\n".prop_map(String::into_bytes),
        2 => Just(b"\r\n".to_vec()),
        2 => vec(prop::sample::select(b"a1 \"'\\x\r\n\0tf:$*".as_slice()), 0..8),
        1 => vec(any::<u8>(), 0..8),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn text() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..6).prop_map(Bytes::from)
}

/// What RESP3 can say. A line must not hold a line end.
fn frame() -> impl Strategy<Value = Frame> {
    let line = "[ -~]{0,6}".prop_map(Bytes::from);
    let scalar = prop_oneof![
        line.clone().prop_map(Frame::Simple),
        line.clone().prop_map(Frame::Error),
        line.clone().prop_map(Frame::Double),
        line.prop_map(Frame::BigNumber),
        any::<i64>().prop_map(Frame::Integer),
        text().prop_map(Frame::Bulk),
        Just(Frame::Null),
        any::<bool>().prop_map(Frame::Boolean),
        text().prop_map(|text| Frame::Verbatim(*b"mkd", text)),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Frame::Array),
            vec(inner.clone(), 0..4).prop_map(Frame::Set),
            vec(inner.clone(), 0..4).prop_map(Frame::Push),
            vec((inner.clone(), inner), 0..3).prop_map(Frame::Map),
        ]
    })
}

proptest! {
    #[test]
    fn frames_are_read_as_they_were_written(written in vec(frame(), 0..4)) {
        let mut out = Vec::new();
        for frame in &written {
            encode_frame(frame, Version::Resp3, &mut out);
        }
        prop_assert_eq!(frames([out.as_slice()]), (written.clone(), None));
        prop_assert_eq!(frames(out.chunks(1)), (written, None));
    }

    #[test]
    fn requests_are_read_as_they_were_written(written in vec(vec(text(), 1..4), 0..4)) {
        let mut out = Vec::new();
        for argv in &written {
            encode_request(argv, &mut out);
        }
        prop_assert_eq!(requests([out.as_slice()]), (written.clone(), None));
        prop_assert_eq!(requests(out.chunks(1)), (written, None));
    }

    #[test]
    fn a_split_changes_nothing(input in almost_resp()) {
        let whole = (frames([input.as_slice()]), requests([input.as_slice()]));
        for middle in 0..=input.len() {
            let pieces = [&input[..middle], &input[middle..]];
            prop_assert_eq!(&(frames(pieces), requests(pieces)), &whole);
        }
        prop_assert_eq!(&(frames(input.chunks(1)), requests(input.chunks(1))), &whole);
    }
}
