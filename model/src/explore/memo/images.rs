//! Turns that are known of interchangeable clients, in their place: what one does from a row is what another does from the
//! row with both in each other's place (`symmetry` says why), so that it need not be done.
//!
//! This holds whether or not each state of an orbit is visited. What is taken over is what would be learnt: the places that
//! were looked at, the steps in their order, what they tell and what they change, all in another way. Steps that violated
//! something are done, so that each violation is told of the one who brought it about.

use std::collections::BTreeSet;

use super::arranging::{fill, put_all};
use super::code::Offset;
use super::columns::Cell;
use super::doing::occurrences;
use super::emission::Level;
use super::layout::{Place, share};
use super::learning::What;
use super::moves::Change;
use super::steps::{FAULT, Missing, Outcome, Steps, UNKNOWN};
use super::store::Id;
use super::table::spread;
use super::ways::Ways;
use super::{Search, Sight};
use crate::explore::places::ACTORS_MAX;
use crate::world::Section;

/// What was found out of the ways in which clients may stand.
#[derive(Debug, Default)]
pub(super) struct Images {
    /// By way, then by section: whose turn it is then.
    sections: Vec<Vec<u16>>,
    /// By way, then by tale: its number then.
    tales: Vec<Vec<u32>>,
    /// By way, then by mover: who moves then.
    movers: Vec<Vec<u8>>,
}

/// A row by place, and in another way.
#[derive(Debug, Default)]
struct Rows {
    ids: Vec<Id>,
    other: Vec<Cell>,
}

/// A way, and the way back.
#[derive(Clone, Copy, Debug)]
struct There {
    way: usize,
    back: usize,
}

impl Images {
    /// Sections have come.
    pub(super) fn begin(&mut self, ways: &Ways, steps: &Steps) {
        let sections = |way: usize| {
            let renaming = ways.renaming(way);
            let place = |section: Section| {
                let renamed = section.renamed(renaming);
                let place = steps.sections.iter().position(|own| own.section == renamed);
                place.expect("seats come in all ways, and sections with them") as u16
            };
            steps.sections.iter().map(|own| place(own.section)).collect()
        };
        self.sections = (0..ways.len()).map(sections).collect();
        self.tales.resize(ways.len(), Vec::new());
        self.movers.resize(ways.len(), Vec::new());
    }
}

