//! The codec against tables of what Redis sends and refuses, and against arbitrary bytes in arbitrary pieces.

mod bytes;
mod pieces;
mod replies;
mod requests;

use alloc::vec::Vec;

use super::{Frame, FrameDecoder, FrameError, ProtocolError, RequestDecoder};
use crate::Bytes;

/// All requests in these pieces, and what ended them.
fn requests<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Vec<Bytes>>, Option<ProtocolError>) {
    pieces::read(
        RequestDecoder::default(),
        pieces,
        RequestDecoder::feed,
        RequestDecoder::next,
    )
}

/// All frames in these pieces, and what ended them.
fn frames<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Frame>, Option<FrameError>) {
    pieces::read(FrameDecoder::default(), pieces, FrameDecoder::feed, FrameDecoder::next)
}
