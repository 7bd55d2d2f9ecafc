//! The commands of lists.

use super::argv::Argv;
use super::{is, numbers, seconds};
use crate::command::{LInsert, LMPop, LMove, LPos, ListEnd, Push, Side};
use crate::decimal::parse_i64;
use crate::errors::{SYNTAX, fixed, formatted, wrong_arity};
use crate::{Bytes, Command, Reply};

const RANK_ZERO: Reply = fixed(
    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from \
     the end of the list",
);
const NO_KEYS: &str = "ERR numkeys should be greater than 0";
const NO_COUNT: &str = "ERR count should be greater than 0";

/// `LPUSH key element …`, RPUSH; LPUSHX and RPUSHX push only if there is a list.
pub(super) fn push(args: &[Bytes], end: ListEnd, if_present: bool) -> Result<Command, Reply> {
    Ok(Command::Push(Push {
        key: args[0].clone(),
        elements: args[1..].to_vec(),
        end,
        if_present,
    }))
}

/// `LPOP key [count]`, RPOP.
pub(super) fn pop(args: &[Bytes], end: ListEnd) -> Result<Command, Reply> {
    let count = match &args[1..] {
        [] => None,
        [count] => Some(numbers::positive(count)?),
        _ => return Err(wrong_arity(pop_name(end))),
    };
    let key = args[0].clone();
    Ok(Command::Pop { key, end, count })
}

fn pop_name(end: ListEnd) -> &'static str {
    match end {
        ListEnd::Left => "lpop",
        ListEnd::Right => "rpop",
    }
}

/// `BLPOP key … timeout`, BRPOP.
pub(super) fn bpop(args: &[Bytes], end: ListEnd) -> Result<Command, Reply> {
    let (keys, timeout) = args.split_at(args.len() - 1);
    let keys = keys.to_vec();
    let timeout_ms = seconds::timeout(&timeout[0])?;
    Ok(Command::BPop { keys, end, timeout_ms })
}

/// `LRANGE key start stop`, and LTRIM: the key and the two indexes.
pub(super) fn range(args: &[Bytes]) -> Result<(Bytes, i64, i64), Reply> {
    Ok((
        args[0].clone(),
        numbers::integer(&args[1])?,
        numbers::integer(&args[2])?,
    ))
}

/// `LSET key index element`.
pub(super) fn set(args: &[Bytes]) -> Result<Command, Reply> {
    Ok(Command::LSet {
        key: args[0].clone(),
        index: numbers::integer(&args[1])?,
        element: args[2].clone(),
    })
}

/// `LREM key count element`.
pub(super) fn remove(args: &[Bytes]) -> Result<Command, Reply> {
    Ok(Command::LRem {
        key: args[0].clone(),
        count: count_from_an_end(&args[1])?,
        element: args[2].clone(),
    })
}

/// A number that counts from the tail if it is negative.
fn count_from_an_end(arg: &[u8]) -> Result<i64, Reply> {
    match numbers::integer(arg)? {
        i64::MIN => Err(fixed(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        )),
        count => Ok(count),
    }
}

/// `LINSERT key BEFORE | AFTER pivot element`.
pub(super) fn insert(args: &[Bytes]) -> Result<Command, Reply> {
    let side = match &args[1] {
        side if is(side, "BEFORE") => Side::Before,
        side if is(side, "AFTER") => Side::After,
        _ => return Err(SYNTAX),
    };
    Ok(Command::LInsert(LInsert {
        key: args[0].clone(),
        side,
        pivot: args[2].clone(),
        element: args[3].clone(),
    }))
}

/// `LPOS key element [RANK rank] [COUNT n] [MAXLEN n]`; of an option that is repeated the last one counts.
pub(super) fn position(args: &[Bytes]) -> Result<Command, Reply> {
    let not_negative = |number: &[u8], option: &str| {
        let number = parse_i64(number).and_then(|number| u64::try_from(number).ok());
        number.ok_or_else(|| formatted(alloc::format!("ERR {option} can't be negative")))
    };
    let (mut rank, mut count, mut max_len) = (1, None, 0);
    let mut rest = args[2..].iter();
    while let Some(option) = rest.next() {
        let value = rest.next().ok_or(SYNTAX)?;
        if is(option, "RANK") {
            rank = self::rank(value)?;
        } else if is(option, "COUNT") {
            count = Some(not_negative(value, "COUNT")?);
        } else if is(option, "MAXLEN") {
            max_len = not_negative(value, "MAXLEN")?;
        } else {
            return Err(SYNTAX);
        }
    }
    Ok(Command::LPos(LPos {
        key: args[0].clone(),
        element: args[1].clone(),
        rank,
        count,
        max_len,
    }))
}

fn rank(arg: &[u8]) -> Result<i64, Reply> {
    match count_from_an_end(arg)? {
        0 => Err(RANK_ZERO),
        rank => Ok(rank),
    }
}

/// `LMOVE source destination LEFT | RIGHT LEFT | RIGHT`.
pub(super) fn lmove(args: &[Bytes]) -> Result<LMove, Reply> {
    Ok(LMove {
        source: args[0].clone(),
        destination: args[1].clone(),
        from: end(&args[2])?,
        to: end(&args[3])?,
    })
}

/// `BLMOVE source destination LEFT | RIGHT LEFT | RIGHT timeout`.
pub(super) fn blmove(args: &[Bytes]) -> Result<Command, Reply> {
    let lmove = lmove(args)?;
    let timeout_ms = seconds::timeout(&args[4])?;
    Ok(Command::BLMove { lmove, timeout_ms })
}

