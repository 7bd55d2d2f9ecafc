//! What can follow a world while nothing fails: for a few worlds, looked at one by one.
//!
//! It never judges: who asks is told each step and says when it has seen enough.

use crate::setup::Setup;
use crate::world::{Observer, World};

/// Takes each step that can follow without a fault, each from each world once, and shows the world that it leads to and
/// what was observed on the way. Answers whether all were taken: not when `go_on` has seen enough, nor when there are more
/// than `worlds_max` worlds.
pub fn onward<O: Observer + Default>(
    setup: &Setup,
    mut world: World,
    worlds_max: usize,
    go_on: &mut dyn FnMut(&World, &O) -> bool,
) -> bool {
    world.canonicalise(setup);
    let mut worlds = vec![world];
    let mut next = 0;
    while let Some(world) = worlds.get(next).cloned() {
        let mut actions = Vec::new();
        world.enabled(setup, &mut actions);
        for action in actions.into_iter().filter(|action| !action.is_fault()) {
            let mut after = world.clone();
            let mut observer = O::default();
            after.step(setup, action, &mut observer);
            after.canonicalise(setup);
            if !go_on(&after, &observer) || worlds.len() > worlds_max {
                return false;
            }
            if !worlds.contains(&after) {
                worlds.push(after);
            }
        }
        next += 1;
    }
    true
}
