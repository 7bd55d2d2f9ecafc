//! KEYS, SCAN, DBSIZE: all keys, or those of a pattern or a type.
//!
//! A key whose time is over is no key, as if a server had noticed each at once. The order of the keys is that of their
//! bytes, and in SCAN that of a number which depends on nothing but the key's bytes: so a key that is there from the first
//! call to the last is given exactly once, whatever comes and goes meanwhile. A server has an order of its own and may give
//! a key twice.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::{integer, limit};
use crate::command::Scan;
use crate::keyspace::{Access, Value};
use crate::{Bytes, Reply, glob};

/// Of how many keys SCAN looks at when not told.
const COUNT: u64 = 10;

/// <https://redis.io/docs/latest/commands/keys/>
pub(super) fn keys(db: &mut Access<'_>, pattern: &[u8]) -> Reply {
    let keys = db.keys().map(|(key, _)| key).filter(|key| is_wanted(pattern, key));
    Reply::Array(keys.cloned().map(Reply::Bulk).collect())
}

/// <https://redis.io/docs/latest/commands/dbsize/>
pub(super) fn dbsize(db: &mut Access<'_>) -> Reply {
    integer(db.keys().count())
}

/// <https://redis.io/docs/latest/commands/scan/>: the cursor of the next call, 0 at the end, and keys. The cost is that of
/// a look at every key.
pub(super) fn scan(db: &mut Access<'_>, scan: &Scan) -> Reply {
    let positioned = db.keys().map(|(key, value)| (position(key), key, value));
    let mut left: Vec<(u64, &Bytes, &Value)> = positioned.filter(|(at, ..)| *at >= scan.cursor).collect();
    left.sort_unstable_by_key(|&(at, key, _)| (at, key));
    let count = limit(Some(scan.count.unwrap_or(COUNT)));
    let mut page = count.min(left.len());
    // A cursor cannot tell keys of one position apart.
    while page < left.len() && left[page].0 == left[page - 1].0 {
        page += 1;
    }
    let next = left.get(page).map_or(0, |(at, ..)| *at);
    let wanted = left[..page].iter().filter(|(_, key, value)| {
        let pattern = scan.pattern.as_deref();
        let type_name = scan.type_name.as_deref();
        pattern.is_none_or(|pattern| is_wanted(pattern, key))
            && type_name.is_none_or(|name| name.eq_ignore_ascii_case(value.type_name().as_bytes()))
    });
    let keys = wanted.map(|(_, key, _)| Reply::Bulk((*key).clone())).collect();
    Reply::Array(vec![Reply::Bulk(next.to_string().into()), Reply::Array(keys)])
}

/// Everything is a key that `*` alone asks for, even the empty one.
fn is_wanted(pattern: &[u8], key: &[u8]) -> bool {
    pattern == b"*" || glob::matches(pattern, key)
}

/// Where a key stands in SCAN's order, from 1: FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn position(key: &[u8]) -> u64 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    key.iter().fold(0xcbf2_9ce4_8422_2325, mix).max(1)
}