/// `BRPOPLPUSH source destination timeout`.
pub(super) fn brpoplpush(args: &[Bytes]) -> Result<Command, Reply> {
    Ok(Command::BRPopLPush {
        source: args[0].clone(),
        destination: args[1].clone(),
        timeout_ms: seconds::timeout(&args[2])?,
    })
}

/// `LMPOP numkeys key … LEFT | RIGHT [COUNT n]`.
pub(super) fn lmpop(args: &[Bytes]) -> Result<LMPop, Reply> {
    let above_zero = |number: &[u8], error| {
        let number = parse_i64(number).and_then(|number| u64::try_from(number).ok());
        number.filter(|&number| number > 0).ok_or(fixed(error))
    };
    let numkeys = above_zero(&args[0], NO_KEYS)?;
    let numkeys = usize::try_from(numkeys).map_err(|_| SYNTAX)?;
    let (keys, rest) = args[1..].split_at_checked(numkeys).ok_or(SYNTAX)?;
    let (where_from, options) = rest.split_first().ok_or(SYNTAX)?;
    let end = end(where_from)?;
    let count = match options {
        [] => 1,
        [option, count] if is(option, "COUNT") => above_zero(count, NO_COUNT)?,
        // The first COUNT is read before what comes after it.
        [option, count, ..] if is(option, "COUNT") => return Err(above_zero(count, NO_COUNT).err().unwrap_or(SYNTAX)),
        _ => return Err(SYNTAX),
    };
    let keys = keys.to_vec();
    Ok(LMPop { keys, end, count })
}

/// `BLMPOP timeout numkeys key … LEFT | RIGHT [COUNT n]`; the time comes last in its errors.
pub(super) fn blmpop(args: &[Bytes]) -> Result<Command, Reply> {
    let lmpop = lmpop(&args[1..])?;
    let timeout_ms = seconds::timeout(&args[0])?;
    Ok(Command::BLMPop { lmpop, timeout_ms })
}

fn end(arg: &[u8]) -> Result<ListEnd, Reply> {
    match arg {
        arg if is(arg, "LEFT") => Ok(ListEnd::Left),
        arg if is(arg, "RIGHT") => Ok(ListEnd::Right),
        _ => Err(SYNTAX),
    }
}

fn end_word(end: ListEnd) -> &'static str {
    match end {
        ListEnd::Left => "LEFT",
        ListEnd::Right => "RIGHT",
    }
}

pub(super) fn write_push(push: &Push, argv: &mut Argv) {
    let name = match (push.end, push.if_present) {
        (ListEnd::Left, false) => "LPUSH",
        (ListEnd::Right, false) => "RPUSH",
        (ListEnd::Left, true) => "LPUSHX",
        (ListEnd::Right, true) => "RPUSHX",
    };
    argv.word(name).arg(&push.key).args(&push.elements);
}

pub(super) fn write_pop(key: &Bytes, end: ListEnd, count: Option<u64>, argv: &mut Argv) {
    argv.word(&pop_name(end).to_ascii_uppercase()).arg(key);
    if let Some(count) = count {
        argv.shown(count);
    }
}

pub(super) fn write_bpop(keys: &[Bytes], end: ListEnd, timeout_ms: u64, argv: &mut Argv) {
    let name = match end {
        ListEnd::Left => "BLPOP",
        ListEnd::Right => "BRPOP",
    };
    argv.word(name).args(keys).shown(seconds::written(timeout_ms));
}

pub(super) fn write_insert(insert: &LInsert, argv: &mut Argv) {
    let side = match insert.side {
        Side::Before => "BEFORE",
        Side::After => "AFTER",
    };
    let argv = argv.word("LINSERT").arg(&insert.key).word(side);
    argv.arg(&insert.pivot).arg(&insert.element);
}

pub(super) fn write_position(position: &LPos, argv: &mut Argv) {
    argv.word("LPOS").arg(&position.key).arg(&position.element);
    if position.rank != 1 {
        argv.word("RANK").shown(position.rank);
    }
    if let Some(count) = position.count {
        argv.word("COUNT").shown(count);
    }
    if position.max_len > 0 {
        argv.word("MAXLEN").shown(position.max_len);
    }
}

pub(super) fn write_lmove(lmove: &LMove, timeout_ms: Option<u64>, argv: &mut Argv) {
    argv.word(if timeout_ms.is_some() { "BLMOVE" } else { "LMOVE" });
    argv.arg(&lmove.source).arg(&lmove.destination);
    argv.word(end_word(lmove.from)).word(end_word(lmove.to));
    if let Some(ms) = timeout_ms {
        argv.shown(seconds::written(ms));
    }
}

pub(super) fn write_rpoplpush(source: &Bytes, destination: &Bytes, timeout_ms: Option<u64>, argv: &mut Argv) {
    argv.word(if timeout_ms.is_some() {
        "BRPOPLPUSH"
    } else {
        "RPOPLPUSH"
    });
    argv.arg(source).arg(destination);
    if let Some(ms) = timeout_ms {
        argv.shown(seconds::written(ms));
    }
}

pub(super) fn write_lmpop(lmpop: &LMPop, timeout_ms: Option<u64>, argv: &mut Argv) {
    match timeout_ms {
        Some(ms) => argv.word("BLMPOP").shown(seconds::written(ms)),
        None => argv.word("LMPOP"),
    };
    argv.shown(lmpop.keys.len()).args(&lmpop.keys).word(end_word(lmpop.end));
    if lmpop.count != 1 {
        argv.word("COUNT").shown(lmpop.count);
    }
}
