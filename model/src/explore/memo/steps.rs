//! Steps by what they depend on: once done, a step is done for every row that has the same pieces in the places that it
//! looked at.
//!
//! Three keys lead to what a row becomes. The section and the piece of its own client give the places at which such turns
//! have looked so far; the pieces in these give the steps; the pieces of the monitors that a step tells something give
//! what the row becomes. Monitors only listen, so that nothing else depends on them, except where they remember times:
//! these are among the places of the first key. A turn that looks at another place widens the places of its key, and
//! what was known under fewer is forgotten: it might have come about otherwise. Equality decides, never a hash alone.
//! Read next: `hand.rs`, where steps are done.

use std::collections::BTreeMap;

use redelivery_engine::Index;

use super::hand::{Done, Turn};
use super::layout::{Layout, Place, share};
use super::store::{Id, NOTHING, Store};
use super::table::{Table, mix};
use crate::explore::places::ACTORS_MAX;
use crate::world::{Action, Actor, Seat, Section};

/// What a row becomes by a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    /// What changes in the fingerprint; 0 if nothing changes.
    pub(super) delta: u64,
    pub(super) action: Action,
    /// Who brings it about, by number.
    pub(super) mover: u8,
    writes: (u32, u16),
}

/// The mover of a fault.
pub(super) const FAULT: u8 = u8::MAX;

/// All steps that were done.
#[derive(Debug, Default)]
pub(super) struct Steps {
    sections: Vec<(Section, Option<Place>)>,
    /// By section, then by the piece of its own: where to find its looks.
    looks_of: Vec<Vec<u32>>,
    looks: Vec<Looks>,
    turns_table: Table,
    turns: Vec<Known>,
    keys: Vec<Id>,
    steps: Vec<Step>,
    told: Vec<Place>,
    endings_table: Table,
    endings: Vec<Ending>,
    outcomes: Vec<Outcome>,
    /// Place, what lay there, what lies there then.
    writes: Vec<(Place, Id, Id)>,
    actors: BTreeMap<Actor, u8>,
    /// Whether a turn depends on which keys there are.
    asks_for_all_keys: bool,
}

/// The places at which turns of a section have looked.
#[derive(Debug)]
struct Looks {
    own: Option<Place>,
    /// But for its own.
    places: Vec<Place>,
    /// Grows with them.
    version: u32,
    /// The turn, where there are no places: it depends on nothing else.
    only: Option<u32>,
}

/// No looks are known.
const UNKNOWN: u32 = u32::MAX;

/// A turn that was taken.
#[derive(Debug)]
struct Known {
    looks: u32,
    version: u32,
    hash: u64,
    key: u32,
    steps: (u32, u16),
}

/// A step of a turn: whom it tells something.
#[derive(Debug)]
struct Step {
    told: (u32, u16),
}

/// A step with the pieces of whom it tells.
#[derive(Debug)]
struct Ending {
    step: u32,
    hash: u64,
    key: u32,
    outcome: u32,
}

/// What is not known yet of a row: a turn, by the key under which nothing was found.
pub(super) type Missing = (u16, Vec<Id>);

impl Steps {
    /// Rows have places for more connections, or for keys that matter to what is known. All is forgotten but outcomes, of which
    /// some may still be in use.
    pub(super) fn begin(&mut self, layout: &Layout, sections: impl Iterator<Item = Section>) {
        let own = |section| match section {
            Section::Client(client) | Section::Faults(client) => layout.place(&Seat::Client(client)),
            Section::Connection(connection) => layout.place(&Seat::Connection(connection)),
            Section::Bus => layout.place(&Seat::Site),
            Section::Expiry => layout.place(&Seat::Index(Index::Expiring)),
            Section::Ageing => None,
        };
        let sections: Vec<_> = sections.map(|section| (section, own(section))).collect();
        *self = Self {
            looks_of: vec![Vec::new(); sections.len()],
            sections,
            outcomes: std::mem::take(&mut self.outcomes),
            writes: std::mem::take(&mut self.writes),
            actors: std::mem::take(&mut self.actors),
            ..Self::default()
        };
    }

    pub(super) fn sections(&self) -> usize {
        self.sections.len()
    }

    pub(super) fn section(&self, section: u16) -> Section {
        self.sections[usize::from(section)].0
    }

    pub(super) fn outcome(&self, outcome: u32) -> &Outcome {
        &self.outcomes[outcome as usize]
    }

