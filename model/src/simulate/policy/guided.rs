//! Guided: a seed is a line of runs, of which later ones branch off from those in which something new was seen.
//!
//! Source: coverage-guided fuzzing (Böhme, Pham, Roychoudhury, "Coverage-based Greybox Fuzzing as Markov Chain", CCS
//! 2016) with what has occurred in place of branches in code (`covered`), and with seeds in place of inputs: a child
//! does what its parent did up to some action, and goes on by the streams of another seed. Each line learns by itself:
//! so seeds mean the same in any order, on any number of threads and machines.

use std::collections::BTreeSet;

use super::{Branch, Origin};
use crate::simulate::random::{Purpose, Stream};
use crate::simulate::run::simulate_from;
use crate::simulate::{Outcome, Simulation};

/// So many runs are one seed's.
pub const GENERATIONS: u32 = 16;

/// The runs of a seed, the first as if nothing were guided.
pub(super) fn runs(simulation: Simulation<'_>, seed: u64) -> Vec<Outcome> {
    let mut stream = Stream::new(seed, Purpose::Guidance);
    let mut seen = BTreeSet::new();
    let mut parents: Vec<(Origin, usize)> = Vec::new();
    let mut runs = Vec::new();
    for _ in 0..GENERATIONS {
        let origin = match parents.len() {
            0 => Origin::from(seed),
            // The newest are nearest to what nobody has seen: half of all branch off from the last.
            count => {
                let parent = match stream.one_in(2) {
                    true => count - 1,
                    false => stream.index(count),
                };
                let (parent, actions) = &parents[parent];
                child(parent, *actions, &mut stream)
            }
        };
        let (run, covered) = simulate_from(simulation, &origin);
        let before = seen.len();
        seen.extend(covered.features());
        if seen.len() > before || parents.is_empty() {
            parents.push((origin, run.actions));
        }
        runs.push(run);
    }
    runs
}

/// The same up to some action of it.
fn child(parent: &Origin, actions: usize, stream: &mut Stream) -> Origin {
    let after = stream.index(actions.max(1));
    let kept = parent.branches.iter().filter(|branch| branch.after < after);
    let mut branches: Vec<Branch> = kept.copied().collect();
    let seed = stream.bits();
    branches.push(Branch { after, seed });
    let seed = parent.seed;
    Origin { seed, branches }
}
