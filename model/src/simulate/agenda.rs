//! When who acts next: the durations of a simulated run, which the world knows nothing of.
//!
//! What a client intends is found out once, when it is planned, and kept until something happens to it.

use redelivery_engine::Millis;
use redelivery_engine::cluster::NodeIndex;

use super::Timing;
use super::random::Stream;
use super::row::Row;
use crate::client::Intent;
use crate::setup::{ClientIx, Loss, Setup, Span};
use crate::world::{Action, ConnectionIx, World};

/// The next action of each client, of each connection that its client left, and of each link of the bus.
#[derive(Clone, Debug)]
pub(super) struct Agenda {
    clients: Row,
    /// By client: it does nothing before this moment.
    not_before: Vec<Millis>,
    /// By client: what it is about to do; nothing while it is down, be it about to start again.
    intents: Vec<Option<Intent>>,
    connections: Row,
    /// By connection: what is about to happen there.
    planned: Vec<Option<Action>>,
    /// By the nodes between which they are; only those that carry something.
    links: Vec<((NodeIndex, NodeIndex), Millis)>,
    /// What an old primary, or the broker with its file, is about to do.
    former: Vec<(Action, Millis)>,
    /// When the network is whole again, if it is parted.
    heals_ms: Option<Millis>,
    /// Before this moment no node trusts the one that it has missed.
    mistrusts_ms: Millis,
    /// What is due at the moment that was asked for last; kept, since it is asked for at each step.
    due: Vec<Action>,
}

impl Agenda {
    /// Nobody has been planned yet.
    pub(super) fn new(setup: &Setup) -> Self {
        let clients = setup.clients.len();
        Self {
            clients: Row::new(clients),
            not_before: vec![0; clients],
            intents: vec![None; clients],
            connections: Row::new(clients),
            planned: vec![None; clients],
            links: Vec::new(),
            former: Vec::new(),
            heals_ms: None,
            mistrusts_ms: 0,
            due: Vec::new(),
        }
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
        let mut intent = None;
        let after_ms = if world.is_down(client) {
            let restarts = world.starts_again(setup, client);
            restarts.then(|| durations.within(timing.restart_after))
        } else {
            // A blocked client waits for the broker, which knows the deadline; who listens waits for a message. What is in
            // flight comes first.
            intent = world.intent(setup, client).filter(|intent| {
                let follows = matches!(intent, Intent::Send(_)) && world.has_in_flight(client);
                !follows && !world.waits_with(setup, client, intent)
            });
            let before = |intent: &Intent| match setup.client(client).role.ping_ms() {
                // One of the PINGs that are due within so long is the first that nobody answers.
                Some(ms) if *intent == Intent::Listen && world.pings_in_vain(setup, client) => {
                    Some(durations.within(Span { min_ms: 0, max_ms: ms }))
                }
                _ if world.awaits_in_vain(setup, client) => {
                    let left = world.gives_up_after_ms(setup, client);
                    left.map(|max_ms| durations.within(Span { min_ms: 0, max_ms }))
                }
                _ => timing.before(setup, client, intent, durations),
            };
            intent.as_ref().and_then(before)
        };
        match after_ms {
            Some(ms) => {
                let at_ms = world.now_ms().saturating_add(ms);
                let mut not_before_ms = self.not_before[usize::from(client.0)];
                if world.is_down(client) && world.is_parted(setup, client) {
                    not_before_ms = not_before_ms.max(self.heals_ms.unwrap_or(0));
                }
                self.clients.set(client.0.into(), at_ms.max(not_before_ms));
            }
            None => self.clients.clear(client.0.into()),
        }
        self.intents[usize::from(client.0)] = intent;
    }

    /// Whether nothing is planned for a client.
    pub(super) fn is_idle(&self, client: ClientIx) -> bool {
        self.clients.get(client.0.into()).is_none()
    }

    /// What a client that is up is about to do, if anything.
    pub(super) fn intent(&self, client: ClientIx) -> Option<&Intent> {
        self.intents[usize::from(client.0)].as_ref()
    }

