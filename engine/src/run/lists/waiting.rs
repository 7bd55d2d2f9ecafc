//! BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH: at once if there is something, else later.

use alloc::vec;

use super::{lmove, lmpop, take_one};
use crate::command::{LMPop, ListEnd};
use crate::keyspace::Access;
use crate::run::{Outcome, block_fits};
use crate::{Bytes, Millis, Reply};

/// <https://redis.io/docs/latest/commands/blpop/>, <https://redis.io/docs/latest/commands/brpop/>
pub(in crate::run) fn bpop(
    db: &mut Access<'_>,
    (keys, end, timeout_ms): (&[Bytes], ListEnd, Millis),
) -> Result<Outcome, Reply> {
    block_fits(Some(timeout_ms), db.now)?;
    for key in keys {
        if let Some(taken) = take_one(db, key, end)? {
            return Ok(Reply::Array(vec![Reply::Bulk(key.clone()), Reply::Bulk(taken)]).into());
        }
    }
    Ok(waits(timeout_ms))
}

/// <https://redis.io/docs/latest/commands/blmpop/>
pub(in crate::run) fn blmpop(db: &mut Access<'_>, (pop, timeout_ms): (&LMPop, Millis)) -> Result<Outcome, Reply> {
    block_fits(Some(timeout_ms), db.now)?;
    Ok(match lmpop(db, pop)? {
        Reply::NullArray => waits(timeout_ms),
        reply => reply.into(),
    })
}

/// <https://redis.io/docs/latest/commands/blmove/>, <https://redis.io/docs/latest/commands/brpoplpush/>
pub(in crate::run) fn blmove(
    db: &mut Access<'_>,
    keys: [&Bytes; 2],
    ends: [ListEnd; 2],
    timeout_ms: Millis,
) -> Result<Outcome, Reply> {
    block_fits(Some(timeout_ms), db.now)?;
    Ok(match lmove(db, keys, ends)? {
        Some(moved) => Reply::Bulk(moved).into(),
        None => waits(timeout_ms),
    })
}

fn waits(block_ms: Millis) -> Outcome {
    Outcome::Waits {
        instead: None,
        block_ms,
    }
}
