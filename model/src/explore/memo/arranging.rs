//! Which places have columns, and which share one: what is known is laid out anew when that changes.
//!
//! Those at which the same turns look share one. A turn changes only what it looks at, so that it knows what becomes of
//! such a column as a whole. Monitors that are merely told something, and the pieces by which looks are found, stay alone.

use std::collections::{BTreeMap, BTreeSet};

use super::code::Offset;
use super::columns::{Cell, Column, Columns};
use super::layout::{Layout, Place};
use super::learning::What;
use super::looks::Looks;
use super::steps::{Own, QUIET, Steps, UNKNOWN};
use super::store::Id;
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
        let own: BTreeSet<Place> = self.sections.iter().filter_map(|section| section.place).collect();
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
            if !is_told && !own.contains(&place) && columns.column(place).is_some() {
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
        all.filter(|&&looks| looks != UNKNOWN)
            .map(|looks| looks & !QUIET)
            .collect()
    }

    /// Lays everything that is known out anew, if places belong together otherwise than in these columns; answers the new
    /// ones. No outcome may be in use.
    pub(super) fn arrange(&mut self, layout: &Layout, old: &Columns) -> Option<Columns> {
        let groups = self.groups(layout, old);
        self.arranged = self.count;
        if groups == old.groups() {
            return None;
        }
        let mut columns = old.regrouped(&groups);
        let known = std::mem::take(self);
        self.lay_out(known, old, &mut columns);
        Some(columns)
    }

    /// Places that were the same in all rows get columns. Outcomes stay, of which some may be in use.
    pub(super) fn begin_to_move(&mut self, places: BTreeSet<Place>, columns: &mut Columns) {
        let old = columns.clone();
        places.into_iter().for_each(|place| columns.begin_to_move(place));
        let known = std::mem::take(self);
        self.outcomes.clone_from(&known.outcomes);
        self.turned.clone_from(&known.turned);
        self.writes.clone_from(&known.writes);
        self.lay_out(known, &old, columns);
    }

    /// Takes over what was known in old columns.
    fn lay_out(&mut self, mut known: Self, old: &Columns, columns: &mut Columns) {
        let sections = known.sections.iter().map(|own| Own {
            section: own.section,
            place: own.place,
            column: own.place.and_then(|place| columns.column(place)),
            looks: Vec::new(),
        });
        self.sections = sections.collect();
        self.generation = known.generation + 1;
        self.moves = std::mem::take(&mut known.moves);
        self.actors = std::mem::take(&mut known.actors);
        self.tales = std::mem::take(&mut known.tales);
        self.asks_for_all_keys = known.asks_for_all_keys;
        self.arranged = known.arranged;
        for number in known.used() {
            let seen = &known.looks[number as usize];
            let column = self.sections[usize::from(seen.section)].column;
            let looks = self.add_looks(Looks::new(
                columns,
                (seen.section, column),
                seen.own,
                seen.places.clone(),
            ));
            for turn in seen.turns.each() {
                self.take_over((&known, seen, turn), old, looks, columns);
            }
        }
    }

    /// Takes a turn over from what was known in old columns.
    fn take_over(
        &mut self,
        (known, seen, (turn, key)): (&Steps, &Looks, (Offset, &[Cell])),
        old: &Columns,
        looks: u32,
        columns: &mut Columns,
    ) {
        let mut ids = old.still().to_vec();
        if let Some(column) = known.sections[usize::from(seen.section)].column {
            old.put(column, seen.own, &mut ids);
        }
        put_all(old, &seen.turns.columns, key, &mut ids);
        let mut row = vec![0; columns.len()];
        fill(columns, &self.looks[looks as usize].turns.columns, &ids, &mut row);
        // Those that differed in what they do not look at have become one.
        if self.looks[looks as usize].turns.find(&row).is_some() {
            return;
        }
        let steps: Vec<Offset> = known.each_step(turn).collect();
        let told = steps.iter().map(|&step| self.tell(columns, known.told_places(step)));
        let told: Vec<u32> = told.collect();
        let turn = self.add_turn(looks, &row, &told);
        let mut now = self.code.first_step(turn);
        for step in steps {
            let mut ending = known.code.first_outcome(step);
            while ending != UNKNOWN {
                let outcome = &known.outcomes[ending as usize];
                put_all(old, known.told_by(step), known.key_of(ending), &mut ids);
                fill(columns, self.told_by(now), &ids, &mut row);
                let what = What {
                    action: outcome.action,
                    mover: outcome.mover,
                    tale: outcome.tale,
                    changes: outcome.changes,
                    violates: outcome.violates,
                };
                self.add_ending(columns, &mut ids, &row, now, what);
                ending = outcome.next;
            }
            now = self.code.next_step(now, self.told_by(now).len());
        }
    }
}

/// Lays what lay in some columns out by place.
pub(super) fn put_all(columns: &Columns, which: &[Column], cells: &[Cell], ids: &mut [Id]) {
    for (&column, &cell) in which.iter().zip(cells) {
        columns.put(column, cell, ids);
    }
}

/// Lays what lies in places into some columns of a row.
pub(super) fn fill(columns: &mut Columns, which: &[Column], ids: &[Id], row: &mut [Cell]) {
    for &column in which {
        row[usize::from(column)] = columns.cell(column, ids);
    }
}