    /// The same, for good: the client does it now, and is planned anew.
    pub(super) fn take_intent(&mut self, client: ClientIx) -> Option<Intent> {
        self.intents[usize::from(client.0)].take()
    }

    /// Something may have happened to any client: who is planned does at the same moment what it intends now.
    pub(super) fn find_out_intents(&mut self, setup: &Setup, world: &World) {
        for client in setup.client_ixs() {
            let known = &mut self.intents[usize::from(client.0)];
            if known.is_some() {
                *known = world.intent(setup, client);
            }
        }
    }

    /// A connection that came, went, or has something else in flight: what is in flight on an abandoned one is executed, or
    /// the broker notices, in time.
    pub(super) fn plan_connection(
        &mut self,
        (setup, timing): (&Setup, &Timing),
        world: &World,
        connection: ConnectionIx,
        durations: &mut Stream,
    ) {
        let place = usize::from(connection.0);
        if place >= self.planned.len() {
            self.planned.resize(place + 1, None);
        }
        let state = world.connection(connection);
        let replicated = |client: &ClientIx| world.may_replicate(setup, *client);
        let held_up = world.is_held_up(setup, connection);
        let wanted = state.and_then(|state| match (state.client(), state.in_flight().is_empty()) {
            // What was sent into a partition may arrive afterwards, or never.
            (None, false) if held_up && self.planned[place].is_none() && durations.one_in(2) => {
                Some(Action::Notice(connection))
            }
            (None, false) if held_up && self.planned[place] == Some(Action::Notice(connection)) => self.planned[place],
            (_, false) => Some(Action::Execute(connection)),
            (None, true) => Some(Action::Notice(connection)),
            (Some(client), true) if replicated(&client) => Some(Action::Replicate(client)),
            (client, true) => client.filter(|client| world.may_turn(*client)).map(Action::Turn),
        });
        if wanted == self.planned[place] {
            return;
        }
        self.planned[place] = wanted;
        if wanted.is_none() {
            return self.connections.clear(connection.0.into());
        }
        let orphan = state.is_some_and(|state| state.client().is_none());
        let span = match wanted {
            Some(Action::Replicate(_)) => setup.replica_lag(),
            Some(Action::Turn(_)) => setup.split_brain(),
            _ if orphan => timing.late,
            _ => timing.latency,
        };
        let from_ms = match held_up {
            true => self.heals_ms.unwrap_or(0).max(world.now_ms()),
            false => world.now_ms(),
        };
        let at_ms = from_ms.saturating_add(durations.within(span));
        self.connections.set(connection.0.into(), at_ms);
    }

    /// The network is parted up to this moment: what it holds up comes later, and who is down comes back later.
    pub(super) fn part(&mut self, setup: &Setup, world: &World, heals_ms: Millis) {
        self.heals_ms = Some(heals_ms);
        for connection in world.connection_ixs().filter(|ix| world.is_held_up(setup, *ix)) {
            let place = usize::from(connection.0);
            if let Some(at_ms) = self.connections.get(place) {
                self.connections.set(place, at_ms.max(heals_ms));
            }
        }
        let down = setup.client_ixs().filter(|client| world.is_down(*client));
        for client in down.filter(|client| world.is_parted(setup, *client)) {
            self.delay(client, heals_ms);
        }
    }

    /// The links of the bus: what came onto one that carried nothing arrives in time, and what follows it, after it.
    pub(super) fn plan_bus(&mut self, timing: &Timing, world: &World, durations: &mut Stream) {
        let carrying: Vec<_> = world.links().collect();
        self.links.retain(|(link, _)| carrying.contains(link));
        for link in carrying {
            if self.links.iter().all(|(known, _)| *known != link) {
                let at_ms = world.now_ms().saturating_add(durations.within(timing.bus));
                self.links.push((link, at_ms));
            }
        }
    }

