//! Which deliveries become old as time passes abstractly.
//!
//! A step of a history says that time passed, not for whom; so the world is looked at before and after.

use redelivery_engine::{Millis, StreamId};
use redelivery_model::duration;
use redelivery_model::history::{Clock, replay, take};
use redelivery_model::setup::Setup;
use redelivery_model::world::{Action, World, thresholds};

/// For each step of a schedule, and for what stands before it: what time does in it.
pub(super) fn ageing(setup: &Setup, clock: Clock, schedule: &[Action]) -> Vec<Option<String>> {
    let passes = |action: &Action| matches!(action, Action::Age(_)).then_some(());
    let steps = schedule.iter().enumerate().map(|(at, action)| {
        passes(action)?;
        let (_, before) = replay(setup, clock, &schedule[..at]).ok()?;
        let (_, after) = replay(setup, clock, &schedule[..=at]).ok()?;
        Some(between(setup, &before, &after))
    });
    std::iter::once(None).chain(steps).collect()
}

/// What time does in an action that is possible in a world; none where no time passes.
pub(super) fn of_action(setup: &Setup, world: &World, action: Action) -> Option<String> {
    let passes = matches!(action, Action::Age(_));
    passes.then(|| {
        let mut after = world.clone();
        take(setup, &mut after, action);
        between(setup, world, &after)
    })
}

fn between(setup: &Setup, before: &World, after: &World) -> String {
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
        [] => "time passes".into(),
        [(id, idle)] => format!("time passes: {id} has been idle for {}", duration(*idle)),
        [(_, idle), ..] => {
            let ids: Vec<String> = older.iter().map(|(id, _)| id.to_string()).collect();
            format!(
                "time passes: {} have been idle for {}",
                super::words::at_most(6, &ids),
                duration(*idle)
            )
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
