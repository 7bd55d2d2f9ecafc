//! Steps by what they depend on: once done, a step is done for every row that has the same in the columns that it looked
//! at.
//!
//! Three keys lead to what a row becomes. The section and the piece of its own client give the columns at which such turns
//! have looked so far; what lies in these gives the steps; the pieces of the monitors that a step tells something give
//! what the row becomes. Monitors only listen, so that nothing else depends on them, except where they remember times:
//! these are among the columns of the first key. What is the same in all rows is in no key, until it moves. A turn that
//! looks elsewhere widens the columns of its key, and what was known under fewer is forgotten: it might have come about
//! otherwise. Equality decides, never a hash alone.
//! Read next: `looks.rs`, how turns are found; `following.rs`, which need not be; `learning.rs`, how they come here, and
//! `hand.rs`, where steps are done.

use std::collections::BTreeMap;

use super::code::{ASLEEP, Code, First, IDLE, Mask, Offset};
use super::columns::{Cell, Column, Columns};
use super::keyed::Keyed;
use super::layout::Place;
use super::looks::Looks;
use super::moves::Moves;
use super::orbits;
use super::store::Id;
use super::table::mix;
use super::tales::{Tale, Tales};
use super::writes::Writes;
use crate::explore::places::ACTORS_MAX;
use crate::world::{Action, Actor, Section};

/// The mover of a fault.
pub(super) const FAULT: u8 = u8::MAX;

/// All steps that were done.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) sections: Vec<Own>,
    /// Those that are asked.
    pub(super) awake: Vec<u16>,
    pub(super) looks: Vec<Looks>,
    pub(super) code: Code,
    /// So many turns are known.
    pub(super) count: usize,
    pub(super) told: Vec<Told>,
    pub(super) tales: Tales,
    /// By what those were whom a step tells something: its outcomes but the first. Of steps that have several.
    pub(super) endings: Vec<Keyed>,
    pub(super) outcomes: Vec<Outcome>,
    /// By outcome, what changes in the fingerprints of all ways but the first.
    pub(super) turned: Vec<u64>,
    pub(super) keys: Vec<Cell>,
    pub(super) writes: Writes,
    pub(super) moves: Moves,
    pub(super) actors: BTreeMap<Actor, u8>,
    /// Whether a turn depends on which keys there are.
    pub(super) asks_for_all_keys: bool,
    /// So many turns were known when places were last arranged in columns.
    pub(super) arranged: usize,
    /// By section: the columns where its turns have looked, its own among them.
    pub(super) looks_at: Vec<Mask>,
    /// Turns that were found in an earlier one may be others now.
    pub(super) generation: u32,
}

/// A section, where its own piece lies, and its looks by what lies there.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) section: Section,
    pub(super) place: Option<Place>,
    /// None if the same lies there in all rows: it counts as 0 then.
    pub(super) column: Option<Column>,
    pub(super) looks: Vec<u32>,
}

impl Own {
    /// What lies in the own column of a row.
    #[inline]
    pub(super) fn cell(&self, row: &[Cell]) -> Cell {
        self.column.map_or(0, |column| row[usize::from(column)])
    }
}

/// Whom steps tell something: monitors.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) places: Vec<Place>,
    /// Of those that are not the same in all rows.
    pub(super) columns: Vec<Column>,
}

/// Nothing is known.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// Added to looks: there are no steps, whatever the row.
pub(super) const QUIET: u32 = 1 << 31;

/// What a row becomes by a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) action: Action,
    /// What changes in the fingerprint; 0 if nothing changes.
    pub(super) delta: u64,
    /// Who brings it about, by number.
    pub(super) mover: u8,
    pub(super) step: Offset,
    /// What the monitors were that were told something.
    pub(super) key: u32,
    /// Of the first of a step that has several: where the others are found.
    pub(super) others: u32,
    /// The outcome of the same step that was learnt next.
    pub(super) next: u32,
    /// Of the first of a step: the one that was learnt last.
    pub(super) last: u32,
    /// What the step tells, by number.
    pub(super) tale: u32,
    /// What changes, among the moves.
    pub(super) changes: u32,
    /// Whether a check is violated by it.
    pub(super) violates: bool,
}

