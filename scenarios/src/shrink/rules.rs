//! Which moments a shrunk run may have: those that simulating could have drawn.
//!
//! A schedule knows no durations, so that whatever is taken out of it could leave a worker at its work for a minute that
//! takes 50 ms, and blame the design. So whoever has a message at hand keeps to the spans of the scenario, unless it was
//! paused, which costs budget. Whoever has nothing at hand may be as slow as it likes.

use redelivery_engine::Millis;
use redelivery_model::client::{Held, Intent};
use redelivery_model::setup::{ClientIx, Setup};
use redelivery_model::simulate::Timing;
use redelivery_model::world::{Action, ConnectionIx, START_MS, World};

/// Since when clients intend what they intend.
#[derive(Clone, Debug)]
pub(super) struct Rules<'a> {
    setup: &'a Setup,
    timing: &'a Timing,
    clients: Vec<Since>,
    /// Since when something lies on a connection that its client left.
    left: Vec<Option<Millis>>,
    pauses: u8,
    /// When the network was whole again.
    healed_ms: Millis,
}

#[derive(Clone, Copy, Debug)]
struct Since {
    ms: Millis,
    is_paused: bool,
}

impl<'a> Rules<'a> {
    pub(super) fn new(setup: &'a Setup, timing: &'a Timing, world: &World) -> Self {
        let since = Since {
            ms: world.now_ms(),
            is_paused: false,
        };
        Self {
            setup,
            timing,
            clients: vec![since; setup.clients.len()],
            left: Vec::new(),
            pauses: 0,
            healed_ms: 0,
        }
    }

    /// Whether an action may come now.
    pub(super) fn allow(&self, world: &World, action: Action) -> bool {
        match action {
            Action::Step(client) | Action::Choose(client, _) | Action::Deviate(client, _) => {
                let elapsed_ms = self.elapsed_ms(world, client);
                let work_ms = match world.intent(self.setup, client) {
                    Some(Intent::Work(_)) => self.timing.work[usize::from(client.0)].min_ms,
                    Some(Intent::Wait(ms)) => ms,
                    _ => 0,
                };
                let begins = world.begins_after(self.setup, client);
                let has_waited = begins.is_none_or(|after| START_MS + after.min_ms <= world.now_ms());
                has_waited && work_ms <= elapsed_ms && self.is_in_time(world, client)
            }
            Action::Restart(client) => self.timing.restart_after.min_ms <= self.elapsed_ms(world, client),
            Action::Heal => {
                let least_ms = self.setup.faults.partition.lasts.min_ms;
                world.parted_for_ms().is_some_and(|for_ms| least_ms <= for_ms)
            }
            Action::Pause(client) => self.setup.faults.pause.allows(self.pauses, client),
            Action::Execute(connection) | Action::Notice(connection) => {
                let since_ms = self.left.get(usize::from(connection.0)).copied().flatten();
                since_ms.is_none_or(|since_ms| world.now_ms() - since_ms <= self.timing.late.max_ms)
            }
            _ => true,
        }
    }

    /// Whether everybody who has a message at hand is in time, and a partition does not last too long.
    pub(super) fn are_kept(&self, world: &World) -> bool {
        let longest_ms = self.setup.faults.partition.lasts.max_ms;
        let heals = world.parted_for_ms().is_none_or(|for_ms| for_ms <= longest_ms);
        heals && self.setup.client_ixs().all(|client| self.is_in_time(world, client))
    }

    /// Notes what an action has changed: `heard` are those who heard a reply.
    pub(super) fn note(&mut self, world: &World, action: Action, heard: &[ClientIx]) {
        // Who loses its connection begins anew; where the broker fails, or an old primary steps down, everybody does.
        let is_end = matches!(action, Action::Fail(_) | Action::StepDown);
        let everybody = self.setup.client_ixs().filter(|_| is_end);
        for client in heard.iter().copied().chain(action.client()).chain(everybody) {
            self.clients[usize::from(client.0)] = Since {
                ms: world.now_ms(),
                is_paused: false,
            };
        }
        if action == Action::Heal {
            self.healed_ms = world.now_ms();
        }
        if let Action::Pause(client) = action {
            self.pauses += 1;
            self.clients[usize::from(client.0)].is_paused = true;
        }
        let ConnectionIx(places) = world.connection_ixs().last().unwrap_or(ConnectionIx(0));
        self.left.resize(usize::from(places) + 1, None);
        for (place, since_ms) in self.left.iter_mut().enumerate() {
            let connection = ConnectionIx(place as u16);
            let is_left = world
                .connection(connection)
                .is_some_and(|state| state.client().is_none());
            let acted = matches!(action, Action::Execute(it) | Action::Notice(it) if it == connection);
            *since_ms = match (is_left, *since_ms) {
                (false, _) => None,
                (true, Some(ms)) if !acted => Some(ms),
                (true, _) => Some(world.now_ms()),
            };
        }
    }

    fn elapsed_ms(&self, world: &World, client: ClientIx) -> Millis {
        world.now_ms() - self.clients[usize::from(client.0)].ms
    }

    fn is_in_time(&self, world: &World, client: ClientIx) -> bool {
        let at_hand = |held: &Held| matches!(held, Held::Message { .. } | Held::Candidate { .. } | Held::Found(_));
        let mut elapsed_ms = self.elapsed_ms(world, client);
        let latest_ms = match world.intent(self.setup, client) {
            Some(Intent::Work(_)) => self.timing.work[usize::from(client.0)].max_ms,
            Some(Intent::Send(_) | Intent::SendOnly(_) | Intent::Choose)
                if world.memory(client).holds().iter().any(at_hand) =>
            {
                // Whoever was cut off has a connection since then.
                elapsed_ms = elapsed_ms.min(world.now_ms() - self.healed_ms);
                self.timing.latency.max_ms
            }
            _ => return true,
        };
        let pause_ms = match self.clients[usize::from(client.0)].is_paused {
            true => self.timing.pause.max_ms,
            false => 0,
        };
        elapsed_ms <= latest_ms.max(pause_ms)
    }
}
