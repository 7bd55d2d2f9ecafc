//! IDs and ends of ranges as a server reads them.
//! Source: <https://redis.io/docs/latest/develop/data-types/streams/#entry-ids>.

use alloc::format;
use alloc::vec::Vec;

use super::argv::Argv;
use super::numbers::parse_u64;
use crate::command::{AddId, Bound};
use crate::errors::{INVALID_END, INVALID_ID, INVALID_START};
use crate::{Bytes, Reply, StreamId};

/// Longer texts are no IDs.
const LENGTH_MAX: usize = 127;

/// `ms-seq`, or `ms` alone for the sequence `missing_seq`; `-` and `+` are not allowed.
pub(super) fn strict(arg: &[u8], missing_seq: u64) -> Result<StreamId, Reply> {
    let (ms, seq) = halves(arg)?;
    let ms = parse_u64(ms).ok_or(INVALID_ID)?;
    let seq = seq.map_or(Some(missing_seq), parse_u64).ok_or(INVALID_ID)?;
    Ok(StreamId { ms, seq })
}

/// An ID as answers name it.
pub(crate) fn parse_id(text: &[u8]) -> Option<StreamId> {
    strict(text, 0).ok()
}

/// Several IDs.
pub(super) fn list(args: &[Bytes]) -> Result<Vec<StreamId>, Reply> {
    args.iter().map(|arg| strict(arg, 0)).collect()
}

/// An ID to be added.
pub(super) fn to_add(arg: &[u8]) -> Result<AddId, Reply> {
    if arg == b"*" {
        return Ok(AddId::Auto);
    }
    match halves(arg)? {
        (ms, Some(b"*")) => parse_u64(ms).map(AddId::AutoSeq).ok_or(INVALID_ID),
        _ => strict(arg, 0).map(AddId::Explicit),
    }
}

/// The lower end of a range.
pub(super) fn start(arg: &[u8]) -> Result<Bound, Reply> {
    match end_of_range(arg, 0)? {
        Bound::Excluded(StreamId::MAX) => Err(INVALID_START),
        bound => Ok(bound),
    }
}

/// The upper end of a range.
pub(super) fn end(arg: &[u8]) -> Result<Bound, Reply> {
    match end_of_range(arg, u64::MAX)? {
        Bound::Excluded(StreamId::MIN) => Err(INVALID_END),
        bound => Ok(bound),
    }
}

fn end_of_range(arg: &[u8], missing_seq: u64) -> Result<Bound, Reply> {
    match arg {
        b"-" => Ok(Bound::Included(StreamId::MIN)),
        b"+" => Ok(Bound::Included(StreamId::MAX)),
        [b'(', id @ ..] if !id.is_empty() => strict(id, missing_seq).map(Bound::Excluded),
        id => strict(id, missing_seq).map(Bound::Included),
    }
}

fn halves(arg: &[u8]) -> Result<(&[u8], Option<&[u8]>), Reply> {
    if arg.len() > LENGTH_MAX {
        return Err(INVALID_ID);
    }
    // The server reads a C string: it ends at a zero byte.
    let text = arg.split(|&byte| byte == 0).next().unwrap_or(arg);
    Ok(match text.iter().position(|&byte| byte == b'-') {
        Some(dash) => (&text[..dash], Some(&text[dash + 1..])),
        None => (text, None),
    })
}

pub(super) fn write_bound(bound: Bound, argv: &mut Argv) {
    match bound {
        Bound::Included(StreamId::MIN) => argv.word("-"),
        Bound::Included(StreamId::MAX) => argv.word("+"),
        Bound::Included(id) => argv.shown(id),
        Bound::Excluded(id) => argv.shown(format!("({id}")),
    };
}

pub(super) fn write_to_add(id: AddId, argv: &mut Argv) {
    match id {
        AddId::Auto => argv.word("*"),
        AddId::AutoSeq(ms) => argv.shown(format!("{ms}-*")),
        AddId::Explicit(id) => argv.shown(id),
    };
}

pub(super) fn write_list(ids: &[StreamId], argv: &mut Argv) {
    for id in ids {
        argv.shown(id);
    }
}
