//! OBJECT and MEMORY: how a server keeps what a key holds, with its settings as they are by default.
//!
//! It is told from what the key holds now: a server that has once begun to keep a set in a larger way goes on so when
//! the set becomes small again. Sources: <https://redis.io/docs/latest/commands/object-encoding/>,
//! <https://redis.io/docs/latest/commands/memory-usage/>.

use super::help;
use crate::command::{Memory, Object};
use crate::errors::fixed;
use crate::keyspace::{Access, Value};
use crate::{Bytes, Reply};

const NOT_COUNTED: Reply = fixed(
    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between \
     policies at runtime LRU and LFU data will take some time to adjust.",
);
/// A string is kept in one piece with its key, if both have so many bytes, …
const EMBEDDED_MAX: usize = 41;
/// … of which a time to live takes these.
const EXPIRY: usize = 8;
/// `list-max-listpack-size -2`, in bytes.
const LISTPACK_MAX: usize = 8192;
/// What a listpack has beside its elements.
const LISTPACK_FRAME: usize = 7;
/// `set-max-intset-entries`.
const INTSET_MAX: usize = 512;
/// `set-max-listpack-entries`.
const SET_LISTPACK_MAX: usize = 128;
/// `set-max-listpack-value`.
const SET_LISTPACK_VALUE_MAX: usize = 64;
/// What is counted of each element beside its bytes: where it is, and how long.
const ELEMENT: usize = 16;
/// What is counted of each entry that is pending: its ID, whose it is, when it was delivered and how often.
const PENDING: usize = 48;

pub(super) fn object(db: &mut Access<'_>, command: &Object) -> Result<Reply, Reply> {
    let (Object::Encoding { key } | Object::RefCount { key } | Object::Freq { key }) = command else {
        return Ok(help::of_object());
    };
    let expiry = if db.expires_at(key).is_some() { EXPIRY } else { 0 };
    let Some(value) = db.value(key) else {
        return Ok(Reply::Null);
    };
    match command {
        Object::Freq { .. } => Err(NOT_COUNTED),
        Object::RefCount { .. } => Ok(Reply::Integer(1)),
        _ => Ok(Reply::Bulk(encoding(value, key.len() + expiry).into())),
    }
}

pub(super) fn memory(db: &mut Access<'_>, command: &Memory) -> Reply {
    let Memory::Usage { key } = command else {
        return help::of_memory();
    };
    match db.value(key) {
        Some(value) => super::integer(bytes_of(key, value)),
        None => Reply::Null,
    }
}

/// How a value is kept, beside a key that takes so many bytes.
fn encoding(value: &Value, key: usize) -> &'static str {
    match value {
        Value::String(string) if is_integer(string) => "int",
        Value::String(string) if key + string.len() <= EMBEDDED_MAX => "embstr",
        Value::String(_) => "raw",
        Value::List(list) => {
            let bytes: usize = list.iter().map(packed).sum();
            if bytes + LISTPACK_FRAME <= LISTPACK_MAX {
                "listpack"
            } else {
                "quicklist"
            }
        }
        Value::Set(set) => {
            let all = |holds: fn(&Bytes) -> bool| set.keys().all(holds);
            if set.len() <= INTSET_MAX && all(|member| is_integer(member)) {
                "intset"
            } else if set.len() <= SET_LISTPACK_MAX && all(|member| member.len() <= SET_LISTPACK_VALUE_MAX) {
                "listpack"
            } else {
                "hashtable"
            }
        }
        Value::Stream(_) => "stream",
    }
}

/// Whether these are the digits of a 64-bit number, as it would be written.
fn is_integer(bytes: &[u8]) -> bool {
    let number: Option<i64> = core::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    number.is_some_and(|number| alloc::format!("{number}").as_bytes() == bytes)
}

/// The bytes of one element of a listpack. Source: <https://github.com/antirez/listpack/blob/master/listpack.md>.
fn packed(element: &Bytes) -> usize {
    let number: Option<i64> = Some(&**element)
        .filter(|bytes| is_integer(bytes))
        .and_then(|bytes| core::str::from_utf8(bytes).ok()?.parse().ok());
    let encoded = match number {
        Some(0..=127) => 1,
        Some(-4096..=4095) => 2,
        Some(number) if i16::try_from(number).is_ok() => 3,
        Some(-0x80_0000..=0x7f_ffff) => 4,
        Some(number) if i32::try_from(number).is_ok() => 5,
        Some(_) => 9,
        None => match element.len() {
            len @ 0..=63 => 1 + len,
            len @ 64..=4095 => 2 + len,
            len => 5 + len,
        },
    };
    let backwards = match encoded {
        0..=127 => 1,
        128..=16_382 => 2,
        _ => 3,
    };
    encoded + backwards
}

/// What a key takes and what it holds: their bytes, and what is counted of each element.
pub(crate) fn bytes_of(key: &Bytes, value: &Value) -> usize {
    let each = |bytes: &Bytes| bytes.len() + ELEMENT;
    let held = match value {
        Value::String(string) => each(string),
        Value::List(list) => list.iter().map(each).sum(),
        Value::Set(set) => set.keys().map(each).sum(),
        Value::Stream(stream) => {
            let entries = stream.entries().map(|entry| {
                let fields: usize = entry.fields().iter().map(each).sum();
                fields + ELEMENT
            });
            let groups = stream.groups().map(|(name, group)| {
                let consumers: usize = group.consumers().map(|(name, _)| each(name)).sum();
                each(name) + consumers + group.pending_len() * PENDING
            });
            entries.sum::<usize>() + groups.sum::<usize>()
        }
    };
    each(key) + held
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(count: usize) -> Value {
        Value::List((0..count).map(|_| Bytes::from("x")).collect())
    }

    #[test]
    fn the_ends_of_each_way_to_keep_it() {
        let string = |len: usize| Value::String("x".repeat(len).into());
        assert_eq!([38, 39].map(|len| encoding(&string(len), 3)), ["embstr", "raw"]);
        assert_eq!(
            ["9223372036854775807", "9223372036854775808", "01"].map(|text| encoding(&Value::String(text.into()), 1)),
            ["int", "embstr", "embstr"]
        );
        // Three bytes each, and seven: 8,191 and 8,194.
        assert_eq!(
            [2728, 2729].map(|count| encoding(&list(count), 1)),
            ["listpack", "quicklist"]
        );
        let numbers = |count: usize| {
            let mut set = crate::small_map::SmallMap::new();
            for number in 0..count {
                set.insert(Bytes::from(alloc::format!("{number}")), ());
            }
            Value::Set(set)
        };
        assert_eq!(
            [512, 513].map(|count| encoding(&numbers(count), 1)),
            ["intset", "hashtable"]
        );
    }
}
