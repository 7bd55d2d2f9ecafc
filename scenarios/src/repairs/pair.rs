//! What a repair says of the design that failed: which of the checks that were violated hold, which still are not kept,
//! of which nothing is said; what it gives up for that; and whether it has an easier life.
//!
//! Only exploring proves, so that only what is expected of it counts for the repair. Two checks are the same if all of
//! their parameters are: a limit of three is no answer to a limit of two.

use super::easier;
use crate::scenario::{Expected, Scenario};

/// A design that failed, and its repair. Checks are named with their parameters, in the order of the failing file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name of the repair.
    pub repair: String,
    /// The name of the design that failed.
    pub failing: String,
    /// Violated there, and proven to hold here.
    pub proves: Vec<String>,
    /// Violated there, and here too: the repair does not mend that, and says so.
    pub still_violated: Vec<String>,
    /// Violated there, and nothing is said of it here.
    pub silent: Vec<String>,
    /// Holds there, and is violated here: the price of the repair.
    pub loses: Vec<String>,
    /// In what the repair has it easier: each shortfall in words.
    pub easier: Vec<String>,
}

impl Pair {
    /// Compares the two.
    pub(super) fn of(repair: &Scenario, failing: &Scenario) -> Self {
        let mut pair = Self {
            repair: repair.name.clone(),
            failing: failing.name.clone(),
            proves: Vec::new(),
            still_violated: Vec::new(),
            silent: Vec::new(),
            loses: Vec::new(),
            easier: easier::shortfalls(repair, failing),
        };
        for theirs in &failing.expect {
            let mut ours = repair.expect.iter();
            let ours = ours.find(|ours| ours.check == theirs.check && ours.ways.explore);
            let list = match (theirs.expected, ours.map(|ours| ours.expected)) {
                (Expected::Violated, Some(Expected::Holds)) => &mut pair.proves,
                (Expected::Violated, Some(Expected::Violated)) => &mut pair.still_violated,
                (Expected::Violated, None) => &mut pair.silent,
                (Expected::Holds, Some(Expected::Violated)) if theirs.ways.explore => &mut pair.loses,
                (Expected::Holds, _) => continue,
            };
            if !list.contains(&theirs.name) {
                list.push(theirs.name.clone());
            }
        }
        pair
    }

    /// What keeps it from being a pair: nothing, if the repair proves something that was violated, says something of all
    /// that was, and has to do and to stand no less.
    pub fn flaws(&self) -> Vec<String> {
        let silent = self.silent.iter().map(|check| {
            format!("it does not say what becomes of {check}: expect it to hold, or to be violated still")
        });
        let easier = self
            .easier
            .iter()
            .map(|shortfall| format!("it has it easier: {shortfall}"));
        let idle = self
            .proves
            .is_empty()
            .then(|| "it proves nothing that was violated".to_owned());
        idle.into_iter().chain(silent).chain(easier).collect()
    }
}

#[cfg(test)]
mod tests;
