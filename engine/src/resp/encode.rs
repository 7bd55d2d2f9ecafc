//! Frames and requests as bytes.
//!
//! It never refuses: a line end within a line would end it, so it becomes a space, as in Redis' own error replies.

use alloc::vec::Vec;

use super::{Frame, Version};
use crate::Bytes;
use crate::decimal::{append_i64, append_u64};

/// Appends a frame as that version writes it. A frame that RESP2 has no word for is written as its nearest: a map as
/// a flat array, a boolean as 0 or 1.
pub fn encode_frame(frame: &Frame, version: Version, out: &mut Vec<u8>) {
    let resp3 = version == Version::Resp3;
    match frame {
        Frame::Simple(text) => line(b'+', text, out),
        Frame::Error(text) => line(b'-', text, out),
        Frame::Integer(number) => {
            out.push(b':');
            append_i64(*number, out);
            out.extend_from_slice(b"\r\n");
        }
        Frame::Bulk(text) => string(b'$', text, out),
        Frame::Null => null(version, out),
        Frame::NullArray if resp3 => out.extend_from_slice(b"_\r\n"),
        Frame::NullArray => out.extend_from_slice(b"*-1\r\n"),
        Frame::Array(frames) => aggregate(b'*', frames, version, out),
        Frame::Set(frames) => aggregate(if resp3 { b'~' } else { b'*' }, frames, version, out),
        Frame::Push(frames) => aggregate(if resp3 { b'>' } else { b'*' }, frames, version, out),
        Frame::Map(pairs) => {
            let (kind, announced) = if resp3 {
                (b'%', pairs.len())
            } else {
                (b'*', pairs.len() * 2)
            };
            header(kind, announced, out);
            for (key, value) in pairs {
                encode_frame(key, version, out);
                encode_frame(value, version, out);
            }
        }
        Frame::Double(digits) if resp3 => line(b',', digits, out),
        Frame::BigNumber(digits) if resp3 => line(b'(', digits, out),
        Frame::Double(digits) | Frame::BigNumber(digits) => string(b'$', digits, out),
        Frame::Boolean(truth) if resp3 => line(b'#', if *truth { b"t" } else { b"f" }, out),
        Frame::Boolean(truth) => header(b':', usize::from(*truth), out),
        Frame::Verbatim(format, text) if resp3 => {
            header(b'=', text.len() + 4, out);
            out.extend_from_slice(format);
            out.push(b':');
            out.extend_from_slice(text);
            out.extend_from_slice(b"\r\n");
        }
        Frame::Verbatim(_, text) => string(b'$', text, out),
    }
}

/// Appends a request: its arguments as an array of bulk strings.
pub fn encode_request(argv: &[Bytes], out: &mut Vec<u8>) {
    header(b'*', argv.len(), out);
    for argument in argv {
        string(b'$', argument, out);
    }
}

fn aggregate(kind: u8, frames: &[Frame], version: Version, out: &mut Vec<u8>) {
    header(kind, frames.len(), out);
    for frame in frames {
        encode_frame(frame, version, out);
    }
}

fn line(kind: u8, text: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    out.extend(
        text.iter()
            .map(|&byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }),
    );
    out.extend_from_slice(b"\r\n");
}

pub(super) fn string(kind: u8, text: &[u8], out: &mut Vec<u8>) {
    header(kind, text.len(), out);
    out.extend_from_slice(text);
    out.extend_from_slice(b"\r\n");
}

pub(super) fn header(kind: u8, length: usize, out: &mut Vec<u8>) {
    out.push(kind);
    append_u64(length as u64, out);
    out.extend_from_slice(b"\r\n");
}

pub(super) fn null(version: Version, out: &mut Vec<u8>) {
    out.extend_from_slice(match version {
        Version::Resp2 => b"$-1\r\n",
        Version::Resp3 => b"_\r\n",
    });
}
