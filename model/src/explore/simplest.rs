//! The simplest among the shortest ways to a violation: the fewest faults, then the fewest clients that act.
//!
//! The search keeps the first of the shortest ways that it meets. Here others of the same length are looked for where
//! fewer things may happen: with fewer faults, then with some of the clients only, the small sets first. Each of these
//! searches ends at its first find and at the known length; together they take a bounded number of steps, always
//! in the same order, so that what is found is the same on every machine. It never says that there is no simpler way.

use std::collections::BTreeSet;

use stateright::Model;

use super::plain::fingerprint;
use super::round::round_from;
use super::{Exploration, Found};
use crate::check::Violation;
use crate::setup::ClientIx;
use crate::world::{Action, Observer, World};

/// So many steps are taken for one violation, …
const STEPS_MAX: usize = 10_000;

/// … and of these at most so many to see whether a run can stay in a world.
const STEPS_TO_STAY: usize = 250;

/// With more clients than this, who acts is not looked at.
const CLIENTS_MAX: usize = 8;

/// The simplest way to a violation that was found, of the same length and kind; the one that was found where no simpler
/// one is met.
pub fn simplest(exploration: &Exploration, found: &Found) -> Found {
    let mut search = Simpler {
        exploration,
        wanted: found,
        steps_left: STEPS_MAX,
    };
    let everybody: BTreeSet<ClientIx> = exploration.setup().client_ixs().collect();
    let mut best = found.clone();
    let faults = faults(&found.path);
    for fewer in 0..faults {
        if let Some(simpler) = search.within(&everybody, fewer) {
            best = simpler;
            break;
        }
    }
    let faults = self::faults(&best.path);
    let acting = acting(&best.path);
    if everybody.len() > CLIENTS_MAX {
        return best;
    }
    for fewer in 1..acting.len() {
        for some in subsets(&everybody, fewer) {
            if let Some(simpler) = search.within(&some, faults) {
                return simpler;
            }
        }
    }
    best
}

/// How many faults are in a path.
pub fn faults(path: &[Action]) -> usize {
    path.iter().filter(|action| action.is_fault()).count()
}

/// The clients that do something in a path, or to whom something happens.
pub fn acting(path: &[Action]) -> BTreeSet<ClientIx> {
    path.iter().filter_map(|action| action.client()).collect()
}

/// The sets of so many of them, in order.
fn subsets(of: &BTreeSet<ClientIx>, size: usize) -> Vec<BTreeSet<ClientIx>> {
    let members: Vec<ClientIx> = of.iter().copied().collect();
    let masks = (0u32..1 << members.len()).filter(|mask| mask.count_ones() as usize == size);
    let set = |mask: u32| {
        let chosen = members.iter().enumerate().filter(move |(at, _)| mask & 1 << at != 0);
        chosen.map(|(_, &client)| client).collect()
    };
    masks.map(set).collect()
}

struct Simpler<'a> {
    exploration: &'a Exploration,
    wanted: &'a Found,
    steps_left: usize,
}

/// A world on the way, and how it was reached.
struct Reached {
    world: World,
    path: Vec<Action>,
    faults: usize,
}

impl Simpler<'_> {
    /// A way on which only these clients act, with at most so many faults.
    fn within(&mut self, clients: &BTreeSet<ClientIx>, faults: usize) -> Option<Found> {
        let world = self.exploration.initial(&mut Wanted::default());
        let mut visited = BTreeSet::from([fingerprint(&world)]);
        let mut level = vec![Reached {
            world,
            path: Vec::new(),
            faults: 0,
        }];
        let length = self.wanted.path.len();
        for depth in 1..=length {
            let mut next = Vec::new();
            for reached in &level {
                let mut actions = Vec::new();
                self.exploration.actions(&reached.world, &mut actions);
                let allowed = |action: &Action| {
                    let spent = reached.faults + usize::from(action.is_fault());
                    spent <= faults && action.client().is_none_or(|client| clients.contains(&client))
                };
                for action in actions.into_iter().filter(allowed) {
                    self.steps_left = self.steps_left.checked_sub(1)?;
                    let mut world = reached.world.clone();
                    let mut seen = Wanted::default();
                    self.exploration.step(&mut world, action, &mut seen);
                    let path = || reached.path.iter().copied().chain([action]).collect::<Vec<_>>();
                    if depth == length && !self.wanted.at_end {
                        if let Some(violation) = seen.of(&self.wanted.violation) {
                            return Some(Found {
                                violation,
                                path: path(),
                                at_end: false,
                            });
                        }
                    } else if visited.insert(fingerprint(&world)) {
                        next.push(Reached {
                            world,
                            path: path(),
                            faults: reached.faults + usize::from(action.is_fault()),
                        });
                    }
                }
            }
            level = next;
        }
        level.into_iter().find_map(|reached| self.stays(reached))
    }

    /// Whether a run can stay in a world although what is claimed of ends is not fulfilled there.
    fn stays(&mut self, reached: Reached) -> Option<Found> {
        let setup = self.exploration.setup();
        let mut owed = Wanted::default();
        reached
            .world
            .monitors()
            .at_end(setup, &mut |violation| owed.violation(violation));
        let violation = owed.of(&self.wanted.violation)?;
        let mut actions = Vec::new();
        self.exploration.actions(&reached.world, &mut actions);
        let is_still = actions.iter().all(|action| action.is_fault());
        (is_still || self.goes_round(reached.world)).then_some(Found {
            violation,
            path: reached.path,
            at_end: true,
        })
    }

    /// Whether a run can come back to a world, as far as few steps show.
    fn goes_round(&mut self, world: World) -> bool {
        let few = self.steps_left.min(STEPS_TO_STAY);
        let mut left = few;
        let goes_round = round_from(self.exploration.setup(), world, &mut left).is_some();
        self.steps_left -= few - left;
        goes_round
    }
}

/// What a step violates.
#[derive(Default)]
struct Wanted(Vec<Violation>);

impl Wanted {
    /// The violation of the same check, if there is one.
    fn of(self, wanted: &Violation) -> Option<Violation> {
        self.0.into_iter().find(|violation| violation.check == wanted.check)
    }
}

impl Observer for Wanted {
    fn violation(&mut self, violation: Violation) {
        self.0.push(violation);
    }
}
