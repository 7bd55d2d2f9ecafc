//! Replies: in whatever pieces the bytes come, the same frames come out, and the same error ends them. What was read is
//! written, in either version, so that it is read again.

#![no_main]

#[path = "../../src/resp/tests/pieces.rs"]
mod pieces;

use libfuzzer_sys::fuzz_target;
use redelivery_engine::resp::{Frame, FrameDecoder, FrameError, Version, encode_frame};

fuzz_target!(|input: (&[u8], usize)| {
    let (bytes, middle) = (input.0, input.1 % (input.0.len() + 1));
    let whole = read([bytes]);
    assert_eq!(read([&bytes[..middle], &bytes[middle..]]), whole);
    assert_eq!(read(bytes.chunks(1)), whole);

    // Writing may change a frame (a line loses its line ends, RESP2 has fewer types), but only once.
    for version in [Version::Resp2, Version::Resp3] {
        let written = write(&whole.0, version);
        let (again, error) = read([written.as_slice()]);
        assert_eq!((again.len(), error), (whole.0.len(), None));
        assert_eq!(write(&again, version), written);
    }
});

fn write(frames: &[Frame], version: Version) -> Vec<u8> {
    let mut written = Vec::new();
    frames
        .iter()
        .for_each(|frame| encode_frame(frame, version, &mut written));
    written
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Frame>, Option<FrameError>) {
    pieces::read(FrameDecoder::default(), pieces, FrameDecoder::feed, FrameDecoder::next)
}
