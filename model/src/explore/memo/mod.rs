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
//! Map: `layout`, `store` and `columns`, what a row means; `hand`, doing steps; `steps`, `looks` and `keyed`, knowing them;
//! `doing` and `emission`, looking up; `following`, what need not be looked up; `visited`, keeping; `kept` and `writes`,
//! what is new; `ways` and `orbits`, who is interchangeable; `images`, steps of one for another; `paths`, from a state back
//! to the first; `cycles`, where runs can stay.

mod arranging;
mod code;
mod columns;
mod cycles;
mod doing;
mod emission;
mod following;
mod hand;
mod images;
mod kept;
mod keyed;
mod layout;
mod learning;
mod looks;
mod moves;
mod orbits;
mod paths;
mod slots;
mod steps;
mod store;
mod table;
mod tales;
mod threads;
mod visited;
mod ways;
mod writes;

use std::collections::BTreeMap;

use super::Exploration;
use super::explored::{Explored, Found, Settings};
use super::seen::Seen;
use crate::check::{CheckIx, Premises, Violation};
use crate::occurrence::{Occurrence, Occurrences};
use crate::symmetry::{Orbit, Symmetry};
use crate::world::{Action, PieceRef, World};
use columns::Columns;
use emission::{Emission, Known, Level};
use hand::Hand;
use images::Images;
use kept::{Keeping, New};
use layout::{Layout, Place};
use orbits::Orbits;
use steps::Steps;
use store::{Id, NOTHING, Store};
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
    images: Images,
    wards: Vec<(u32, Place)>,
    hands: Vec<Hand<'a>>,
    /// Room that was used before.
    spare: Vec<Emission>,
    shards: Vec<Shard>,
    transitions: usize,
    depth: usize,
    /// Whether some step leads to a state of no larger depth: only then are there cycles.
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
        let mut store = Store::default();
        let row = pieces(&first, &layout, &mut store);
        let threads = settings.threads.max(1);
        let checks = exploration.setup().checks.len();
        let mut orbits = Orbits::new(
            Symmetry::taken(exploration.setup(), settings.symmetry),
            Symmetry::of(exploration.setup()),
        );
        orbits.grow(&mut layout);
        let mut search = Self {
            exploration,
            settings: *settings,
            wards: emission::wards(layout.seats()),
            spare: Vec::new(),
            hands: (0..threads).map(|_| Hand::new(exploration, first.clone())).collect(),
            first,
            columns: Columns::new(row),
            layout,
            store,
            steps: Steps::default(),
            orbits,
            images: Images::default(),
            shards: (0..SHARDS).map(|_| Shard::new(settings.exact)).collect(),
            transitions: 0,
            depth: 0,
            leads_back: false,
            premises: Premises::default(),
            shown: BTreeMap::new(),
            violated: BTreeMap::new(),
            resting: vec![None; checks],
        };
        let setup = exploration.setup();
        for (_, event) in &beginning.events {
            search.premises.on_of_each(setup, event, search.orbits.symmetry());
        }
        search.note(beginning.occurred, beginning.violations, Sight::default());
        search.begin_steps();
        search
    }

    /// The first state, as a level of its own.
    fn first_level(&mut self) -> Level {
        let mut ids = pieces(&self.first, &self.layout, &mut self.store);
        let mut rows = Vec::with_capacity(self.columns.len());
        self.columns.gather(&ids, &mut rows);
        let fingerprints = self.orbits.fingerprints(&mut self.store, &ids);
        let orbit = Orbit::of(fingerprints.iter().copied());
        let key = self.orbits.key(orbit);
        let shard = visited::shard(key);
        self.orbits.turn(orbit, &mut ids);
        self.shards[shard].reserve(1);
        let (Ok(place) | Err(place)) = self.shards[shard].visit(key, || State::NONE, &ids);
        Level {
            stride: rows.len(),
            rows,
            states: vec![State::new(shard, place)],
            ways: fingerprints.len(),
            fingerprints,
            ..Level::default()
        }
    }

    /// Visits level by level; answers whether everything was visited.
    fn run(&mut self, progress: &dyn Fn(usize)) -> bool {
        let mut level = self.first_level();
        let mut next = Level::default();
        loop {
            self.arrange(&mut level);
            let known: Vec<u32> = self.shards.iter().map(Shard::len).collect();
            next.begin(self.orbits.ways());
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
            std::mem::swap(&mut level, &mut next);
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
        for place in 0..level.states.len() as u32 {
            self.columns.spread(level.row(place), &mut ids);
            columns.gather(&ids, &mut rows);
        }
        level.rows = rows;
        level.stride = columns.len();
        self.columns = columns;
    }

    fn states(&self) -> usize {
        self.shards.iter().map(|shard| shard.len() as usize).sum()
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

    /// Notes what was seen, if it was not seen earlier in the order of the search: of a block, what is not known is done
    /// round by round.
    fn note(&mut self, occurred: Occurrences, violations: Vec<Violation>, sight: Sight) {
        let is_first = |known: &Sight| sight.order < known.order;
        for occurrence in occurred.iter() {
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
        let keeping = Keeping {
            level,
            block,
            steps: &self.steps,
            columns: &self.columns,
            orbits: &self.orbits,
        };
        let shards = self.shards.iter_mut().zip(known).enumerate();
        let parts = threads::group(shards.collect(), self.settings.threads);
        let kept = threads::all(parts, |shards| {
            let keep = |(number, (shard, &known)): (usize, (&mut Shard, &u32))| {
                let lists = emissions.iter().map(|emission| &emission.candidates[number][..]);
                keeping.keep(shard, number, known, &lists.collect::<Vec<_>>())
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
        next.fit(level.turns_stride);
        if new.is_empty() {
            return;
        }
        let parts = threads::split(&new, self.settings.threads, threads::STATES).into_iter();
        let lists = (std::mem::take(&mut next.rows), std::mem::take(&mut next.turns));
        let lists = std::iter::once(lists).chain(std::iter::repeat_with(Default::default));
        let rows = threads::all(parts.zip(lists).collect(), |(new, lists)| keeping.rows(new, lists));
        rows.into_iter()
            .for_each(|(mut rows, mut turns)| match next.rows.is_empty() {
                true => (next.rows, next.turns) = (rows, turns),
                false => {
                    next.rows.append(&mut rows);
                    next.turns.append(&mut turns);
                }
            });
        next.states.extend(new.iter().map(|new| new.state));
        next.fingerprints.extend(keeping.fingerprints(&new));
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

/// The first world by place.
fn pieces(first: &World, layout: &Layout, store: &mut Store) -> Vec<Id> {
    let pieces = layout.seats().iter().map(|seat| first.piece(seat));
    let id =
        |piece: Option<PieceRef>| piece.map_or(NOTHING, |piece| store.intern(store::hash(&piece), piece.into_piece()));
    pieces.map(id).collect()
}
