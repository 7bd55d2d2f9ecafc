//! PCT, probabilistic concurrency testing: clients have priorities, which fall at a few points of the run.
//!
//! Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of Finding
//! Bugs", ASPLOS 2010. Whoever has the highest priority runs; d - 1 change points are drawn among the k steps of a run,
//! and who steps there falls below all others: a bug that needs d steps in an order is found with a probability of at
//! least 1 / (n k^(d-1)).
//!
//! Here time passes: of those who are due at once the highest comes first, and the higher a client, the nearer to their
//! shortest are its durations. Faults come at points of their own, drawn in the same way. How many steps a run will have
//! nobody knows beforehand: k is drawn as well.

use super::uniform::{Faults, Hit};
use crate::setup::{ClientIx, Setup};
use crate::simulate::Timing;
use crate::simulate::random::{Lean, Purpose, Stream};
use crate::world::Action;

/// The smallest k, and how often it is doubled at the most.
const STEPS_MIN: u64 = 8;
const DOUBLINGS: u64 = 8;

/// At most so many points of each sort.
const POINTS_MAX: u64 = 4;

/// Priorities and points of one run.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Pct {
    faults: Faults,
    /// By client: 0 is the highest. They stay different.
    ranks: Vec<u64>,
    /// The rank of whoever falls next.
    lowest: u64,
    steps: u64,
    /// Points among steps at which who steps falls, and at which something fails; in order.
    falls: Vec<u64>,
    strikes: Vec<u64>,
    /// Steps so far.
    done: u64,
}

impl Pct {
    pub(super) fn new(setup: &Setup, seed: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Policy);
        let steps = STEPS_MIN << stream.below(DOUBLINGS + 1);
        let mut points = || {
            let count = stream.below(POINTS_MAX + 1);
            let mut points: Vec<u64> = (0..count).map(|_| stream.below(steps)).collect();
            points.sort_unstable();
            points
        };
        let (falls, strikes) = (points(), points());
        let count = setup.clients.len() as u64;
        let mut ranks: Vec<u64> = (0..count).collect();
        for place in (1..ranks.len()).rev() {
            ranks.swap(place, stream.index(place + 1));
        }
        Self {
            faults: Faults::of(seed),
            ranks,
            lowest: count,
            steps,
            falls,
            strikes,
            done: 0,
        }
    }

    /// Counts a step: who steps at a change point falls; at a point for faults something fails as soon as it can.
    pub(super) fn hit(
        &mut self,
        setup: &Setup,
        timing: &Timing,
        client: ClientIx,
        possible: impl FnOnce(&mut Vec<Action>),
    ) -> Option<Hit> {
        let now = self.done;
        self.done += 1;
        while self.falls.first().is_some_and(|&point| point <= now) {
            self.falls.remove(0);
            self.ranks[usize::from(client.0)] = self.lowest;
            self.lowest += 1;
        }
        self.strikes.first().filter(|&&point| point <= now)?;
        let hit = self.faults.strike(setup, timing, client, possible)?;
        self.strikes.remove(0);
        Some(hit)
    }

    /// The highest of those who are due; what happens on connections and on the bus comes before clients.
    pub(super) fn first(&self, due: &[Action]) -> usize {
        let rank = |place: &usize| {
            let client = due[*place].client();
            client.map(|client| self.ranks[usize::from(client.0)])
        };
        (0..due.len()).min_by_key(rank).unwrap_or(0)
    }

    /// The first of n clients draws from the first n-th of each span, the last, and who has fallen, from the last.
    pub(super) fn lean(&self, client: ClientIx) -> Lean {
        let of = self.ranks.len() as u64;
        let part = self.ranks[usize::from(client.0)].min(of - 1);
        Lean { part, of }
    }

    pub(super) fn drawn(&self, setup: &Setup) -> Vec<(&'static str, String)> {
        let mut clients: Vec<ClientIx> = setup.client_ixs().collect();
        clients.sort_by_key(|client| self.ranks[usize::from(client.0)]);
        let names = clients.iter().map(|&client| setup.client(client).name.to_string());
        let points = |points: &[u64]| match points {
            [] => "none".to_owned(),
            points => points.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
        };
        vec![
            ("priorities", names.collect::<Vec<_>>().join(", ")),
            ("steps", self.steps.to_string()),
            ("change points", points(&self.falls)),
            ("faults from steps", points(&self.strikes)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use redelivery_engine::Bytes;

    use super::*;
    use crate::setup::policy::{Administrator, Role};
    use crate::setup::{ClientSetup, Span};

    fn setup() -> Setup {
        let client = |name: &str| ClientSetup {
            name: Bytes::from(name),
            role: Role::Administrator(Administrator {
                commands: Vec::new(),
                transaction: false,
                after: None,
            }),
        };
        Setup {
            clients: ["anna", "bert", "carl"].map(client).into(),
            ..Setup::default()
        }
    }

    fn timing() -> Timing {
        let span = Span { min_ms: 0, max_ms: 9 };
        Timing {
            latency: span,
            work: vec![span; 3],
            restart_after: span,
            pause: span,
            late: span,
            bus: span,
            faults_for_ms: None,
            rest_ms: 0,
            time_limit_ms: 1_000,
        }
    }

    #[test]
    fn who_steps_at_a_change_point_falls_below_all_others() {
        let (setup, timing) = (setup(), timing());
        let mut fallen = 0;
        for seed in 0..50 {
            let mut pct = Pct::new(&setup, seed);
            let mut ranks = pct.ranks.clone();
            ranks.sort_unstable();
            assert_eq!(ranks, [0, 1, 2], "each has one of its own");
            let mut falls = pct.falls.clone();
            for step in 0..pct.steps {
                let client = ClientIx((step % 3) as u16);
                let before = pct.ranks.clone();
                assert!(pct.hit(&setup, &timing, client, |_| ()).is_none(), "nothing can fail");
                let due = falls.iter().filter(|point| **point == step).count();
                falls.retain(|point| *point != step);
                let own = usize::from(client.0);
                match due {
                    0 => assert_eq!(pct.ranks, before, "{seed} {step}"),
                    _ => {
                        assert_eq!(pct.ranks.iter().max(), Some(&pct.ranks[own]), "{seed} {step}");
                        assert_eq!(pct.lean(client), Lean { part: 2, of: 3 });
                        fallen += 1;
                    }
                }
            }
            assert!(falls.is_empty(), "{seed}");
            let all = setup.client_ixs().map(Action::Step).collect::<Vec<_>>();
            let best = pct.first(&all);
            assert_eq!(pct.ranks.iter().min(), Some(&pct.ranks[best]));
        }
        assert!(fallen > 50, "{fallen}");
    }
}
