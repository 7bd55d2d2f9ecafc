//! The search of our own against stateright's: the same states, the same verdicts, and the shortest counterexamples.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use redelivery_model::check::CheckIx;
use redelivery_model::explore::{Exploration, explore};
use stateright::{Checker, Model};

mod common;

const MAX_STATES: usize = 1_000_000;

#[test]
fn our_search_and_stateright_visit_the_same_states_and_agree() {
    for (name, setup) in common::setups() {
        let exploration = Exploration::new(Arc::new(setup));
        let ours = explore(&exploration, MAX_STATES, &|_| ());
        assert!(ours.complete, "{name}");
        // stateright stops once each property is decided: ask with what holds only, then for what does not.
        let theirs = exploration.clone().checker().spawn_bfs().join();
        let discovered = theirs.discoveries();
        for (place, check) in exploration.setup().checks.iter().enumerate() {
            let on_the_way = ours.found[place].as_ref().is_some_and(|found| !found.at_end);
            assert_eq!(
                discovered.contains_key(check.name()),
                on_the_way,
                "{name}: {}",
                check.name()
            );
        }
        if exploration.properties().len() > discovered.len() {
            assert_eq!(theirs.unique_state_count(), ours.states, "{name}");
        }
    }
}

#[test]
fn counterexamples_are_the_shortest() {
    for (name, setup) in common::setups() {
        let exploration = Exploration::new(Arc::new(setup));
        let ours = explore(&exploration, MAX_STATES, &|_| ());
        for (place, found) in ours.found.iter().enumerate() {
            let Some(found) = found.as_ref().filter(|found| !found.at_end) else {
                continue;
            };
            let shorter = found.path.len() - 1;
            assert!(
                !violated_within(&exploration, CheckIx(place as u16), shorter),
                "{name}: {} is violated within {shorter} actions",
                exploration.setup().checks[place].name()
            );
            let world = exploration.follow(&found.path, &mut redelivery_model::world::Ignore);
            assert!(
                world.monitors().is_violated(CheckIx(place as u16)),
                "{name}: the path violates"
            );
        }
    }
}

/// A second search, as plain as can be: whole worlds in a set, level by level.
fn violated_within(exploration: &Exploration, check: CheckIx, actions_max: usize) -> bool {
    let mut level: VecDeque<_> = exploration.init_states().into();
    let mut seen = BTreeSet::new();
    for _ in 0..=actions_max {
        if level.iter().any(|world| world.monitors().is_violated(check)) {
            return true;
        }
        let mut next = VecDeque::new();
        for world in level {
            let mut actions = Vec::new();
            exploration.actions(&world, &mut actions);
            for action in actions {
                let world = exploration
                    .next_state(&world, action)
                    .expect("an enabled action has a next state");
                if seen.insert(format!("{world:?}")) {
                    next.push_back(world);
                }
            }
        }
        level = next;
    }
    false
}

#[test]
fn a_bound_that_is_hit_leaves_the_search_incomplete() {
    let (_, setup) = common::setups().remove(0);
    let exploration = Exploration::new(Arc::new(setup));
    assert!(!explore(&exploration, 100, &|_| ()).complete);
}
