//! Canonical worlds: what nobody can see any more is left out, so that exploring ends.
//!
//! While exploring, time shows only in how long deliveries have been idle, and only as far as somebody compares it with
//! a threshold (a min-idle-time, a check's window). A moment's *class* is the number of thresholds that its idle time has
//! reached. Classes are kept, and the order of moments within a class; the durations between them are not: so a verdict
//! holds for any durations. The last class is saturated, its order can no longer matter.
//!
//! Times to live are forgotten altogether: a key that has one may expire at any time.
//!
//! Time passes by moving moments to the next class, never a younger one past an older one. Each such move is possible
//! for some durations, and each passage of real time is a sequence of them (`simulate` tests this).

use std::sync::Arc;

use redelivery_engine::{Command, Millis};

use super::{START_MS, World};
use crate::check::{CheckSpec, Violation, Ward};
use crate::event::{Event, Moment};
use crate::setup::policy::{Alarm, Duty, Role};
use crate::setup::{Ageing, Setup};

/// The idle times, in milliseconds, that somebody compares with; ascending.
pub fn thresholds(setup: &Setup) -> Vec<Millis> {
    let of_clients = setup.clients.iter().flat_map(|client| match &client.role {
        Role::Consumer(policy) => policy.reclaim.iter().map(|reclaim| reclaim.min_idle_ms).collect(),
        Role::Administrator(policy) => policy.commands.iter().filter_map(min_idle).collect(),
        Role::Watcher(policy) => match policy.duty {
            Duty::DeletesConsumers { idle_ms, .. }
            | Duty::Alarms(Alarm::PendingIdle(idle_ms) | Alarm::ConsumerIdle(idle_ms)) => vec![idle_ms],
            Duty::Trims(_) | Duty::Alarms(_) => Vec::new(),
        },
        Role::Producer(_) | Role::Repairer(_) | Role::Reader(_) | Role::Worker(_) | Role::Reaper(_) => Vec::new(),
        Role::Publisher(_) | Role::Subscriber(_) | Role::Mover(_) => Vec::new(),
    });
    let of_checks = setup.checks.iter().filter_map(|check| match check {
        CheckSpec::SingleOwner { within_ms } => Some(*within_ms),
        _ => None,
    });
    let mut thresholds: Vec<Millis> = of_clients.chain(of_checks).filter(|&ms| ms > 0).collect();
    thresholds.sort_unstable();
    thresholds.dedup();
    thresholds
}

/// The idle time, in milliseconds, that a command compares with, if it does; 0 compares with none.
pub fn min_idle(command: &Command) -> Option<Millis> {
    match command {
        Command::XClaim(claim) => Some(claim.min_idle_ms),
        Command::XAutoClaim(claim) => Some(claim.min_idle_ms),
        Command::XPending(pending) => pending.range.as_ref().map(|range| range.min_idle_ms),
        _ => None,
    }
}

/// The largest delivery counter that somebody tells from the next: beyond it, counters are kept at it.
fn deliveries_cap(setup: &Setup) -> u64 {
    let limits = setup.clients.iter().filter_map(|client| match &client.role {
        Role::Consumer(policy) => policy.dead_letter.as_ref().map(|dead| dead.limit),
        Role::Watcher(policy) => match policy.duty {
            Duty::Alarms(Alarm::Deliveries(at_least)) => Some(at_least),
            _ => None,
        },
        _ => None,
    });
    // One more than the limit routes, a defect waits for one more still; 2 differs from a counter that was reset.
    limits.max().unwrap_or(0) + 2
}

/// What somebody compares with, of a setup: to be found out once.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    thresholds: Arc<[Millis]>,
    deliveries: u64,
}

impl Limits {
    pub(crate) fn of(setup: &Setup) -> Self {
        Self {
            thresholds: thresholds(setup).into(),
            deliveries: deliveries_cap(setup),
        }
    }
}

