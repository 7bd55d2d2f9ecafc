//! The turns of a row from those of the row that it has become of: most stay.
//!
//! A step changes few columns: a section that has never looked there does what it did. And where two steps do not see
//! what the other changes, it is the same which comes first (sleep sets: Godefroid, "Partial-order methods for the
//! verification of concurrent systems", 1996). Of the steps of a state s that were listed before the step a that leads to
//! a row sa, those that are still possible there and know nothing of a are *asleep* there, and so are those that were
//! asleep in s: they are counted, and not looked up. What is found, and in which order, stays the same.
//!
//! For if b is asleep in a state x, what b leads to is found by a step of a state that comes before x, whatever the state
//! from which it was first reached. By induction in the order of the search, with x = sa, as it was first reached:
//!
//! - sb comes before sa. If b was looked up in s, it was before a was; if it was asleep in s, sb was found by a state before s.
//! - In sb, a is possible and leads to sab = sba. If a is looked up there, a state before sa has found it; if it is asleep
//!   there, because sb was first reached otherwise, a state before sb has.
//!
//! States come in the order in which they are first reached, whatever the threads: so nothing new is missed, and nothing is
//! first reached by another step. Where clients are interchangeable the same holds of orbits. Nor is a way back missed: if
//! b leads from sa to a state that is no deeper, then a does so from sb, or b does from s; one of these pairs is looked up in
//! the end, be it a fault. Steps that stay on the spot are never asleep. Cycles themselves are judged with all steps.
//!
//! Read next: `kept.rs`, where rows become others; `emission.rs`, where turns are asked for.

use super::code::{ASLEEP, IDLE, Mask, Offset};
use super::columns::{Cell, Columns};
use super::steps::{Own, QUIET, Steps, UNKNOWN};

/// What led to a row: which step of the row before, counted over all its turns, and the columns that it has changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) step: Option<u32>,
    pub(super) written: Mask,
}

impl Steps {
    /// Those sections are asked that may lead to something, for all that is known: the others lead to nothing, whatever
    /// the row.
    pub(super) fn let_sleep(&mut self, columns: &Columns) {
        let is_quiet = |looks: &u32| *looks != UNKNOWN && looks & QUIET != 0;
        let sleeps = |own: &Own| {
            let cells = own.column.map_or(1, |column| columns.cells(column));
            own.looks.len() >= cells && own.looks[..cells].iter().all(is_quiet)
        };
        let awake = (0..).zip(&self.sections).filter(|(_, own)| !sleeps(own));
        let awake: Vec<u16> = awake.map(|(number, _)| number).collect();
        if awake != self.awake {
            self.awake = awake;
            self.generation += 1;
        }
    }

    /// So many words keep the turns of a row: the generation in which they were found, then one for each section.
    pub(super) fn stride(&self) -> usize {
        1 + self.awake.len()
    }

    /// The turns of a row, one for each section that is asked.
    pub(super) fn find(&self, row: &[Cell], turns: &mut Vec<Offset>) {
        turns.extend(self.awake.iter().map(|&section| self.turn(section, row)));
    }

    /// Those that were kept, if they still hold; or else they are found.
    #[inline]
    pub(super) fn kept_or_found<'a>(
        &self,
        row: &[Cell],
        kept: &'a [Offset],
        found: &'a mut Vec<Offset>,
    ) -> &'a [Offset] {
        match kept.split_first() {
            Some((&generation, kept)) if generation == self.generation => kept,
            _ => {
                found.clear();
                self.find(row, found);
                found
            }
        }
    }

    /// Adds the turns of what a row has become, which had these before.
    #[inline]
    pub(super) fn follow(&self, row: &[Cell], before: &[Offset], taken: Taken, turns: &mut Vec<Offset>) {
        turns.push(self.generation);
        let before = match before.split_first() {
            Some((&generation, before)) if generation == self.generation => before,
            _ => return self.find(row, turns),
        };
        let (own, reads) = self.taken_of(before, taken);
        turns.extend(
            (0..)
                .zip(self.awake.iter().zip(before))
                .map(|(place, (&section, &before))| {
                    let turn = match before {
                        UNKNOWN => return self.turn(section, row),
                        IDLE => before,
                        before => before & !ASLEEP,
                    };
                    if self.looks_at[usize::from(section)] & taken.written != 0 {
                        let now = match self.asked(section, row) {
                            UNKNOWN => return UNKNOWN,
                            looks if looks & QUIET != 0 => return IDLE,
                            looks => &self.looks[looks as usize],
                        };
                        if now.mask & taken.written != 0 {
                            return now.turns.find(row).unwrap_or(UNKNOWN);
                        }
                    }
                    if turn == IDLE || place >= own && before == turn {
                        return turn;
                    }
                    let (read, written) = self.code.reads_and_writes(turn);
                    let is_apart = read & taken.written == 0 && written & reads == 0 && !self.code.stays(turn);
                    turn | if is_apart { ASLEEP } else { 0 }
                }),
        );
    }

    /// Which of these turns was taken, and the columns on which it depends; none, and all, where that is not known.
    #[inline]
    fn taken_of(&self, turns: &[Offset], taken: Taken) -> (usize, Mask) {
        let unknown = (0, Mask::MAX);
        let Some(mut left) = taken.step else {
            return unknown;
        };
        for (place, &turn) in turns.iter().enumerate() {
            if turn == UNKNOWN {
                return unknown;
            }
            if turn != IDLE {
                let steps = self.code.steps(turn & !ASLEEP);
                if left < steps {
                    return (place, self.code.reads_and_writes(turn & !ASLEEP).0);
                }
                left -= steps;
            }
        }
        unknown
    }

    /// What a section leads to, if it is known.
    #[inline]
    pub(super) fn turn(&self, section: u16, row: &[Cell]) -> Offset {
        match self.asked(section, row) {
            UNKNOWN => UNKNOWN,
            looks if looks & QUIET != 0 => IDLE,
            looks => self.looks[looks as usize].turns.find(row).unwrap_or(UNKNOWN),
        }
    }

    /// The looks of a section that a row asks, or that it is quiet.
    #[inline]
    fn asked(&self, section: u16, row: &[Cell]) -> u32 {
        let section = &self.sections[usize::from(section)];
        section
            .looks
            .get(section.cell(row) as usize)
            .copied()
            .unwrap_or(UNKNOWN)
    }
}