impl Search<'_> {
    /// Takes over what is missing and known of others; answers the rest. Of what is missing in several ways of one row
    /// one is left: the others are known of it next time.
    pub(super) fn take_images(&mut self, level: &Level, missing: Vec<(u32, Missing)>) -> Vec<(u32, Missing)> {
        if self.orbits.all().len() == 1 {
            return missing;
        }
        let mut asked = BTreeSet::new();
        let mut rows = Rows::default();
        let mut left = missing;
        left.retain(|&(state, missing)| {
            let Missing::Turn(section, _) = missing else {
                return true;
            };
            let row = level.row(state);
            self.columns.spread(row, &mut rows.ids);
            !self.take_image((level, state), section, &mut rows) && asked.insert(self.orbit_of(section, row, &rows.ids))
        });
        left
    }

    /// The same for what is missing of a section, in each way of a row.
    fn orbit_of(&self, section: u16, row: &[Cell], ids: &[Id]) -> u64 {
        let own = &self.steps.sections[usize::from(section)];
        let looks = self.steps.looks_of(section, own.cell(row));
        let looked_at = looks.map_or(&[][..], |looks| &self.steps.looks[looks as usize].places);
        let places = || own.place.iter().chain(looked_at);
        let ways = self.orbits.all();
        let of_way = |(way, sections): (usize, &Vec<u16>)| {
            let shares = places().map(|&place| {
                let (place, id) = ways.end(way, place, ids[usize::from(place)]);
                share(place, id)
            });
            let section = spread(sections[usize::from(section)].into());
            shares.fold(section, |all, share| all ^ share)
        };
        let all = self.images.sections.iter().enumerate().map(of_way);
        all.min().unwrap_or_default()
    }

    /// Takes the turn of a section of a row over from another who is known to do the same. Answers whether there is one.
    fn take_image(&mut self, (level, state): (&Level, u32), section: u16, rows: &mut Rows) -> bool {
        for way in 1..self.orbits.all().len() {
            let there = self.images.sections[way][usize::from(section)];
            let ways = self.orbits.all();
            let back = ways.inverse(way);
            let at = |place| ways.id(way, rows.ids[usize::from(ways.place(back, place))]);
            let known = self.steps.turn_of(&self.columns, there, at, &mut rows.other);
            if let Some((looks, turn)) = known
                && self.take_turn((level, state), section, (looks, turn), There { way, back }, rows)
            {
                return true;
            }
        }
        false
    }

    /// Takes over a turn from there, in the way back to this row. Answers whether that is possible.
    fn take_turn(
        &mut self,
        (level, state): (&Level, u32),
        section: u16,
        (looks, turn): (u32, Offset),
        there: There,
        rows: &mut Rows,
    ) -> bool {
        let steps: Vec<(Offset, u32, bool)> = self.outcomes_there(turn, there, rows).collect();
        if !steps.iter().all(|&(_, outcome, _)| self.has_image(outcome, there.back)) {
            return false;
        }
        let row = level.row(state);
        let ways = self.orbits.all();
        let place = |&place: &Place| ways.place(there.back, place);
        let places = self.steps.looks[looks as usize].places.iter().map(place);
        let places: Vec<Place> = places.collect();
        let told: Vec<Vec<Place>> = (steps.iter())
            .map(|&(step, ..)| self.steps.told_places(step).iter().map(place).collect())
            .collect();
        let told = told.iter().map(|places| self.steps.tell(&self.columns, places));
        let told: Vec<u32> = told.collect();
        let looks = self.steps.look_at(&self.columns, section, row, places.into_iter());
        let turn = self.steps.add_turn(looks, row, &told);
        let mut now = self.steps.code.first_step(turn);
        for (_, outcome, is_of_row) in steps {
            let what = self.image(outcome, there.back);
            let sight = Sight {
                order: (self.depth + 1, state),
                step: Some((level.states[state as usize], what.action)),
            };
            self.note(occurrences(self.steps.tales.get(what.tale)), Vec::new(), sight);
            if is_of_row {
                (self.steps).add_ending(&mut self.columns, &mut rows.ids, row, now, what);
            } else {
                self.take_ending(outcome, there, (now, what), (row, &rows.ids));
            }
            now = self.steps.code.next_step(now, self.steps.told_by(now).len());
        }
        true
    }

    /// The steps of a turn there, each with what the row becomes by it; or else, told by false, with what was learnt first
    /// of it.
    fn outcomes_there(&self, turn: Offset, there: There, rows: &mut Rows) -> impl Iterator<Item = (Offset, u32, bool)> {
        let ways = self.orbits.all();
        let Rows { ids, other } = rows;
        let ids: &[Id] = ids;
        let at = move |place| ways.id(there.way, ids[usize::from(ways.place(there.back, place))]);
        self.steps.each_step(turn).map(move |step| {
            let known = self.steps.outcome_of(&self.columns, step, at, other);
            let first = || self.steps.code.first_outcome(step);
            (step, known.unwrap_or_else(first), known.is_some())
        })
    }

    /// Whether others do the same in a way: then what they change has columns.
    fn has_image(&self, outcome: u32, way: usize) -> bool {
        let outcome = &self.steps.outcomes[outcome as usize];
        let has_column = |place: Place| self.columns.column(self.orbits.all().place(way, place)).is_some();
        let changes = self.steps.moves.of(outcome.changes);
        // Of movers beyond so many nobody knows who they are.
        let is_known = outcome.mover == FAULT || usize::from(outcome.mover) < ACTORS_MAX - 1;
        !outcome.violates && is_known && changes.iter().all(|&(place, ..)| has_column(place))
    }

    /// What a step is in a way.
    fn image(&mut self, outcome: u32, way: usize) -> What {
        let Outcome {
            action,
            mover,
            tale,
            changes,
            ..
        } = self.steps.outcomes[outcome as usize];
        let ways = self.orbits.all();
        let end = |&(place, before, after): &Change| {
            let (there, before) = ways.end(way, place, before);
            (there, before, ways.end(way, place, after).1)
        };
        let changes: Vec<Change> = self.steps.moves.of(changes).iter().map(end).collect();
        let mover = self.mover_in(way, mover);
        let changes = self.steps.add_move(&self.orbits, changes.into_iter(), mover);
        What {
            action: self.orbits.all().renaming(way).action(action),
            mover,
            tale: self.tale_in(way, tale),
            changes,
            violates: false,
        }
    }

    /// Who moves in the place of a mover in a way.
    fn mover_in(&mut self, way: usize, mover: u8) -> u8 {
        let known = &mut self.images.movers[way];
        known.resize(known.len().max(usize::from(mover) + 1), FAULT);
        if mover != FAULT && known[usize::from(mover)] == FAULT {
            let actor = self.steps.actors.iter().find(|&(_, &number)| number == mover);
            let actor = actor.expect("it has a number").0;
            let actor = self.orbits.all().renaming(way).actor(actor);
            known[usize::from(mover)] = self.steps.mover(actor);
        }
        known[usize::from(mover)]
    }

    /// The tale of others in a way.
    fn tale_in(&mut self, way: usize, tale: u32) -> u32 {
        let place = tale as usize;
        let known = &mut self.images.tales[way];
        known.resize(known.len().max(place + 1), UNKNOWN);
        if known[place] == UNKNOWN {
            let renaming = self.orbits.all().renaming(way);
            let events = self.steps.tales.get(tale).iter();
            let renamed = events
                .map(|(moment, event)| (*moment, event.renamed(renaming)))
                .collect();
            let number = self.tale(&mut Err(renamed));
            self.images.tales[way][place] = number;
        }
        self.images.tales[way][place]
    }

    /// Takes over what a step makes of those whom it tells something, as they were when that was learnt.
    fn take_ending(&mut self, outcome: u32, there: There, (now, what): (Offset, What), (row, ids): (&[Cell], &[Id])) {
        let (mut others, mut ids) = (Vec::new(), ids.to_vec());
        self.orbits.all().turned(there.way, &ids, &mut others);
        let told = self.steps.told_by(self.steps.outcomes[outcome as usize].step);
        put_all(&self.columns, told, self.steps.key_of(outcome), &mut others);
        self.orbits.all().turned(there.back, &others, &mut ids);
        let mut row = row.to_vec();
        fill(&mut self.columns, self.steps.told_by(now), &ids, &mut row);
        self.steps.add_ending(&mut self.columns, &mut ids, &row, now, what);
    }
}
