//! Breadth-first search over rows of pieces: visits every state once, runs the engine only for steps that it has not
//! seen, and keeps a shortest path to each violation.
//!
//! A state is a row of numbers, one for each piece of a world (collapse compression: Holzmann, "State compression in
//! SPIN", 1997); a step is looked up by the pieces that it looks at (LTSmin's dependency matrices: Blom and van de Pol,
//! "Symbolic reachability for process algebras with recursive data types", 2008, here observed rather than declared). Each level is
//! taken in blocks: what the states of a block lead to is looked up, what is not known is done and learnt, then what is
//! new is kept. Each of these three is shared among threads so that what is found, and in which order, does not depend
//! on how many they are.
//!
//! Map: `layout` and `store`, what a row means; `hand`, doing steps; `steps`, knowing them; `emission`, looking up;
//! `visited`, keeping; `orbits`, who is interchangeable; `paths`, from a state back to the first; `cycles`, where runs can stay.

mod arranging;
mod code;
mod columns;
mod cycles;
mod emission;
mod hand;
mod kept;
mod layout;
mod learning;
mod moves;
mod orbits;
mod paths;
mod steps;
mod store;
mod table;
mod threads;
mod visited;

use std::collections::{BTreeMap, BTreeSet};

use super::Exploration;
use super::explored::{Explored, Found, Settings};
use super::seen::Seen;
use crate::check::{CheckIx, Premises, Violation};
use crate::event::Event;
use crate::occurrence::{Occurrence, Occurrences};
use crate::symmetry::{Orbit, Symmetry};
use crate::world::{Action, Seat, Section, World};
use columns::Columns;
use emission::{Candidate, Emission, Known, Level};
use hand::{Hand, Turn};
use kept::New;
use layout::{Layout, Place};
use learning::Lesson;
use orbits::Orbits;
use steps::Steps;
use store::{NOTHING, Store};
use threads::WORTH_A_THREAD;
use visited::{SHARDS, Shard, State};

/// So many states are taken at a time. A search that is split otherwise finds the same, in another order.
const BLOCK: usize = 1 << 14;

/// Explores until every state was visited, or too many were. `progress` hears of the number of states now and then.
pub fn explore(exploration: &Exploration, settings: &Settings, progress: &dyn Fn(usize)) -> Explored {
    let mut search = Search::new(exploration, settings);
    let complete = search.run(progress);
    search.conclude(complete)
}

struct Search<'a> {
    exploration: &'a Exploration,
    settings: Settings,
    /// The first world: what is the same in all of them is asked of it.
    first: World,
    layout: Layout,
    columns: Columns,
    store: Store,
    steps: Steps,
    orbits: Orbits,
    wards: Vec<(u32, Place)>,
    hands: Vec<Hand<'a>>,
    /// Room that was used before.
    spare: Vec<Emission>,
    shards: Vec<Shard>,
    transitions: usize,
    depth: usize,
    /// Whether some step that is no fault leads to a state of no larger depth: only then are there cycles.
    leads_back: bool,
    premises: Premises,
    shown: BTreeMap<Occurrence, Sight>,
    violated: BTreeMap<CheckIx, (Violation, Sight)>,
    /// By check: a state in which a run can stay though the check is not fulfilled.
    resting: Vec<Option<State>>,
}

/// Where something was seen: with the first world, or with a step. What comes first in the order of the search is less.
#[derive(Clone, Copy, Debug, Default)]
struct Sight {
    /// How deep, and of which state of the level.
    order: (usize, u32),
    step: Option<(State, Action)>,
}

