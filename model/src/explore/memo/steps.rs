//! Steps by what they depend on: once done, a step is done for every row that has the same in the columns that it looked
//! at.
//!
//! Three keys lead to what a row becomes. The section and the piece of its own client give the columns at which such turns
//! have looked so far; what lies in these gives the steps; the pieces of the monitors that a step tells something give
//! what the row becomes. Monitors only listen, so that nothing else depends on them, except where they remember times:
//! these are among the columns of the first key. A turn that looks elsewhere widens the columns of its key, and
//! what was known under fewer is forgotten: it might have come about otherwise. Equality decides, never a hash alone.
//! Read next: `learning.rs`, how they come here, and `hand.rs`, where steps are done.

use std::collections::BTreeMap;

use super::code::{Code, First, Offset};
use super::columns::{Cell, Column};
use super::layout::Place;
use super::moves::Moves;
use super::orbits;
use super::store::{Id, NOTHING};
use super::table::{Table, mix};
use crate::world::{Action, Actor, Section};

/// The mover of a fault.
pub(super) const FAULT: u8 = u8::MAX;

/// All steps that were done.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) sections: Vec<Own>,
    pub(super) looks: Vec<Looks>,
    pub(super) columns: Lists,
    pub(super) turns: Table,
    pub(super) code: Code,
    /// So many turns are known.
    pub(super) count: usize,
    pub(super) told: Lists,
    /// Outcomes by what they depend on.
    pub(super) endings: Table,
    pub(super) outcomes: Vec<Outcome>,
    /// By outcome, what changes in the fingerprints of all ways but the first.
    pub(super) turned: Vec<u64>,
    pub(super) keys: Vec<Cell>,
    pub(super) writes: Vec<(Column, Cell)>,
    pub(super) moves: Moves,
    pub(super) actors: BTreeMap<Actor, u8>,
    /// Whether a turn depends on which keys there are.
    pub(super) asks_for_all_keys: bool,
    /// So many turns were known when places were last arranged in columns.
    pub(super) arranged: usize,
}

/// A section, the column of its own piece, and its looks by what lies there.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) section: Section,
    pub(super) column: Option<Column>,
    pub(super) looks: Vec<u32>,
}

/// At which columns turns of a section have looked.
#[derive(Debug)]
pub(super) struct Looks {
    /// But for its own.
    pub(super) columns: u32,
    pub(super) section: u16,
    pub(super) own: Id,
    /// The places that were looked at. There may be others in the same columns.
    pub(super) places: Vec<Place>,
}

/// Nothing is known.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// In place of looks: there are no steps, whatever the row.
pub(super) const NO_STEPS: u32 = u32::MAX - 1;

/// What a row becomes by a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) action: Action,
    /// What changes in the fingerprint; 0 if nothing changes.
    pub(super) delta: u64,
    /// Who brings it about, by number.
    pub(super) mover: u8,
    pub(super) writes: (u32, u16),
    pub(super) step: Offset,
    /// What the monitors were that were told something.
    pub(super) key: u32,
    pub(super) upper: u32,
    /// The outcome of the same step that was learnt before.
    pub(super) before: u32,
    /// What changes, among the moves.
    pub(super) changes: u32,
}

/// What is not known yet of a row: a section, and the hash of the key under which nothing was found.
pub(super) type Missing = (u16, u64);

impl Steps {
    pub(super) fn section(&self, section: u16) -> Section {
        self.sections[usize::from(section)].section
    }

    pub(super) fn action(&self, outcome: u32) -> Action {
        self.outcomes[outcome as usize].action
    }

    /// What changes in the fingerprints of so many ways, but the first.
    #[inline]
    fn turned(&self, outcome: u32, ways: usize) -> &[u64] {
        &self.turned[outcome as usize * (ways - 1)..][..ways - 1]
    }

    /// The fingerprints, in each way, of what a row becomes.
    pub(super) fn fingerprints<'a>(&'a self, before: &'a [u64], outcome: u32) -> impl Iterator<Item = u64> + 'a {
        let turned = self.turned(outcome, before.len()).iter().copied();
        let deltas = [self.outcomes[outcome as usize].delta].into_iter().chain(turned);
        before.iter().zip(deltas).map(|(before, delta)| before ^ delta)
    }

