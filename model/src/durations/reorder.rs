//! The order of what time does, where a path leaves it open.
//!
//! Exploring keeps one of several orders of actions that do not touch each other: it may let a call end before an
//! entry grows old that has been idle for longer. Clocks do not. So where the constraints of a path contradict each
//! other, something that time does is moved: behind an action that cannot be so late, or what time does after that
//! action before it. It moves past neighbours with which it commutes: in either order they lead to the same world.

use redelivery_engine::Millis;

use super::constraints::Constraint;
use super::demands::demands;
use crate::setup::Setup;
use crate::world::{Action, Ignore, World};

/// What [`super::in_possible_order`] answers, each limit kept by a slack.
pub(super) fn reordered(setup: &Setup, path: &[Action], slack_ms: Millis) -> Option<Vec<Action>> {
    let mut path = path.to_vec();
    // Going round in circles ends, too.
    for _ in 0..=path.len() {
        let Some(contradiction) = demands(setup, &path, slack_ms)?.of_broker.contradiction() else {
            return Some(path);
        };
        let next = moves(&path, &contradiction).find_map(|(from, to)| moved(setup, &path, from, to));
        path = next?;
    }
    None
}

/// What may help: moves from one place to another. Each of the limits that contradict the rest may be the one to keep.
fn moves<'a>(path: &'a [Action], contradiction: &'a [Constraint]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let is_upper = |constraint: &Constraint| constraint.later < constraint.earlier;
    let uppers = (0..contradiction.len()).filter(move |&place| is_upper(&contradiction[place]));
    uppers.flat_map(move |upper| moves_for(path, contradiction, upper))
}

/// What may help to keep this limit, those first that change least.
fn moves_for<'a>(
    path: &'a [Action],
    contradiction: &'a [Constraint],
    upper: usize,
) -> impl Iterator<Item = (usize, usize)> + 'a {
    // The action that cannot be so late. The constraints lead from it backwards in time.
    let place = |constraint: &Constraint| constraint.earlier.checked_sub(1);
    let late = contradiction.get(upper).and_then(place).unwrap_or(0);
    let before = contradiction.iter().cycle().skip(upper).take(contradiction.len());
    let places = before.filter_map(place).filter(move |&place| place <= late);
    let early = places.filter(|&place| path[place].is_by_clock());
    let behind = early.clone().map(move |place| (place, late.max(place + 1)));
    // What time does to the clock that runs out may come after the action.
    let ends = move |place| {
        (late + 1..path.len())
            .filter(|&end| path[end].is_by_clock())
            .map(move |end| (end, place))
    };
    behind.chain(early.flat_map(ends))
}

/// The path with the action of one place at another; none where it does not commute with all that lies between.
fn moved(setup: &Setup, path: &[Action], from: usize, to: usize) -> Option<Vec<Action>> {
    let mut path = path.to_vec();
    if from < to {
        (from..to).try_for_each(|place| swap(setup, &mut path, place))?;
    } else {
        (to..from).rev().try_for_each(|place| swap(setup, &mut path, place))?;
    }
    Some(path)
}

/// Swaps an action and the next, if they lead to the same world.
fn swap(setup: &Setup, path: &mut [Action], place: usize) -> Option<()> {
    let step = |world: &World, action| {
        let mut world = world.clone();
        world.step(setup, action, &mut Ignore);
        world.forget_durations(setup);
        world
    };
    let (one, other) = (path[place], *path.get(place + 1)?);
    let initial = World::initial(setup, &mut Ignore);
    let before = path[..place]
        .iter()
        .fold(initial, |world, &action| step(&world, action));
    let wanted = step(&step(&before, one), other);
    for first in alike(setup, &before, other) {
        let between = step(&before, first);
        let mut seconds = alike(setup, &between, one).into_iter();
        if let Some(second) = seconds.find(|&second| step(&between, second) == wanted) {
            (path[place], path[place + 1]) = (first, second);
            return Some(());
        }
    }
    None
}

/// The actions that are possible now and may be this one: what time does is counted, so that it has another number where
/// something else has happened or not.
fn alike(setup: &Setup, world: &World, action: Action) -> Vec<Action> {
    let mut actions = Vec::new();
    world.enabled(setup, &mut actions);
    actions.retain(|other| match action {
        Action::Age(_) => matches!(other, Action::Age(_)),
        Action::Expire(_) => matches!(other, Action::Expire(_)),
        action => *other == action,
    });
    actions
}
