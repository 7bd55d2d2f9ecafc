//! What a block of a level leads to: looked up, and what is not known yet is done and learnt.

use std::collections::BTreeSet;

use super::columns::Cell;
use super::emission::{Emission, Level};
use super::hand::{Heard, Spot, Turn};
use super::layout::Place;
use super::learning::Lesson;
use super::steps::{Missing, Steps};
use super::store::Id;
use super::tales::Tale;
use super::threads;
use super::{Search, Sight};
use crate::occurrence::{Occurrences, shown_by};
use crate::world::{Seat, Section};

/// So many steps are done by each hand before they are learnt.
const FEW: usize = 512;

/// What was done.
enum Deed {
    Turn(Turn),
    Ending(Heard),
}

impl Search<'_> {
    /// What a block of a level leads to; what is not known yet of it is done and learnt.
    pub(super) fn emit(&mut self, level: &mut Level, block: std::ops::Range<u32>) -> Vec<Emission> {
        let mut all = Vec::new();
        let mut states: Vec<u32> = block.clone().collect();
        while !states.is_empty() {
            level.widen(self.columns.len());
            let parts = threads::split(&states, self.settings.threads, threads::STATES);
            let parts = parts
                .into_iter()
                .map(|part| (part, self.spare.pop().unwrap_or_default()));
            let parts = parts.collect();
            self.steps.let_sleep(&self.columns);
            level.fit(self.steps.stride());
            let (begin, known) = (block.start, self.known());
            let emissions = threads::all(parts, |(states, emission): (&[u32], Emission)| {
                known.emit(level, begin, states, emission)
            });
            states = emissions
                .iter()
                .flat_map(|emission| emission.unfinished.iter().copied())
                .collect();
            // Whoever is not asked for, since hashes are equal, is so next time.
            let mut asked = BTreeSet::new();
            let missing = emissions.iter().flat_map(|emission| &emission.missing);
            let jobs = missing.filter(|(_, missing)| asked.insert(*missing)).copied();
            let jobs = self.take_images(level, jobs.collect());
            // Not all at once: what was done is learnt while it is near.
            jobs.chunks(self.hands.len() * FEW).all(|jobs| self.learn(level, jobs));
            all.extend(emissions);
        }
        all
    }

    /// Does what is missing, and learns it. Answers whether what was known still is where it was: else it is to be asked
    /// again what is missing.
    fn learn(&mut self, level: &Level, jobs: &[(u32, Missing)]) -> bool {
        let done = self.done(level, jobs);
        if self.grow(&done) {
            self.begin_steps();
            return false;
        }
        let has_moved = self.begin_to_move(&done);
        let (mut row, mut ids) = (Vec::new(), Vec::new());
        for (&(state, missing), deed) in jobs.iter().zip(done) {
            row.clear();
            row.extend_from_slice(level.row(state));
            row.resize(self.columns.len(), 0);
            self.columns.spread(&row, &mut ids);
            let (order, from) = ((self.depth + 1, state), level.states[state as usize]);
            let sight = |action| Sight {
                order,
                step: Some((from, action)),
            };
            match (deed, missing) {
                (Deed::Turn(mut turn), Missing::Turn(section, _)) => {
                    for step in &mut turn.steps {
                        let tale = self.tale(&mut step.tale);
                        let occurred = occurrences(self.steps.tales.get(tale));
                        self.note(occurred, step.violations.clone(), sight(step.action));
                    }
                    let (steps, lesson) = self.lesson(&row, &mut ids);
                    steps.learn(lesson, section, turn);
                }
                // Where is it now?
                (Deed::Ending(_), _) if has_moved => {}
                (Deed::Ending(heard), Missing::Ending(step, _)) => {
                    let tale = occurrences(self.steps.tale(step));
                    let violates = !heard.violations.is_empty();
                    self.note(tale, heard.violations, sight(self.steps.action_of(step)));
                    let (steps, lesson) = self.lesson(&row, &mut ids);
                    steps.learn_ending(lesson, step, heard.changed, violates);
                }
                _ => unreachable!("what is missing was done"),
            }
        }
        !has_moved
    }

    fn done(&mut self, level: &Level, jobs: &[(u32, Missing)]) -> Vec<Deed> {
        let (layout, store, steps, columns) = (&self.layout, &self.store, &self.steps, &self.columns);
        let parts = threads::split(jobs, self.hands.len(), threads::DEEDS);
        let parts = parts.into_iter().zip(&mut self.hands).collect();
        let done: Vec<Vec<Deed>> = threads::all(parts, |(jobs, hand)| {
            let mut ids = Vec::new();
            let deed = |&(state, missing): &(u32, Missing)| {
                columns.spread(level.row(state), &mut ids);
                match missing {
                    Missing::Turn(section, _) => {
                        Deed::Turn(hand.turn(layout, (store, &steps.tales), &ids, steps.section(section)))
                    }
                    Missing::Ending(step, _) => Deed::Ending(hand.hear(layout, store, &ids, steps.tale(step))),
                }
            };
            jobs.iter().map(deed).collect()
        });
        done.into_iter().flatten().collect()
    }

    /// All seats that were come upon get places. Answers whether turns that are known may depend on them.
    fn grow(&mut self, done: &[Deed]) -> bool {
        let mut has_grown = false;
        for turn in done.iter().filter_map(Deed::turn) {
            self.steps.asks_for_all_keys |= turn.asks_for_all_keys;
            let changed = turn.steps.iter().flat_map(|done| &done.changes);
            let new = changed.filter_map(|(spot, _)| match spot {
                Spot::New(seat) => Some(seat),
                Spot::Place(_) => None,
            });
            for seat in turn.new.iter().chain(new) {
                let matters = match seat {
                    Seat::Connection(_) => true,
                    Seat::Key(_) => self.steps.asks_for_all_keys,
                    _ => false,
                };
                has_grown |= matters && self.layout.place(seat).is_none();
                self.layout.place_or_add(seat);
            }
        }
        self.orbits.grow(&mut self.layout);
        self.columns.grow(self.layout.len());
        has_grown
    }

    /// All places that have changed get columns. Answers whether some had none.
    fn begin_to_move(&mut self, done: &[Deed]) -> bool {
        let mut moving = BTreeSet::new();
        for deed in done {
            let mut changed = |place: Place| {
                if self.columns.column(place).is_none() {
                    moving.insert(place);
                }
            };
            match deed {
                Deed::Turn(turn) => {
                    for (spot, _) in turn.steps.iter().flat_map(|done| &done.changes) {
                        changed(match spot {
                            Spot::Place(place) => *place,
                            Spot::New(seat) => self.layout.place(seat).expect("it has a place by now"),
                        });
                    }
                }
                Deed::Ending(heard) => heard.changed.iter().for_each(|(place, _)| changed(*place)),
            }
        }
        let has_moved = !moving.is_empty();
        if has_moved {
            self.steps.begin_to_move(moving, &mut self.columns);
        }
        has_moved
    }

    fn lesson<'a>(&'a mut self, row: &'a [Cell], ids: &'a mut [Id]) -> (&'a mut Steps, Lesson<'a>) {
        let lesson = Lesson {
            layout: &self.layout,
            store: &mut self.store,
            columns: &mut self.columns,
            orbits: &mut self.orbits,
            row,
            ids,
        };
        (&mut self.steps, lesson)
    }

    /// Numbers a tale. What is heard for the first time is noted.
    pub(super) fn tale(&mut self, tale: &mut Result<u32, Tale>) -> u32 {
        let number = match tale {
            Ok(known) => return *known,
            Err(tale) => self.steps.tales.find(tale).unwrap_or_else(|| {
                let setup = self.exploration.setup();
                let symmetry = self.orbits.symmetry();
                tale.iter()
                    .for_each(|(_, event)| self.premises.on_of_each(setup, event, symmetry));
                self.steps.tales.add(std::mem::take(tale))
            }),
        };
        *tale = Ok(number);
        number
    }

    pub(super) fn begin_steps(&mut self) {
        let connections = self.layout.seats().iter().filter_map(|seat| match seat {
            Seat::Connection(connection) => Some(connection.0 + 1),
            _ => None,
        });
        let sections = Section::all(self.exploration.setup(), connections.max().unwrap_or(0));
        self.steps.begin(&self.layout, &self.columns, sections);
        self.images.begin(self.orbits.all(), &self.steps);
    }
}

impl Deed {
    fn turn(&self) -> Option<&Turn> {
        match self {
            Self::Turn(turn) => Some(turn),
            Self::Ending(_) => None,
        }
    }
}

/// What a tale shows.
pub(super) fn occurrences(tale: &Tale) -> Occurrences {
    let mut occurred = Occurrences::default();
    let shown = tale.iter().filter_map(|(_, event)| shown_by(event));
    shown.for_each(|occurrence| occurred.insert(occurrence));
    occurred
}