/// What is not known yet of a row, with the hash of the key under which nothing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Missing {
    /// What a section leads to.
    Turn(u16, u64),
    /// What a step makes of those whom it tells something.
    Ending(Offset, u64),
}

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
        if let [before] = before {
            return before ^ first.delta;
        }
        let turned = self.turned(first.outcome, before.len());
        let others = before[1..].iter().zip(turned);
        let least = others.fold(before[0] ^ first.delta, |least, (before, delta)| {
            least.min(before ^ delta)
        });
        orbits::key(least, before.len())
    }

    /// Visits the outcomes of a row, which has these turns; what is missing is told.
    #[inline]
    pub(super) fn each_outcome(
        &self,
        row: &[Cell],
        turns: &[Offset],
        mut visit: impl FnMut(First),
        mut missing: impl FnMut(Missing),
    ) {
        for (&section, &turn) in self.awake.iter().zip(turns) {
            match turn {
                IDLE => {}
                UNKNOWN => self.outcomes_of(row, (section, turn), &mut visit, &mut missing),
                turn => self.outcomes_of(row, (section, turn & !ASLEEP), &mut visit, &mut missing),
            }
        }
    }

    /// The same of one of the turns.
    #[inline]
    pub(super) fn outcomes_of(
        &self,
        row: &[Cell],
        (section, turn): (u16, Offset),
        mut visit: impl FnMut(First),
        mut missing: impl FnMut(Missing),
    ) {
        // It may have been learnt since it was kept.
        let turn = if turn == UNKNOWN { self.turn(section, row) } else { turn };
        if turn == UNKNOWN {
            missing(self.missing_turn(section, row));
            return;
        }
        if turn == IDLE {
            return;
        }
        let mut step = self.code.first_step(turn);
        for _ in 0..self.code.steps(turn) {
            let told = self.told_by(step);
            match self.ending(step, told, row) {
                Ok(outcome) => visit(outcome),
                Err(hash) => missing(Missing::Ending(step, hash)),
            }
            step = self.code.next_step(step, told.len());
        }
    }

    #[cold]
    fn missing_turn(&self, section: u16, row: &[Cell]) -> Missing {
        let cell = self.sections[usize::from(section)].cell(row);
        let looks = self.looks_of(section, cell).map(|number| &self.looks[number as usize]);
        Missing::Turn(
            section,
            looks.map_or(cell.into(), |looks| mix(looks.turns.hash(row), cell)),
        )
    }

    /// The looks of a section with this in its own column.
    pub(super) fn looks_of(&self, section: u16, own: Cell) -> Option<u32> {
        let looks = self.sections[usize::from(section)].looks.get(own as usize).copied();
        looks.filter(|&looks| looks != UNKNOWN).map(|looks| looks & !QUIET)
    }

    /// The turn of a section of a row in which this lies in places, with its looks; what these look at is laid into a row.
    pub(super) fn turn_of(
        &self,
        columns: &Columns,
        section: u16,
        at: impl Fn(Place) -> Id,
        row: &mut Vec<Cell>,
    ) -> Option<(u32, Offset)> {
        row.resize(columns.len(), 0);
        let own = &self.sections[usize::from(section)];
        if !columns.lay(own.place.as_slice(), own.column.as_slice(), &at, row) {
            return None;
        }
        let number = self.looks_of(section, own.cell(row))?;
        let looks = &self.looks[number as usize];
        let is_laid = columns.lay(&looks.places, &looks.turns.columns, &at, row);
        is_laid
            .then(|| looks.turns.find(row))
            .flatten()
            .map(|turn| (number, turn))
    }

    /// The steps of a turn.
    pub(super) fn each_step(&self, turn: Offset) -> impl Iterator<Item = Offset> {
        let mut next = self.code.first_step(turn);
        (0..self.code.steps(turn)).map(move |_| {
            let step = next;
            next = self.code.next_step(step, self.told_by(step).len());
            step
        })
    }

    /// What a row becomes by a step in which this lies in places, if it is known; what the step tells is laid into it.
    pub(super) fn outcome_of(
        &self,
        columns: &Columns,
        step: Offset,
        at: impl Fn(Place) -> Id,
        row: &mut [Cell],
    ) -> Option<u32> {
        let Told { places, columns: told } = &self.told[self.code.told(step) as usize];
        let is_laid = columns.lay(places, told, at, row);
        let known = is_laid.then(|| self.ending(step, told, row).ok()).flatten();
        known.map(|first| first.outcome)
    }

    /// What lay in the columns of those whom a step told something.
    pub(super) fn key_of(&self, outcome: u32) -> &[Cell] {
        let outcome = &self.outcomes[outcome as usize];
        &self.keys[outcome.key as usize..][..self.told_by(outcome.step).len()]
    }

    /// The number of whoever brings something about.
    pub(super) fn mover(&mut self, actor: Actor) -> u8 {
        let next = self.actors.len().min(ACTORS_MAX - 1) as u8;
        *self.actors.entry(actor).or_insert(next)
    }

    /// The columns of those whom a step tells something.
    #[inline]
    pub(super) fn told_by(&self, step: Offset) -> &[Column] {
        &self.told[self.code.told(step) as usize].columns
    }

    /// The places of those whom a step tells something.
    pub(super) fn told_places(&self, step: Offset) -> &[Place] {
        &self.told[self.code.told(step) as usize].places
    }

    /// What a step is.
    pub(super) fn action_of(&self, step: Offset) -> Action {
        self.action(self.code.first_outcome(step))
    }

    /// What a step tells.
    pub(super) fn tale(&self, step: Offset) -> &Tale {
        self.tales
            .get(self.outcomes[self.code.first_outcome(step) as usize].tale)
    }

    /// The number of those who are told something.
    pub(super) fn tell(&mut self, columns: &Columns, places: &[Place]) -> u32 {
        let known = self.told.iter().position(|told| told.places == places);
        let number = known.unwrap_or_else(|| {
            self.told.push(Told {
                places: places.to_vec(),
                columns: columns.columns(places),
            });
            self.told.len() - 1
        });
        number as u32
    }

    /// The outcome of a step; or the hash of its key.
    #[inline]
    pub(super) fn ending(&self, step: Offset, told: &[Column], row: &[Cell]) -> Result<First, u64> {
        // Most steps have but one.
        match self.code.first(step, told, row) {
            Some(first) => Ok(first),
            None => self.other_ending(step, told, row),
        }
    }

    #[inline(never)]
    fn other_ending(&self, step: Offset, told: &[Column], row: &[Cell]) -> Result<First, u64> {
        let found = match self.code.first_outcome(step) {
            UNKNOWN => None,
            first => {
                (self.endings.get(self.outcomes[first as usize].others as usize)).and_then(|others| others.find(row))
            }
        };
        let first = |outcome| {
            let Outcome { mover, delta, .. } = self.outcomes[outcome as usize];
            First { outcome, mover, delta }
        };
        found.map(first).ok_or_else(|| key_hash(step, row, told))
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
