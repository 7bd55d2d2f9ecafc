//! Every transition of a space, told to somebody who looks on. It judges nothing and keeps no paths: `memo` does.

#![expect(
    clippy::disallowed_types,
    reason = "asked only what it contains, never iterated: no order to be random"
)]

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasherDefault, DefaultHasher};

use stateright::Model;

use super::Exploration;
use super::plain::fingerprint;
use crate::world::{Action, Observer, World};

/// Who looks on while a space is walked through.
pub trait Onlooker: Observer {
    /// This is done next in this world; what it brings about is observed afterwards.
    fn about_to(&mut self, world: &World, action: Action);
}

/// Takes each transition from each of at most so many states; answers whether these were all.
pub fn walk(exploration: &Exploration, max_states: usize, onlooker: &mut dyn Onlooker) -> bool {
    let first = exploration.initial(onlooker);
    let mut visited: HashSet<u64, BuildHasherDefault<DefaultHasher>> = HashSet::default();
    visited.insert(fingerprint(&first));
    let mut waiting = VecDeque::from([first]);
    let mut actions = Vec::new();
    while let Some(world) = waiting.pop_front() {
        exploration.actions(&world, &mut actions);
        for action in actions.drain(..) {
            onlooker.about_to(&world, action);
            let mut next = world.clone();
            exploration.step(&mut next, action, onlooker);
            if visited.insert(fingerprint(&next)) {
                if visited.len() > max_states {
                    return false;
                }
                waiting.push_back(next);
            }
        }
    }
    true
}