/// The moments of a world with their classes.
#[derive(Clone, Debug)]
pub(super) struct Ages {
    thresholds: Arc<[Millis]>,
    /// Whether the order within a class matters.
    ordered: bool,
    /// Whether the times at which consumers were last heard of are among the moments: only where somebody asks.
    of_consumers: bool,
    /// Distinct, the oldest first; classes never rise along it.
    moments: Vec<(Millis, usize)>,
}

pub(super) fn ages(world: &World, setup: &Setup) -> Ages {
    ages_within(world, setup, &Limits::of(setup))
}

fn ages_within(world: &World, setup: &Setup, limits: &Limits) -> Ages {
    let thresholds = limits.thresholds.clone();
    // By the broker's clock.
    let now_ms = world.broker_ms();
    let mut moments: Vec<(Millis, usize)> = Vec::new();
    // Few are distinct.
    let mut add = |moment: Millis| {
        let place = moments.binary_search_by_key(&moment, |&(known, _)| known);
        if let Err(place) = place {
            let idle = now_ms.saturating_sub(moment);
            moments.insert(
                place,
                (moment, thresholds.partition_point(|&threshold| threshold <= idle)),
            );
        }
    };
    let all = || world.site_of_times().all();
    all().for_each(|broker| broker.delivery_times(&mut add));
    let of_consumers = setup.asks_for_idle_consumers();
    if of_consumers {
        all().for_each(|broker| broker.seen_times(&mut add));
    }
    world
        .monitors
        .times(&mut |at: Millis| add(at.saturating_add_signed(world.ahead_ms)));
    Ages {
        thresholds,
        ordered: setup.ageing == Ageing::OldestFirst,
        of_consumers,
        moments,
    }
}

impl Ages {
    /// How many moments have a threshold left to reach. They are the youngest.
    fn movable(&self) -> usize {
        let last = self.thresholds.len();
        self.moments.iter().filter(|(_, class)| *class < last).count()
    }

    /// The indices with which [`Ages::age`] may be called.
    pub(super) fn passages(&self) -> impl Iterator<Item = usize> {
        let movable = self.movable();
        let first = self.moments.len() - movable;
        // Where order does not matter, a class ages as a whole: up to its youngest.
        (0..movable).filter(move |index| {
            let youngest = |at: usize| self.moments.get(at + 1).is_none_or(|next| next.1 != self.moments[at].1);
            self.ordered || youngest(first + index)
        })
    }

    /// The class that [`Ages::age`] moves.
    pub(super) fn class(&self, index: usize) -> usize {
        self.moments[self.moments.len() - self.movable() + index].1
    }

    /// In how many milliseconds a moment reaches its next threshold, by a clock.
    pub(super) fn next_ms(&self, now_ms: Millis) -> Option<Millis> {
        let moments = self.moments.iter();
        let left = moments.filter_map(|&(moment, class)| {
            let threshold = self.thresholds.get(class)?;
            Some(moment.saturating_add(*threshold).saturating_sub(now_ms))
        });
        left.min()
    }

    /// The oldest `index + 1` movable moments, as far as they are of one class with the last of them, reach the next.
    pub(super) fn age(mut self, index: usize) -> Self {
        let settled = self.moments.len() - self.movable();
        let until = settled + index;
        let class = self.class(index);
        for moment in &mut self.moments[..=until] {
            if moment.1 == class {
                moment.1 += 1;
            }
        }
        self
    }

    /// The canonical moment in place of this one: a function that keeps classes and, where it matters, the order within.
    pub(super) fn canonical(&self, base_ms: Millis) -> impl Fn(Millis) -> Millis + use<> {
        let mut table = Vec::with_capacity(self.moments.len());
        let (mut current, mut rank) = (usize::MAX, 0);
        for &(moment, class) in self.moments.iter().rev() {
            if class != current {
                // A delivery that comes next is younger than all of these.
                (current, rank) = (class, Millis::from(class == 0));
            }
            let reached = class.checked_sub(1).map_or(0, |below| self.thresholds[below]);
            let idle = if class == self.thresholds.len() {
                reached
            } else {
                reached + rank
            };
            rank += Millis::from(self.ordered);
            table.push((moment, base_ms - idle));
        }
        move |moment| match table.iter().find(|(old, _)| *old == moment) {
            Some(&(_, new)) => new,
            None => moment,
        }
    }
}

