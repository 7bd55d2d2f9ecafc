//! How things stand where a run stays: nothing would follow but idle polls, or the same steps for ever.

use redelivery_model::event::{Event, Moment, PendingRow};
use redelivery_model::history::Step;
use redelivery_model::setup::{ClientIx, GroupIx, Setup};
use redelivery_model::world::{Observer, World};

use super::events;

/// Idle polls go round in few worlds; who has more to do is not at rest.
const MAX_WORLDS: usize = 500;

/// Whether something new happened.
#[derive(Default)]
struct News(bool);

impl Observer for News {
    fn event(&mut self, _: Moment, event: &Event) {
        self.0 |= !matches!(
            event,
            Event::ClaimedNothing { .. } | Event::Pending { .. } | Event::Length { .. }
        );
    }
}

/// Whether nothing new can follow but by a fault.
pub(super) fn is_at_rest(setup: &Setup, world: &World) -> bool {
    let mut first = world.clone();
    first.canonicalise(setup);
    let mut worlds = vec![first];
    let mut next = 0;
    while let Some(world) = worlds.get(next).cloned() {
        let mut actions = Vec::new();
        world.enabled(setup, &mut actions);
        for action in actions.into_iter().filter(|action| !action.is_fault()) {
            let mut after = world.clone();
            let mut news = News::default();
            after.step(setup, action, &mut news);
            after.canonicalise(setup);
            if news.0 || worlds.len() >= MAX_WORLDS {
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

/// The end in words: who is down, what stays pending.
pub(super) fn ending(setup: &Setup, steps: &[Step]) -> String {
    let mut down: Vec<ClientIx> = Vec::new();
    let mut lists: Vec<(GroupIx, &[PendingRow])> = Vec::new();
    for step in steps {
        for event in &step.events {
            match event {
                Event::Crashed { client } => down.push(*client),
                Event::Restarted { client } => down.retain(|other| other != client),
                _ => {}
            }
        }
        for (group, rows) in &step.pending {
            lists.retain(|(other, _)| other != group);
            lists.push((*group, rows));
        }
    }
    let mut parts: Vec<String> = down
        .iter()
        .map(|&client| format!("{} stays down", setup.client(client).name))
        .collect();
    lists.sort_by_key(|(group, _)| *group);
    let pending = lists.iter().filter(|(_, rows)| !rows.is_empty());
    parts.extend(pending.map(|(group, rows)| events::pending(setup, *group, rows)));
    if parts.is_empty() {
        parts.push("nothing is pending".into());
    }
    format!("from here nothing new happens: {}", parts.join("; "))
}
