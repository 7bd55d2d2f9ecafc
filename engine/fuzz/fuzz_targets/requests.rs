//! Requests: in whatever pieces the bytes come, the same argument vectors come out, and the same error ends them. What
//! was read is written so that it is read again.

#![no_main]

#[path = "../../src/resp/tests/pieces.rs"]
mod pieces;

use libfuzzer_sys::fuzz_target;
use redelivery_engine::Bytes;
use redelivery_engine::resp::{ProtocolError, RequestDecoder, encode_request};

fuzz_target!(|input: (&[u8], usize)| {
    let (bytes, middle) = (input.0, input.1 % (input.0.len() + 1));
    let whole = read([bytes]);
    assert_eq!(read([&bytes[..middle], &bytes[middle..]]), whole);
    assert_eq!(read(bytes.chunks(1)), whole);

    let mut written = Vec::new();
    whole.0.iter().for_each(|argv| encode_request(argv, &mut written));
    assert_eq!(read([written.as_slice()]), (whole.0, None));
});

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Vec<Bytes>>, Option<ProtocolError>) {
    pieces::read(RequestDecoder::default(), pieces, RequestDecoder::feed, RequestDecoder::next)
}