    /// Whether steps that are no faults can lead back to where they began, as far as single places tell: a step that puts
    /// something into a place that no further such step takes away again, or takes away what none puts there, is part of
    /// no cycle; without it others may be part of none either.
    pub(super) fn may_cycle(&self) -> bool {
        let mut numbers = Table::default();
        let mut ends: Vec<(Place, Id)> = Vec::new();
        let mut number = |end: (Place, Id)| {
            let hash_of = |(place, id): (Place, Id)| mix(mix(0, place.into()), id);
            let known = numbers.find(hash_of(end), |known| ends[known as usize] == end);
            known.unwrap_or_else(|| {
                let number = numbers.insert(hash_of(end), |known| hash_of(ends[known as usize]));
                ends.push(end);
                number
            })
        };
        let moves = self.outcomes.iter().filter(|it| it.mover != FAULT && it.delta != 0);
        let mut moves: Vec<Vec<(u32, u32)>> = moves
            .map(|outcome| {
                let (start, len) = outcome.writes;
                let writes = &self.writes[start as usize..][..usize::from(len)];
                let changes = writes.iter().filter(|(_, before, after)| before != after);
                changes
                    .map(|&(place, before, after)| (number((place, before)), number((place, after))))
                    .collect()
            })
            .collect();
        let ends = ends.len();
        loop {
            let count = moves.len();
            let (mut left, mut reached) = (vec![false; ends], vec![false; ends]);
            for &(before, after) in moves.iter().flatten() {
                left[before as usize] = true;
                reached[after as usize] = true;
            }
            moves.retain(|changes| {
                let goes_on = |&(before, after): &(u32, u32)| reached[before as usize] && left[after as usize];
                changes.iter().all(goes_on)
            });
            if moves.is_empty() || moves.len() == count {
                return !moves.is_empty();
            }
        }
    }

    /// Makes a row what it becomes.
    pub(super) fn write(&self, outcome: u32, row: &mut [Id]) {
        let (start, len) = self.outcomes[outcome as usize].writes;
        for &(place, _, id) in &self.writes[start as usize..][..usize::from(len)] {
            row[usize::from(place)] = id;
        }
    }

    /// The outcomes of a section of a row; or what is missing.
    #[inline]
    pub(super) fn of_section(&self, section: u16, row: &[Id], outcomes: &mut Vec<u32>) -> Result<(), Missing> {
        let own = self.own(section, row);
        let Some(looks) = self.looks(section, own) else {
            return Err((section, vec![own]));
        };
        let places = &self.looks[looks as usize].places;
        let Some(turn) = self.turn(looks, row) else {
            return Err((section, at(row, places).collect()));
        };
        let (start, len) = self.turns[turn as usize].steps;
        for step in start..start + u32::from(len) {
            match self.ending(step, row) {
                Some(ending) => outcomes.push(self.endings[ending as usize].outcome),
                None => {
                    let key = at(row, places).chain([step]).chain(at(row, self.told(step)));
                    return Err((section, key.collect()));
                }
            }
        }
        Ok(())
    }

    fn own(&self, section: u16, row: &[Id]) -> Id {
        let (_, own) = self.sections[usize::from(section)];
        own.map_or(NOTHING, |place| row[usize::from(place)])
    }

    #[inline]
    fn looks(&self, section: u16, own: Id) -> Option<u32> {
        let looks = *self.looks_of[usize::from(section)].get(own as usize)?;
        (looks != UNKNOWN).then_some(looks)
    }

    #[inline]
    fn turn(&self, looks: u32, row: &[Id]) -> Option<u32> {
        let Looks {
            places, version, only, ..
        } = &self.looks[looks as usize];
        if only.is_some() {
            return *only;
        }
        self.turns_table.find(key_hash(looks, row, places), |number| {
            let known = &self.turns[number as usize];
            (known.looks, known.version) == (looks, *version) && self.is_key(known.key, row, places)
        })
    }

    #[inline]
    fn ending(&self, step: u32, row: &[Id]) -> Option<u32> {
        let told = self.told(step);
        self.endings_table.find(key_hash(step, row, told), |number| {
            let ending = &self.endings[number as usize];
            ending.step == step && self.is_key(ending.key, row, told)
        })
    }

    #[inline]
    fn told(&self, step: u32) -> &[Place] {
        let (start, len) = self.steps[step as usize].told;
        &self.told[start as usize..][..usize::from(len)]
    }

    #[inline]
    fn is_key(&self, key: u32, row: &[Id], places: &[Place]) -> bool {
        let key = &self.keys[key as usize..][..places.len()];
        key.iter().copied().eq(at(row, places))
    }