    /// By what is found what a row becomes.
    #[inline]
    pub(super) fn key(&self, before: &[u64], first: &First) -> u64 {
        let turned = self.turned(first.outcome, before.len());
        let others = before[1..].iter().zip(turned);
        let least = others.fold(before[0] ^ first.delta, |least, (before, delta)| {
            least.min(before ^ delta)
        });
        orbits::key(least, before.len())
    }

    /// Makes a row what it becomes.
    pub(super) fn write(&self, outcome: u32, row: &mut [Cell]) {
        let (start, len) = self.outcomes[outcome as usize].writes;
        for &(column, cell) in &self.writes[start as usize..][..usize::from(len)] {
            row[usize::from(column)] = cell;
        }
    }

    /// The outcomes of a row, section by section; what is missing is told.
    #[inline]
    pub(super) fn of_row(&self, row: &[Cell], outcomes: &mut Vec<First>, mut missing: impl FnMut(Missing)) {
        for (number, section) in (0..).zip(&self.sections) {
            let own = section.column.map_or(NOTHING, |column| row[usize::from(column)]);
            match section.looks.get(own as usize) {
                Some(&NO_STEPS) => {}
                Some(&looks) if looks != UNKNOWN => {
                    if let Err(key) = self.of_looks(looks, row, outcomes) {
                        missing((number, key));
                    }
                }
                _ => missing((number, own.into())),
            }
        }
    }

    #[inline]
    fn of_looks(&self, looks: u32, row: &[Cell], outcomes: &mut Vec<First>) -> Result<(), u64> {
        let columns = self.columns_of(looks);
        let turn = self.turn(looks, columns, row)?;
        let mut step = self.code.first_step(turn, columns.len());
        for _ in 0..self.code.steps(turn) {
            let told = self.told.get(self.code.told(step));
            outcomes.push(self.ending(step, told, row)?);
            step = self.code.next_step(step, told.len());
        }
        Ok(())
    }

    /// The columns at which turns look.
    #[inline]
    pub(super) fn columns_of(&self, looks: u32) -> &[Column] {
        self.columns.get(self.looks[looks as usize].columns)
    }

    /// The turn of a row; or the hash of its key.
    #[inline]
    pub(super) fn turn(&self, looks: u32, columns: &[Column], row: &[Cell]) -> Result<Offset, u64> {
        let hash = key_hash(looks, row, columns);
        let is_it = |turn: Offset| {
            let key = self.code.key(turn, columns.len());
            self.code.looks(turn) == looks && key.iter().copied().eq(at(row, columns))
        };
        self.turns.find(hash, is_it).ok_or(hash)
    }

    /// The outcome of a step; or the hash of its key.
    #[inline]
    pub(super) fn ending(&self, step: Offset, told: &[Column], row: &[Cell]) -> Result<First, u64> {
        // Most steps have but one.
        if let Some(first) = self.code.first(step, told.len(), at(row, told)) {
            return Ok(first);
        }
        let hash = key_hash(step, row, told);
        let found = self.endings.find(hash, |outcome| {
            let outcome = &self.outcomes[outcome as usize];
            let key = &self.keys[outcome.key as usize..][..told.len()];
            outcome.step == step && key.iter().copied().eq(at(row, told))
        });
        let first = |outcome| {
            let Outcome { mover, delta, .. } = self.outcomes[outcome as usize];
            First { outcome, mover, delta }
        };
        found.map(first).ok_or(hash)
    }
}

/// Lists of columns, each kept once.
#[derive(Debug, Default)]
pub(super) struct Lists {
    columns: Vec<Column>,
    lists: Vec<(u32, u16)>,
}

impl Lists {
    #[inline]
    pub(super) fn get(&self, list: u32) -> &[Column] {
        let (start, len) = self.lists[list as usize];
        &self.columns[start as usize..][..usize::from(len)]
    }

    /// The number of a list.
    pub(super) fn number(&mut self, list: &[Column]) -> u32 {
        if let Some(known) = (0..self.lists.len() as u32).find(|&known| self.get(known) == list) {
            return known;
        }
        self.lists.push((self.columns.len() as u32, list.len() as u16));
        self.columns.extend(list);
        self.lists.len() as u32 - 1
    }
}

/// What lies in these columns.
#[inline]
pub(super) fn at(row: &[Cell], columns: &[Column]) -> impl Iterator<Item = Cell> {
    columns.iter().map(|&column| row[usize::from(column)])
}

#[inline]
pub(super) fn key_hash(number: u32, row: &[Cell], columns: &[Column]) -> u64 {
    at(row, columns).fold(mix(0, number), mix)
}
