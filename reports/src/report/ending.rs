//! How things stand where a run stays: nothing would follow but idle polls, or the same steps for ever.

use redelivery_model::event::{Event, Moment, PendingRow};
use redelivery_model::explore::onward;
use redelivery_model::history::Step;
use redelivery_model::setup::{ClientIx, GroupIx, Setup};
use redelivery_model::world::{Observer, World};

use super::events;

/// Idle polls go round in few worlds; who has more to do is not at rest.
const WORLDS_MAX: usize = 500;

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
    onward(setup, world.clone(), WORLDS_MAX, &mut |_, news: &News| !news.0)
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
