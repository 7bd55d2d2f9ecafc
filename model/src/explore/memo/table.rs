//! An index of things by hash: open addressing over their numbers. The things themselves lie with the owner, who also
//! compares them: what is found is equal, not merely of equal hash.

/// A free place.
const FREE: u32 = u32::MAX;

/// Numbers by hash.
#[derive(Debug, Default)]
pub(super) struct Table {
    places: Vec<u32>,
    taken: usize,
}

impl Table {
    /// The number of an equal thing.
    #[inline]
    pub(super) fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        if self.places.is_empty() {
            return None;
        }
        let mut place = self.first(hash);
        loop {
            match self.places[place] {
                FREE => return None,
                number if is_it(number) => return Some(number),
                _ => place = self.next(place),
            }
        }
    }

    /// What lies where the search for this hash begins, equal or not: to be asked for early, so that it is near when the
    /// search comes.
    #[inline]
    pub(super) fn glance(&self, hash: u64) -> u32 {
        match self.places.is_empty() {
            true => FREE,
            false => self.places[self.first(hash)],
        }
    }

    /// Adds a thing that is not there, and numbers it: one more than the last. `hash_of` tells the hashes of those that are.
    pub(super) fn insert(&mut self, hash: u64, hash_of: impl Fn(u32) -> u64) -> u32 {
        // Four fifths full at most: chains stay short, and a slot costs five bytes a thing.
        if (self.taken + 1) * 5 > self.places.len() * 4 {
            let grown = (self.places.len() + self.places.len() * 2 / 5).max(16);
            // The old places are given back first: numbers are dense, the owner knows the hash of each.
            self.places = Vec::new();
            self.places = vec![FREE; grown];
            (0..self.taken as u32).for_each(|known| self.put(hash_of(known), known));
        }
        let number = self.taken as u32;
        self.put(hash, number);
        self.taken += 1;
        number
    }

    fn put(&mut self, hash: u64, number: u32) {
        let mut place = self.first(hash);
        while self.places[place] != FREE {
            place = self.next(place);
        }
        self.places[place] = number;
    }

    /// The upper bits of the product: any number of places will do.
    #[inline]
    fn first(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.places.len() as u128) >> 64) as usize
    }

    #[inline]
    fn next(&self, place: usize) -> usize {
        match place + 1 {
            end if end == self.places.len() => 0,
            next => next,
        }
    }
}

/// Mixes a number into a hash, whose upper bits are the better ones.
#[inline]
pub(super) fn mix(hash: u64, number: u32) -> u64 {
    (hash.rotate_left(23) ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
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
    use super::{Table, spread};

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
                table.insert(hash(thing), |known| hash(things[known as usize])),
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
