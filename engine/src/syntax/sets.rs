//! SPOP.

use super::argv::Argv;
use super::numbers;
use crate::errors::{SYNTAX, fixed};
use crate::{Bytes, Command, Reply};

const OUT_OF_RANGE: Reply = fixed("ERR value is out of range, must be positive");

/// `SPOP key [count]`.
pub(super) fn spop(args: &[Bytes]) -> Result<Command, Reply> {
    let count = match args {
        [_] => None,
        [_, count] => {
            let count = numbers::parse_i64(count).and_then(|count| u64::try_from(count).ok());
            Some(count.ok_or(OUT_OF_RANGE)?)
        }
        _ => return Err(SYNTAX),
    };
    let key = args[0].clone();
    Ok(Command::SPop { key, count })
}

pub(super) fn write_spop(key: &Bytes, count: Option<u64>, argv: &mut Argv) {
    argv.word("SPOP").arg(key);
    if let Some(count) = count {
        argv.shown(count);
    }
}
