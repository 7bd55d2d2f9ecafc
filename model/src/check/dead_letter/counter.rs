//! Deliveries as the broker's counter counts them, per entry: a message that lies in the stream twice has two counters.
//!
//! - Routed too early: while no entry of the message has D deliveries. A delivery whose reply was lost counts, as it
//!   does in the broker; a history that lacks such grants counts too few, so whoever records one must restore them.
//! - Delivered too late: a client starts to work on what was handed to it as delivery D + 1 or later. That a claim
//!   raises the counter to D + 1 in order to route is no violation, nor is a slow consumer that starts on its earlier
//!   delivery meanwhile (`no_overlapping_work` and `nothing_after_dead_letter` judge that). What counts is the last
//!   grant that the client heard of, so two entries of one message in one batch may hide each other.
//! - `>` sets the counter to 1, also after XGROUP SETID back: this claim believes the broker. NOACK counts nothing.

use redelivery_engine::{Bytes, StreamId};

use super::super::monitor::{Broken, Finding};
use super::super::small_map::SmallMap;
use crate::event::{Event, Grant};
use crate::setup::policy::Role;
use crate::setup::{ClientIx, Setup};
use crate::symmetry::Renaming;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in super::super) struct Counter {
    entries: SmallMap<StreamId, Tally>,
    /// Clients whose last grant of the message, of those that they heard of, was beyond the limit.
    beyond: SmallMap<ClientIx, ()>,
    routed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Tally {
    /// At most one more than the limit.
    deliveries: u64,
    acknowledged: bool,
}

impl Counter {
    pub(in super::super) fn on(&mut self, setup: &Setup, event: &Event, limit: u64) -> Finding {
        match event {
            Event::Granted {
                id: Some(id),
                consumer,
                how,
                noack: false,
                heard,
                ..
            } => {
                let beyond = self.count(*id, *how, limit) > limit;
                if let Some(client) = client_of(setup, consumer).filter(|_| *heard) {
                    match beyond {
                        true => self.beyond.insert(client, ()),
                        false => self.beyond.remove(&client),
                    }
                }
            }
            Event::Acknowledged { id, .. } => self.acknowledge(setup, *id, limit),
            Event::DeadLettered { .. } => {
                let due = limit == 0 || self.entries.iter().any(|(_, tally)| tally.deliveries >= limit);
                if self.routed || !due {
                    return Err(Broken(None));
                }
                self.routed = true;
            }
            Event::WorkStarted { client, .. } if self.beyond.get(client).is_some() => return Err(Broken(None)),
            _ => {}
        }
        Ok(())
    }

    /// One more delivery of an entry; returns how many it has.
    fn count(&mut self, entry: StreamId, how: Grant, limit: u64) -> u64 {
        let before = self.entries.get(&entry).filter(|_| how != Grant::New);
        let tally = Tally {
            deliveries: before.map_or(0, |tally| tally.deliveries).min(limit) + 1,
            acknowledged: before.is_some_and(|tally| tally.acknowledged),
        };
        self.entries.insert(entry, tally);
        tally.deliveries
    }

    /// Below the limit an acknowledged entry decides nothing any more. From there on it still justifies a routing, unless
    /// those who route see in the same step that the entry is pending.
    fn acknowledge(&mut self, setup: &Setup, entry: StreamId, limit: u64) {
        match self.entries.get_mut(&entry) {
            Some(tally) if tally.deliveries >= limit && !only_scripts_route(setup) => tally.acknowledged = true,
            _ => self.entries.remove(&entry),
        }
    }

    pub(in super::super) fn renamed(&self, renaming: &Renaming) -> Self {
        let Self {
            entries,
            beyond,
            routed,
        } = self;
        Self {
            entries: entries.clone(),
            beyond: beyond
                .iter()
                .map(|(client, ())| (renaming.client(*client), ()))
                .collect(),
            routed: *routed,
        }
    }

    pub(in super::super) fn at_end(&self, limit: u64) -> Finding {
        let due = |tally: &Tally| tally.deliveries >= limit && !tally.acknowledged;
        match self.entries.iter().find(|(_, tally)| due(tally)) {
            Some((id, _)) if !self.routed => Err(Broken(Some(*id))),
            _ => Ok(()),
        }
    }
}

/// Whether whoever routes an entry sees in the same step that it is pending.
fn only_scripts_route(setup: &Setup) -> bool {
    let mut routing = setup.clients.iter().filter_map(|client| match &client.role {
        Role::Consumer(policy) if policy.dead_letter.is_some() => Some(policy.routes().is_none()),
        Role::Administrator(_) => Some(false),
        _ => None,
    });
    let first = routing.next();
    first.is_some_and(|by_script| by_script && routing.all(|by_script| by_script))
}

/// The client that reads under this name: a consumer's name begins with its client's.
fn client_of(setup: &Setup, consumer: &Bytes) -> Option<ClientIx> {
    (0..)
        .map(ClientIx)
        .zip(&setup.clients)
        .filter(|(_, client)| consumer.starts_with(&client.name))
        .max_by_key(|(_, client)| client.name.len())
        .map(|(client, _)| client)
}

#[cfg(test)]
mod tests;
