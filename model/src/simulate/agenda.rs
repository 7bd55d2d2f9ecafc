//! When who acts next: the durations of a simulated run, which the world knows nothing of.

use redelivery_engine::Millis;
use redelivery_engine::cluster::NodeIndex;

use super::Timing;
use super::policy::Search;
use super::random::Stream;
use crate::client::Intent;
use crate::setup::{ClientIx, Setup};
use crate::world::{Action, ConnectionIx, World};

/// The next action of each client, of each connection that its client left, and of each link of the bus.
#[derive(Clone, Debug)]
pub(super) struct Agenda {
    clients: Vec<Option<Due>>,
    connections: Vec<Option<Due>>,
    /// By the nodes between which they are; only those that carry something.
    links: Vec<((NodeIndex, NodeIndex), Due)>,
}

/// An action and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    at_ms: Millis,
    action: Action,
}

impl Agenda {
    /// Everybody begins.
    pub(super) fn new(setup: &Setup, timing: &Timing, world: &World, search: &Search, durations: &mut Stream) -> Self {
        let mut agenda = Self {
            clients: vec![None; setup.clients.len()],
            connections: Vec::new(),
            links: Vec::new(),
        };
        for client in setup.client_ixs() {
            durations.lean(search.lean(client));
            agenda.plan_client(setup, timing, world, client, durations);
        }
        agenda
    }

    /// A client has just acted or heard something: when does it act next?
    pub(super) fn plan_client(
        &mut self,
        setup: &Setup,
        timing: &Timing,
        world: &World,
        client: ClientIx,
        durations: &mut Stream,
    ) {
        let after_ms = if world.is_down(client) {
            world
                .starts_again(setup, client)
                .then(|| (durations.within(timing.restart_after), Action::Restart(client)))
        } else {
            // A blocked client waits for the broker, which knows the deadline; who listens waits for a message. What is in
            // flight comes first.
            let follows = |intent: &Intent| matches!(intent, Intent::Send(_)) && world.has_in_flight(client);
            let intent = world.intent(setup, client).filter(|_| !world.waits(setup, client));
            let intent = intent.filter(|intent| !follows(intent));
            intent.and_then(|intent| {
                let ms = timing.before(client, &intent, durations)?;
                Some((ms, Action::Step(client)))
            })
        };
        self.clients[usize::from(client.0)] = after_ms.map(|(ms, action)| Due {
            at_ms: world.now_ms().saturating_add(ms),
            action,
        });
    }

    /// Whether nothing is planned for a client.
    pub(super) fn is_idle(&self, client: ClientIx) -> bool {
        self.clients[usize::from(client.0)].is_none()
    }

    /// Connections that came or went: what is in flight on an abandoned one is executed, or the broker notices, in time.
    pub(super) fn plan_connections(&mut self, timing: &Timing, world: &World, durations: &mut Stream) {
        let present: Vec<ConnectionIx> = world.connection_ixs().collect();
        let count = present.last().map_or(0, |last| usize::from(last.0) + 1);
        self.connections.resize(count, None);
        for place in 0..count {
            let connection = ConnectionIx(place as u16);
            let planned = &mut self.connections[place];
            let wanted =
                world
                    .connection(connection)
                    .and_then(|state| match (state.client(), state.in_flight().is_empty()) {
                        (_, false) => Some(Action::Execute(connection)),
                        (None, true) => Some(Action::Notice(connection)),
                        (Some(_), true) => None,
                    });
            match (wanted, planned.map(|due| due.action)) {
                (Some(action), Some(known)) if action == known => {}
                (Some(action), _) => {
                    let orphan = world
                        .connection(connection)
                        .is_some_and(|state| state.client().is_none());
                    let span = if orphan { timing.late } else { timing.latency };
                    let at_ms = world.now_ms().saturating_add(durations.within(span));
                    *planned = Some(Due { at_ms, action });
                }
                (None, _) => *planned = None,
            }
        }
    }

    /// The links of the bus: what came onto one that carried nothing arrives in time, and what follows it, after it.
    pub(super) fn plan_bus(&mut self, timing: &Timing, world: &World, durations: &mut Stream) {
        let carrying: Vec<_> = world.links().collect();
        self.links.retain(|(link, _)| carrying.contains(link));
        for (from, to) in carrying {
            if self.links.iter().all(|(link, _)| *link != (from, to)) {
                let due = Due {
                    at_ms: world.now_ms().saturating_add(durations.within(timing.bus)),
                    action: Action::Bus(from, to),
                };
                self.links.push(((from, to), due));
            }
        }
    }

    /// An action was done: if it was planned for a connection or a link, what follows there is yet to be planned.
    pub(super) fn done(&mut self, action: Action) {
        self.links.retain(|(_, due)| due.action != action);
        for planned in &mut self.connections {
            if planned.is_some_and(|due| due.action == action) {
                *planned = None;
            }
        }
    }

    /// A client stands still: it does nothing before this moment.
    pub(super) fn delay(&mut self, client: ClientIx, until_ms: Millis) {
        if let Some(due) = &mut self.clients[usize::from(client.0)] {
            due.at_ms = due.at_ms.max(until_ms);
        }
    }

    /// What comes next, and when; among things due at the same time the policy chooses.
    pub(super) fn next(&self, search: &Search, order: &mut Stream) -> Option<(Millis, Action)> {
        let links = || self.links.iter().map(|(_, due)| due);
        let all = || self.clients.iter().chain(&self.connections).flatten().chain(links());
        let at_ms = all().map(|due| due.at_ms).min()?;
        let due: Vec<Action> = all().filter(|due| due.at_ms == at_ms).map(|due| due.action).collect();
        Some((at_ms, due[search.first(&due, order)]))
    }
}
