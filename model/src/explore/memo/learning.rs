//! How steps that were done become known.

use redelivery_engine::Index;

use super::code::{First, Offset};
use super::columns::{Cell, Column, Columns};
use super::hand::{After, Done, Spot, Turn};
use super::layout::{Layout, Place, share};
use super::orbits::Orbits;
use super::steps::{FAULT, Looks, NO_STEPS, Outcome, Own, Steps, UNKNOWN, at, key_hash};
use super::store::{Id, NOTHING, Store};
use super::table::upper;
use crate::explore::places::ACTORS_MAX;
use crate::world::{Action, Seat, Section};

/// What steps are learnt with: the seats, the pieces and the columns get their numbers here.
pub(super) struct Lesson<'a> {
    pub(super) layout: &'a mut Layout,
    pub(super) store: &'a mut Store,
    pub(super) columns: &'a mut Columns,
    pub(super) orbits: &'a mut Orbits,
    /// The row from which the turn was taken, by place.
    pub(super) ids: &'a mut Vec<Id>,
}

impl Steps {
    /// Rows have places for more connections, or for keys that matter to what is known. All is forgotten but outcomes, of which
    /// some may still be in use.
    pub(super) fn begin(&mut self, layout: &Layout, columns: &Columns, sections: impl Iterator<Item = Section>) {
        let own = |section| match section {
            Section::Client(client) | Section::Faults(client) => layout.place(&Seat::Client(client)),
            Section::Connection(connection) => layout.place(&Seat::Connection(connection)),
            Section::Expiry => layout.place(&Seat::Index(Index::Expiring)),
            Section::Ageing | Section::Bus => None,
        };
        let sections = sections.map(|section| Own {
            section,
            column: own(section).map(|place| columns.column(place)),
            looks: Vec::new(),
        });
        *self = Self {
            sections: sections.collect(),
            outcomes: std::mem::take(&mut self.outcomes),
            turned: std::mem::take(&mut self.turned),
            writes: std::mem::take(&mut self.writes),
            moves: std::mem::take(&mut self.moves),
            actors: std::mem::take(&mut self.actors),
            ..Self::default()
        };
    }

    /// Learns a turn. Answers false if rows have grown by what turns that are known may depend on, so that nothing was
    /// learnt and [`Self::begin`] must follow.
    pub(super) fn learn(&mut self, mut lesson: Lesson, section: u16, turn: Turn) -> bool {
        let Lesson {
            layout,
            columns,
            orbits,
            ids,
            ..
        } = &mut lesson;
        self.asks_for_all_keys |= turn.asks_for_all_keys;
        let changed = turn.steps.iter().flat_map(|done| &done.changes);
        let new = changed.filter_map(|(spot, _)| match spot {
            Spot::New(seat) => Some(seat),
            Spot::Place(_) => None,
        });
        let mut has_grown = false;
        for seat in turn.new.iter().chain(new) {
            let matters = match seat {
                Seat::Connection(_) => true,
                Seat::Key(_) => self.asks_for_all_keys,
                _ => false,
            };
            has_grown |= matters && layout.place(seat).is_none();
            layout.place_or_add(seat);
        }
        orbits.grow(layout);
        columns.grow(layout.len());
        if has_grown {
            return false;
        }
        // Seats that came just now are free in the row.
        ids.resize(layout.len(), NOTHING);
        let new = turn.new.iter().filter_map(|seat| layout.place(seat));
        let looks = self.look_at(columns, section, ids, turn.looked_at.iter().copied().chain(new));
        let mut row = Vec::with_capacity(columns.len());
        columns.gather(ids, &mut row);
        let key = self.columns_of(looks).len();
        let known = match self.turn(looks, self.columns_of(looks), &row) {
            Ok(known) => known,
            Err(hash) => {
                let told = turn.steps.iter().map(|done| {
                    let places = done.told.iter();
                    places.map(|&place| columns.column(place)).collect()
                });
                self.add_turn(hash, looks, &row, told.collect())
            }
        };
        let mut step = self.code.first_step(known, key);
        for done in turn.steps {
            let told = self.told.get(self.code.told(step));
            let next = self.code.next_step(step, told.len());
            if self.ending(step, told, &row).is_err() {
                self.add_done(&mut lesson, &row, step, done);
            }
            step = next;
        }
        true
    }

