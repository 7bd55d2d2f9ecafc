//! How steps that were done become known.

use redelivery_engine::Index;

use super::code::{First, Offset, bit};
use super::columns::{Cell, Column, Columns};
use super::hand::{After, Done, Spot, Turn};
use super::keyed::Keyed;
use super::layout::{Layout, Place, share};
use super::looks::Looks;
use super::moves::Change;
use super::orbits::Orbits;
use super::steps::{FAULT, Outcome, Own, QUIET, Steps, UNKNOWN, at};
use super::store::{Id, Store};
use crate::world::{Action, Seat, Section};

/// Lists of endings up to so long may be as empty as they like.
const SHORT: usize = 1 << 6;

/// What steps are learnt with: the pieces get their numbers here. Places that have changed have columns.
pub(super) struct Lesson<'a> {
    pub(super) layout: &'a Layout,
    pub(super) store: &'a mut Store,
    pub(super) columns: &'a mut Columns,
    pub(super) orbits: &'a mut Orbits,
    /// The row from which the turn was taken, …
    pub(super) row: &'a [Cell],
    /// … and by place.
    pub(super) ids: &'a mut [Id],
}

/// What a step is, who brings it about, what it tells and what it changes: by number, but for the first.
#[derive(Clone, Copy)]
pub(super) struct What {
    pub(super) action: Action,
    pub(super) mover: u8,
    pub(super) tale: u32,
    pub(super) changes: u32,
    pub(super) violates: bool,
}

impl Lesson<'_> {
    /// A piece that a step has put somewhere gets its number.
    fn id(&mut self, after: After) -> Id {
        let id = match after {
            After::Known(id) => id,
            After::New(hash, piece) => self.store.intern(hash, *piece),
        };
        self.orbits.know(self.store, id);
        id
    }
}

impl Steps {
    /// Rows have places for more connections, or for keys that matter to what is known. All is forgotten but outcomes, of which
    /// some may still be in use.
    pub(super) fn begin(&mut self, layout: &Layout, columns: &Columns, sections: impl Iterator<Item = Section>) {
        let own = |section| match section {
            Section::Client(client) | Section::Faults(client) => layout.place(&Seat::Client(client)),
            Section::Connection(connection) => layout.place(&Seat::Connection(connection)),
            Section::Expiry => layout.place(&Seat::Index(Index::Expiring)),
            Section::Ageing | Section::Bus | Section::Failures | Section::Network => None,
        };
        let sections = sections.map(|section| Own {
            section,
            place: own(section),
            column: own(section).and_then(|place| columns.column(place)),
            looks: Vec::new(),
        });
        *self = Self {
            sections: sections.collect(),
            outcomes: std::mem::take(&mut self.outcomes),
            turned: std::mem::take(&mut self.turned),
            writes: std::mem::take(&mut self.writes),
            moves: std::mem::take(&mut self.moves),
            actors: std::mem::take(&mut self.actors),
            tales: std::mem::take(&mut self.tales),
            generation: self.generation + 1,
            ..Self::default()
        };
    }

    /// Learns a turn, whose tales have numbers.
    pub(super) fn learn(&mut self, mut lesson: Lesson, section: u16, turn: Turn) {
        self.asks_for_all_keys |= turn.asks_for_all_keys;
        let new = turn.new.iter().filter_map(|seat| lesson.layout.place(seat));
        let places = turn.looked_at.iter().copied().chain(new);
        let looks = self.look_at(lesson.columns, section, lesson.row, places);
        let known = self.looks[looks as usize].turns.find(lesson.row);
        let known = known.unwrap_or_else(|| {
            let told = turn.steps.iter().map(|done| self.tell(lesson.columns, &done.told));
            let told: Vec<u32> = told.collect();
            self.add_turn(looks, lesson.row, &told)
        });
        let mut step = self.code.first_step(known);
        for done in turn.steps {
            let told = self.told_by(step);
            let next = self.code.next_step(step, told.len());
            if self.ending(step, told, lesson.row).is_err() {
                self.add_done(&mut lesson, step, done);
            }
            step = next;
        }
    }

    /// The looks of a section of a row, widened by these places.
    pub(super) fn look_at(
        &mut self,
        columns: &Columns,
        section: u16,
        row: &[Cell],
        places: impl Iterator<Item = Place>,
    ) -> u32 {
        let own_place = self.sections[usize::from(section)].place;
        let own = self.sections[usize::from(section)].cell(row);
        let known = self.looks_of(section, own);
        let mut all = known.map_or(Vec::new(), |known| self.looks[known as usize].places.clone());
        let count = all.len();
        for place in places {
            if own_place != Some(place) && !all.contains(&place) {
                all.push(place);
            }
        }
        match known {
            Some(known) if all.len() == count => known,
            _ => {
                let column = self.sections[usize::from(section)].column;
                self.add_looks(Looks::new(columns, (section, column), own, all))
            }
        }
    }

    /// New looks in place of those that are known.
    pub(super) fn add_looks(&mut self, looks: Looks) -> u32 {
        let number = self.looks.len() as u32;
        self.looks_at.resize(self.sections.len(), 0);
        self.looks_at[usize::from(looks.section)] |= looks.mask;
        let of_section = &mut self.sections[usize::from(looks.section)].looks;
        let own = looks.own as usize;
        of_section.resize(of_section.len().max(own + 1), UNKNOWN);
        if let Some(old) = self.looks.get_mut(of_section[own] as usize & !(QUIET as usize)) {
            *old = Looks::default();
            self.generation += 1;
        }
        of_section[own] = number;
        self.looks.push(looks);
        number
    }

