//! SELECT and SWAPDB: the numbers of databases.

use crate::decimal::parse_i64;
use crate::errors::{NOT_AN_INTEGER, fixed};
use crate::{Bytes, Command, Database, Reply};

pub(crate) const OUT_OF_RANGE: Reply = fixed("ERR DB index is out of range");
const NOT_32_BITS: Reply = fixed("ERR value is out of range, value must between -2147483648 and 2147483647");

/// `SELECT index`.
pub(super) fn select(args: &[Bytes]) -> Result<Command, Reply> {
    let index = index(&args[0], NOT_AN_INTEGER, NOT_32_BITS)?;
    let database = Database::new(index).ok_or(OUT_OF_RANGE)?;
    Ok(Command::Select { database })
}

/// `SWAPDB index index`.
pub(super) fn swapdb(args: &[Bytes]) -> Result<Command, Reply> {
    let read = |arg, error: Reply| index(arg, error.clone(), error);
    let first = read(&args[0], fixed("ERR invalid first DB index"))?;
    let second = read(&args[1], fixed("ERR invalid second DB index"))?;
    Ok(Command::SwapDb {
        first: Database::new(first).ok_or(OUT_OF_RANGE)?,
        second: Database::new(second).ok_or(OUT_OF_RANGE)?,
    })
}

/// A number, which must have 32 bits.
fn index(arg: &[u8], not_a_number: Reply, not_32_bits: Reply) -> Result<i64, Reply> {
    let index = parse_i64(arg).ok_or(not_a_number)?;
    i32::try_from(index).map(i64::from).map_err(|_| not_32_bits)
}
