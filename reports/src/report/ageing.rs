//! Which deliveries become old as time passes while exploring.
//!
//! A step of a history says that time passed, not for whom; so the world is looked at before and after.

use redelivery_engine::{Millis, StreamId};
use redelivery_model::duration;
use redelivery_model::history::{Clock, replay, take};
use redelivery_model::setup::Setup;
use redelivery_model::world::{Action, World, thresholds};

const PASSES: &str = "time passes";

/// For each step of a schedule, and for what stands before it: what time does in it.
pub(super) fn ageing(setup: &Setup, clock: Clock, schedule: &[Action]) -> Vec<Option<String>> {
    let steps = schedule.iter().enumerate().map(|(at, action)| {
        passes(setup, *action).then_some(())?;
        let (_, before) = replay(setup, clock, &schedule[..at]).ok()?;
        let (_, after) = replay(setup, clock, &schedule[..=at]).ok()?;
        let older = between(setup, &before, &after);
        // By a clock time passes all the time: only what grows old is news.
        older.or_else(|| matches!(action, Action::Age(_)).then(|| PASSES.to_owned()))
    });
    std::iter::once(None).chain(steps).collect()
}

/// What time does in an action that is possible in a world; none where no time passes.
pub(super) fn of_action(setup: &Setup, world: &World, action: Action) -> Option<String> {
    passes(setup, action).then(|| {
        let mut after = world.clone();
        take(setup, &mut after, action);
        between(setup, world, &after).unwrap_or_else(|| match action {
            Action::Tick(now_ms) => format!("{PASSES}: {}", duration(now_ms.saturating_sub(world.now_ms()))),
            _ => PASSES.to_owned(),
        })
    })
}

/// Whether deliveries may become old in it.
fn passes(setup: &Setup, action: Action) -> bool {
    matches!(action, Action::Age(_)) || setup.bounds.is_some() && matches!(action, Action::Tick(_))
}

fn between(setup: &Setup, before: &World, after: &World) -> Option<String> {
    let thresholds = thresholds(setup);
    let reached = |idle: Millis| thresholds.iter().rev().find(|&&threshold| threshold <= idle).copied();
    let (before, after) = (idle_times(setup, before), idle_times(setup, after));
    let older = after.iter().filter_map(|&(id, idle)| {
        let then = before
            .iter()
            .find(|(other, _)| *other == id)
            .map_or(0, |(_, idle)| *idle);
        (reached(idle) > reached(then)).then_some((id, reached(idle)?))
    });
    let older: Vec<(StreamId, Millis)> = older.collect();
    match older.as_slice() {
        [] => None,
        [(id, idle)] => Some(format!("{PASSES}: {id} has been idle for {}", duration(*idle))),
        [(_, idle), ..] => {
            let ids: Vec<String> = older.iter().map(|(id, _)| id.to_string()).collect();
            let ids = super::words::at_most(6, &ids);
            Some(format!("{PASSES}: {ids} have been idle for {}", duration(*idle)))
        }
    }
}

fn idle_times(setup: &Setup, world: &World) -> Vec<(StreamId, Millis)> {
    let lists = setup.groups.iter().filter_map(|group| {
        let group = world.stream(&group.key)?.group(&group.name)?;
        Some(group.pending().map(|(id, entry)| (id, entry.idle_ms(world.now_ms()))))
    });
    lists.flatten().collect()
}
