//! SET, the one command of keys and strings with options, and PEXPIRE.

use super::argv::Argv;
use super::{is, numbers};
use crate::command::{Condition, Lifetime, Set};
use crate::errors::{SYNTAX, fixed, formatted, shown};
use crate::{Bytes, Command, Reply};
use alloc::format;

const INVALID_EXPIRE: Reply = fixed("ERR invalid expire time in 'set' command");

/// `SET key value [NX | XX] [GET] [EX s | PX ms | KEEPTTL]`.
pub(super) fn set(args: &[Bytes]) -> Result<Command, Reply> {
    let mut set = Set {
        key: args[0].clone(),
        value: args[1].clone(),
        condition: Condition::Always,
        get: false,
        lifetime: Lifetime::Unlimited,
    };
    // The number is read only when the whole is well formed: a syntax error is told first. An option may be repeated;
    // its last value counts.
    let mut expire: Option<(i64, &Bytes)> = None;
    let mut rest = args[2..].iter();
    while let Some(option) = rest.next() {
        if is(option, "NX") && set.condition != Condition::IfPresent {
            set.condition = Condition::IfAbsent;
        } else if is(option, "XX") && set.condition != Condition::IfAbsent {
            set.condition = Condition::IfPresent;
        } else if is(option, "GET") {
            set.get = true;
        } else if is(option, "KEEPTTL") && expire.is_none() {
            set.lifetime = Lifetime::Kept;
        } else if is(option, "EX") || is(option, "PX") {
            let unit_ms = if is(option, "EX") { 1000 } else { 1 };
            let other_unit = expire.is_some_and(|(earlier, _)| earlier != unit_ms);
            if other_unit || set.lifetime == Lifetime::Kept {
                return Err(SYNTAX);
            }
            expire = Some((unit_ms, rest.next().ok_or(SYNTAX)?));
        } else {
            return Err(SYNTAX);
        }
    }
    if let Some((unit_ms, arg)) = expire {
        let units = numbers::integer(arg)?;
        let ms = units
            .checked_mul(unit_ms)
            .and_then(|ms| u64::try_from(ms).ok())
            .filter(|&ms| ms > 0);
        set.lifetime = Lifetime::For(ms.ok_or(INVALID_EXPIRE)?);
    }
    Ok(Command::Set(set))
}

pub(super) fn write_set(set: &Set, argv: &mut Argv) {
    argv.word("SET").arg(&set.key).arg(&set.value);
    match set.condition {
        Condition::Always => {}
        Condition::IfAbsent => {
            argv.word("NX");
        }
        Condition::IfPresent => {
            argv.word("XX");
        }
    }
    if set.get {
        argv.word("GET");
    }
    match set.lifetime {
        Lifetime::Unlimited => {}
        Lifetime::For(ms) => {
            argv.word("PX").shown(ms);
        }
        Lifetime::Kept => {
            argv.word("KEEPTTL");
        }
    }
}

/// `PEXPIRE key ms`.
pub(super) fn pexpire(args: &[Bytes]) -> Result<Command, Reply> {
    let key = args[0].clone();
    if let Some(option) = args.get(2) {
        return Err(formatted(format!("ERR Unsupported option {}", shown(option))));
    }
    let ms = numbers::integer(&args[1])?;
    Ok(Command::PExpire { key, ms })
}
