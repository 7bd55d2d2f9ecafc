//! Breadth-first search by plain stepping, over stateright's `Model`: each state a world, each step done by the engine.
//!
//! It is what `memo` is compared with, and the way without it. stateright's own breadth-first checker does not return the
//! shortest counterexample (a later discovery replaces an earlier one); a test holds that all three visit the same states
//! and agree on every check.

#![expect(
    clippy::disallowed_types,
    reason = "looked up only, never iterated: no order to be random"
)]

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use stateright::Model;

use super::Exploration;
use super::ending::{self, Edges};
use super::explored::{Explored, Found};
use super::places::{ACTORS_MAX, Places, ways_to_stay};
use super::seen::Seen;
use crate::check::{CheckIx, Premises};
use crate::occurrence::{Occurrence, Occurrences};
use crate::symmetry::{Orbit, Symmetry};
use crate::world::{Action, Actor, World};

/// Explores until every state was visited, or `max_states` were. Of the worlds that interchangeable clients make of one
/// the first is taken for all.
pub fn explore_plainly(exploration: &Exploration, symmetry: &Symmetry, max_states: usize) -> Explored {
    let mut search = Search::new(exploration, symmetry);
    let complete = search.run(max_states);
    search.conclude(complete)
}

struct Search<'a> {
    exploration: &'a Exploration,
    symmetry: &'a Symmetry,
    visited: HashMap<u64, u32, BuildHasherDefault<Fingerprint>>,
    nodes: Vec<Node>,
    /// Where transitions lead that are no faults, who brings them about, in which way the target becomes what they lead to.
    targets: Vec<Vec<(u32, u8, u8)>>,
    actors: BTreeMap<Actor, u8>,
    transitions: usize,
    depth: usize,
    seen: Seen,
    premises: Premises,
    /// What occurred as far as `shown` has it.
    known: Occurrences,
    shown: Vec<(Occurrence, Vec<Action>)>,
    found: Vec<Option<Found>>,
}

/// A visited state: how it was reached first, and the checks that it would violate if the run stayed here.
struct Node {
    parent: u32,
    action: Action,
    unfulfilled: u16,
    orbit: Orbit,
}

const ROOT: u32 = u32::MAX;

impl<'a> Search<'a> {
    fn new(exploration: &'a Exploration, symmetry: &'a Symmetry) -> Self {
        Self {
            exploration,
            symmetry,
            visited: HashMap::default(),
            nodes: Vec::new(),
            targets: Vec::new(),
            actors: BTreeMap::new(),
            transitions: 0,
            depth: 0,
            seen: Seen::default(),
            premises: Premises::default(),
            known: Occurrences::default(),
            shown: Vec::new(),
            found: vec![None; exploration.setup().checks.len()],
        }
    }

    /// Visits level by level; answers whether everything was visited.
    fn run(&mut self, max_states: usize) -> bool {
        let initial = self.exploration.initial(&mut self.seen);
        let orbit = self.orbit(&initial);
        self.visit(&initial, orbit, ROOT, Action::Tick(0));
        self.report(ROOT, None);
        let mut level = vec![initial];
        let mut first = 0;
        while !level.is_empty() {
            let mut next_level = Vec::new();
            for (world, index) in level.iter().zip(first..) {
                if !self.expand(world, index, max_states, &mut next_level) {
                    return false;
                }
            }
            first = (self.nodes.len() - next_level.len()) as u32;
            self.depth += usize::from(!next_level.is_empty());
            level = next_level;
        }
        true
    }

    /// Takes each action that is possible in a state; answers false when a new state would be one too many.
    fn expand(&mut self, world: &World, index: u32, max_states: usize, next_level: &mut Vec<World>) -> bool {
        let mut targets = Vec::new();
        let mut actions = Vec::new();
        self.exploration.actions(world, &mut actions);
        for action in actions {
            let mut next = world.clone();
            self.exploration.step(&mut next, action, &mut self.seen);
            self.transitions += 1;
            self.report(index, Some(action));
            let orbit = self.orbit(&next);
            let (target, new) = self.visit(&next, orbit, index, action);
            if new {
                if self.nodes.len() > max_states {
                    self.nodes.pop();
                    return false;
                }
                next_level.push(next);
            }
            if !action.is_fault() {
                let next = self.actors.len().min(ACTORS_MAX - 1) as u8;
                let actor = world.actor(self.exploration.setup(), action);
                let mover = *self.actors.entry(actor).or_insert(next);
                let way_there = self.nodes[target as usize].orbit.way();
                let turn = self.symmetry.product(self.symmetry.inverse(orbit.way()), way_there);
                targets.push((target, mover, turn));
            }
        }
        self.targets.push(targets);
        true
    }