    /// Learns a turn that was taken from a row. Pieces and seats get their numbers; answers false if rows have grown by what
    /// turns that are known may depend on, so that nothing was learnt and [`Self::begin`] must follow.
    pub(super) fn learn(
        &mut self,
        layout: &mut Layout,
        store: &mut Store,
        row: &[Id],
        section: u16,
        turn: Turn,
    ) -> bool {
        let changed = turn.steps.iter().flat_map(|done| &done.changes);
        let seats = turn.looked_at.iter().chain(changed.map(|(seat, _)| seat));
        self.asks_for_all_keys |= turn.asks_for_all_keys;
        let mut has_grown = false;
        for seat in seats {
            let matters = match seat {
                Seat::Connection(_) => true,
                Seat::Key(_) => self.asks_for_all_keys,
                _ => false,
            };
            has_grown |= matters && layout.place(seat).is_none();
            layout.place_or_add(seat);
        }
        if has_grown {
            return false;
        }
        // Seats that came just now are free in the row.
        let mut row = row.to_vec();
        row.resize(layout.len(), NOTHING);
        let looks = self.look_at(
            section,
            &row,
            turn.looked_at.iter().filter_map(|seat| layout.place(seat)),
        );
        let steps = match self.turn(looks, &row) {
            Some(turn) => self.turns[turn as usize].steps,
            None => self.add_turn(layout, looks, &row, &turn.steps),
        };
        for (step, done) in (steps.0..).zip(turn.steps) {
            if self.ending(step, &row).is_none() {
                self.add_ending(layout, store, &row, step, done);
            }
        }
        true
    }

    fn look_at(&mut self, section: u16, row: &[Id], places: impl Iterator<Item = Place>) -> u32 {
        let own = self.own(section, row);
        let looks = self.looks(section, own).unwrap_or_else(|| {
            let number = self.looks.len() as u32;
            let of_section = &mut self.looks_of[usize::from(section)];
            if of_section.len() <= own as usize {
                of_section.resize(own as usize + 1, UNKNOWN);
            }
            of_section[own as usize] = number;
            self.looks.push(Looks {
                own: self.sections[usize::from(section)].1,
                places: Vec::new(),
                version: 0,
                only: None,
            });
            number
        });
        let known = &mut self.looks[looks as usize];
        for place in places {
            if known.own != Some(place) && !known.places.contains(&place) {
                known.places.push(place);
                known.version += 1;
                known.only = None;
            }
        }
        looks
    }

    fn add_turn(&mut self, layout: &Layout, looks: u32, row: &[Id], steps: &[Done]) -> (u32, u16) {
        let first = self.steps.len() as u32;
        for done in steps {
            let start = self.told.len() as u32;
            let told = done.told.iter().filter_map(|seat| layout.place(seat));
            self.told.extend(told);
            let len = (self.told.len() as u32 - start) as u16;
            self.steps.push(Step { told: (start, len) });
        }
        let Looks { places, version, .. } = &self.looks[looks as usize];
        let known = Known {
            looks,
            version: *version,
            hash: key_hash(looks, row, places),
            key: self.keys.len() as u32,
            steps: (first, steps.len() as u16),
        };
        self.keys.extend(at(row, places));
        let steps = known.steps;
        let turns = &self.turns;
        let number = self
            .turns_table
            .insert(known.hash, |number| turns[number as usize].hash);
        self.turns.push(known);
        let looks = &mut self.looks[looks as usize];
        looks.only = looks.places.is_empty().then_some(number);
        steps
    }

    fn add_ending(&mut self, layout: &Layout, store: &mut Store, row: &[Id], step: u32, done: Done) {
        let key = self.keys.len() as u32;
        let (start, len) = self.steps[step as usize].told;
        let told = &self.told[start as usize..][..usize::from(len)];
        self.keys.extend(at(row, told));
        let hash = key_hash(step, row, told);
        let first = self.writes.len() as u32;
        let mut delta = 0;
        for (seat, piece) in done.changes {
            let place = layout.place(&seat).expect("its seat was added");
            let id = piece.map_or(NOTHING, |(hash, piece)| store.intern(hash, piece));
            let before = row[usize::from(place)];
            delta ^= share(place, before) ^ share(place, id);
            self.writes.push((place, before, id));
        }
        let next = self.actors.len().min(ACTORS_MAX - 1) as u8;
        let mover = done
            .actor
            .map_or(FAULT, |actor| *self.actors.entry(actor).or_insert(next));
        let outcome = self.outcomes.len() as u32;
        self.outcomes.push(Outcome {
            delta,
            action: done.action,
            mover,
            writes: (first, (self.writes.len() as u32 - first) as u16),
        });
        let endings = &self.endings;
        self.endings_table.insert(hash, |number| endings[number as usize].hash);
        self.endings.push(Ending {
            step,
            hash,
            key,
            outcome,
        });
    }
}

fn at(row: &[Id], places: &[Place]) -> impl Iterator<Item = Id> {
    places.iter().map(|&place| row[usize::from(place)])
}

#[inline]
fn key_hash(number: u32, row: &[Id], places: &[Place]) -> u64 {
    at(row, places).fold(mix(0, number), mix)
}
