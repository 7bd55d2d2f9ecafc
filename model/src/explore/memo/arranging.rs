//! Which places share a column: those at which the same turns look.
//!
//! A turn changes only what it looks at, so that it knows what becomes of such a column as a whole. Monitors that are
//! merely told something, and the pieces by which looks are found, stay alone.

use std::collections::{BTreeMap, BTreeSet};

use super::code::Offset;
use super::columns::{Cell, Column, Columns};
use super::layout::{Layout, Place};
use super::steps::{Looks, NO_STEPS, Own, Steps, UNKNOWN};
use super::store::{Id, NOTHING};
use crate::world::Seat;

/// From so many turns on.
const WORTH_IT: usize = 64;

impl Steps {
    /// Whether so much was learnt since places were arranged that it is worth while to do so again.
    pub(super) fn wants_arranging(&self) -> bool {
        self.count >= 2 * self.arranged.max(WORTH_IT)
    }

    /// The groups of places at which the same turns look.
    fn groups(&self, layout: &Layout, columns: &Columns) -> Vec<Vec<Place>> {
        let own = self.sections.iter().filter_map(|section| section.column);
        let own: BTreeSet<Place> = own.map(|column| columns.places(column)[0]).collect();
        let mut looks_at: BTreeMap<Place, Vec<u32>> = BTreeMap::new();
        for number in self.used() {
            for &place in &self.looks[number as usize].places {
                looks_at.entry(place).or_default().push(number);
            }
        }
        let mut groups: BTreeMap<Vec<u32>, Vec<Place>> = BTreeMap::new();
        for (place, looks) in looks_at {
            let is_told = matches!(
                layout.seats()[usize::from(place)],
                Seat::Monitors { is_timed: false, .. }
            );
            if !is_told && !own.contains(&place) {
                groups.entry(looks).or_default().push(place);
            }
        }
        let mut groups: Vec<_> = groups.into_values().filter(|group| group.len() > 1).collect();
        groups.sort_unstable();
        groups
    }

    /// The looks that are found, ascending.
    fn used(&self) -> BTreeSet<u32> {
        let all = self.sections.iter().flat_map(|section| &section.looks);
        all.copied().filter(|&it| it != UNKNOWN && it != NO_STEPS).collect()
    }

    /// Lays everything that is known out anew, if places belong together otherwise than in these columns; answers the new
    /// ones.
    pub(super) fn arrange(&mut self, layout: &Layout, old: &Columns) -> Option<Columns> {
        let groups = self.groups(layout, old);
        self.arranged = self.count;
        if groups == old.groups() {
            return None;
        }
        let mut columns = Columns::new(groups, layout.len());
        let (moves, actors) = (std::mem::take(&mut self.moves), std::mem::take(&mut self.actors));
        let known = std::mem::take(self);
        let sections = known.sections.iter().map(|own| Own {
            section: own.section,
            column: own.column.map(|column| columns.column(old.places(column)[0])),
            looks: own.looks.iter().map(forget_but_none).collect(),
        });
        *self = Self {
            sections: sections.collect(),
            moves,
            actors,
            asks_for_all_keys: known.asks_for_all_keys,
            arranged: known.arranged,
            ..Self::default()
        };
        let mut looks_now = BTreeMap::new();
        for number in known.used() {
            let Looks {
                section, own, places, ..
            } = &known.looks[number as usize];
            looks_now.insert(number, self.add_looks(&columns, *section, *own, places.clone()));
        }
        let turns: Vec<Offset> = known.all_turns().collect();
        for turn in turns {
            if let Some(&looks) = looks_now.get(&known.code.looks(turn)) {
                self.take_over(&known, turn, old, looks, &mut columns);
            }
        }
        Some(columns)
    }

    /// Takes a turn over from what was known in old columns.
    fn take_over(&mut self, known: &Steps, turn: Offset, old: &Columns, looks: u32, columns: &mut Columns) {
        let mut ids = vec![NOTHING; columns.places_len()];
        let seen = &known.looks[known.code.looks(turn) as usize];
        if let Some(column) = known.sections[usize::from(seen.section)].column {
            old.put(column, seen.own, &mut ids);
        }
        let looked = known.columns.get(seen.columns);
        put_all(old, looked, known.code.key(turn, looked.len()), &mut ids);
        let mut row = Vec::with_capacity(columns.len());
        columns.gather(&ids, &mut row);
        // Those that differed in what they do not look at have become one.
        let Err(hash) = self.turn(looks, self.columns_of(looks), &row) else {
            return;
        };
        let steps: Vec<Offset> = known.steps_of(turn).collect();
        let told = |&step: &Offset| -> Vec<Column> {
            let told = known.told.get(known.code.told(step)).iter();
            told.map(|&column| columns.column(old.places(column)[0])).collect()
        };
        let now = self.add_turn(hash, looks, &row, steps.iter().map(told).collect());
        let now: Vec<Offset> = self.steps_of(now).collect();
        for (now, step) in now.into_iter().zip(steps) {
            let told = known.told.get(known.code.told(step));
            let mut endings = Vec::new();
            let mut ending = known.code.latest(step);
            while ending != UNKNOWN {
                endings.push(ending);
                ending = known.outcomes[ending as usize].before;
            }
            for ending in endings.into_iter().rev() {
                let outcome = &known.outcomes[ending as usize];
                put_all(old, told, &known.keys[outcome.key as usize..], &mut ids);
                row.clear();
                columns.gather(&ids, &mut row);
                self.add_ending(
                    columns,
                    &mut ids,
                    &row,
                    now,
                    (outcome.action, outcome.mover, outcome.changes),
                );
            }
        }
    }

    /// All turns, in the order in which they were learnt.
    fn all_turns(&self) -> impl Iterator<Item = Offset> {
        let mut next = 0;
        std::iter::from_fn(move || {
            let turn = next;
            if turn == self.code.end() {
                return None;
            }
            next = self.end_of_steps(turn);
            Some(turn)
        })
    }

    fn end_of_steps(&self, turn: Offset) -> Offset {
        let key = self.columns_of(self.code.looks(turn)).len();
        let after = |step, _| self.code.next_step(step, self.told.get(self.code.told(step)).len());
        (0..self.code.steps(turn)).fold(self.code.first_step(turn, key), after)
    }

    /// The steps of a turn.
    fn steps_of(&self, turn: Offset) -> impl Iterator<Item = Offset> {
        let key = self.columns_of(self.code.looks(turn)).len();
        let mut next = self.code.first_step(turn, key);
        (0..self.code.steps(turn)).map(move |_| {
            let step = next;
            next = self.code.next_step(step, self.told.get(self.code.told(step)).len());
            step
        })
    }
}

fn put_all(columns: &Columns, which: &[Column], cells: &[Cell], ids: &mut [Id]) {
    for (&column, &cell) in which.iter().zip(cells) {
        columns.put(column, cell, ids);
    }
}

fn forget_but_none(looks: &u32) -> u32 {
    match *looks {
        NO_STEPS => NO_STEPS,
        _ => UNKNOWN,
    }
}
