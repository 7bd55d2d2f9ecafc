//! SCAN.

use super::argv::Argv;
use super::{is, numbers};
use crate::command::Scan;
use crate::errors::{SYNTAX, fixed};
use crate::{Bytes, Command, Reply};

const INVALID_CURSOR: Reply = fixed("ERR invalid cursor");
const NO_VALUES: Reply = fixed("ERR NOVALUES option can only be used in HSCAN");

/// `SCAN cursor [MATCH pattern] [COUNT n] [TYPE type]`.
pub(super) fn scan(args: &[Bytes]) -> Result<Command, Reply> {
    let mut scan = Scan {
        cursor: numbers::parse_u64(&args[0]).ok_or(INVALID_CURSOR)?,
        pattern: None,
        count: None,
        type_name: None,
    };
    let mut rest = &args[1..];
    loop {
        rest = match rest {
            [] => return Ok(Command::Scan(scan)),
            [word, count, rest @ ..] if is(word, "COUNT") => {
                let count = u64::try_from(numbers::integer(count)?).ok().filter(|&count| count > 0);
                scan.count = Some(count.ok_or(SYNTAX)?);
                rest
            }
            [word, pattern, rest @ ..] if is(word, "MATCH") => {
                scan.pattern = Some(pattern.clone());
                rest
            }
            [word, name, rest @ ..] if is(word, "TYPE") => {
                scan.type_name = Some(name.clone());
                rest
            }
            [word, ..] if is(word, "NOVALUES") => return Err(NO_VALUES),
            _ => return Err(SYNTAX),
        };
    }
}

pub(super) fn write_scan(scan: &Scan, argv: &mut Argv) {
    argv.word("SCAN").shown(scan.cursor);
    if let Some(pattern) = &scan.pattern {
        argv.word("MATCH").arg(pattern);
    }
    if let Some(count) = scan.count {
        argv.word("COUNT").shown(count);
    }
    if let Some(name) = &scan.type_name {
        argv.word("TYPE").arg(name);
    }
}