    /// Adds a turn with its steps: whom each tells something.
    pub(super) fn add_turn(&mut self, looks: u32, row: &[Cell], steps: &[u32]) -> Offset {
        let told = steps.iter().flat_map(|&told| &self.told[told as usize].columns);
        let reads = self.looks[looks as usize].mask | told.fold(0, |all, &column| all | bit(column));
        let own = &mut self.looks[looks as usize];
        let turn = self.code.add_turn(steps.len() as u32, reads);
        for &told in steps {
            self.code.add_step(turn, told, self.told[told as usize].columns.len());
        }
        own.turns.add(row, turn);
        self.count += 1;
        if own.turns.columns.is_empty() && steps.is_empty() {
            self.sections[usize::from(own.section)].looks[own.own as usize] |= QUIET;
        }
        turn
    }

    fn add_done(&mut self, lesson: &mut Lesson, step: Offset, done: Done) {
        let tale = done.tale.expect("it was told before");
        let changes = done.changes.into_iter().map(|(spot, after)| {
            let place = match spot {
                Spot::Place(place) => place,
                Spot::New(seat) => lesson.layout.place(&seat).expect("it has a place by now"),
            };
            (place, lesson.ids[usize::from(place)], lesson.id(after))
        });
        let changes: Vec<Change> = changes.collect();
        let mover = done.actor.map_or(FAULT, |actor| self.mover(actor));
        let what = What {
            action: done.action,
            mover,
            tale,
            changes: self.add_move(lesson.orbits, changes.into_iter(), mover),
            violates: !done.violations.is_empty(),
        };
        self.add_ending(lesson.columns, lesson.ids, lesson.row, step, what);
    }

    /// Learns what a step makes of those whom it tells something, which they have not been told before: all else is as
    /// it was then.
    pub(super) fn learn_ending(&mut self, mut lesson: Lesson, step: Offset, told: Vec<(Place, After)>, violates: bool) {
        if self.ending(step, self.told_by(step), lesson.row).is_ok() {
            return;
        }
        let first = self.outcomes[self.code.first_outcome(step) as usize];
        let places = self.told_places(step);
        let changes = self.moves.of(first.changes).iter().copied();
        let mut changes: Vec<Change> = changes.filter(|(place, ..)| !places.contains(place)).collect();
        for (place, after) in told {
            changes.push((place, lesson.ids[usize::from(place)], lesson.id(after)));
        }
        let what = What {
            action: first.action,
            mover: first.mover,
            tale: first.tale,
            changes: self.add_move(lesson.orbits, changes.into_iter(), first.mover),
            violates,
        };
        self.add_ending(lesson.columns, lesson.ids, lesson.row, step, what);
    }

    /// Adds what somebody changes; answers its number.
    pub(super) fn add_move(&mut self, orbits: &Orbits, changes: impl Iterator<Item = Change>, mover: u8) -> u32 {
        let number = self.moves.add(changes, mover == FAULT);
        self.moves.add_turned(number, orbits);
        number
    }

    /// Adds what a row becomes by a step: who does what, and what changes.
    pub(super) fn add_ending(&mut self, columns: &mut Columns, ids: &mut [Id], row: &[Cell], step: Offset, what: What) {
        let What {
            action,
            mover,
            tale,
            changes,
            violates,
        } = what;
        let changed = self.moves.of(changes);
        let mut delta = 0;
        for &(place, before, after) in changed {
            delta ^= share(place, before) ^ share(place, after);
            ids[usize::from(place)] = after;
        }
        let mut writes: Vec<(Column, Cell)> = Vec::with_capacity(changed.len());
        for &(place, ..) in changed {
            let column = columns.column(place).expect("a place that changes has a column");
            if !writes.iter().any(|(known, _)| *known == column) {
                writes.push((column, columns.cell(column, ids)));
            }
        }
        for &(place, before, _) in changed {
            ids[usize::from(place)] = before;
        }

        let written = writes.iter().fold(0, |all, &(column, _)| all | bit(column));
        self.code.note(step, delta != 0, mover == FAULT, written);
        self.writes.add(writes.into_iter());

        let outcome = self.outcomes.len() as u32;
        let told = &self.told[self.code.told(step) as usize].columns;
        self.outcomes.push(Outcome {
            action,
            delta,
            mover,
            step,
            key: self.keys.len() as u32,
            others: UNKNOWN,
            next: UNKNOWN,
            last: outcome,
            tale,
            changes,
            violates,
        });
        self.turned.extend(self.moves.turned(changes));
        self.keys.extend(at(row, told));
        if self.code.has_first(step) {
            let first = &mut self.outcomes[self.code.first_outcome(step) as usize];
            if first.others == UNKNOWN {
                first.others = self.endings.len() as u32;
                self.endings.push(Keyed::new(told.clone(), SHORT));
            }
            self.endings[first.others as usize].add(row, outcome);
            let last = std::mem::replace(&mut first.last, outcome);
            self.outcomes[last as usize].next = outcome;
        } else {
            let first = First { outcome, mover, delta };
            self.code.set_first(step, first, at(row, told));
        }
    }
}
