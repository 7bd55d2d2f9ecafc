//! Turns and their steps, one word after the other: what is read together lies together.
//!
//! A turn: the upper half of its hash, its looks, how many steps there are, its key; then the steps. A step: whom it tells
//! something, the outcome that was learnt last, and the one that was learnt first, with what is asked of that most often
//! and its key.

use super::columns::Cell;
use super::steps::UNKNOWN;

/// Where a turn or a step begins.
pub(super) type Offset = u32;

const TURN: usize = 3;
const STEP: usize = 6;

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
    /// Begins a turn; answers where.
    pub(super) fn add_turn(&mut self, upper: u32, looks: u32, steps: u32, key: impl Iterator<Item = Cell>) -> Offset {
        let offset = self.0.len() as Offset;
        self.0.extend([upper, looks, steps]);
        self.0.extend(key);
        offset
    }

    /// Adds a step to the turn that comes last, whose key has so many cells.
    pub(super) fn add_step(&mut self, told: u32, key: usize) {
        self.0.extend([told, UNKNOWN, UNKNOWN, 0, 0, 0]);
        self.0.resize(self.0.len() + key, 0);
    }

    /// Where the next turn would begin.
    pub(super) fn end(&self) -> Offset {
        self.0.len() as Offset
    }

    /// The upper half of a turn's hash.
    pub(super) fn upper(&self, turn: Offset) -> u32 {
        self.0[turn as usize]
    }

    #[inline]
    pub(super) fn looks(&self, turn: Offset) -> u32 {
        self.0[turn as usize + 1]
    }

    #[inline]
    pub(super) fn steps(&self, turn: Offset) -> u32 {
        self.0[turn as usize + 2]
    }

    /// The key of a turn, of so many cells.
    #[inline]
    pub(super) fn key(&self, turn: Offset, len: usize) -> &[Cell] {
        &self.0[turn as usize + TURN..][..len]
    }

    /// The first step of a turn whose key has so many cells.
    #[inline]
    pub(super) fn first_step(&self, turn: Offset, key: usize) -> Offset {
        turn + (TURN + key) as Offset
    }

    /// The step after this one, whose key has so many cells.
    #[inline]
    pub(super) fn next_step(&self, step: Offset, key: usize) -> Offset {
        step + (STEP + key) as Offset
    }

    /// Whom a step tells something.
    #[inline]
    pub(super) fn told(&self, step: Offset) -> u32 {
        self.0[step as usize]
    }

    /// The outcome of a step that was learnt last.
    pub(super) fn latest(&self, step: Offset) -> u32 {
        self.0[step as usize + 1]
    }

    /// Another outcome of a step was learnt.
    pub(super) fn set_latest(&mut self, step: Offset, outcome: u32) {
        self.0[step as usize + 1] = outcome;
    }

    /// The outcome of a step that was learnt first, if it has this key.
    #[inline]
    pub(super) fn first(&self, step: Offset, len: usize, key: impl Iterator<Item = Cell>) -> Option<First> {
        let words = &self.0[step as usize..][..STEP + len];
        let is_it = words[2] != UNKNOWN && words[STEP..].iter().copied().eq(key);
        is_it.then(|| First {
            outcome: words[2],
            mover: words[3] as u8,
            delta: u64::from(words[4]) << 32 | u64::from(words[5]),
        })
    }

    /// An outcome of a step was learnt that has none.
    pub(super) fn set_first(&mut self, step: Offset, first: First, key: impl Iterator<Item = Cell>) {
        let words = &mut self.0[step as usize..];
        words[2..STEP].copy_from_slice(&[
            first.outcome,
            first.mover.into(),
            (first.delta >> 32) as u32,
            first.delta as u32,
        ]);
        words[STEP..].iter_mut().zip(key).for_each(|(word, cell)| *word = cell);
    }

    /// Whether a step has an outcome.
    pub(super) fn has_first(&self, step: Offset) -> bool {
        self.0[step as usize + 2] != UNKNOWN
    }
}
