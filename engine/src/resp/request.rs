//! Requests as a server reads them: an array of bulk strings, or a line of words.
//!
//! It follows `networking.c`, `processMultibulkBuffer` and `processInlineBuffer`, to the letter where that shows: two
//! bytes after a length or a string are skipped, whatever they are, and a line with a zero byte in it never ends. It
//! never knows commands. The words of a line are split in `inline`.

use alloc::vec::Vec;

use super::buffer::Buffer;
use super::{BULK_BYTES_MAX, ELEMENTS_MAX, LINE_BYTES_MAX, ProtocolError, split_words};
use crate::Bytes;
use crate::decimal::parse_i64;

/// Turns bytes into argument vectors.
#[derive(Clone, Debug)]
pub struct RequestDecoder {
    buffer: Buffer,
    /// The arguments of an array that has begun.
    arguments: Vec<Bytes>,
    /// How many are still to come.
    missing: usize,
    /// The length of the one that has begun.
    bulk_len: Option<usize>,
    failed: Option<ProtocolError>,
    /// The longest bulk string that is read.
    bulk_max: usize,
    /// Whether the client has yet to say who it is.
    is_stranger: bool,
}

/// For so many arguments there is room at once: who announces more has to send them first.
const ROOM_MAX: usize = 64;

/// So many arguments may be announced by a client that has not said who it is, …
const ARGUMENTS_OF_STRANGERS_MAX: usize = 10;
/// … and so long a bulk string.
const BULK_OF_STRANGERS_MAX: usize = 16_384;

impl Default for RequestDecoder {
    fn default() -> Self {
        Self {
            buffer: Buffer::default(),
            arguments: Vec::new(),
            missing: 0,
            bulk_len: None,
            failed: None,
            bulk_max: BULK_BYTES_MAX,
            is_stranger: false,
        }
    }
}

impl RequestDecoder {
    /// Bulk strings may be as long as this from now on: [`BULK_BYTES_MAX`] unless it is said.
    pub fn allow_bulk(&mut self, bytes: usize) {
        self.bulk_max = bytes;
    }

    /// Whether the client has yet to say who it is: then only small requests are read.
    pub fn mistrust(&mut self, is_stranger: bool) {
        self.is_stranger = is_stranger;
    }

    /// Takes what a client has sent.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.feed(bytes);
    }

    /// So many bytes have come that were not yet given out.
    pub fn buffered(&self) -> usize {
        let arguments = self.arguments.iter().map(|argument| argument.len());
        self.buffer.rest().len() + arguments.sum::<usize>()
    }

    /// The next complete request. Empty ones are skipped, as Redis does. After an error nothing is understood any
    /// more: answer it and close the connection.
    #[expect(
        clippy::should_implement_trait,
        reason = "no iterator: None means that more bytes are needed"
    )]
    pub fn next(&mut self) -> Result<Option<Vec<Bytes>>, ProtocolError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let next = self.advance();
        self.failed = next.as_ref().err().copied();
        next
    }

    fn advance(&mut self) -> Result<Option<Vec<Bytes>>, ProtocolError> {
        while self.missing == 0 {
            match self.buffer.rest().first() {
                None => return Ok(None),
                Some(b'*') => {
                    let Some(line) = self.take_line(ProtocolError::TooBigMultibulkCount)? else {
                        return Ok(None);
                    };
                    let count = parse_i64(&line[1..]).ok_or(ProtocolError::InvalidMultibulkLength)?;
                    // A negative count is an empty request.
                    self.missing = usize::try_from(count).unwrap_or(0);
                    if self.missing > ELEMENTS_MAX {
                        return Err(ProtocolError::InvalidMultibulkLength);
                    }
                    if self.is_stranger && self.missing > ARGUMENTS_OF_STRANGERS_MAX {
                        return Err(ProtocolError::StrangersMultibulkLength);
                    }
                    self.arguments.reserve(self.missing.min(ROOM_MAX));
                }
                Some(_) => match self.take_inline()? {
                    Some(words) if words.is_empty() => {}
                    words => return Ok(words),
                },
            }
        }
        while self.missing > 0 {
            let Some(argument) = self.take_bulk()? else {
                return Ok(None);
            };
            self.arguments.push(argument);
            self.missing -= 1;
        }
        Ok(Some(core::mem::take(&mut self.arguments)))
    }

    fn take_bulk(&mut self) -> Result<Option<Bytes>, ProtocolError> {
        let bulk_len = match self.bulk_len {
            Some(bulk_len) => bulk_len,
            None => {
                let Some(line) = self.take_line(ProtocolError::TooBigBulkCount)? else {
                    return Ok(None);
                };
                let digits = match line {
                    [b'$', digits @ ..] => digits,
                    [byte, ..] => return Err(ProtocolError::ExpectedBulk(*byte)),
                    [] => return Err(ProtocolError::ExpectedBulk(b'\r')),
                };
                let bulk_len = parse_i64(digits)
                    .and_then(|bulk_len| usize::try_from(bulk_len).ok())
                    .filter(|&bulk_len| bulk_len <= self.bulk_max)
                    .ok_or(ProtocolError::InvalidBulkLength)?;
                if self.is_stranger && bulk_len > BULK_OF_STRANGERS_MAX {
                    return Err(ProtocolError::StrangersBulkLength);
                }
                self.bulk_len = Some(bulk_len);
                bulk_len
            }
        };
        if self.buffer.rest().len() < bulk_len + 2 {
            return Ok(None);
        }
        self.bulk_len = None;
        Ok(Some(self.buffer.take(bulk_len + 2)[..bulk_len].into()))
    }

    /// A line up to the carriage return; the byte after that is skipped too, whatever it is.
    fn take_line(&mut self, too_long: ProtocolError) -> Result<Option<&[u8]>, ProtocolError> {
        let line_len = self.buffer.find_before_zero(b'\r');
        if line_len.unwrap_or(self.buffer.rest().len()) > LINE_BYTES_MAX {
            return Err(too_long);
        }
        match line_len {
            Some(line_len) if line_len + 2 <= self.buffer.rest().len() => {
                Ok(Some(&self.buffer.take(line_len + 2)[..line_len]))
            }
            _ => Ok(None),
        }
    }

    fn take_inline(&mut self) -> Result<Option<Vec<Bytes>>, ProtocolError> {
        let line_len = self.buffer.find_before_zero(b'\n');
        if line_len.unwrap_or(self.buffer.rest().len()) > LINE_BYTES_MAX {
            return Err(ProtocolError::TooBigInline);
        }
        let Some(line_len) = line_len else {
            return Ok(None);
        };
        let line = &self.buffer.take(line_len + 1)[..line_len];
        split_words(line.strip_suffix(b"\r").unwrap_or(line)).map(Some)
    }
}