impl<'a> Search<'a> {
    fn new(exploration: &'a Exploration, settings: &Settings) -> Self {
        let mut beginning = Seen::default();
        let first = exploration.initial(&mut beginning);
        let mut layout = Layout::default();
        for seat in first.seats().chain(first.further_seats()) {
            layout.place_or_add(&seat);
        }
        let threads = settings.threads.max(1);
        let checks = exploration.setup().checks.len();
        let mut orbits = Orbits::new(Symmetry::taken(exploration.setup(), settings.symmetry));
        orbits.grow(&mut layout);
        let mut search = Self {
            exploration,
            settings: *settings,
            wards: emission::wards(layout.seats()),
            spare: Vec::new(),
            hands: (0..threads).map(|_| Hand::new(exploration, first.clone())).collect(),
            first,
            columns: Columns::new(Vec::new(), layout.len()),
            layout,
            store: Store::default(),
            steps: Steps::default(),
            orbits,
            shards: (0..SHARDS).map(|_| Shard::new(settings.exact)).collect(),
            transitions: 0,
            depth: 0,
            leads_back: false,
            premises: Premises::default(),
            shown: BTreeMap::new(),
            violated: BTreeMap::new(),
            resting: vec![None; checks],
        };
        search.note_events(&beginning.events);
        search.note(beginning.occurred, beginning.violations, Sight::default());
        search.begin_steps();
        search
    }

    /// The first state, as a level of its own.
    fn first_level(&mut self) -> Level {
        let mut ids = Vec::with_capacity(self.layout.len());
        for seat in self.layout.seats() {
            let piece = self.first.piece(seat);
            ids.push(piece.map_or(NOTHING, |piece| {
                self.store.intern(store::hash(&piece), piece.into_piece())
            }));
        }
        let mut rows = Vec::with_capacity(self.columns.len());
        self.columns.gather(&ids, &mut rows);
        let fingerprints = self.orbits.fingerprints(&mut self.store, &ids);
        let orbit = Orbit::of(fingerprints.iter().copied());
        let key = self.orbits.key(orbit);
        let shard = visited::shard(key);
        self.orbits.turn(orbit, &mut ids);
        let known = self.shards[shard].find(key, &ids);
        let place = known.unwrap_or_else(|| self.shards[shard].insert(key, State::NONE, &ids));
        Level {
            stride: rows.len(),
            rows,
            states: vec![State::new(shard, place)],
            ways: fingerprints.len(),
            fingerprints,
        }
    }

    /// Visits level by level; answers whether everything was visited.
    fn run(&mut self, progress: &dyn Fn(usize)) -> bool {
        let mut level = self.first_level();
        loop {
            self.arrange(&mut level);
            let known: Vec<u32> = self.shards.iter().map(Shard::len).collect();
            let mut next = Level::new(self.orbits.ways());
            let count = level.states.len();
            for begin in (0..count).step_by(BLOCK) {
                let block = begin as u32..count.min(begin + BLOCK) as u32;
                let emissions = self.emit(&mut level, block);
                self.keep(&level, begin as u32, emissions, &known, &mut next);
                if self.states() > self.settings.max_states {
                    return false;
                }
                progress(self.states());
            }
            level = next;
            level.widen(self.columns.len());
            if level.states.is_empty() {
                return true;
            }
            self.depth += 1;
        }
    }

    /// Lays the rows of a level out anew, now and then.
    fn arrange(&mut self, level: &mut Level) {
        if !self.steps.wants_arranging() {
            return;
        }
        let Some(mut columns) = self.steps.arrange(&self.layout, &self.columns) else {
            return;
        };
        let mut rows = Vec::with_capacity(level.states.len() * columns.len());
        let mut ids = Vec::new();
        for row in level.rows.chunks(level.stride.max(1)) {
            self.columns.spread(row, &mut ids);
            columns.gather(&ids, &mut rows);
        }
        level.rows = rows;
        level.stride = columns.len();
        self.columns = columns;
    }

    fn states(&self) -> usize {
        self.shards.iter().map(|shard| shard.len() as usize).sum()
    }

    /// What a block of a level leads to; what is not known yet of it is done and learnt.
    fn emit(&mut self, level: &mut Level, block: std::ops::Range<u32>) -> Vec<Emission> {
        let mut all = Vec::new();
        let mut states: Vec<u32> = block.clone().collect();
        while !states.is_empty() {
            level.widen(self.columns.len());
            let parts = threads::split(&states, self.settings.threads);
            let parts = parts
                .into_iter()
                .map(|part| (part, self.spare.pop().unwrap_or_default()));
            let parts = parts.collect();
            let (begin, known) = (block.start, self.known());
            let emissions = threads::all(parts, |(states, emission): (&[u32], Emission)| {
                known.emit(level, begin, states.iter().copied(), emission)
            });
            states = emissions
                .iter()
                .flat_map(|emission| emission.unfinished.iter().copied())
                .collect();
            // Whoever is not asked for, since hashes are equal, is so next time.
            let mut asked = BTreeSet::new();
            let missing = emissions.iter().flat_map(|emission| &emission.missing);
            let jobs = missing.filter(|(_, missing)| asked.insert(*missing));
            let jobs: Vec<(u32, u16)> = jobs.map(|&(state, (section, _))| (state, section)).collect();
            self.learn(level, &jobs);
            all.extend(emissions);
        }
        all
    }

