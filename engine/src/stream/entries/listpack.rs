//! How many bytes a server takes for the entries of a node.
//!
//! A server packs a node into one row of elements, each a small header, a number or the bytes themselves, and its own
//! length once more at the end; <https://github.com/antirez/listpack/blob/master/listpack.md> specifies it. Nothing is
//! packed this way here (`node.rs` has a form of its own): only the size counts, since `stream-node-max-bytes` limits it.

use crate::Bytes;
use crate::decimal::parse_i64;

/// The row's own length and number of elements, and the mark at its end.
const FRAME: usize = 6 + 1;

/// A node without entries and without its counters: the fields of the first entry, how many they are, and a mark.
pub(super) fn of_fields<'a>(names: impl Iterator<Item = &'a Bytes>) -> usize {
    let (mut count, mut bytes) = (0, 0);
    for name in names {
        count += 1;
        bytes += element(name);
    }
    FRAME + number(signed(count)) + bytes + number(0)
}

/// The counters: how many entries a node has, and how many more it had.
pub(super) fn of_counters(live: usize, deleted: usize) -> usize {
    number(signed(live)) + number(signed(deleted))
}

/// One entry: flags, its ID less the first one's, the fields unless they are those of the first, the values, and how
/// many elements that were.
pub(super) fn of_entry(fields: &[Bytes], ms: u64, seq: u64, are_shared: bool) -> usize {
    let pairs = signed(fields.len() / 2);
    let head = number(0) + number(ms.cast_signed()) + number(seq.cast_signed());
    if are_shared {
        let values: usize = fields.iter().skip(1).step_by(2).map(|value| element(value)).sum();
        return head + values + number(3 + pairs);
    }
    let all: usize = fields.iter().map(|item| element(item)).sum();
    head + number(pairs) + all + number(4 + 2 * pairs)
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A string; one that spells a number is stored as that number.
fn element(bytes: &[u8]) -> usize {
    if let Some(value) = parse_i64(bytes) {
        return number(value);
    }
    let header = match bytes.len() {
        ..64 => 1,
        64..4096 => 2,
        _ => 5,
    };
    with_length(header + bytes.len())
}

fn number(value: i64) -> usize {
    with_length(match value {
        0..=127 => 1,
        -4096..=4095 => 2,
        -0x8000..=0x7fff => 3,
        -0x80_0000..=0x7f_ffff => 4,
        -0x8000_0000..=0x7fff_ffff => 5,
        _ => 9,
    })
}

/// With its own length at the end, 7 bits a byte.
fn with_length(bytes: usize) -> usize {
    bytes
        + match bytes {
            ..=127 => 1,
            128..16_383 => 2,
            16_383..2_097_151 => 3,
            2_097_151..268_435_455 => 4,
            _ => 5,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_strings_are_elements() {
        assert_eq!(
            [0, 127, 128, -1, 4095, 4096, 1 << 40].map(number),
            [2, 2, 3, 3, 3, 4, 10]
        );
        assert_eq!(element(b"field"), 7);
        assert_eq!(element(b"12"), 2);
        assert_eq!(element(b"012"), 5);
        assert_eq!(element(&[b'x'; 64]), 67);
        assert_eq!(element(&[b'x'; 200]), 204);
    }
}
