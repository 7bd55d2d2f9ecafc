//! MSET, GETEX, SETEX and PSETEX.

use alloc::vec::Vec;

use super::argv::Argv;
use super::keys::{Expiry, write_lifetime};
use super::{is, numbers};
use crate::command::{Lifetime, SetEx, TimeUnit};
use crate::errors::{SYNTAX, fixed, wrong_arity};
use crate::{Bytes, Command, Reply};

const INVALID_EXPIRE: Reply = fixed("ERR invalid expire time in 'getex' command");

/// `MSET key value [key value …]`.
pub(super) fn mset(args: &[Bytes]) -> Result<Command, Reply> {
    let (pairs, []) = args.as_chunks::<2>() else {
        return Err(wrong_arity("mset"));
    };
    let pairs = pairs.iter().cloned().map(<(Bytes, Bytes)>::from).collect();
    Ok(Command::MSet { pairs })
}

/// `GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]`.
pub(super) fn getex(args: &[Bytes]) -> Result<Command, Reply> {
    // The number is read only when the whole is well formed. An option may be repeated; its last value counts.
    let (mut persists, mut expire) = (false, None);
    let mut rest = args[1..].iter();
    while let Some(option) = rest.next() {
        if is(option, "PERSIST") && expire.is_none() {
            persists = true;
        } else if let Some(expiry) = Expiry::of(option)
            && !persists
            && expire.is_none_or(|(earlier, _)| earlier == expiry)
        {
            expire = Some((expiry, rest.next().ok_or(SYNTAX)?));
        } else {
            return Err(SYNTAX);
        }
    }
    let lifetime = match expire {
        Some((expiry, arg)) => expiry.lifetime(arg, INVALID_EXPIRE)?,
        None if persists => Lifetime::Unlimited,
        None => Lifetime::Kept,
    };
    let key = args[0].clone();
    Ok(Command::GetEx { key, lifetime })
}

pub(super) fn write_getex(key: &Bytes, lifetime: Lifetime, argv: &mut Argv) {
    write_lifetime(lifetime, "PERSIST", "", argv.word("GETEX").arg(key));
}

/// `SETEX key seconds value`, `PSETEX key ms value`.
pub(super) fn setex(unit: TimeUnit, args: &[Bytes]) -> Result<Command, Reply> {
    Ok(Command::SetEx(SetEx {
        key: args[0].clone(),
        time: numbers::integer(&args[1])?,
        unit,
        value: args[2].clone(),
    }))
}

pub(super) fn write_setex(set: &SetEx, argv: &mut Argv) {
    let name = match set.unit {
        TimeUnit::Seconds => "SETEX",
        TimeUnit::Milliseconds => "PSETEX",
    };
    argv.word(name).arg(&set.key).shown(set.time).arg(&set.value);
}

pub(super) fn write_mset(pairs: &[(Bytes, Bytes)], argv: &mut Argv) {
    let flat: Vec<Bytes> = pairs.iter().cloned().flat_map(<[Bytes; 2]>::from).collect();
    argv.word("MSET").args(&flat);
}
