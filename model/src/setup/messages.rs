//! The keys of all messages, and which message a key is of: asked about each entry that anybody adds or hears of.
//!
//! A table of places by a hash of the key, the next free one if it is taken: linear probing (Knuth, The Art of Computer
//! Programming, volume 3, section 6.4). It is written once, and its order shows nowhere.

use redelivery_engine::Bytes;

use super::Message;

/// The keys of all messages, in the order in which they are produced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    keys: Vec<Bytes>,
    /// Of each place the message that lies there; at least half of them are free.
    table: Vec<Option<Message>>,
}

impl Messages {
    /// A message's key.
    pub fn key(&self, message: Message) -> &Bytes {
        &self.keys[message.0 as usize]
    }

    /// The message with this key.
    pub fn find(&self, key: &[u8]) -> Option<Message> {
        self.table.get(self.place(key)).copied().flatten()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Where a key lies in the table, or would; 0 where there is no table.
    fn place(&self, key: &[u8]) -> usize {
        let mask = self.table.len().wrapping_sub(1);
        let mut place = hash(key) & mask;
        while let Some(Some(message)) = self.table.get(place)
            && *self.keys[message.0 as usize] != *key
        {
            place = (place + 1) & mask;
        }
        place
    }
}

/// Eight bytes at a time, multiplied by the golden ratio (the same section, "Fibonacci hashing").
fn hash(key: &[u8]) -> usize {
    let mut hash = key.len() as u64;
    let (words, rest) = key.as_chunks::<8>();
    let mut mix = |word: u64| hash = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
    let last = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    mix(last);
    (hash >> 32 ^ hash) as usize
}

impl FromIterator<Bytes> for Messages {
    fn from_iter<I: IntoIterator<Item = Bytes>>(keys: I) -> Self {
        let keys: Vec<Bytes> = keys.into_iter().collect();
        let table = vec![None; (2 * keys.len()).next_power_of_two()];
        let mut messages = Self { keys, table };
        for message in (0..messages.keys.len() as u32).map(Message) {
            let place = messages.place(messages.key(message));
            messages.table[place] = Some(message);
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_found_and_no_other() {
        assert_eq!(Messages::default().find(b"shop-1"), None);
        for count in [1, 2, 3, 100, 1_000] {
            let key = |n: u32| Bytes::from(format!("{}shop-{n}", "x".repeat(n as usize % 20)));
            let messages: Messages = (0..count).map(key).collect();
            for n in 0..count {
                assert_eq!(messages.find(&key(n)), Some(Message(n)));
            }
            for n in count..2 * count {
                assert_eq!(messages.find(&key(n)), None);
            }
            assert_eq!(messages.find(b""), None);
        }
    }
}
