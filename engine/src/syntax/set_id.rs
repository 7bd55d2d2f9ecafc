//! XSETID.

use super::argv::Argv;
use super::{ids, is, numbers};
use crate::command::XSetId;
use crate::errors::{SYNTAX, fixed};
use crate::{Bytes, Command, Reply};

const NEGATIVE_ADDED: Reply = fixed("ERR entries_added must be positive");
const BELOW_GIVEN_DELETED: Reply =
    fixed("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");

/// `XSETID key last-id [ENTRIESADDED n] [MAXDELETEDID id]`.
pub(super) fn xsetid(args: &[Bytes]) -> Result<Command, Reply> {
    let mut set_id = XSetId {
        key: args[0].clone(),
        last_id: ids::strict(&args[1], 0)?,
        entries_added: None,
        max_deleted: None,
    };
    let mut rest = &args[2..];
    loop {
        rest = match rest {
            [] => return Ok(Command::XSetId(set_id)),
            [word, value, rest @ ..] if is(word, "ENTRIESADDED") => {
                let count = numbers::integer(value)?;
                set_id.entries_added = Some(u64::try_from(count).map_err(|_| NEGATIVE_ADDED)?);
                rest
            }
            [word, value, rest @ ..] if is(word, "MAXDELETEDID") => {
                let id = ids::strict(value, 0)?;
                if set_id.last_id < id {
                    return Err(BELOW_GIVEN_DELETED);
                }
                set_id.max_deleted = Some(id);
                rest
            }
            _ => return Err(SYNTAX),
        };
    }
}

pub(super) fn write_xsetid(set_id: &XSetId, argv: &mut Argv) {
    argv.word("XSETID").arg(&set_id.key).shown(set_id.last_id);
    if let Some(count) = set_id.entries_added {
        argv.word("ENTRIESADDED").shown(count);
    }
    if let Some(id) = set_id.max_deleted {
        argv.word("MAXDELETEDID").shown(id);
    }
}
