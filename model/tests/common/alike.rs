//! Whether worlds behave alike that differ in who is who, and whether searches saw the same.

use std::collections::BTreeSet;

use redelivery_model::check::Violation;
use redelivery_model::event::{Event, Moment};
use redelivery_model::explore::{Exploration, Explored};
use redelivery_model::symmetry::Renaming;
use redelivery_model::world::{Action, Observer, World};

#[derive(Default)]
struct Told {
    events: Vec<Event>,
    violations: Vec<Violation>,
}

impl Observer for Told {
    fn event(&mut self, _: Moment, event: &Event) {
        self.events.push(event.clone());
    }

    fn violation(&mut self, violation: Violation) {
        self.violations.push(violation);
    }
}

fn stepped(exploration: &Exploration, world: &World, action: Action) -> (World, Told) {
    let (mut next, mut told) = (world.clone(), Told::default());
    exploration.step(&mut next, action, &mut told);
    (next, told)
}

fn possible(exploration: &Exploration, world: &World) -> BTreeSet<Action> {
    let mut actions = Vec::new();
    world.enabled(exploration.setup(), &mut actions);
    actions.into_iter().collect()
}

/// What differs between a world and the same with others in the place of some, if anything does.
pub(crate) fn difference(exploration: &Exploration, world: &World, renaming: &Renaming) -> Option<String> {
    let other = world.renamed(renaming);
    let actions = possible(exploration, world);
    let renamed: BTreeSet<Action> = actions.iter().map(|&action| renaming.action(action)).collect();
    if possible(exploration, &other) != renamed {
        return Some(format!("what may happen: {renamed:?}"));
    }
    actions.into_iter().find_map(|action| {
        let (next, told) = stepped(exploration, world, action);
        let (other_next, other_told) = stepped(exploration, &other, renaming.action(action));
        let events: Vec<Event> = told.events.iter().map(|event| event.renamed(renaming)).collect();
        if next.renamed(renaming) != other_next {
            return Some(format!(
                "what follows from {action:?}: {:#?} {other_next:#?}",
                next.renamed(renaming)
            ));
        }
        if !action.is_fault() {
            let actor = renaming.actor(&world.actor(exploration.setup(), action));
            if actor != other.actor(exploration.setup(), renaming.action(action)) {
                return Some(format!("who brings it about: {action:?}"));
            }
        }
        if events != other_told.events {
            return Some(format!("the events of {action:?}: {events:?} {:?}", other_told.events));
        }
        (told.violations != other_told.violations).then(|| format!("what {action:?} violates"))
    })
}

/// Visits some worlds, the nearest first.
pub(crate) fn walk(exploration: &Exploration, worlds_max: usize, visit: &mut dyn FnMut(&World)) {
    let mut worlds = vec![exploration.initial(&mut Told::default())];
    let mut next = 0;
    while let Some(world) = worlds.get(next).cloned() {
        visit(&world);
        for action in possible(exploration, &world) {
            let (after, _) = stepped(exploration, &world, action);
            if worlds.len() < worlds_max && !worlds.contains(&after) {
                worlds.push(after);
            }
        }
        next += 1;
    }
}

/// A search, but for how much it has to do; the ways to occurrences by their length, as they come in no order.
pub(crate) fn seen(exploration: &Exploration, mut explored: Explored) -> impl PartialEq + std::fmt::Debug {
    explored.shown.sort_unstable_by_key(|(occurrence, _)| *occurrence);
    let checks = exploration.setup().checks.iter();
    let unmet: Vec<_> = checks
        .map(|check| explored.premises.unmet(exploration.setup(), check))
        .collect();
    let Explored {
        states: _,
        transitions: _,
        depth,
        complete,
        occurred,
        premises: _,
        interchangeable: _,
        shown,
        found,
    } = explored;
    (depth, complete, occurred, unmet, shown, found)
}
