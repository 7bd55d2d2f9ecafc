//! When was written what a failure of the broker may take away: at which action of a path.
//!
//! What may be there after a failure is a row of brokers, one more for each write. An action takes some off its beginning, which
//! are safe then, and adds some at its end; what is left tells which.

use std::collections::BTreeMap;

use redelivery_engine::Broker;

use crate::setup::{Mishap, Setup};
use crate::world::World;

/// What may be there after each kind of failure.
#[derive(Clone, Debug)]
pub(super) struct Kept(BTreeMap<Mishap, Vec<Broker>>);

impl Kept {
    /// In this world; nothing where the broker does not fail.
    pub(super) fn of(setup: &Setup, world: &World) -> Self {
        let failures = Mishap::ALL.into_iter().filter(|_| setup.keeping.is_some());
        Self(failures.map(|how| (how, world.perhaps_kept(how))).collect())
    }
}

/// By kind of failure, the action that wrote each of the row.
#[derive(Clone, Debug, Default)]
pub(super) struct Writes(BTreeMap<Mishap, Vec<usize>>);

impl Writes {
    /// Notes what an action has written.
    pub(super) fn note(&mut self, at: usize, before: &Kept, after: &Kept) {
        for (how, after) in &after.0 {
            let before = before.0.get(how).map_or(&[][..], Vec::as_slice);
            let written = self.0.entry(*how).or_default();
            // What was there at the beginning was written before all.
            written.resize(before.len(), 0);
            let longest = before.len().min(after.len());
            let left = (0..=longest)
                .rev()
                .find(|&left| before[before.len() - left..] == after[..left]);
            let left = left.unwrap_or(0);
            written.drain(..before.len() - left);
            written.resize(after.len(), at);
        }
    }

    /// The action that wrote the first of so many writes that are lost.
    pub(super) fn first_lost(&self, how: Mishap, lost: u16) -> Option<usize> {
        let written = self.0.get(&how)?;
        let place = written.len().checked_sub(lost.into())?;
        written.get(place).copied()
    }
}
