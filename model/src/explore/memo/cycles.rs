//! Where runs can stay in more than one state: the search once more, now that every state is known, and its steps as a
//! graph. Only where some step leads back is this needed.

use super::Search;
use super::code::First;
use super::emission::Level;
use super::steps::FAULT;
use super::visited::{self, SHARDS, State};
use crate::explore::ending::{self, Edges};
use crate::explore::places::{Places, ways_to_stay};
use crate::symmetry::Orbit;

/// The states in a row, and what was found of each.
struct Graph {
    /// The number of the first state of each shard.
    first: [u32; SHARDS],
    seen: Vec<bool>,
    /// The first of the ways that lead to the least fingerprint.
    ways: Vec<u8>,
    unfulfilled: Vec<u16>,
    edges: Edges,
    /// In the order of the search.
    order: Vec<State>,
}

impl Graph {
    fn number(&self, state: State) -> u32 {
        self.first[state.shard()] + state.place()
    }
}

impl Search<'_> {
    /// Looks for states in which a run can stay although something that is claimed of ends is not fulfilled.
    pub(super) fn judge_cycles(&mut self) {
        let checks = &self.exploration.setup().checks;
        if !checks.iter().any(|check| check.is_about_ends()) {
            return;
        }
        let graph = self.graph();
        let places = Places::new(self.orbits.symmetry(), &mut self.steps.actors);
        let lasting = ending::lasting(&graph.edges, &places);
        for check in 0..self.resting.len() {
            let rests = |state: &&State| {
                let number = graph.number(**state) as usize;
                lasting[number] && graph.unfulfilled[number] & 1 << check != 0
            };
            self.resting[check] = graph.order.iter().find(rests).copied();
        }
    }

    fn graph(&mut self) -> Graph {
        let mut first = [0; SHARDS];
        let mut count = 0;
        for (first, shard) in first.iter_mut().zip(&self.shards) {
            *first = count;
            count += shard.len();
        }
        let mut graph = Graph {
            first,
            seen: vec![false; count as usize],
            ways: vec![0; count as usize],
            unfulfilled: vec![0; count as usize],
            edges: Edges::new(count as usize),
            order: Vec::with_capacity(count as usize),
        };
        let mut level = self.first_level();
        let number = graph.number(level.states[0]);
        graph.seen[number as usize] = true;
        graph.ways[number as usize] = Orbit::of(level.fingerprints(0).iter().copied()).way();
        let mut next = Level::default();
        while !level.states.is_empty() {
            next.begin(level.ways);
            self.graph_of(&mut graph, &mut level, &mut next);
            next.widen(self.columns.len());
            std::mem::swap(&mut level, &mut next);
        }
        graph
    }

    fn graph_of(&mut self, graph: &mut Graph, level: &mut Level, next: &mut Level) {
        let (mut outcomes, mut row, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        for place in 0..level.states.len() as u32 {
            let state = level.states[place as usize];
            self.outcomes_of(level, place, &mut outcomes);
            next.widen(level.stride);
            let own = level.fingerprints(place);
            let symmetry = self.orbits.symmetry();
            graph.order.push(state);
            for outcome in &outcomes {
                row.clear();
                row.extend_from_slice(level.row(place));
                self.steps.writes.write(outcome.outcome, &mut row);
                self.columns.spread(&row, &mut ids);
                let orbit = Orbit::of(self.steps.fingerprints(own, outcome.outcome));
                self.orbits.turn(orbit, &mut ids);
                let key = self.orbits.key(orbit);
                let shard = visited::shard(key);
                let found = self.shards[shard].find(key, &ids);
                let to = State::new(shard, found.expect("every state was visited"));
                let target = graph.number(to);
                if !std::mem::replace(&mut graph.seen[target as usize], true) {
                    next.rows.extend_from_slice(&row);
                    next.states.push(to);
                    next.fingerprints.extend(self.steps.fingerprints(own, outcome.outcome));
                    graph.ways[target as usize] = orbit.way();
                }
                if outcome.mover != FAULT {
                    let back = symmetry.inverse(orbit.way());
                    let turn = symmetry.product(back, graph.ways[target as usize]);
                    graph.edges.push(target, outcome.mover, turn);
                }
            }
            let stays = ways_to_stay(symmetry, Orbit::of(own.iter().copied()));
            let number = graph.number(state);
            graph.edges.end_of(number, stays);
            graph.unfulfilled[number as usize] = self.known().unfulfilled(level.row(place));
        }
    }

    /// The steps of a state. They are known, but for what was forgotten when rows grew: that is done and learnt again.
    fn outcomes_of(&mut self, level: &mut Level, place: u32, outcomes: &mut Vec<First>) {
        loop {
            outcomes.clear();
            let mut is_known = true;
            let mut turns = Vec::new();
            let row = level.row(place);
            self.steps.find(row, &mut turns);
            self.steps
                .each_outcome(row, &turns, |outcome| outcomes.push(outcome), |_| is_known = false);
            if is_known {
                return;
            }
            self.emit(level, place..place + 1);
        }
    }
}
