//! XCLAIM and XAUTOCLAIM.

use alloc::vec::Vec;

use super::argv::Argv;
use super::{ids, is, numbers};
use crate::command::{Idle, XAutoClaim, XClaim};
use crate::decimal::parse_i64;
use crate::errors::{SYNTAX, fixed, quoting};
use crate::{Bytes, Command, Reply};

const COUNT_RANGE: Reply = fixed("ERR COUNT must be > 0");
/// The server reserves memory for the answer before it looks, and refuses what it could not address.
const COUNT_MAX: i64 = i64::MAX / 16;

/// `XCLAIM key group consumer min-idle-time id … [IDLE | TIME] [RETRYCOUNT] [FORCE] [JUSTID] [LASTID]`.
pub(super) fn xclaim(args: &[Bytes]) -> Result<Command, Reply> {
    let min_idle_ms = numbers::integer_or(&args[3], "ERR Invalid min-idle-time argument for XCLAIM")?;
    let ids: Vec<_> = args[4..].iter().map_while(|arg| ids::strict(arg, 0).ok()).collect();
    let mut rest = &args[4 + ids.len()..];
    let mut claim = XClaim {
        key: args[0].clone(),
        group: args[1].clone(),
        consumer: args[2].clone(),
        min_idle_ms: numbers::not_negative(min_idle_ms),
        ids,
        idle: Idle::Reset,
        retry_count: None,
        force: false,
        just_id: false,
        last_id: None,
    };
    while let [option, after @ ..] = rest {
        rest = after;
        if is(option, "FORCE") {
            claim.force = true;
            continue;
        }
        if is(option, "JUSTID") {
            claim.just_id = true;
            continue;
        }
        let [value, after @ ..] = rest else {
            return Err(unrecognized(option));
        };
        rest = after;
        if is(option, "IDLE") {
            claim.idle = Idle::For(numbers::integer_or(
                value,
                "ERR Invalid IDLE option argument for XCLAIM",
            )?);
        } else if is(option, "TIME") {
            claim.idle = Idle::Since(numbers::integer_or(
                value,
                "ERR Invalid TIME option argument for XCLAIM",
            )?);
        } else if is(option, "RETRYCOUNT") {
            let count = numbers::integer_or(value, "ERR Invalid RETRYCOUNT option argument for XCLAIM")?;
            claim.retry_count = u64::try_from(count).ok();
        } else if is(option, "LASTID") {
            claim.last_id = Some(ids::strict(value, 0)?);
        } else {
            return Err(unrecognized(option));
        }
    }
    Ok(Command::XClaim(claim))
}

fn unrecognized(option: &[u8]) -> Reply {
    quoting(&[b"ERR Unrecognized XCLAIM option '", option, b"'"])
}

pub(super) fn write_xclaim(claim: &XClaim, argv: &mut Argv) {
    argv.word("XCLAIM")
        .arg(&claim.key)
        .arg(&claim.group)
        .arg(&claim.consumer)
        .shown(claim.min_idle_ms);
    ids::write_list(&claim.ids, argv);
    match claim.idle {
        Idle::Reset => {}
        Idle::For(ms) => {
            argv.word("IDLE").shown(ms);
        }
        Idle::Since(ms) => {
            argv.word("TIME").shown(ms);
        }
    }
    if let Some(count) = claim.retry_count {
        argv.word("RETRYCOUNT").shown(count);
    }
    if claim.force {
        argv.word("FORCE");
    }
    if claim.just_id {
        argv.word("JUSTID");
    }
    if let Some(id) = claim.last_id {
        argv.word("LASTID").shown(id);
    }
}

/// `XAUTOCLAIM key group consumer min-idle-time start [COUNT n] [JUSTID]`.
pub(super) fn xautoclaim(args: &[Bytes]) -> Result<Command, Reply> {
    let min_idle_ms = numbers::integer_or(&args[3], "ERR Invalid min-idle-time argument for XAUTOCLAIM")?;
    let start = ids::start(&args[4])?;
    let (mut count, mut just_id) = (None, false);
    let mut rest = &args[5..];
    loop {
        rest = match rest {
            [] => break,
            [option, value, rest @ ..] if is(option, "COUNT") => {
                let parsed = parse_i64(value).filter(|count| (1..=COUNT_MAX).contains(count));
                count = Some(numbers::not_negative(parsed.ok_or(COUNT_RANGE)?));
                rest
            }
            [option, rest @ ..] if is(option, "JUSTID") => {
                just_id = true;
                rest
            }
            _ => return Err(SYNTAX),
        };
    }
    Ok(Command::XAutoClaim(XAutoClaim {
        key: args[0].clone(),
        group: args[1].clone(),
        consumer: args[2].clone(),
        min_idle_ms: numbers::not_negative(min_idle_ms),
        start,
        count,
        just_id,
    }))
}

pub(super) fn write_xautoclaim(claim: &XAutoClaim, argv: &mut Argv) {
    argv.word("XAUTOCLAIM")
        .arg(&claim.key)
        .arg(&claim.group)
        .arg(&claim.consumer)
        .shown(claim.min_idle_ms);
    ids::write_bound(claim.start, argv);
    if let Some(count) = claim.count {
        argv.word("COUNT").shown(count);
    }
    if claim.just_id {
        argv.word("JUSTID");
    }
}
