//! The world as stateright's `Model`: initial states, actions, next state, properties.
//!
//! Source: <https://docs.rs/stateright/latest/stateright/trait.Model.html>.

use std::sync::Arc;

use stateright::{Model, Property};

use crate::check::{CheckIx, Violation};
use crate::setup::Setup;
use crate::world::{Action, Ignore, Observer, World};

/// A setup, ready to be explored.
#[derive(Clone, Debug)]
pub struct Exploration {
    setup: Arc<Setup>,
}

impl Exploration {
    /// Of this setup.
    ///
    /// # Panics
    /// If it has more than 16 checks; the scenario language does not let that pass.
    pub fn new(setup: Arc<Setup>) -> Self {
        assert!(setup.checks.len() <= UNVIOLATED.len(), "too many checks to explore");
        Self { setup }
    }

    /// What is explored.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The first world, told to an observer.
    pub fn initial(&self, observer: &mut dyn Observer) -> World {
        let mut world = World::initial(&self.setup, observer);
        world.canonicalise(&self.setup);
        world
    }

    /// Does an action, told to an observer.
    pub fn step(&self, world: &mut World, action: Action, observer: &mut dyn Observer) {
        world.step(&self.setup, action, observer);
        world.canonicalise(&self.setup);
    }
}

impl Exploration {
    /// Follows a path; answers the world at its end.
    pub fn follow(&self, path: &[Action], observer: &mut dyn Observer) -> World {
        let mut world = self.initial(observer);
        for &action in path {
            self.step(&mut world, action, observer);
        }
        world
    }

    /// What a run that stays at the end of a path owes to a check.
    pub(super) fn unfulfilled(&self, path: &[Action], check: CheckIx) -> Violation {
        let mut owed = None;
        let world = self.follow(path, &mut Ignore);
        world.monitors().at_end(&self.setup, &mut |violation| {
            if violation.check == check && owed.is_none() {
                owed = Some(violation);
            }
        });
        owed.expect("the search saw the check unfulfilled at the end of this path")
    }
}

impl Model for Exploration {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![self.initial(&mut Ignore)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        world.enabled(&self.setup, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        self.step(&mut next, action, &mut Ignore);
        Some(next)
    }

    /// One property a check: it was not violated on the way. What is claimed of ends is not among them, since
    /// stateright's `eventually` does not cover cycles.
    fn properties(&self) -> Vec<Property<Self>> {
        let checks = self.setup.checks.iter();
        checks
            .zip(UNVIOLATED)
            .map(|(check, condition)| Property::always(check.name(), condition))
            .collect()
    }
}

/// stateright takes plain functions, so there is one for each place in the list of checks.
const UNVIOLATED: [fn(&Exploration, &World) -> bool; 16] = [
    unviolated::<0>,
    unviolated::<1>,
    unviolated::<2>,
    unviolated::<3>,
    unviolated::<4>,
    unviolated::<5>,
    unviolated::<6>,
    unviolated::<7>,
    unviolated::<8>,
    unviolated::<9>,
    unviolated::<10>,
    unviolated::<11>,
    unviolated::<12>,
    unviolated::<13>,
    unviolated::<14>,
    unviolated::<15>,
];

fn unviolated<const CHECK: u16>(_: &Exploration, world: &World) -> bool {
    !world.monitors().is_violated(CheckIx(CHECK))
}
