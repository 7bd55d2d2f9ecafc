//! The clocks that run along a path: which they are, and since when they run.
//!
//! The path is done again with abstract time, and each clock is carried along from the action that started it. What
//! they demand of the path's moments is the business of `demands`.

use std::collections::BTreeMap;

use redelivery_engine::{Bytes, Millis};

use super::writes::{Kept, Writes};
use crate::client::Intent;
use crate::setup::{Ageing, ClientIx, Mishap, Setup};
use crate::world::{Action, ConnectionIx, Ignore, START_MS, World};

/// How long something has been idle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Idle {
    /// Since this action,
    pub(super) since: usize,
    /// and by so many milliseconds more: XCLAIM can say that an entry has been idle.
    pub(super) before_ms: Millis,
    /// So many thresholds have been reached.
    pub(super) class: usize,
}

/// A clock that runs for so long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timer {
    /// Since this action.
    pub(super) since: usize,
    /// In milliseconds.
    pub(super) for_ms: Millis,
}

/// A world on its path, and the clocks in it.
#[derive(Clone, Debug)]
pub(super) struct Clocks<'a> {
    setup: &'a Setup,
    /// As `setup`, but the order of moments within a class is always kept: none is taken for another.
    ordered: Setup,
    world: World,
    /// The distinct moments from which idle times are counted, the youngest first. Of those that have reached the last
    /// threshold only one is kept, the youngest.
    pub(super) idle: Vec<Idle>,
    /// Keys with a time to live.
    pub(super) expiries: BTreeMap<Bytes, Timer>,
    /// Blocked calls that end by themselves.
    pub(super) waits: BTreeMap<ConnectionIx, Timer>,
    /// Clients that rest before they look again.
    pub(super) rests: BTreeMap<ClientIx, Timer>,
    /// When what a failure of the broker may take away was written.
    pub(super) writes: Writes,
}

impl<'a> Clocks<'a> {
    /// Before the first action.
    pub(super) fn at_start(setup: &'a Setup) -> Self {
        let ordered = Setup {
            ageing: Ageing::OldestFirst,
            ..setup.clone()
        };
        let mut clocks = Self {
            setup,
            world: World::initial(setup, &mut Ignore),
            ordered,
            idle: Vec::new(),
            expiries: BTreeMap::new(),
            waits: BTreeMap::new(),
            rests: BTreeMap::new(),
            writes: Writes::default(),
        };
        clocks.settle(0, None);
        clocks
    }

    /// Does the action of this moment; none when it is not possible.
    pub(super) fn step(&mut self, at: usize, action: Action) -> Option<()> {
        let action = match action {
            Action::Age(place) => self.passage(place)?,
            Action::Tick(_) => return None,
            action => action,
        };
        if !self.world.allows(&self.ordered, action) {
            return None;
        }
        let before = Kept::of(&self.ordered, &self.world);
        let known: Vec<Millis> = self.moments().map(|(moment, _)| moment).collect();
        self.world.step(&self.ordered, action, &mut Ignore);
        // Time writes nothing.
        if !matches!(action, Action::Age(_)) {
            self.writes.note(at, &before, &Kept::of(&self.ordered, &self.world));
        }
        // Ageing keeps moments in their order and adds none.
        if !matches!(action, Action::Age(_)) {
            let idle = self.moments().map(|(moment, class)| {
                let place = known.iter().position(|known| *known == moment);
                place.map_or(born(at, moment, class), |place| self.idle[place])
            });
            self.idle = idle.collect();
        }
        self.settle(at, action.client());
        Some(())
    }

    /// For how long what was written is in danger of such a failure; none if nothing keeps it.
    pub(super) fn in_danger_for_ms(&self, how: Mishap) -> Option<Millis> {
        self.world.in_danger_for_ms(how)
    }

    /// Whose wait for a reply this is; none when its client has gone.
    pub(super) fn waiting(&self, connection: ConnectionIx) -> Option<ClientIx> {
        self.world.connection(connection)?.client()
    }

    /// The key that the n-th expiry ends.
    pub(super) fn expiring(&self, place: u16) -> Option<&Bytes> {
        self.world.keys_that_expire().nth(place.into()).map(|(_, key)| key)
    }

    /// The same passage of time where no two moments are taken for one.
    fn passage(&self, place: u16) -> Option<Action> {
        let mut actions = Vec::new();
        self.world.enabled(self.setup, &mut actions);
        let mut passages = actions.into_iter().filter(|action| matches!(action, Action::Age(_)));
        passages.nth(place.into())
    }

    /// The moments from which idle times are counted, the youngest first, with their classes.
    fn moments(&self) -> impl Iterator<Item = (Millis, usize)> + use<> {
        self.world.moments(&self.ordered).into_iter().rev()
    }

    /// Notes what runs now, and forgets durations as exploring does.
    fn settle(&mut self, at: usize, actor: Option<ClientIx>) {
        self.note_expiries(at);
        self.note_waits(at);
        self.note_rests(at, actor);
        self.world.forget_durations(&self.ordered);
        let classes: Vec<usize> = self.moments().map(|(_, class)| class).collect();
        self.idle.truncate(classes.len());
        for (idle, class) in self.idle.iter_mut().zip(classes) {
            idle.class = class;
        }
    }

    fn note_expiries(&mut self, at: usize) {
        let mut before = std::mem::take(&mut self.expiries);
        for (node, key) in self.world.keys_that_expire() {
            let timer = match self.world.broker(node).expires_at(key) {
                // Its time to live was forgotten, so that it is not new.
                Some(Millis::MAX) | None => before.remove(key),
                Some(end) => Some(Timer {
                    since: at,
                    for_ms: end.saturating_sub(START_MS),
                }),
            };
            self.expiries.extend(timer.map(|timer| (key.clone(), timer)));
        }
    }

    fn note_waits(&mut self, at: usize) {
        let mut before = std::mem::take(&mut self.waits);
        for connection in self.world.connection_ixs() {
            let request = self.world.connection(connection).and_then(|state| state.blocked_on());
            // No client ends a wait and begins another in one action.
            if let Some(for_ms) = request.and_then(|request| request.block_ms()).filter(|ms| *ms > 0) {
                let timer = before.remove(&connection).unwrap_or(Timer { since: at, for_ms });
                self.waits.insert(connection, timer);
            }
        }
    }

    fn note_rests(&mut self, at: usize, actor: Option<ClientIx>) {
        let mut before = std::mem::take(&mut self.rests);
        for client in self.setup.client_ixs() {
            if self.world.is_down(client) {
                continue;
            }
            if let Some(Intent::Wait(for_ms)) = self.world.intent(self.setup, client) {
                let going_on = before.remove(&client).filter(|_| actor != Some(client));
                self.rests
                    .insert(client, going_on.unwrap_or(Timer { since: at, for_ms }));
            }
        }
    }
}

fn born(at: usize, moment: Millis, class: usize) -> Idle {
    Idle {
        since: at,
        before_ms: START_MS.saturating_sub(moment),
        class,
    }
}
