//! XINFO.

use super::argv::Argv;
use super::{is, numbers, subcommand_syntax};
use crate::command::XInfo;
use crate::{Bytes, Command, Reply};

/// `XINFO STREAM key [FULL [COUNT n]]`.
pub(super) fn stream(args: &[Bytes]) -> Result<Command, Reply> {
    let key = args[1].clone();
    let count = match &args[2..] {
        [] => return Ok(Command::XInfo(XInfo::Stream { key })),
        [full] if is(full, "FULL") => None,
        // A negative count is as good as none.
        [full, word, count] if is(full, "FULL") && is(word, "COUNT") => u64::try_from(numbers::integer(count)?).ok(),
        _ => return Err(subcommand_syntax("XINFO", &args[0])),
    };
    Ok(Command::XInfo(XInfo::StreamFull { key, count }))
}

pub(super) fn groups(args: &[Bytes]) -> Result<Command, Reply> {
    let key = args[1].clone();
    Ok(Command::XInfo(XInfo::Groups { key }))
}

pub(super) fn consumers(args: &[Bytes]) -> Result<Command, Reply> {
    let (key, group) = (args[1].clone(), args[2].clone());
    Ok(Command::XInfo(XInfo::Consumers { key, group }))
}

pub(super) fn write(info: &XInfo, argv: &mut Argv) {
    argv.word("XINFO");
    match info {
        XInfo::Stream { key } => argv.word("STREAM").arg(key),
        XInfo::StreamFull { key, count } => {
            argv.word("STREAM").arg(key).word("FULL");
            match count {
                Some(count) => argv.word("COUNT").shown(count),
                None => argv,
            }
        }
        XInfo::Groups { key } => argv.word("GROUPS").arg(key),
        XInfo::Consumers { key, group } => argv.word("CONSUMERS").arg(key).arg(group),
        XInfo::Help => argv.word("HELP"),
    };
}
