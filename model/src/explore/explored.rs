//! What a search is asked for, and what it saw.

use crate::check::{Premises, Violation};
use crate::occurrence::{Occurrence, Occurrences};
use crate::setup::ClientIx;
use crate::world::Action;

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// At most so many states are visited.
    pub max_states: usize,
    /// So many threads work; what is found does not depend on it.
    pub threads: usize,
    /// Whether states are compared as a whole, not by their fingerprints.
    pub exact: bool,
    /// Whether worlds that differ only in which interchangeable client is which are taken for one.
    pub symmetry: bool,
}

impl Settings {
    /// One thread, fingerprints, all worlds.
    pub fn new(max_states: usize) -> Self {
        Self {
            max_states,
            threads: 1,
            exact: false,
            symmetry: false,
        }
    }
}

/// A violation and the shortest way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What is violated.
    pub violation: Violation,
    /// The actions that lead there from the initial world.
    pub path: Vec<Action>,
    /// Whether the run would stay like this for ever; otherwise the last action is the violation.
    pub at_end: bool,
}

/// What a search saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explored {
    /// Distinct states.
    pub states: usize,
    /// Transitions between them.
    pub transitions: usize,
    /// The longest shortest path, in actions.
    pub depth: usize,
    /// Whether every reachable state was visited.
    pub complete: bool,
    /// What occurred in some run.
    pub occurred: Occurrences,
    /// What checks presume, as far as it happened in some run.
    pub premises: Premises,
    /// The shortest way to each of these.
    pub shown: Vec<(Occurrence, Vec<Action>)>,
    /// By check: the first violation, if there is one.
    pub found: Vec<Option<Found>>,
    /// Who was taken for whom, so that fewer states were visited than there are.
    pub interchangeable: Vec<Vec<ClientIx>>,
}