    /// Notes a state, unless it is known; answers its place and whether it is new.
    fn visit(&mut self, world: &World, orbit: Orbit, parent: u32, action: Action) -> (u32, bool) {
        let place = self.nodes.len() as u32;
        match self.visited.entry(orbit.key) {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(free) => {
                free.insert(place);
                let mut unfulfilled = 0;
                world.monitors().at_end(self.exploration.setup(), &mut |violation| {
                    unfulfilled |= 1 << violation.check.0
                });
                self.nodes.push(Node {
                    parent,
                    action,
                    unfulfilled,
                    orbit,
                });
                (place, true)
            }
        }
    }

    fn orbit(&self, world: &World) -> Orbit {
        let others = self.symmetry.renamings().iter().skip(1);
        let others = others.map(|renaming| fingerprint(&world.renamed(renaming)));
        Orbit::of([fingerprint(world)].into_iter().chain(others))
    }

    /// Keeps the first violation of each check, and the first sight of each occurrence: breadth first, these are among
    /// the shortest ways.
    fn report(&mut self, from: u32, action: Option<Action>) {
        let setup = self.exploration.setup();
        let events = self.seen.events.drain(..);
        events.for_each(|(_, event)| self.premises.on_of_each(setup, &event, self.symmetry));
        if self.seen.occurred != self.known {
            for occurrence in Occurrence::ALL {
                if self.seen.occurred.contains(occurrence) && !self.known.contains(occurrence) {
                    let mut path = self.path(from);
                    path.extend(action);
                    self.shown.push((occurrence, path));
                }
            }
            self.known = self.seen.occurred;
        }
        for violation in std::mem::take(&mut self.seen.violations) {
            let check = usize::from(violation.check.0);
            if self.found[check].is_none() {
                let mut path = self.path(from);
                path.extend(action);
                self.found[check] = Some(Found {
                    violation,
                    path,
                    at_end: false,
                });
            }
        }
    }

    fn path(&self, mut place: u32) -> Vec<Action> {
        let mut path = Vec::new();
        while place != ROOT && self.nodes[place as usize].parent != ROOT {
            path.push(self.nodes[place as usize].action);
            place = self.nodes[place as usize].parent;
        }
        path.reverse();
        path
    }

    fn conclude(mut self, complete: bool) -> Explored {
        if complete {
            self.judge_endings();
        }
        Explored {
            states: self.nodes.len(),
            transitions: self.transitions,
            depth: self.depth,
            complete,
            occurred: self.seen.occurred,
            premises: self.premises,
            shown: self.shown,
            found: self.found,
            interchangeable: self.symmetry.classes().to_vec(),
        }
    }

    /// Looks for states in which a run can stay although something that is claimed of ends is not fulfilled.
    fn judge_endings(&mut self) {
        let mut edges = Edges::new(self.nodes.len());
        for (state, targets) in (0..).zip(&self.targets) {
            for &(target, mover, turn) in targets {
                edges.push(target, mover, turn);
            }
            edges.end_of(state, ways_to_stay(self.symmetry, self.nodes[state as usize].orbit));
        }
        let places = Places::new(self.symmetry, &mut self.actors);
        let lasting = ending::lasting(&edges, &places);
        for check in 0..self.found.len() {
            let unfulfilled = |&(place, node): &(usize, &Node)| lasting[place] && node.unfulfilled & 1 << check != 0;
            if let Some((place, _)) = self.nodes.iter().enumerate().find(unfulfilled) {
                let path = self.path(place as u32);
                // What is violated on the way is found first, but may take longer than an end.
                if self.found[check]
                    .as_ref()
                    .is_some_and(|found| found.path.len() <= path.len())
                {
                    continue;
                }
                let violation = self.exploration.unfulfilled(&path, CheckIx(check as u16));
                self.found[check] = Some(Found {
                    violation,
                    path,
                    at_end: true,
                });
            }
        }
    }
}

/// A state as 64 bits, SipHash with fixed keys: the same in each run. Among n states two share a fingerprint, and one of
/// them is overlooked, with a probability of about n² / 2⁶⁵: 1 in 37 million for a million states.
pub(super) fn fingerprint(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

/// A fingerprint is a hash already.
#[derive(Default)]
struct Fingerprint(u64);

impl Hasher for Fingerprint {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a fingerprint is one number");
    }

    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint;
    }
}
