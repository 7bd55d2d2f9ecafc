//! Places by fingerprint, in one ordered list with gaps: a fingerprint lies where it belongs among all numbers, or soon
//! after, and never after a larger one (Amble and Knuth, "Ordered hash tables", 1974). So what is not there is missed as
//! early as what is there is found, in one look into memory, and a longer list is filled from the first to the last.

/// A place, and the fingerprint by which it is found: halves lie closer together than a whole.
#[derive(Clone, Copy, Debug)]
struct Slot {
    lower: u32,
    upper: u32,
    place: u32,
}

/// The place in a free slot.
const NOBODY: u32 = u32::MAX;

impl Slot {
    /// No fingerprint is larger.
    const FREE: Self = Self {
        lower: u32::MAX,
        upper: u32::MAX,
        place: NOBODY,
    };

    fn new(fingerprint: u64, place: u32) -> Self {
        Self {
            lower: fingerprint as u32,
            upper: (fingerprint >> 32) as u32,
            place,
        }
    }

    #[inline]
    fn fingerprint(self) -> u64 {
        u64::from(self.lower) | u64::from(self.upper) << 32
    }
}

/// Places by fingerprint.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// Fingerprints belong into so many; those that find no room there come after, and then a free one.
    range: usize,
    slots: Vec<Slot>,
    taken: usize,
}

impl Slots {
    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        // Seven eighths full at most, and a seventh longer then: fourteen to sixteen bytes for each that is there.
        while (self.taken + more) * 8 > self.range * 7 {
            self.lengthen((self.range / 7).max(16));
        }
    }

    /// Fingerprints belong into so many slots more. The slots move to the end of the longer list, and from there one after
    /// the other to where they belong, which is never beyond where they are.
    fn lengthen(&mut self, more: usize) {
        self.range += more;
        let before = self.slots.len();
        let shift = (self.range + 16).saturating_sub(before).max(more);
        self.slots.reserve_exact(shift);
        self.slots.resize(before + shift, Slot::FREE);
        self.slots.copy_within(..before, shift);
        self.slots[..shift].fill(Slot::FREE);
        let mut next = 0;
        for from in shift..self.slots.len() {
            let slot = std::mem::replace(&mut self.slots[from], Slot::FREE);
            // Free ones are put down, too, and others over them: which are free nobody could foretell.
            let is_taken = slot.place != NOBODY;
            let home = if is_taken { self.home(slot.fingerprint()) } else { 0 };
            let at = home.max(next);
            self.slots[at] = slot;
            next = at + usize::from(is_taken);
        }
    }

    /// Looks where a search will begin, so that it is near when the search comes. There is room.
    #[inline]
    pub(super) fn glance(&self, fingerprint: u64) -> u32 {
        self.slots[self.home(fingerprint)].place
    }

    /// The place by this fingerprint that is the right one; or the slot in which it would be. There is room.
    #[inline]
    pub(super) fn find(&self, fingerprint: u64, is_it: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let mut at = self.home(fingerprint);
        loop {
            let slot = self.slots[at];
            if slot.fingerprint() >= fingerprint {
                if slot.fingerprint() > fingerprint || slot.place == NOBODY {
                    return Err(at);
                }
                if is_it(slot.place) {
                    return Ok(slot.place);
                }
            }
            at += 1;
        }
    }

    /// Puts a place into the slot where it was not found.
    pub(super) fn insert(&mut self, at: usize, fingerprint: u64, place: u32) {
        let (mut at, mut moved) = (at, Slot::new(fingerprint, place));
        while moved.place != NOBODY {
            moved = std::mem::replace(&mut self.slots[at], moved);
            at += 1;
        }
        self.taken += 1;
        if at == self.slots.len() {
            self.slots.push(Slot::FREE);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.taken == 0
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    #[inline]
    fn home(&self, fingerprint: u64) -> usize {
        ((u128::from(fingerprint) * self.range as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Slots;
    use crate::explore::memo::table::spread;

    #[test]
    fn finds_what_was_inserted_and_nothing_else() {
        let mut slots = Slots::default();
        // Many at the end, and the largest of all.
        let fingerprint = |number: u64| match number {
            0..100 => u64::MAX - number,
            _ => spread(number),
        };
        for number in 0..10_000 {
            slots.reserve(1);
            let free = slots.find(fingerprint(number), |_| true).expect_err("it is not there");
            slots.insert(free, fingerprint(number), number as u32);
        }
        for number in 0..10_000 {
            assert_eq!(slots.find(fingerprint(number), |_| true), Ok(number as u32));
        }
        assert!(slots.find(spread(10_000), |_| true).is_err());
    }

    #[test]
    fn one_fingerprint_may_have_several_places() {
        let mut slots = Slots::default();
        for fingerprint in [7, u64::MAX] {
            for place in 0..3 {
                slots.reserve(1);
                let free = slots.find(fingerprint, |known| known == place).expect_err("not there");
                slots.insert(free, fingerprint, place);
            }
            for place in 0..3 {
                assert_eq!(slots.find(fingerprint, |known| known == place), Ok(place));
            }
        }
    }
}
