//! A broker that may fail, with what is kept of it elsewhere: its file, and a replica.
//!
//! Whoever keeps something lags behind, and nobody knows by how much before the broker has failed: so all that it may have
//! is held at hand, one broker for each write, and the failure chooses one. What is kept is always a beginning of what was
//! written, never anything else. By a clock only the last writes are in danger; without one, while exploring, all of them,
//! as far as the scenario does not say otherwise. It never answers clients.

#[cfg(test)]
mod tests;

mod former;
mod rewriting;

use std::collections::VecDeque;

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Broker, ClientId, Millis, Unit};

use super::super::{START_MS, Spent};
use crate::setup::{Failback, Keeping, Mishap, Persistence, Setup};
use former::Former;

/// A broker, and what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::world) struct Kept {
    pub(super) broker: Broker,
    file: Option<Follower>,
    /// The file that is to take its place.
    new_file: Option<Box<Follower>>,
    replica: Option<Follower>,
    /// The old primary, as long as it goes on.
    former: Option<Box<Former>>,
    /// What is noted has no later moment.
    now_ms: Millis,
}

/// What one place may hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Follower {
    /// The oldest first, each with the moment at which it was written; never empty.
    states: VecDeque<(Millis, Broker)>,
    what: Holds,
    /// What is older than this is there for certain.
    window_ms: Millis,
    writes_max: usize,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Holds {
    /// Commands: what the broker does not propagate is missing.
    Commands,
    /// Copies of its memory.
    Copies,
    /// What it has, and nothing of what is written from now on.
    Own,
}

impl Kept {
    pub(super) fn at_start(broker: Broker, setup: &Setup, keeping: &Keeping) -> Self {
        let follower = |what, window_ms, lacks: Option<u16>| Follower {
            states: VecDeque::from([(START_MS, broker.clone())]),
            what,
            window_ms,
            writes_max: lacks.map_or(usize::MAX, usize::from),
        };
        let budget = &setup.faults.broker;
        let file = match keeping.persistence {
            Persistence::Nothing => None,
            Persistence::Snapshots(ms) => Some(follower(Holds::Copies, ms, budget.file_lacks)),
            // Who is only killed loses nothing that was written.
            Persistence::AppendOnly(_) if budget.power_failures == 0 => Some(follower(Holds::Commands, 0, None)),
            Persistence::AppendOnly(ms) => Some(follower(Holds::Commands, ms, budget.file_lacks)),
        };
        let replica = keeping.replica_lag_ms;
        let replica = replica.map(|ms| follower(Holds::Commands, ms, budget.replica_lacks));
        let mut kept = Self {
            broker: broker.propagating(),
            file,
            new_file: None,
            replica,
            former: None,
            now_ms: START_MS,
        };
        kept.retire(setup, Spent::default());
        kept
    }

    fn followers(&mut self) -> impl Iterator<Item = &mut Follower> {
        let new_file = self.new_file.as_deref_mut().into_iter();
        self.file.iter_mut().chain(new_file).chain(&mut self.replica)
    }

    /// Every broker, those that are only kept included.
    pub(super) fn all(&self) -> impl Iterator<Item = &Broker> {
        let new_file = self.new_file.as_deref().into_iter();
        let kept = self.file.iter().chain(new_file).chain(&self.replica);
        let kept = kept.flat_map(|follower| follower.states.iter().map(|(_, broker)| broker));
        std::iter::once(&self.broker).chain(self.former()).chain(kept)
    }

    pub(super) fn each(&mut self, change: &mut dyn FnMut(&mut Broker)) {
        change(&mut self.broker);
        self.former.iter_mut().for_each(|former| former.change(&mut *change));
        let states = self.followers().flat_map(|follower| &mut follower.states);
        states.for_each(|(_, broker)| change(broker));
    }

    /// Who keeps something gets what the broker has done.
    pub(super) fn write(&mut self, now_ms: Option<Millis>) {
        self.now_ms = now_ms.unwrap_or(self.now_ms);
        let units = self.broker.take_propagated();
        let (broker, now_ms) = (&self.broker, self.now_ms);
        let new_file = self.new_file.as_deref_mut().into_iter();
        for follower in self.file.iter_mut().chain(new_file).chain(&mut self.replica) {
            follower.write(&units, broker, now_ms);
        }
    }

    /// Time has passed: what is old enough is no longer in danger.
    pub(in crate::world) fn settle(&mut self, now_ms: Millis) {
        self.now_ms = now_ms;
        self.followers().for_each(|follower| follower.settle(now_ms));
    }

    /// Nothing of what there is is in danger.
    pub(in crate::world) fn settle_all(&mut self) {
        self.followers().for_each(Follower::settle_all);
    }

    /// The replica has everything, and confirms it: this client's WAIT is answered.
    pub(in crate::world) fn replicate(&mut self, node: NodeIndex, who: ClientId) {
        self.replica.iter_mut().for_each(Follower::settle_all);
        self.at(node, None, |broker| broker.replicated(who, 1));
    }

    /// When something was written does not matter.
    pub(super) fn forget_moments(&mut self) {
        self.now_ms = START_MS;
        for follower in self.followers() {
            follower.states.iter_mut().for_each(|(at_ms, _)| *at_ms = START_MS);
        }
    }

