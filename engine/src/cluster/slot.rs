//! Hash slots: which of the 16,384 a key or a sharded channel belongs to.
//!
//! Source: <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model>.

/// A hash slot, below [`SLOTS`].
pub type Slot = u16;

/// How many slots there are.
pub const SLOTS: u16 = 16_384;

/// The slot of a key: the checksum of its hash tag, what stands between its first `{` and the next `}`, or of the whole
/// key where it has none or an empty one.
///
/// ```
/// use redelivery_engine::cluster::slot_of;
/// assert_eq!(slot_of(b"apple"), 7092);
/// assert_eq!(slot_of(b"{apple}.pie"), 7092);
/// ```
pub fn slot_of(key: &[u8]) -> Slot {
    crc16(tag(key)) % SLOTS
}

fn tag(key: &[u8]) -> &[u8] {
    let Some(open) = key.iter().position(|byte| *byte == b'{') else {
        return key;
    };
    let rest = &key[open + 1..];
    match rest.iter().position(|byte| *byte == b'}') {
        None | Some(0) => key,
        Some(close) => &rest[..close],
    }
}

/// CRC-16/XMODEM: polynomial 0x1021, initially 0, nothing reflected.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc: u16, byte| {
        (crc << 8) ^ REMAINDERS[usize::from((crc >> 8) ^ u16::from(*byte))]
    })
}

const REMAINDERS: [u16; 256] = remainders();

const fn remainders() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte: u16 = 0;
    while byte < 256 {
        let mut crc = byte << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x1021
            };
            bit += 1;
        }
        table[byte as usize] = crc;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(crc16(b""), 0);
    }

    #[test]
    fn the_first_hash_tag_that_is_not_empty_counts() {
        // As CLUSTER KEYSLOT of 8.2.3 answers.
        for (key, slot) in [
            ("foo", 12182),
            ("bar", 5061),
            ("{foo}bar", 12182),
            ("foo{bar}baz}", 5061),
            ("foo{{bar}}zap", slot_of(b"{bar")),
            ("", 0),
        ] {
            assert_eq!(slot_of(key.as_bytes()), slot, "{key}");
        }
        for whole in ["foo{}{bar}", "foo{bar", "foo}bar{"] {
            assert_eq!(slot_of(whole.as_bytes()), crc16(whole.as_bytes()) % SLOTS, "{whole}");
        }
    }
}
