//! Uniform: each seed draws how rare faults are; then before each step of a client this client may be hit, or one that
//! waits for a reply, so that every point between two steps of every client is reached by some seed.
//!
//! It leaves nothing out and prefers nothing; the other policies do, and are measured beside it.

use redelivery_engine::Millis;

use crate::setup::{ClientIx, Setup};
use crate::simulate::Timing;
use crate::simulate::random::{Purpose, Stream};
use crate::world::Action;

/// The faults of one run.
#[derive(Clone, Debug)]
pub struct Faults {
    stream: Stream,
    /// One step in so many is hit.
    rarity: u64,
    pauses: u8,
    lets_pause: bool,
}

/// What happens before a client's step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// An action of the world.
    Action(Action),
    /// A client stands still for so many milliseconds.
    Pause(ClientIx, Millis),
}

impl Faults {
    /// How rare faults are is drawn, too.
    pub fn new(mut stream: Stream) -> Self {
        let rarity = 1 << (1 + stream.below(7));
        Self {
            stream,
            rarity,
            pauses: 0,
            lets_pause: true,
        }
    }

    /// Those of a seed.
    pub(super) fn of(seed: u64) -> Self {
        Self::new(Stream::new(seed, Purpose::Faults))
    }

    /// One step in so many is hit.
    pub(super) fn rarity(&self) -> u64 {
        self.rarity
    }

    /// Leaves pauses out.
    pub(super) fn without_pauses(mut self) -> Self {
        self.lets_pause = false;
        self
    }

    /// So many pauses have happened before.
    pub(super) fn after(mut self, other: &Self) -> Self {
        self.pauses = other.pauses;
        self
    }

    /// Whether something happens before this client's step, of the faults that are `possible` now.
    pub fn hit(
        &mut self,
        setup: &Setup,
        timing: &Timing,
        client: ClientIx,
        possible: impl FnOnce(&mut Vec<Action>),
    ) -> Option<Hit> {
        if !self.stream.one_in(self.rarity) {
            return None;
        }
        self.strike(setup, timing, client, possible)
    }

    /// Something happens now, if anything is possible.
    pub(super) fn strike(
        &mut self,
        setup: &Setup,
        timing: &Timing,
        client: ClientIx,
        possible: impl FnOnce(&mut Vec<Action>),
    ) -> Option<Hit> {
        if !setup.faults.may_happen() {
            return None;
        }
        let mut actions = Vec::new();
        possible(&mut actions);
        let mut hits: Vec<Option<Action>> = actions.into_iter().map(Some).collect();
        if self.lets_pause && setup.faults.pause.allows(self.pauses, client) {
            hits.push(None);
        }
        if hits.is_empty() {
            return None;
        }
        match hits[self.stream.index(hits.len())] {
            Some(action) => Some(Hit::Action(action)),
            None => {
                self.pauses += 1;
                Some(Hit::Pause(client, self.stream.within(timing.pause)))
            }
        }
    }
}
