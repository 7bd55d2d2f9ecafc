//! XDELEX and XACKDEL, and the words for references that trims share with them.

use alloc::vec::Vec;

use super::argv::Argv;
use super::{ids, is};
use crate::command::{References, XAckDel, XDelEx};
use crate::decimal::parse_i64;
use crate::errors::{SYNTAX, fixed};
use crate::{Bytes, Command, Reply};

const COUNT_RANGE: Reply = fixed("ERR Number of IDs must be a positive integer");
const COUNT_WRONG: Reply = fixed("ERR The `numids` parameter must match the number of arguments");

/// KEEPREF, DELREF or ACKED.
pub(super) fn references(word: &[u8]) -> Option<References> {
    [
        ("KEEPREF", References::Keep),
        ("DELREF", References::Delete),
        ("ACKED", References::Acked),
    ]
    .into_iter()
    .find_map(|(name, references)| is(word, name).then_some(references))
}

/// KEEPREF is what is meant when nothing is said.
pub(super) fn write_references(references: References, argv: &mut Argv) {
    match references {
        References::Keep => {}
        References::Delete => {
            argv.word("DELREF");
        }
        References::Acked => {
            argv.word("ACKED");
        }
    }
}

/// `[KEEPREF | DELREF | ACKED] IDS n id …`, in any order. IDS may be repeated, and its last one counts; the others may
/// not.
fn options(mut args: &[Bytes]) -> Result<(References, &[Bytes]), Reply> {
    let (mut chosen, mut ids) = (None, None);
    while let [word, rest @ ..] = args {
        args = rest;
        if let Some(references) = references(word)
            && chosen.is_none()
        {
            chosen = Some(references);
        } else if is(word, "IDS")
            && let [count, rest @ ..] = rest
        {
            let count = parse_i64(count).filter(|&count| count > 0).ok_or(COUNT_RANGE)?;
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            let (listed, rest) = rest.split_at_checked(count).ok_or(COUNT_WRONG)?;
            ids = Some(listed);
            args = rest;
        } else {
            return Err(SYNTAX);
        }
    }
    Ok((chosen.unwrap_or_default(), ids.ok_or(SYNTAX)?))
}

/// How many IDs the arguments after the key, or after the group, list.
pub(super) fn count(args: &[Bytes]) -> usize {
    options(args).map_or(0, |(_, ids)| ids.len())
}

/// `XDELEX key [KEEPREF | DELREF | ACKED] IDS n id …`.
pub(super) fn xdelex(args: &[Bytes]) -> Result<Command, Reply> {
    let (references, ids) = options(&args[1..])?;
    Ok(Command::XDelEx(XDelEx {
        key: args[0].clone(),
        references,
        ids: ids::list(ids)?,
    }))
}

/// `XACKDEL key group [KEEPREF | DELREF | ACKED] IDS n id …`.
pub(super) fn xackdel(args: &[Bytes]) -> Result<Command, Reply> {
    let (references, ids) = options(&args[2..])?;
    Ok(Command::XAckDel(XAckDel {
        key: args[0].clone(),
        group: args[1].clone(),
        references,
        ids: ids::list(ids)?,
    }))
}

pub(super) fn write_xdelex(delete: &XDelEx, argv: &mut Argv) {
    write_references(delete.references, argv.word("XDELEX").arg(&delete.key));
    ids::write_list(&delete.ids, argv.word("IDS").shown(delete.ids.len()));
}

pub(super) fn write_xackdel(delete: &XAckDel, argv: &mut Argv) {
    argv.word("XACKDEL").arg(&delete.key).arg(&delete.group);
    write_references(delete.references, argv);
    ids::write_list(&delete.ids, argv.word("IDS").shown(delete.ids.len()));
}

/// -1 for each ID: there is nothing to delete.
pub(crate) fn nothing_deleted(count: usize) -> Reply {
    Reply::Array((0..count).map(|_| Reply::Integer(-1)).collect::<Vec<_>>())
}
