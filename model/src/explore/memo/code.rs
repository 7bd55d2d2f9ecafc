//! Turns and their steps, one word after the other: what is read together lies together.
//!
//! A turn: how many steps there are, the columns on which they depend and those that they change; then the steps. A step:
//! whom it tells something, its turn, and the outcome that was learnt first, with what is asked of that most often, and
//! its key.

use super::columns::{Cell, Column};
use super::steps::UNKNOWN;

/// Where a turn or a step begins.
pub(super) type Offset = u32;

/// In place of a turn: nothing is possible.
pub(super) const IDLE: Offset = UNKNOWN - 1;

const TURN: usize = 5;

const STEP: usize = 5;

/// Added to a turn: all its steps lead to what is known before they are looked up.
pub(super) const ASLEEP: Offset = 1 << 31;

/// In the first word of a turn, above the number of steps: some step that is no fault changes something, …
const MOVES: u32 = 1 << 31;

/// … and some step changes nothing.
const STAYS: u32 = 1 << 30;

/// In the first word of a step: whom it tells something, and above it who brings it about.
const TOLD: u32 = (1 << 24) - 1;

/// Columns, a bit for each; where there are many, several share one.
pub(super) type Mask = u64;

/// The bit of a column.
#[inline]
pub(super) fn bit(column: Column) -> Mask {
    1 << (u32::from(column) % Mask::BITS)
}

/// Turns with their steps.
#[derive(Debug, Default)]
pub(super) struct Code(Vec<u32>);

/// The first outcome of a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct First {
    pub(super) outcome: u32,
    pub(super) mover: u8,
    pub(super) delta: u64,
}

impl Code {
    /// Begins a turn, which depends on these columns; answers where.
    pub(super) fn add_turn(&mut self, steps: u32, reads: Mask) -> Offset {
        match steps {
            0 => IDLE,
            steps => {
                assert!(steps < STAYS && self.0.len() < ASLEEP as usize, "too many steps");
                self.0.extend([steps, (reads >> 32) as u32, reads as u32, 0, 0]);
                (self.0.len() - TURN) as Offset
            }
        }
    }

    /// Adds a step to a turn, which comes last; its key has so many cells.
    pub(super) fn add_step(&mut self, turn: Offset, told: u32, key: usize) {
        assert!(told <= TOLD, "too many ways to tell something");
        self.0.extend([told, UNKNOWN, 0, 0, turn]);
        self.0.resize(self.0.len() + key, 0);
    }

    /// Looks at a turn, so that it is near when it is asked for.
    #[inline]
    pub(super) fn glance(&self, turn: Offset) -> u32 {
        self.0.get(turn as usize).copied().unwrap_or_default()
    }

    /// How many steps a turn has.
    #[inline]
    pub(super) fn steps(&self, turn: Offset) -> u32 {
        match turn {
            IDLE => 0,
            turn => self.0[turn as usize] & !(MOVES | STAYS),
        }
    }

    /// Whether some step of a turn that is no fault changes something.
    #[inline]
    pub(super) fn moves(&self, turn: Offset) -> bool {
        self.0[turn as usize] & MOVES != 0
    }

    /// Whether some step of a turn changes nothing.
    #[inline]
    pub(super) fn stays(&self, turn: Offset) -> bool {
        self.0[turn as usize] & STAYS != 0
    }

    /// The columns on which a turn and its outcomes depend, and those that they change.
    #[inline]
    pub(super) fn reads_and_writes(&self, turn: Offset) -> (Mask, Mask) {
        let words = &self.0[turn as usize..][..TURN];
        let mask = |upper: u32, lower: u32| u64::from(upper) << 32 | u64::from(lower);
        (mask(words[1], words[2]), mask(words[3], words[4]))
    }

    /// An outcome of a step was learnt, that changes these columns, if it changes anything.
    pub(super) fn note(&mut self, step: Offset, changes: bool, is_fault: bool, writes: Mask) {
        let turn = self.0[step as usize + 4] as usize;
        self.0[turn] |= match (changes, is_fault) {
            (false, _) => STAYS,
            (true, false) => MOVES,
            (true, true) => 0,
        };
        self.0[turn + 3] |= (writes >> 32) as u32;
        self.0[turn + 4] |= writes as u32;
    }

    /// The first step of a turn, if it has one.
    #[inline]
    pub(super) fn first_step(&self, turn: Offset) -> Offset {
        turn.saturating_add(TURN as Offset)
    }

    /// The step after this one, whose key has so many cells.
    #[inline]
    pub(super) fn next_step(&self, step: Offset, key: usize) -> Offset {
        step + (STEP + key) as Offset
    }

    /// Whom a step tells something.
    #[inline]
    pub(super) fn told(&self, step: Offset) -> u32 {
        self.0[step as usize] & TOLD
    }

    /// The outcome of a step that was learnt first, if it has the key that lies in these columns of a row.
    #[inline]
    pub(super) fn first(&self, step: Offset, told: &[Column], row: &[Cell]) -> Option<First> {
        let (words, key) = self.0[step as usize..][..STEP + told.len()].split_at(STEP);
        let mut is_it = words[1] != UNKNOWN;
        for (&column, &cell) in told.iter().zip(key) {
            is_it &= row[usize::from(column)] == cell;
        }
        is_it.then(|| First {
            outcome: words[1],
            mover: (words[0] >> 24) as u8,
            delta: u64::from(words[2]) << 32 | u64::from(words[3]),
        })
    }

    /// The outcome of a step that was learnt first.
    pub(super) fn first_outcome(&self, step: Offset) -> u32 {
        self.0[step as usize + 1]
    }

    /// An outcome of a step was learnt that has none.
    pub(super) fn set_first(&mut self, step: Offset, first: First, key: impl Iterator<Item = Cell>) {
        let words = &mut self.0[step as usize..];
        words[0] |= u32::from(first.mover) << 24;
        words[1..4].copy_from_slice(&[first.outcome, (first.delta >> 32) as u32, first.delta as u32]);
        words[STEP..].iter_mut().zip(key).for_each(|(word, cell)| *word = cell);
    }

    /// Whether a step has an outcome.
    pub(super) fn has_first(&self, step: Offset) -> bool {
        self.first_outcome(step) != UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, IDLE, bit};

    #[test]
    fn a_turn_knows_what_its_steps_depend_on_and_change() {
        let mut code = Code::default();
        assert_eq!(code.add_turn(0, bit(1)), IDLE, "there is nothing to know of it");
        let reads = bit(1) | bit(40);
        let turn = code.add_turn(2, reads);
        code.add_step(turn, 0, 0);
        code.add_step(turn, 3, 2);
        let first = code.first_step(turn);
        let second = code.next_step(first, 0);
        assert_eq!((code.steps(turn), code.told(first), code.told(second)), (2, 0, 3));
        assert_eq!(code.reads_and_writes(turn), (reads, 0));

        code.note(first, true, true, bit(1));
        assert!(!code.moves(turn), "a fault moves nobody");
        code.note(second, true, false, bit(40));
        assert_eq!(code.reads_and_writes(turn), (reads, reads));
        assert!(code.moves(turn) && !code.stays(turn));
        code.note(second, false, false, 0);
        assert!(code.stays(turn) && code.steps(turn) == 2);
    }
}