impl World {
    /// Puts the canonical world in place of this one: two worlds that behave alike from here on become equal.
    ///
    /// What has not changed since the notes were cleared is canonical already, if the world was when they were. Times are
    /// canonical together: as soon as one of them may have changed all are looked at.
    pub fn canonicalise(&mut self, setup: &Setup) {
        self.canonicalise_within(setup, &Limits::of(setup));
    }

    /// The same, where the setup's limits are known.
    pub(crate) fn canonicalise_within(&mut self, setup: &Setup, limits: &Limits) {
        let streams_changed = self.site.unnoted().streams_changed();
        if streams_changed {
            self.forget_unread(setup);
        }
        self.forget_since_when_parted(setup);
        match &setup.bounds {
            Some(bounds) => self.rewind(setup, bounds),
            None => self.abstract_times(setup, limits),
        }
        let cap = limits.deliveries;
        if streams_changed && setup.bounds.is_some() {
            self.site
                .each(|broker| broker.map_deliveries(&mut |at, deliveries| (at, deliveries.min(cap))));
        }
        self.monitors.cap_deliveries(cap);
        for client in self.clients.iter_mut().filter(|client| client.is_changed()) {
            client.memory.cap_deliveries(cap);
        }
    }

    /// What becomes of monitors that remember no times, of this place among all, when they hear what happens in a step;
    /// each violation comes with the place of its event.
    pub(crate) fn heard(
        &self,
        (setup, limits): (&Setup, &Limits),
        (place, ward): (u32, &Ward),
        tale: &[(Moment, Event)],
        report: &mut dyn FnMut(usize, Violation),
    ) -> Ward {
        let mut ward = ward.clone();
        self.monitors.on_ward(setup, (place, &mut ward), tale, report);
        ward.cap_deliveries(limits.deliveries);
        ward
    }

    fn abstract_times(&mut self, setup: &Setup, limits: &Limits) {
        if self.site.is_changed() {
            self.site.forget_times();
        }
        let streams_changed = self.site.unnoted().streams_changed();
        if streams_changed || self.now_ms.is_changed() || self.monitors.times_are_changed() {
            let ages = ages_within(self, setup, limits);
            self.put_times(&ages, limits.deliveries);
        }
    }

    /// The moments from which idle times are counted that somebody compares with a threshold, and how many thresholds each
    /// has reached. Distinct, the oldest first.
    pub fn moments(&self, setup: &Setup) -> Vec<(Millis, usize)> {
        ages(self, setup).moments
    }

    /// Forgets durations only: delivery counters stay as they are, for somebody who looks on.
    pub fn forget_durations(&mut self, setup: &Setup) {
        self.forget_since_when_parted(setup);
        if let Some(bounds) = &setup.bounds {
            return self.rewind(setup, bounds);
        }
        let ages = ages(self, setup);
        self.site.forget_times();
        self.put_times(&ages, u64::MAX);
    }

    /// Time passes, by [`super::Action::Age`].
    pub(super) fn age(&mut self, setup: &Setup, index: usize) {
        let aged = ages(self, setup).age(index);
        self.put_times(&aged, u64::MAX);
    }

    /// Puts canonical times in place of these; delivery counters of the broker are kept at `cap` or below.
    fn put_times(&mut self, ages: &Ages, cap: u64) {
        let moment = ages.canonical(START_MS);
        if *self.now_ms != START_MS {
            *self.now_ms = START_MS;
        }
        let ahead_ms = std::mem::take(&mut self.ahead_ms);
        self.site.each(|broker| {
            // Nobody trims by nodes.
            broker.forget_packing();
            match ages.of_consumers {
                true => broker.map_seen(&mut |at| moment(at)),
                false => broker.map_seen(&mut |_| START_MS),
            }
            broker.map_deliveries(&mut |at, deliveries| (moment(at), deliveries.min(cap)));
        });
        self.monitors
            .map_times(&mut |at| moment(at.saturating_add_signed(ahead_ms)));
    }
}