    /// What an old primary does, the broker with its file, or the nodes one of which is gone, each in time.
    pub(super) fn plan_former(&mut self, setup: &Setup, world: &World, durations: &mut Stream) {
        let mut possible = Vec::new();
        world.enabled_of_former(setup, &mut possible);
        world.enabled_of_file(setup, &mut possible);
        world.enabled_of_nodes(setup, &mut possible);
        self.former.retain(|(action, _)| possible.contains(action));
        for action in possible {
            if self.former.iter().all(|(known, _)| *known != action) {
                let span = match action {
                    Action::Refuse => setup.until_refusal(),
                    Action::Rewrite => setup.rewrites().after,
                    Action::Rewritten => setup.rewrites().takes,
                    Action::Missed => Loss::MISSED,
                    Action::CameBack => setup.may_lose().map_or(Span::default(), |loss| loss.away),
                    Action::Covered => Loss::HEARD_OF,
                    Action::Serves => Loss::JOINS,
                    _ => setup.split_brain(),
                };
                let at_ms = world.now_ms().saturating_add(durations.within(span));
                let not_before_ms = match action {
                    Action::Covered => self.mistrusts_ms,
                    _ => 0,
                };
                self.former.push((action, at_ms.max(not_before_ms)));
            }
        }
    }

    /// The nodes have missed one of them, and do not trust it before this moment.
    pub(super) fn mistrust(&mut self, until_ms: Millis) {
        self.mistrusts_ms = until_ms;
    }

    /// An action was done: if it was planned for a connection or a link, what follows there is yet to be planned.
    pub(super) fn done(&mut self, action: Action) {
        match action {
            Action::Execute(connection) | Action::Notice(connection) => {
                self.planned[usize::from(connection.0)] = None;
                self.connections.clear(connection.0.into());
            }
            Action::Bus(from, to) => self.links.retain(|(link, _)| *link != (from, to)),
            Action::Heal => self.heals_ms = None,
            _ => {}
        }
    }

    /// A client does nothing before this moment, whatever happens until then.
    pub(super) fn begin(&mut self, client: ClientIx, at_ms: Millis) {
        self.not_before[usize::from(client.0)] = at_ms;
    }

    /// A client stands still: it does nothing before this moment.
    pub(super) fn delay(&mut self, client: ClientIx, until_ms: Millis) {
        if let Some(at_ms) = self.clients.get(client.0.into()) {
            self.clients.set(client.0.into(), at_ms.max(until_ms));
        }
    }

    /// When something comes next.
    pub(super) fn next_ms(&self) -> Option<Millis> {
        let links = self.links.iter().map(|(_, at_ms)| *at_ms);
        let former = self.former.iter().map(|(_, at_ms)| *at_ms);
        let rows = [self.clients.first(), self.connections.first()];
        let rest = links.chain(former).chain(self.heals_ms);
        rows.into_iter().flatten().chain(rest).min()
    }

    /// What comes at that moment: clients, then connections, then links, each in their order; before all of them the
    /// network, which holds some of them up.
    pub(super) fn due(&mut self, next_ms: Millis) -> &[Action] {
        let clients = self.clients.due_at(next_ms).map(|place| match self.intents[place] {
            Some(_) => Action::Step(ClientIx(place as u16)),
            None => Action::Restart(ClientIx(place as u16)),
        });
        self.due.clear();
        self.due.extend(clients);
        let connections = self.connections.due_at(next_ms);
        self.due.extend(connections.filter_map(|place| self.planned[place]));
        let links = self.links.iter().filter(|(_, at_ms)| *at_ms == next_ms);
        self.due.extend(links.map(|((from, to), _)| Action::Bus(*from, *to)));
        let former = self.former.iter().filter(|(_, at_ms)| *at_ms == next_ms);
        self.due.extend(former.map(|(action, _)| *action));
        if self.heals_ms == Some(next_ms) {
            self.due.clear();
            self.due.push(Action::Heal);
        }
        &self.due
    }
}
