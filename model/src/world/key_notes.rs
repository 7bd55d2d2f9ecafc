//! Which keys of a broker were looked at since the notes were cleared.
//!
//! Keys are looked at many times in a step, and most often those that were looked at in the steps before: each key stays
//! known, and a look stamps it. Nothing is locked but to know a key that was never looked at.

use std::array;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use redelivery_engine::{Bytes, Index, Witness};

/// Keys that are known together.
const FEW: usize = 16;

const INDEXES: [Index; 3] = [Index::Keys, Index::Grouped, Index::Expiring];

/// Notes which keys of a broker were looked at. Atomic, since explorers share worlds between threads; who notes is alone
/// with its world.
#[derive(Debug)]
pub(crate) struct KeyNotes {
    keys: Keys,
    /// By [`INDEXES`], a bit each.
    indexes: AtomicU8,
    /// How many first looks at keys there were.
    looks: AtomicU64,
    /// How many there were when the notes were cleared.
    cleared: AtomicU64,
}

/// A list of keys that grows at its end.
#[derive(Debug)]
struct Keys {
    few: [Key; FEW],
    more: OnceLock<Box<Keys>>,
}

#[derive(Debug, Default)]
struct Key {
    name: OnceLock<Bytes>,
    /// The number of the first look since the notes were cleared, or one before that.
    look: AtomicU64,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            few: array::from_fn(|_| Key::default()),
            more: OnceLock::new(),
        }
    }
}

impl Keys {
    /// A key of this name.
    fn of(&self, name: &[u8]) -> &Key {
        for key in &self.few {
            if **key.name.get_or_init(|| name.into()) == *name {
                return key;
            }
        }
        self.more.get_or_init(Box::default).of(name)
    }
}

impl Default for KeyNotes {
    fn default() -> Self {
        Self {
            keys: Keys::default(),
            indexes: AtomicU8::new(0),
            looks: AtomicU64::new(1),
            cleared: AtomicU64::new(1),
        }
    }
}

impl KeyNotes {
    /// Nobody has looked at any since now.
    pub(crate) fn clear(&self) {
        self.indexes.store(0, Ordering::Relaxed);
        self.cleared
            .store(self.looks.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The lists that were looked at.
    pub(super) fn indexes(&self) -> impl Iterator<Item = Index> {
        let noted = self.indexes.load(Ordering::Relaxed);
        INDEXES.into_iter().filter(move |of| noted & bit(*of) != 0)
    }

    /// The keys that were looked at, in the order of the first looks.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Bytes> {
        let cleared = self.cleared.load(Ordering::Relaxed);
        let mut looked_at = Vec::with_capacity(FEW);
        let mut keys = Some(&self.keys);
        while let Some(Keys { few, more }) = keys {
            for key in few {
                let look = key.look.load(Ordering::Relaxed);
                if let Some(name) = key.name.get().filter(|_| look > cleared) {
                    looked_at.push((look, name));
                }
            }
            keys = more.get().map(|more| &**more);
        }
        looked_at.sort_unstable_by_key(|(look, _)| *look);
        looked_at.into_iter().map(|(_, name)| name)
    }
}

fn bit(of: Index) -> u8 {
    1 << of as u8
}

impl Witness for KeyNotes {
    fn key(&self, name: &[u8]) {
        let key = self.keys.of(name);
        if key.look.load(Ordering::Relaxed) <= self.cleared.load(Ordering::Relaxed) {
            let look = self.looks.load(Ordering::Relaxed) + 1;
            self.looks.store(look, Ordering::Relaxed);
            key.look.store(look, Ordering::Relaxed);
        }
    }

    fn index(&self, of: Index) {
        self.indexes
            .store(self.indexes.load(Ordering::Relaxed) | bit(of), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_once_and_in_the_order_of_first_looks() {
        let notes = KeyNotes::default();
        let looked_at = || notes.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert!(looked_at().is_empty());
        let names: Vec<String> = (0..3 * FEW).map(|number| format!("key {number}")).collect();
        names.iter().for_each(|name| notes.key(name.as_bytes()));
        assert_eq!(looked_at(), names);
        notes.clear();
        assert!(looked_at().is_empty());
        ["key 40", "key 2", "key 40", "new"]
            .iter()
            .for_each(|name| notes.key(name.as_bytes()));
        assert_eq!(looked_at(), ["key 40", "key 2", "new"]);
    }

    #[test]
    fn lists_are_noted_until_notes_are_cleared() {
        let notes = KeyNotes::default();
        notes.index(Index::Expiring);
        notes.index(Index::Keys);
        notes.index(Index::Expiring);
        assert!(notes.indexes().eq([Index::Keys, Index::Expiring]));
        notes.clear();
        assert_eq!(notes.indexes().next(), None);
    }
}
