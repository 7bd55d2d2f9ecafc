//! What rows become: by outcome, the columns that it changes, and what lies in them then. Apart from all else that is
//! known of outcomes, since this alone is asked for each state that is new.

use super::code::{Mask, bit};
use super::columns::{Cell, Column};

/// What outcomes write, numbered as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Writes {
    /// By outcome: where what it writes ends; it begins where that of the one before ends.
    ends: Vec<u32>,
    all: Vec<(Column, Cell)>,
}

impl Writes {
    /// Adds what the next outcome writes.
    pub(super) fn add(&mut self, writes: impl Iterator<Item = (Column, Cell)>) {
        self.all.extend(writes);
        self.ends.push(self.all.len() as u32);
    }

    /// What an outcome writes.
    #[inline]
    pub(super) fn of(&self, outcome: u32) -> &[(Column, Cell)] {
        &self.all[self.begin(outcome)..self.ends[outcome as usize] as usize]
    }

    /// Looks at what an outcome writes, so that it is near when it is asked for.
    #[inline]
    pub(super) fn glance(&self, outcome: u32) -> u32 {
        self.all.get(self.begin(outcome)).map_or(0, |&(_, cell)| cell)
    }

    /// Makes a row what it becomes. Answers which columns that changes.
    #[inline]
    pub(super) fn write(&self, outcome: u32, row: &mut [Cell]) -> Mask {
        let mut written = 0;
        for &(column, cell) in self.of(outcome) {
            row[usize::from(column)] = cell;
            written |= bit(column);
        }
        written
    }

    #[inline]
    fn begin(&self, outcome: u32) -> usize {
        match outcome {
            0 => 0,
            outcome => self.ends[outcome as usize - 1] as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Writes, bit};

    #[test]
    fn each_outcome_writes_its_own() {
        let mut writes = Writes::default();
        for own in [vec![(1, 5), (0, 6)], vec![], vec![(2, 7)]] {
            writes.add(own.into_iter());
        }
        let written = |outcome| {
            let mut row = [0; 3];
            let mask = writes.write(outcome, &mut row);
            (row, mask)
        };
        assert_eq!(written(0), ([6, 5, 0], bit(0) | bit(1)));
        assert_eq!(written(1), ([0; 3], 0));
        assert_eq!(written(2), ([0, 0, 7], bit(2)));
        assert_eq!([0, 1, 2].map(|outcome| writes.of(outcome).len()), [2, 0, 1]);
    }
}
