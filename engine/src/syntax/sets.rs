//! SPOP.

use super::argv::Argv;
use super::numbers;
use crate::errors::SYNTAX;
use crate::{Bytes, Command, Reply};

/// `SPOP key [count]`.
pub(super) fn spop(args: &[Bytes]) -> Result<Command, Reply> {
    let count = match args {
        [_] => None,
        [_, count] => Some(numbers::positive(count)?),
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
