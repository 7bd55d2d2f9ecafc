//! Replies as a client reads them, of either version, in any pieces.
//!
//! Aggregates that have begun lie on a stack, so a reply of a million elements is read once, not once for each piece.
//! It never knows which request a reply answers. RESP3's streamed aggregates (`*?`), which Redis does not send, are
//! malformed; attributes are read and dropped.

use alloc::vec::Vec;

use super::buffer::Buffer;
use super::{BULK_BYTES_MAX, DEPTH_MAX, ELEMENTS_MAX, Frame, FrameError, LINE_BYTES_MAX};

/// Turns bytes into frames.
#[derive(Clone, Debug, Default)]
pub struct FrameDecoder {
    buffer: Buffer,
    /// Aggregates that are not yet complete, the outermost first.
    open: Vec<Aggregate>,
    /// The type and length of a string whose bytes have not all come.
    string: Option<(u8, usize)>,
    failed: Option<FrameError>,
}

#[derive(Clone, Debug)]
struct Aggregate {
    kind: u8,
    /// How many frames are still to come; two for each pair of a map.
    missing: usize,
    frames: Vec<Frame>,
}

impl FrameDecoder {
    /// Takes what a server has sent.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.feed(bytes);
    }

    /// The next complete frame. An error is final: what follows it cannot be understood.
    #[expect(
        clippy::should_implement_trait,
        reason = "no iterator: None means that more bytes are needed"
    )]
    pub fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let next = self.advance();
        self.failed = next.as_ref().err().copied();
        next
    }

    fn advance(&mut self) -> Result<Option<Frame>, FrameError> {
        loop {
            let read = match self.string {
                Some((kind, string_len)) => self.take_string(kind, string_len)?,
                None => self.take_line()?,
            };
            match read {
                Read::MoreNeeded => return Ok(None),
                Read::Opened => {}
                Read::Frame(frame) => {
                    if let Some(whole) = self.place(frame) {
                        return Ok(Some(whole));
                    }
                }
            }
            if let Some(whole) = self.close_complete() {
                return Ok(Some(whole));
            }
        }
    }

    /// Puts a frame where it belongs: into the innermost open aggregate, or out.
    fn place(&mut self, frame: Frame) -> Option<Frame> {
        match self.open.last_mut() {
            None => Some(frame),
            Some(aggregate) => {
                aggregate.frames.push(frame);
                aggregate.missing -= 1;
                None
            }
        }
    }

    /// Closes the aggregates that have all their frames.
    fn close_complete(&mut self) -> Option<Frame> {
        while self.open.last().is_some_and(|aggregate| aggregate.missing == 0) {
            let Aggregate { kind, frames, .. } = self.open.pop()?;
            let frame = match kind {
                b'*' => Frame::Array(frames),
                b'~' => Frame::Set(frames),
                b'>' => Frame::Push(frames),
                b'%' => Frame::Map(pairs(frames)),
                // An attribute: what it describes comes next, in its place.
                _ => continue,
            };
            if let Some(whole) = self.place(frame) {
                return Some(whole);
            }
        }
        None
    }

    fn take_line(&mut self) -> Result<Read, FrameError> {
        let Some(&kind) = self.buffer.rest().first() else {
            return Ok(Read::MoreNeeded);
        };
        if !b"+-:,#(_$!=*~>%|".contains(&kind) {
            return Err(FrameError::UnknownType(kind));
        }
        let line_len = self.buffer.find(b'\n');
        if line_len.unwrap_or(self.buffer.rest().len()) > LINE_BYTES_MAX {
            return Err(FrameError::TooLong(kind));
        }
        let Some(line_len) = line_len else {
            return Ok(Read::MoreNeeded);
        };
        let malformed = FrameError::Malformed(kind);
        let line = &self.buffer.take(line_len + 1)[1..line_len.max(1)];
        let text = line.strip_suffix(b"\r").ok_or(malformed)?;
        let number = || core::str::from_utf8(text).ok()?.parse::<i64>().ok();
        Ok(Read::Frame(match (kind, text) {
            (b'+', _) => Frame::Simple(text.into()),
            (b'-', _) => Frame::Error(text.into()),
            (b',', _) => Frame::Double(text.into()),
            (b'(', _) => Frame::BigNumber(text.into()),
            (b':', _) => Frame::Integer(number().ok_or(malformed)?),
            (b'#', b"t") => Frame::Boolean(true),
            (b'#', b"f") => Frame::Boolean(false),
            (b'_', b"") | (b'$', b"-1") => Frame::Null,
            (b'*', b"-1") => Frame::NullArray,
            (b'#' | b'_', _) => return Err(malformed),
            _ => {
                let announced = number()
                    .and_then(|number| usize::try_from(number).ok())
                    .ok_or(malformed)?;
                return self.open(kind, announced);
            }
        }))
    }

    /// Begins a string or an aggregate of the announced length.
    fn open(&mut self, kind: u8, announced: usize) -> Result<Read, FrameError> {
        let is_string = b"$!=".contains(&kind);
        if announced > if is_string { BULK_BYTES_MAX } else { ELEMENTS_MAX } {
            return Err(FrameError::TooLong(kind));
        }
        if is_string {
            self.string = Some((kind, announced));
            return Ok(Read::Opened);
        }
        if self.open.len() == DEPTH_MAX {
            return Err(FrameError::TooDeep);
        }
        let missing = if b"%|".contains(&kind) {
            announced * 2
        } else {
            announced
        };
        let frames = Vec::new();
        self.open.push(Aggregate { kind, missing, frames });
        Ok(Read::Opened)
    }

    fn take_string(&mut self, kind: u8, string_len: usize) -> Result<Read, FrameError> {
        if self.buffer.rest().len() < string_len + 2 {
            return Ok(Read::MoreNeeded);
        }
        self.string = None;
        let (text, line_end) = self.buffer.take(string_len + 2).split_at(string_len);
        if line_end != b"\r\n" {
            return Err(FrameError::MissingLineEnd);
        }
        Ok(Read::Frame(match (kind, text) {
            (b'$', _) => Frame::Bulk(text.into()),
            (b'!', _) => Frame::Error(text.into()),
            (_, [a, b, c, b':', text @ ..]) => Frame::Verbatim([*a, *b, *c], text.into()),
            _ => return Err(FrameError::Malformed(kind)),
        }))
    }
}

enum Read {
    Frame(Frame),
    /// A header: what it announced comes next.
    Opened,
    MoreNeeded,
}

fn pairs(frames: Vec<Frame>) -> Vec<(Frame, Frame)> {
    let mut frames = frames.into_iter();
    let mut pairs = Vec::with_capacity(frames.len() / 2);
    while let (Some(key), Some(value)) = (frames.next(), frames.next()) {
        pairs.push((key, value));
    }
    pairs
}
