//! How a simulated run is searched: who is hit by faults and when, who comes first, how quick each client is.
//!
//! A policy draws at the beginning of a run what the run is to be like, and decides from that; it never looks into the
//! world, and nothing that it draws is hidden ([`drawn`]). One file each, with its paper. Read next: `uniform`, the
//! plainest; [`runs`] for what a seed stands for.

mod covered;
mod guided;
mod pct;
mod rare;
mod swarm;
mod uniform;

use redelivery_engine::Millis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::random::{Lean, Stream};
use super::{Outcome, Simulation, Timing};
use crate::setup::{ClientIx, Setup};
use crate::world::Action;
pub(super) use covered::Covered;
pub use guided::GENERATIONS;
use pct::Pct;
pub(super) use rare::Rare;
use swarm::Swarm;
pub use uniform::{Faults, Hit};

/// How runs are searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Policy {
    /// Every fault may befall everybody at any time; each seed draws how rare faults are.
    #[default]
    Uniform,
    /// Each seed leaves out some kinds of faults and spares some clients (Groce et al. 2012).
    Swarm,
    /// Clients have priorities, which fall at a few points that are drawn; faults come at others (Burckhardt et al. 2010).
    Pct,
    /// A seed is a small line of runs: from one in which something new was seen, others branch off. The first is as
    /// `swarm` would have it.
    Guided,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Uniform, Self::Swarm, Self::Pct, Self::Guided];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What makes a run: a seed, and from where on others take its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The streams of this seed are drawn from first.
    pub seed: u64,
    /// Then those of these, in order.
    pub branches: Vec<Branch>,
}

/// From here on a run goes another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// After so many actions.
    pub after: usize,
    /// By the streams of this seed.
    pub seed: u64,
}

impl From<u64> for Origin {
    fn from(seed: u64) -> Self {
        let branches = Vec::new();
        Self { seed, branches }
    }
}

/// All runs that a seed stands for: one, unless the policy learns from runs.
pub fn runs(simulation: Simulation<'_>, seed: u64) -> Vec<Outcome> {
    match simulation.policy {
        Policy::Guided => guided::runs(simulation, seed),
        Policy::Uniform | Policy::Swarm | Policy::Pct => vec![super::simulate(simulation, seed)],
    }
}

/// What a run draws before it begins, each with its name.
pub fn drawn(simulation: Simulation<'_>, seed: u64) -> Vec<(&'static str, String)> {
    let mut drawn = Search::new(simulation, seed).drawn(simulation.setup);
    drawn.extend(Rare::of(simulation.setup, seed).map(|rare| rare.drawn()));
    drawn
}

/// A policy at work in one run.
#[derive(Clone, Debug)]
pub(super) enum Search {
    /// Nothing fails any more.
    Quiet,
    Uniform(Faults),
    Swarm(Swarm),
    Pct(Pct),
}

impl Search {
    pub(super) fn new(simulation: Simulation<'_>, seed: u64) -> Self {
        match simulation.policy {
            Policy::Uniform => Self::Uniform(Faults::of(seed)),
            Policy::Swarm | Policy::Guided => Self::Swarm(Swarm::new(simulation.setup, seed)),
            Policy::Pct => Self::Pct(Pct::new(simulation.setup, seed)),
        }
    }

    /// The same from here on with another seed.
    pub(super) fn branch(&mut self, simulation: Simulation<'_>, seed: u64) {
        let next = Self::new(simulation, seed);
        *self = match (next, &*self) {
            (Self::Swarm(next), Self::Swarm(before)) => Self::Swarm(next.after(before)),
            (next, _) => next,
        };
    }

    /// Whether something happens before this client's step, of the faults that are `possible` now.
    pub(super) fn hit(
        &mut self,
        setup: &Setup,
        timing: &Timing,
        client: ClientIx,
        possible: impl FnOnce(&mut Vec<Action>),
    ) -> Option<Hit> {
        match self {
            Self::Quiet => None,
            Self::Uniform(faults) => faults.hit(setup, timing, client, possible),
            Self::Swarm(swarm) => swarm.hit(setup, timing, client, possible),
            Self::Pct(pct) => pct.hit(setup, timing, client, possible),
        }
    }

    /// Which of the things that are due at the same time comes first.
    pub(super) fn first(&self, due: &[Action], order: &mut Stream) -> usize {
        match self {
            Self::Quiet | Self::Uniform(_) | Self::Swarm(_) => order.index(due.len()),
            Self::Pct(pct) => pct.first(due),
        }
    }

    /// To which end of each span a client's durations lean.
    pub(super) fn lean(&self, client: ClientIx) -> Lean {
        match self {
            Self::Quiet | Self::Uniform(_) | Self::Swarm(_) => Lean::default(),
            Self::Pct(pct) => pct.lean(client),
        }
    }

    fn drawn(&self, setup: &Setup) -> Vec<(&'static str, String)> {
        let rarity = |faults: &Faults| ("faults", format!("before one step in {}", faults.rarity()));
        match self {
            Self::Quiet => Vec::new(),
            Self::Uniform(faults) => vec![rarity(faults)],
            Self::Swarm(swarm) => {
                let mut drawn = vec![rarity(swarm.faults())];
                drawn.extend(swarm.drawn(setup));
                drawn
            }
            Self::Pct(pct) => pct.drawn(setup),
        }
    }
}

/// Whether faults may still happen, so long after the beginning.
pub(super) fn is_over(timing: &Timing, since_start_ms: Millis) -> bool {
    timing.faults_for_ms.is_some_and(|until_ms| since_start_ms >= until_ms)
}