    /// The looks of a section of a row, widened by these places.
    fn look_at(&mut self, columns: &Columns, section: u16, ids: &[Id], places: impl Iterator<Item = Place>) -> u32 {
        let own_column = self.sections[usize::from(section)].column;
        let own_place = own_column.map(|column| columns.places(column)[0]);
        let own = own_place.map_or(NOTHING, |place| ids[usize::from(place)]);
        let of_section = &mut self.sections[usize::from(section)].looks;
        if of_section.len() <= own as usize {
            of_section.resize(own as usize + 1, UNKNOWN);
        }
        let known = of_section[own as usize];
        let mut all = match known {
            UNKNOWN | NO_STEPS => Vec::new(),
            looks => self.looks[looks as usize].places.clone(),
        };
        let count = all.len();
        for place in places {
            if own_place != Some(place) && !all.contains(&place) {
                all.push(place);
            }
        }
        if all.len() == count && known != UNKNOWN && known != NO_STEPS {
            return known;
        }
        self.add_looks(columns, section, own, all)
    }

    /// New looks in place of those that are known.
    pub(super) fn add_looks(&mut self, columns: &Columns, section: u16, own: Id, places: Vec<Place>) -> u32 {
        let mut looked: Vec<_> = places.iter().map(|&place| columns.column(place)).collect();
        looked.sort_unstable();
        looked.dedup();
        let number = self.looks.len() as u32;
        self.looks.push(Looks {
            columns: self.columns.number(&looked),
            section,
            own,
            places,
        });
        let of_section = &mut self.sections[usize::from(section)].looks;
        if of_section.len() <= own as usize {
            of_section.resize(own as usize + 1, UNKNOWN);
        }
        of_section[own as usize] = number;
        number
    }

    /// Adds a turn with its steps: whom each tells something.
    pub(super) fn add_turn(&mut self, hash: u64, looks: u32, row: &[Cell], steps: Vec<Vec<Column>>) -> Offset {
        let key = at(row, self.columns.get(self.looks[looks as usize].columns));
        let is_all = key.size_hint().0 == 0 && steps.is_empty();
        let turn = self.code.add_turn(upper(hash), looks, steps.len() as u32, key);
        for told in steps {
            self.code.add_step(self.told.number(&told), told.len());
        }
        let code = &self.code;
        self.turns.insert(hash, turn, |turn| code.upper(turn));
        self.count += 1;
        if is_all {
            let Looks { section, own, .. } = self.looks[looks as usize];
            self.sections[usize::from(section)].looks[own as usize] = NO_STEPS;
        }
        turn
    }

    fn add_done(&mut self, lesson: &mut Lesson, row: &[Cell], step: Offset, done: Done) {
        let Lesson {
            layout, store, orbits, ..
        } = lesson;
        let ids = &lesson.ids;
        let changes = done.changes.into_iter().map(|(spot, after)| {
            let place = match spot {
                Spot::Place(place) => place,
                Spot::New(seat) => layout.place_or_add(&seat),
            };
            let id = match after {
                After::Known(id) => id,
                After::New(hash, piece) => store.intern(hash, *piece),
            };
            orbits.know(store, id);
            (place, ids[usize::from(place)], id)
        });
        let changes = self.moves.add(changes, done.actor.is_none());
        self.moves.add_turned(changes, orbits);
        let next = self.actors.len().min(ACTORS_MAX - 1) as u8;
        let mover = done
            .actor
            .map_or(FAULT, |actor| *self.actors.entry(actor).or_insert(next));
        self.add_ending(lesson.columns, lesson.ids, row, step, (done.action, mover, changes));
    }

    /// Adds what a row becomes by a step: who does what, and what changes.
    pub(super) fn add_ending(
        &mut self,
        columns: &mut Columns,
        ids: &mut [Id],
        row: &[Cell],
        step: Offset,
        (action, mover, changes): (Action, u8, u32),
    ) {
        let first = self.writes.len();
        let changed = self.moves.of(changes);
        let mut delta = 0;
        for &(place, before, after) in changed {
            delta ^= share(place, before) ^ share(place, after);
            ids[usize::from(place)] = after;
        }
        for &(place, ..) in changed {
            let column = columns.column(place);
            if !self.writes[first..].iter().any(|(known, _)| *known == column) {
                self.writes.push((column, columns.cell(column, ids)));
            }
        }
        for &(place, before, _) in changed {
            ids[usize::from(place)] = before;
        }

        let outcome = self.outcomes.len() as u32;
        let told = self.told.get(self.code.told(step));
        let hash = key_hash(step, row, told);
        self.outcomes.push(Outcome {
            action,
            delta,
            mover,
            writes: (first as u32, (self.writes.len() - first) as u16),
            step,
            key: self.keys.len() as u32,
            upper: upper(hash),
            before: self.code.latest(step),
            changes,
        });
        self.turned.extend(self.moves.turned(changes));
        self.keys.extend(at(row, told));
        self.code.set_latest(step, outcome);
        match self.code.has_first(step) {
            true => {
                let outcomes = &self.outcomes;
                self.endings
                    .insert(hash, outcome, |outcome| outcomes[outcome as usize].upper);
            }
            false => self
                .code
                .set_first(step, First { outcome, mover, delta }, at(row, told)),
        }
    }
}
