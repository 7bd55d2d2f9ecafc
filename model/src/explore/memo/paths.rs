//! From a state back to the first: parents are kept, what led from one to the next is looked up again.

use super::emission::Level;
use super::visited::State;
use super::{Search, Sight};
use crate::symmetry::Orbit;
use crate::world::Action;

impl Search<'_> {
    /// The way to where something was seen.
    pub(super) fn path(&mut self, sight: Sight) -> Vec<Action> {
        let Some((state, action)) = sight.step else {
            return Vec::new();
        };
        let mut path = self.path_to(state);
        path.push(action);
        path
    }

    /// The way to a state.
    pub(super) fn path_to(&mut self, state: State) -> Vec<Action> {
        let mut states = vec![state];
        loop {
            let first = states[states.len() - 1];
            match self.shards[first.shard()].parent(first.place()) {
                State::NONE => break,
                parent => states.push(parent),
            }
        }
        let mut path = Vec::with_capacity(states.len());
        let mut level = self.first_level();
        for state in states.into_iter().rev().skip(1) {
            let action;
            (action, level) = self.follow(level, state);
            path.push(action);
        }
        path
    }

    /// The action that leads from a state to another, and the other.
    fn follow(&mut self, mut level: Level, to: State) -> (Action, Level) {
        let emissions = self.emit(&mut level, 0..1);
        let shard = &self.shards[to.shard()];
        // Of several actions the one that is listed first: the same that found it.
        let candidates = emissions.iter().flat_map(|emission| &emission.candidates[to.shard()]);
        let (mut row, mut ids) = (Vec::new(), Vec::new());
        for candidate in candidates {
            row.clone_from(&level.rows);
            self.steps.writes.write(candidate.outcome, &mut row);
            self.columns.spread(&row, &mut ids);
            let after = self.steps.fingerprints(level.fingerprints(0), candidate.outcome);
            let fingerprints: Vec<u64> = after.collect();
            self.orbits.turn(Orbit::of(fingerprints.iter().copied()), &mut ids);
            if shard.find(candidate.fingerprint, &ids) == Some(to.place()) {
                let next = Level {
                    stride: level.stride,
                    rows: row,
                    states: vec![to],
                    ways: level.ways,
                    fingerprints,
                    ..Level::default()
                };
                return (self.steps.action(candidate.outcome), next);
            }
        }
        unreachable!("the state was found so")
    }
}
