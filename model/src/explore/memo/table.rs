//! An index of things by hash: open addressing over their numbers. The things themselves lie with the owner, who also
//! compares them: what is found is equal, not merely of equal hash.

/// A free slot.
const FREE: u64 = u64::MAX;

/// Numbers by hash. A slot holds a number and the lower half of its hash, so that what is not equal is seldom looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    slots: Vec<u64>,
    taken: usize,
}

impl Table {
    /// The number of an equal thing.
    #[inline]
    pub(super) fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let mut place = self.first(hash);
        loop {
            match self.slots[place] {
                FREE => return None,
                slot if slot as u32 == hash as u32 && is_it((slot >> 32) as u32) => return Some((slot >> 32) as u32),
                _ => place = self.next(place),
            }
        }
    }

    /// Adds a thing that is not there, and numbers it: one more than the last.
    pub(super) fn add(&mut self, hash: u64, upper: impl Fn(u32) -> u32) -> u32 {
        let number = self.taken as u32;
        self.insert(hash, number, upper);
        number
    }

    /// Adds a thing that is not there. `upper` tells the upper halves of the hashes of those that are.
    pub(super) fn insert(&mut self, hash: u64, number: u32, upper: impl Fn(u32) -> u32) {
        // Two thirds full at most: what is not there is missed after few slots.
        if (self.taken + 1) * 3 > self.slots.len() * 2 {
            let grown = vec![FREE; (self.slots.len() * 2).max(16)];
            // In the order of slots, which hardly changes: both lists are gone through once.
            for slot in std::mem::replace(&mut self.slots, grown) {
                if slot != FREE {
                    self.put(
                        u64::from(upper((slot >> 32) as u32)) << 32 | slot & u64::from(u32::MAX),
                        slot,
                    );
                }
            }
        }
        self.put(hash, u64::from(number) << 32 | hash & u64::from(u32::MAX));
        self.taken += 1;
    }

    fn put(&mut self, hash: u64, slot: u64) {
        let mut place = self.first(hash);
        while self.slots[place] != FREE {
            place = self.next(place);
        }
        self.slots[place] = slot;
    }

    /// The upper bits of the product: any number of slots will do.
    #[inline]
    fn first(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.slots.len() as u128) >> 64) as usize
    }

    #[inline]
    fn next(&self, place: usize) -> usize {
        match place + 1 {
            end if end == self.slots.len() => 0,
            next => next,
        }
    }
}

/// The upper half of a hash.
pub(super) fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Mixes a number into a hash, whose upper bits are the better ones.
#[inline]
pub(super) fn mix(hash: u64, number: impl Into<u64>) -> u64 {
    (hash.rotate_left(23) ^ number.into()).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Spreads a number over 64 bits: the last step of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014).
#[inline]
pub(super) fn spread(number: u64) -> u64 {
    let mut spread = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    spread = (spread ^ (spread >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    spread = (spread ^ (spread >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    spread ^ (spread >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Table, spread, upper};

    #[test]
    fn finds_what_was_inserted_and_nothing_else() {
        let mut table = Table::default();
        let things: Vec<u64> = (0..10_000)
            .map(|thing| thing * thing % 65_537 + (thing << 20))
            .collect();
        // Few different hashes: equality decides.
        let hash = |thing: u64| spread(thing % 97);
        for (number, &thing) in things.iter().enumerate() {
            assert_eq!(table.find(hash(thing), |known| things[known as usize] == thing), None);
            assert_eq!(
                table.add(hash(thing), |known| upper(hash(things[known as usize]))),
                number as u32
            );
        }
        for (number, &thing) in things.iter().enumerate() {
            let found = table.find(hash(thing), |known| things[known as usize] == thing);
            assert_eq!(found, Some(number as u32));
        }
        assert_eq!(table.find(hash(1), |known| things[known as usize] == 1), None);
    }
}
