//! Numbers in as few bytes as they need: seven bits a byte, the lowest first, as in LEB128.

use alloc::vec::Vec;

pub(super) fn write(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn write_len(len: usize, out: &mut Vec<u8>) {
    write(len as u64, out);
}

/// Reads a number at `at` and moves behind it.
pub(super) fn read(bytes: &[u8], at: &mut usize) -> u64 {
    let first = bytes[*at];
    if first < 0x80 {
        // Most are small.
        *at += 1;
        return first.into();
    }
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
        shift += 7;
    }
}

pub(super) fn read_len(bytes: &[u8], at: &mut usize) -> usize {
    read(bytes, at) as usize
}

/// Reads a length and that many bytes, and moves behind them.
pub(super) fn read_bytes<'a>(bytes: &'a [u8], at: &mut usize) -> &'a [u8] {
    let len = read_len(bytes, at);
    let start = *at;
    *at += len;
    &bytes[start..*at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let (mut bytes, mut at) = (Vec::new(), 0);
            write(value, &mut bytes);
            assert_eq!((read(&bytes, &mut at), at), (value, bytes.len()));
        }
    }
}