    /// Whoever has what the broker comes back with after a failure of this kind.
    fn follower_of(&self, how: Mishap) -> Option<&Follower> {
        match how {
            Mishap::Killed | Mishap::PowerFailed => self.file.as_ref(),
            Mishap::FailedOver | Mishap::Split => self.replica.as_ref(),
            Mishap::NodeLost => None,
        }
    }

    /// How many writes may be missing after a failure of this kind; none if all is lost, or if it cannot happen.
    pub(in crate::world) fn in_danger(&self, how: Mishap) -> Option<u16> {
        let follower = self.follower_of(how)?;
        let is_safe = how == Mishap::Killed && follower.what == Holds::Commands;
        Some(if is_safe { 0 } else { follower.states.len() as u16 - 1 })
    }

    /// For how long it may be, by a clock; none if nothing keeps it.
    pub(in crate::world) fn in_danger_for_ms(&self, how: Mishap) -> Option<Millis> {
        self.follower_of(how).map(|follower| follower.window_ms)
    }

    /// All that may be there after such a failure, the least first.
    pub(in crate::world) fn perhaps_kept(&self, how: Mishap) -> Vec<Broker> {
        let states = self.follower_of(how).into_iter().flat_map(|follower| &follower.states);
        states.map(|(_, broker)| broker.clone()).collect()
    }

    /// The broker fails, and what was kept, but for the last so many writes, takes its place.
    /// `failback`: what one that its replica has replaced would take over again with.
    pub(in crate::world) fn fail(&mut self, how: Mishap, lost: u16, failback: Failback) {
        let now_ms = self.now_ms;
        let kept = self.follower_of(how).map(|follower| {
            let place = follower.states.len() - 1 - usize::from(lost);
            let (_, mut broker) = follower.states[place].clone();
            // Whoever reads commands from a file hears of consumers then.
            if follower.what == Holds::Commands && how != Mishap::FailedOver {
                broker.map_seen(&mut |_| now_ms);
            }
            broker
        });
        let broker = kept.unwrap_or_default().going_on_from(&self.broker);
        self.cut_short();
        // It begins to keep what it has; a replica copies its memory.
        for follower in self.followers() {
            follower.states = VecDeque::from([(now_ms, broker.clone())]);
        }
        if let (Mishap::FailedOver, Failback::OwnData, Some(replica)) = (how, failback, &mut self.replica) {
            replica.what = Holds::Own;
            replica.states = VecDeque::from([(now_ms, self.broker.without_clients())]);
        }
        self.broker = broker.propagating();
    }

    /// Whether who takes over next does not follow, but has only what it had of its own.
    pub(in crate::world) fn has_own_data(&self) -> bool {
        self.replica.as_ref().is_some_and(|replica| replica.what == Holds::Own)
    }

    /// What no failure can come back to any more is not kept.
    pub(in crate::world) fn retire(&mut self, setup: &Setup, spent: Spent) {
        let is_left = |how| setup.faults.broker.allows(how, spent);
        if !is_left(Mishap::FailedOver) && !is_left(Mishap::Split) {
            self.replica = None;
        }
        if !is_left(Mishap::PowerFailed) {
            match &mut self.file {
                _ if !is_left(Mishap::Killed) => (self.file, self.new_file) = (None, None),
                Some(file) if file.what == Holds::Commands => file.be_safe(),
                _ => {}
            }
            self.new_file.as_deref_mut().into_iter().for_each(Follower::be_safe);
        }
    }
}

impl Follower {
    fn write(&mut self, units: &[Unit], broker: &Broker, now_ms: Millis) {
        match self.what {
            Holds::Commands => {
                for unit in units {
                    let mut next = self.last().clone();
                    next.follow(unit);
                    self.push(now_ms, next);
                }
            }
            Holds::Copies => self.push(now_ms, broker.without_clients()),
            Holds::Own => {}
        }
        if self.window_ms == 0 {
            self.settle_all();
        }
        while self.states.len() - 1 > self.writes_max {
            self.states.pop_front();
        }
    }

    fn push(&mut self, now_ms: Millis, next: Broker) {
        if !is_same(self.last(), &next) {
            self.states.push_back((now_ms, next));
        }
    }

    fn last(&self) -> &Broker {
        &self.states.back().expect("never empty").1
    }

    fn settle(&mut self, now_ms: Millis) {
        let is_old = |written_ms: &Millis| written_ms.saturating_add(self.window_ms) <= now_ms;
        while self.states.get(1).is_some_and(|(written_ms, _)| is_old(written_ms)) {
            self.states.pop_front();
        }
    }

    fn settle_all(&mut self) {
        self.states.drain(..self.states.len() - 1);
    }

    /// Nothing is in danger from now on.
    fn be_safe(&mut self) {
        self.window_ms = 0;
        self.settle_all();
    }
}

/// But for when consumers were last heard of: an empty read is no write, though a copy of the memory shows it.
fn is_same(one: &Broker, other: &Broker) -> bool {
    let unheard = |broker: &Broker| {
        let mut broker = broker.clone();
        broker.map_seen(&mut |_| START_MS);
        broker
    };
    one == other || unheard(one) == unheard(other)
}
