//! The world as stateright's `Model`: initial states, actions, next state, properties.
//!
//! Source: <https://docs.rs/stateright/latest/stateright/trait.Model.html>.

use std::borrow::Borrow;
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
        assert!(setup.checks.len() <= CHECKS_MAX, "too many checks to explore");
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
        world.clear_notes();
        world
    }

    /// Does an action, told to an observer.
    pub fn step(&self, world: &mut World, action: Action, observer: &mut dyn Observer) {
        world.step(&self.setup, action, observer);
        world.canonicalise(&self.setup);
        // It is canonical: what the next step leaves alone will be.
        world.clear_notes();
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

    fn properties(&self) -> Vec<Property<Self>> {
        properties(&self.setup)
    }
}

/// More checks cannot be explored at once.
const CHECKS_MAX: usize = 16;

/// One property a check: it was not violated on the way. What is claimed of ends is not among them, since
/// stateright's `eventually` does not cover cycles. For models of worlds, or of what holds a world.
pub fn properties<M: Model>(setup: &Setup) -> Vec<Property<M>>
where
    M::State: Borrow<World>,
{
    // stateright takes plain functions, so there is one for each place in the list of checks.
    let conditions: [fn(&M, &M::State) -> bool; CHECKS_MAX] = [
        unviolated::<M, 0>,
        unviolated::<M, 1>,
        unviolated::<M, 2>,
        unviolated::<M, 3>,
        unviolated::<M, 4>,
        unviolated::<M, 5>,
        unviolated::<M, 6>,
        unviolated::<M, 7>,
        unviolated::<M, 8>,
        unviolated::<M, 9>,
        unviolated::<M, 10>,
        unviolated::<M, 11>,
        unviolated::<M, 12>,
        unviolated::<M, 13>,
        unviolated::<M, 14>,
        unviolated::<M, 15>,
    ];
    let checks = setup.checks.iter();
    checks
        .zip(conditions)
        .map(|(check, condition)| Property::always(check.name(), condition))
        .collect()
}

fn unviolated<M: Model, const CHECK: u16>(_: &M, state: &M::State) -> bool
where
    M::State: Borrow<World>,
{
    !state.borrow().monitors().is_violated(CheckIx(CHECK))
}
