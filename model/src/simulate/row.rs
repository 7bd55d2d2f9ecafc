//! A row of places, each of which has at most one moment: the earliest is known at once.
//!
//! A tournament of the moments, two by two, as for sorting by selection (Knuth, The Art of Computer Programming, volume 3,
//! section 5.2.3): to change one costs as many comparisons as the row's length has binary digits, and nothing that is out
//! of date ever lies in it.

use redelivery_engine::Millis;

/// Later than everything.
const NEVER: Millis = Millis::MAX;

/// Moments by place, in milliseconds.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The winner of each match at its number: the final is 1, the matches before `n` are `2n` and `2n + 1`, and the second
    /// half are the places themselves.
    matches: Vec<Millis>,
}

impl Row {
    /// So many places, and nothing is due.
    pub(super) fn new(places: usize) -> Self {
        Self {
            matches: vec![NEVER; 2 * places.next_power_of_two()],
        }
    }

    /// Something is due at this place; the row grows as it must.
    pub(super) fn set(&mut self, place: usize, at_ms: Millis) {
        if place >= self.places() {
            self.grow(place + 1);
        }
        self.put(place, at_ms);
    }

    /// Nothing is due at this place.
    pub(super) fn clear(&mut self, place: usize) {
        if self.get(place).is_some() {
            self.put(place, NEVER);
        }
    }

    /// When something is due at a place.
    pub(super) fn get(&self, place: usize) -> Option<Millis> {
        let at_ms = self.matches.get(self.places() + place);
        at_ms.copied().filter(|&at_ms| at_ms != NEVER)
    }

    /// When something is due first.
    pub(super) fn first(&self) -> Option<Millis> {
        Some(self.matches[1]).filter(|&at_ms| at_ms != NEVER)
    }

    /// The places at which something is due at this moment, which is not after the first, in their order.
    pub(super) fn due_at(&self, at_ms: Millis) -> impl Iterator<Item = usize> {
        let mut place = 0;
        std::iter::from_fn(move || {
            let found = self.next_at(at_ms, place)?;
            place = found + 1;
            Some(found)
        })
    }

    /// The first place from this one on at which something is due at this moment, which is not after the first.
    fn next_at(&self, at_ms: Millis, place: usize) -> Option<usize> {
        if place >= self.places() || self.matches[1] != at_ms {
            return None;
        }
        let mut at = self.places() + place;
        // Up, past all that begin before the place or are due later, …
        while self.matches[at] != at_ms {
            while at % 2 == 1 {
                at /= 2;
            }
            if at == 0 {
                return None;
            }
            at += 1;
        }
        // … and down to the first that is not.
        while at < self.places() {
            at *= 2;
            at += usize::from(self.matches[at] != at_ms);
        }
        Some(at - self.places())
    }

    fn places(&self) -> usize {
        self.matches.len() / 2
    }

    fn put(&mut self, place: usize, at_ms: Millis) {
        let mut at = self.places() + place;
        self.matches[at] = at_ms;
        while at > 1 {
            at /= 2;
            self.matches[at] = self.matches[2 * at].min(self.matches[2 * at + 1]);
        }
    }

    fn grow(&mut self, places: usize) {
        let mut grown = Self::new(places);
        for place in 0..self.places() {
            if let Some(at_ms) = self.get(place) {
                grown.put(place, at_ms);
            }
        }
        *self = grown;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beside a list that is searched each time, while a row grows from nothing.
    #[test]
    fn the_earliest_is_first() {
        let mut row = Row::new(0);
        let mut list: Vec<Option<Millis>> = vec![None; 40];
        let mut state = 1u64;
        for _ in 0..5_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let place = (state >> 33) as usize % list.len();
            list[place] = (state >> 62 > 0).then_some(state >> 40 & 15);
            match list[place] {
                Some(at_ms) => row.set(place, at_ms),
                None => row.clear(place),
            }
            assert_eq!(row.get(place), list[place]);
            let first = list.iter().flatten().min().copied();
            assert_eq!(row.first(), first);
            let is_first = |place: &usize| list[*place].is_some() && list[*place] == first;
            let due: Vec<usize> = (0..list.len()).filter(is_first).collect();
            assert_eq!(row.due_at(first.unwrap_or(0)).collect::<Vec<_>>(), due);
        }
    }
}
