//! The search of our own against stateright's: the same states, the same verdicts, and the shortest counterexamples.

use std::collections::VecDeque;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, LazyLock};
use std::thread;

use redelivery_model::check::CheckIx;
use redelivery_model::event::{Event, Moment};
use redelivery_model::explore::{Exploration, Explored, Found, Settings, explore};
use redelivery_model::occurrence::{Occurrence, Occurrences, shown_by};
use redelivery_model::world::{Action, Ignore, Observer, World};
use stateright::{Checker, Model};

mod common;
#[path = "common/setups.rs"]
mod setups;

/// Whole worlds; nobody asks for their order.
#[expect(
    clippy::disallowed_types,
    reason = "seeded alike in each run, and only asked what it contains"
)]
type Seen = std::collections::HashSet<World, BuildHasherDefault<DefaultHasher>>;

const MAX_STATES: usize = 1_000_000;

/// The shared setups, each explored once for all tests.
fn explored() -> &'static [(&'static str, Exploration, Explored)] {
    static EXPLORED: LazyLock<Vec<(&str, Exploration, Explored)>> = LazyLock::new(|| {
        let explored = |(name, setup)| {
            let exploration = Exploration::new(Arc::new(setup));
            let ours = explore(&exploration, &Settings::new(MAX_STATES), &|_| ());
            (name, exploration, ours)
        };
        thread::scope(|scope| {
            let each = setups::setups().into_iter();
            let running: Vec<_> = each.map(|each| scope.spawn(move || explored(each))).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    });
    &EXPLORED
}

#[test]
fn our_search_and_stateright_visit_the_same_states_and_agree() {
    for (name, exploration, ours) in explored() {
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
    for (name, exploration, ours) in explored() {
        let on_the_way = |found: &&Found| !found.at_end;
        let paths = ours.found.iter().flatten().filter(on_the_way);
        let longest = paths.map(|found| found.path.len()).max().unwrap_or(0);
        let first = first_violated(exploration, longest);
        for (place, found) in ours.found.iter().enumerate() {
            let Some(found) = found.as_ref().filter(on_the_way) else {
                continue;
            };
            assert_eq!(
                first[place],
                Some(found.path.len()),
                "{name}: so many actions violate {}",
                exploration.setup().checks[place].name()
            );
            let world = exploration.follow(&found.path, &mut Ignore);
            assert!(
                world.monitors().is_violated(CheckIx(place as u16)),
                "{name}: the path violates"
            );
        }
    }
}

/// A second search, as plain as can be: whole worlds in a set, level by level. By check: after how many actions it is
/// violated first, as far as this many show it.
fn first_violated(exploration: &Exploration, actions_max: usize) -> Vec<Option<usize>> {
    let mut first = vec![None; exploration.setup().checks.len()];
    let mut level: VecDeque<_> = exploration.init_states().into();
    let mut seen = Seen::default();
    for actions in 0..=actions_max {
        for (place, first) in first.iter_mut().enumerate().filter(|(_, first)| first.is_none()) {
            let check = CheckIx(place as u16);
            let is_violated = level.iter().any(|world| world.monitors().is_violated(check));
            *first = is_violated.then_some(actions);
        }
        if actions == actions_max {
            break;
        }
        let mut next = VecDeque::new();
        for world in level {
            let mut actions = Vec::new();
            exploration.actions(&world, &mut actions);
            for action in actions {
                let world = exploration
                    .next_state(&world, action)
                    .expect("an enabled action has a next state");
                if seen.insert(world.clone()) {
                    next.push_back(world);
                }
            }
        }
        level = next;
    }
    first
}

#[test]
fn ends_that_owe_something_are_the_nearest() {
    let mut judged = 0;
    for (name, exploration, ours) in explored() {
        if ours.states > 4_000 {
            continue;
        }
        for (place, found) in ours.found.iter().enumerate() {
            let Some(found) = found.as_ref().filter(|found| found.at_end) else {
                continue;
            };
            let check = CheckIx(place as u16);
            // A fair cycle that need not last is no end in the plain sense of this test.
            judged += u32::from(is_end_that_owes(
                exploration,
                &exploration.follow(&found.path, &mut Ignore),
                check,
            ));
            for world in within(exploration, found.path.len() - 1) {
                assert!(
                    !is_end_that_owes(exploration, &world, check),
                    "{name}: a nearer end owes {check:?} too"
                );
            }
        }
    }
    assert!(judged > 2, "only {judged} ends were judged");
}

/// Whether a run can only stay where this world is, and owes something to a check there: from wherever it leads without
/// a fault, it leads back.
fn is_end_that_owes(exploration: &Exploration, world: &World, check: CheckIx) -> bool {
    let mut owes = false;
    world
        .monitors()
        .at_end(exploration.setup(), &mut |violation| owes |= violation.check == check);
    owes && closure(exploration, world)
        .iter()
        .all(|there| closure(exploration, there).contains(world))
}

/// Where faultless actions lead from a world.
fn closure(exploration: &Exploration, world: &World) -> Vec<World> {
    let mut reached = vec![world.clone()];
    let mut next = 0;
    // An end is a small place; whatever leads far from here is none.
    while next < reached.len() && reached.len() < 200 {
        let mut actions = Vec::new();
        exploration.actions(&reached[next], &mut actions);
        for action in actions.into_iter().filter(|action| !action.is_fault()) {
            let there = exploration
                .next_state(&reached[next], action)
                .expect("an enabled action has a next state");
            if !reached.contains(&there) {
                reached.push(there);
            }
        }
        next += 1;
    }
    reached
}

/// The worlds that so many actions reach, or fewer.
fn within(exploration: &Exploration, actions_max: usize) -> Vec<World> {
    let mut reached = exploration.init_states();
    let mut seen = Seen::default();
    let mut begin = 0;
    for _ in 0..actions_max {
        let end = reached.len();
        for at in begin..end {
            let mut actions = Vec::new();
            exploration.actions(&reached[at], &mut actions);
            for action in actions {
                let there = exploration
                    .next_state(&reached[at], action)
                    .expect("an enabled action has a next state");
                if seen.insert(there.clone()) {
                    reached.push(there);
                }
            }
        }
        begin = end;
    }
    reached
}

#[test]
fn a_bound_that_is_hit_leaves_the_search_incomplete() {
    let (_, setup) = setups::setups().remove(0);
    let exploration = Exploration::new(Arc::new(setup));
    assert!(!explore(&exploration, &Settings::new(100), &|_| ()).complete);
}

/// The way to each occurrence shows it with its last action, and not before.
#[test]
fn occurrences_are_shown_by_the_shortest_way() {
    let mut shown = 0;
    for (name, exploration, explored) in explored() {
        for (occurrence, path) in &explored.shown {
            let of = |path: &[Action]| {
                let mut seen = Shown::default();
                exploration.follow(path, &mut seen);
                seen.0
            };
            assert!(of(path).contains(*occurrence), "{name}: {occurrence:?}");
            let before = path.split_last().map(|(_, before)| of(before));
            assert!(
                before.is_none_or(|before| !before.contains(*occurrence)),
                "{name}: {occurrence:?}"
            );
            shown += 1;
        }
        let all = Occurrence::ALL.into_iter().filter(|&it| explored.occurred.contains(it));
        assert_eq!(all.count(), explored.shown.len(), "{name}");
    }
    assert!(shown > 10, "only {shown} occurrences were shown");
}

/// What occurred.
#[derive(Default)]
struct Shown(Occurrences);

impl Observer for Shown {
    fn event(&mut self, _: Moment, event: &Event) {
        if let Some(occurrence) = shown_by(event) {
            self.0.insert(occurrence);
        }
    }
}