    fn known(&self) -> Known<'_> {
        Known {
            setup: self.exploration.setup(),
            monitors: self.first.monitors(),
            wards: &self.wards,
            columns: &self.columns,
            steps: &self.steps,
            store: &self.store,
        }
    }

    /// Does what is missing, and learns it: sections of states.
    fn learn(&mut self, level: &Level, jobs: &[(u32, u16)]) {
        // Not all at once: what was done is learnt while it is near.
        jobs.chunks(self.hands.len() * WORTH_A_THREAD)
            .all(|jobs| self.learn_few(level, jobs));
    }

    /// Answers whether what was known still is.
    fn learn_few(&mut self, level: &Level, jobs: &[(u32, u16)]) -> bool {
        let (layout, store, steps, columns) = (&self.layout, &self.store, &self.steps, &self.columns);
        let parts = threads::split(jobs, self.hands.len());
        let parts = parts.into_iter().zip(&mut self.hands).collect();
        let done: Vec<Vec<Turn>> = threads::all(parts, |(jobs, hand)| {
            let mut ids = Vec::new();
            let turn = |&(state, section): &(u32, u16)| {
                columns.spread(level.row(state), &mut ids);
                ids.resize(layout.len(), NOTHING);
                hand.turn(layout, store, &ids, steps.section(section))
            };
            jobs.iter().map(turn).collect()
        });
        let mut ids = Vec::new();
        for (&(state, section), mut turn) in jobs.iter().zip(done.into_iter().flatten()) {
            for step in &mut turn.steps {
                let sight = Sight {
                    order: (self.depth + 1, state),
                    step: Some((level.states[state as usize], step.action)),
                };
                self.note(step.occurred, std::mem::take(&mut step.violations), sight);
            }
            self.note_events(&turn.events);
            self.columns.spread(level.row(state), &mut ids);
            let lesson = Lesson {
                layout: &mut self.layout,
                store: &mut self.store,
                columns: &mut self.columns,
                orbits: &mut self.orbits,
                ids: &mut ids,
            };
            if !self.steps.learn(lesson, section, turn) {
                self.begin_steps();
                return false;
            }
        }
        true
    }

    fn begin_steps(&mut self) {
        let connections = self.layout.seats().iter().filter_map(|seat| match seat {
            Seat::Connection(connection) => Some(connection.0 + 1),
            _ => None,
        });
        let sections = Section::all(self.exploration.setup(), connections.max().unwrap_or(0));
        self.steps.begin(&self.layout, &self.columns, sections);
    }

    fn note_events(&mut self, events: &[Event]) {
        let setup = self.exploration.setup();
        let symmetry = self.orbits.symmetry();
        events
            .iter()
            .for_each(|event| self.premises.on_of_each(setup, event, symmetry));
    }

    /// Notes what was seen, if it was not seen earlier in the order of the search: of a block, what is not known is done
    /// round by round.
    fn note(&mut self, occurred: Occurrences, violations: Vec<Violation>, sight: Sight) {
        let is_first = |known: &Sight| sight.order < known.order;
        for occurrence in Occurrence::ALL.into_iter().filter(|&it| occurred.contains(it)) {
            let known = self.shown.entry(occurrence).or_insert(sight);
            if is_first(known) {
                *known = sight;
            }
        }
        for violation in violations {
            let known = self
                .violated
                .entry(violation.check)
                .or_insert((violation.clone(), sight));
            if is_first(&known.1) {
                *known = (violation, sight);
            }
        }
    }

    /// Keeps what is new of a block. `known`: so many states of each shard are not deeper than the level.
    fn keep(&mut self, level: &Level, block: u32, mut emissions: Vec<Emission>, known: &[u32], next: &mut Level) {
        for emission in &emissions {
            self.transitions += emission.transitions;
            for &(state, unfulfilled) in &emission.resting {
                for (check, resting) in self.resting.iter_mut().enumerate() {
                    if unfulfilled & 1 << check != 0 {
                        resting.get_or_insert(level.states[state as usize]);
                    }
                }
            }
        }
        let Some((emission, others)) = emissions.split_first_mut() else {
            return;
        };
        for (shard, candidates) in emission.candidates.iter_mut().enumerate() {
            let lists = others.iter_mut().map(|other| &mut other.candidates[shard]);
            lists.for_each(|list| candidates.append(list));
            // What was not known at first comes after the rest: in the order of the search it lies between.
            if !others.is_empty() {
                candidates.sort_by_key(|candidate| candidate.turn);
            }
        }
        let known_by = (&self.steps, &self.columns, &self.orbits);
        let shards = self.shards.iter_mut().zip(&emission.candidates).zip(known).enumerate();
        let parts = threads::group(shards.collect(), self.settings.threads);
        let kept = threads::all(parts, |shards| {
            let keep = |(number, ((shard, candidates), &known)): (usize, ((&mut Shard, &Vec<Candidate>), &u32))| {
                kept::keep(shard, number, level, block, known_by, known, candidates)
            };
            shards.into_iter().map(keep).collect::<Vec<_>>()
        });
        emissions.iter_mut().for_each(Emission::clear);
        self.spare.append(&mut emissions);
        let mut new: Vec<New> = Vec::new();
        for kept in kept.into_iter().flatten() {
            self.leads_back |= kept.leads_back;
            new.extend(kept.new);
        }
        new.sort_by_key(|new| new.turn);
        next.widen(level.stride);
        if new.is_empty() {
            return;
        }
        let parts = threads::split(&new, self.settings.threads).into_iter();
        let lists = std::iter::once(std::mem::take(&mut next.rows)).chain(std::iter::repeat_with(Vec::new));
        let rows = threads::all(parts.zip(lists).collect(), |(new, rows)| {
            kept::rows(level, block, &self.steps, new, rows)
        });
        rows.into_iter().for_each(|mut rows| match next.rows.is_empty() {
            true => next.rows = rows,
            false => next.rows.append(&mut rows),
        });
        next.states.extend(new.iter().map(|new| new.state));
        next.fingerprints
            .extend(kept::fingerprints(level, block, &self.steps, &new));
    }

    fn conclude(mut self, complete: bool) -> Explored {
        let states = self.states().min(self.settings.max_states);
        if complete && self.leads_back && self.steps.moves.may_cycle(|place, id| self.orbits.least(place, id)) {
            self.judge_cycles();
        }
        let mut shown: Vec<(Occurrence, Sight)> = std::mem::take(&mut self.shown).into_iter().collect();
        shown.sort_by_key(|(_, sight)| sight.order);
        let mut occurred = Occurrences::default();
        shown.iter().for_each(|(occurrence, _)| occurred.insert(*occurrence));
        let shown = shown
            .into_iter()
            .map(|(occurrence, sight)| (occurrence, self.path(sight)));
        let shown = shown.collect();
        let checks = (0..self.resting.len() as u16).map(CheckIx);
        let found = checks.map(|check| self.found(check, complete)).collect();
        Explored {
            states,
            transitions: self.transitions,
            depth: self.depth,
            complete,
            occurred,
            premises: self.premises,
            shown,
            found,
            interchangeable: self.orbits.symmetry().classes().to_vec(),
        }
    }

    /// What is violated on the way, or by a run that stays; the shorter of both.
    fn found(&mut self, check: CheckIx, complete: bool) -> Option<Found> {
        let on_the_way = self.violated.remove(&check).map(|(violation, sight)| Found {
            violation,
            path: self.path(sight),
            at_end: false,
        });
        let Some(resting) = self.resting[usize::from(check.0)].filter(|_| complete) else {
            return on_the_way;
        };
        let path = self.path_to(resting);
        match on_the_way {
            Some(found) if found.path.len() <= path.len() => Some(found),
            _ => Some(Found {
                violation: self.exploration.unfulfilled(&path, check),
                path,
                at_end: true,
            }),
        }
    }
}
