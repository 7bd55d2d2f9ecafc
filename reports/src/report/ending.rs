//! How things stand where a run stays: nothing would follow but idle polls, or the same steps for ever.

use redelivery_engine::Reply;
use redelivery_model::event::{Event, Moment};
use redelivery_model::explore::onward;
use redelivery_model::history::{Executed, Items, Pending, Step};
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
        self.0 |= event.is_news();
    }
}

/// Whether nothing new can follow but by a fault.
pub(super) fn is_at_rest(setup: &Setup, world: &World) -> bool {
    onward(setup, world.clone(), WORLDS_MAX, &mut |_, news: &News| !news.0)
}

/// Whether all that happens in a round is that somebody asks for work and there is none: who waits for new entries, who
/// claims where nothing is pending.
pub(super) fn is_idle(steps: &[Step], round: &[Step]) -> bool {
    let pending = pending_lists(steps).iter().any(|(_, rows)| !rows.is_empty());
    let got_nothing = |executed: &Executed| match &executed.reply {
        None | Some(Reply::Null | Reply::NullArray) => true,
        Some(reply) => !pending && is_empty(reply),
    };
    let idle = |step: &Step| step.executed.iter().all(got_nothing) && !step.events.iter().any(Event::is_news);
    round.iter().all(idle)
}

/// Whether no entries are in it; a cursor is none.
fn is_empty(reply: &Reply) -> bool {
    match reply {
        Reply::Null | Reply::NullArray => true,
        Reply::Entries(entries) => entries.is_empty(),
        Reply::Streams(streams) => streams.iter().all(|(_, entries)| entries.is_empty()),
        Reply::Array(parts) => parts
            .iter()
            .all(|part| matches!(part, Reply::Bulk(_)) || is_empty(part)),
        _ => false,
    }
}

/// The pending lists after these steps, as far as they ever changed.
fn pending_lists(steps: &[Step]) -> Vec<(GroupIx, &[Pending])> {
    let mut lists: Vec<(GroupIx, &[Pending])> = Vec::new();
    for (group, rows) in steps.iter().flat_map(|step| &step.pending) {
        lists.retain(|(other, _)| other != group);
        lists.push((*group, rows));
    }
    lists.sort_by_key(|(group, _)| *group);
    lists
}

/// The end in words: who is down, what stays pending.
pub(super) fn ending(setup: &Setup, steps: &[Step]) -> String {
    let mut down: Vec<ClientIx> = Vec::new();
    let mut items: Vec<&Items> = Vec::new();
    for step in steps {
        for event in &step.events {
            match event {
                Event::Crashed { client } => down.push(*client),
                Event::Restarted { client } => down.retain(|other| other != client),
                _ => {}
            }
        }
        for list in &step.items {
            items.retain(|(key, _)| *key != list.0);
            items.push(list);
        }
    }
    let mut parts: Vec<String> = down
        .iter()
        .map(|&client| format!("{} stays down", setup.client(client).name))
        .collect();
    let lists = pending_lists(steps);
    let pending = lists.iter().filter(|(_, rows)| !rows.is_empty());
    parts.extend(pending.map(|(group, rows)| events::pending(setup, *group, rows)));
    items.sort();
    let held = items.iter().filter(|(_, messages)| !messages.is_empty());
    parts.extend(held.map(|list| events::items(setup, list)));
    if parts.is_empty() {
        parts.push("nothing is pending".into());
    }
    format!("from here nothing new happens: {}", parts.join("; "))
}
