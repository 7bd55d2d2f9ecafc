//! Looks for disagreements: random scripts from a seed, each played on both sides; the first that differs is shrunk.

use std::cell::{Cell, RefCell};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::compare::{Compared, compare};
use crate::generate::{self, Family};
use crate::golden::REFERENCE;
use crate::side::Side;
use crate::step::Step;
use crate::tally::Tally;

/// How many scripts may differ once and then no more. The reference's clock stands still while a transaction is
/// executed, as the engine's does; an older server's moves on, so two automatic IDs in one EXEC may be of two milliseconds.
fn unrepeatable_max(version: &str) -> usize {
    if version == REFERENCE { 0 } else { 2 }
}

/// How long to look.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// With what.
    pub(crate) family: Family,
    /// So many commands in all.
    pub(crate) commands: usize,
    pub(crate) seed: u64,
    /// Stop after so many disagreements.
    pub(crate) disagreements: usize,
}

impl Effort {
    /// A part of it: where both sides are servers a command takes longer.
    pub(crate) fn part_of(self, parts: usize) -> Self {
        let commands = self.commands / parts;
        Self { commands, ..self }
    }
}

/// Plays random scripts on both sides; `version` is that of `theirs`. Without a disagreement the answer tells what was
/// done, with one it is a golden script that shows it.
pub(crate) fn hunt(
    ours: &mut impl Side,
    theirs: &mut impl Side,
    version: &str,
    effort: Effort,
) -> Result<String, String> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&effort.seed.to_le_bytes());
    let config = Config {
        max_shrink_iters: 20_000,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let (strategy, mut found, mut unrepeatable) = (generate::script(effort.family, version), Vec::new(), Vec::new());
    let (sides, shrinking) = (RefCell::new((ours, theirs)), Cell::new(false));
    let first = RefCell::new(String::new());
    let (tally, mut scripts, known) = (RefCell::new(Tally::new(effort.family)), 0, Cell::new(0));
    let compared = |script: &[Step]| {
        let (ours, theirs) = &mut *sides.borrow_mut();
        compare(script, *ours, *theirs, version)
    };
    while tally.borrow().commands < effort.commands {
        let tree = strategy.new_tree(&mut runner).expect("the strategy rejects nothing");
        tally.borrow_mut().commands += tree.current().len();
        scripts += 1;
        shrinking.set(false);
        let result = runner.run_one(tree, |script| match compared(&script) {
            Compared::Agree(story) => {
                if !shrinking.get() {
                    tally.borrow_mut().add(&story);
                }
                Ok(())
            }
            Compared::Known(_, story) => {
                if !shrinking.get() {
                    known.set(known.get() + 1);
                    tally.borrow_mut().add(&story);
                }
                Ok(())
            }
            Compared::Disagree(disagreement) => {
                if !shrinking.replace(true) {
                    first.replace(disagreement.to_golden());
                }
                Err(TestCaseError::fail("differs"))
            }
        });
        if let Err(TestError::Fail(_, script)) = result {
            match compared(&script) {
                Compared::Disagree(disagreement) => found.push(disagreement.to_golden()),
                _ => unrepeatable.push(first.take()),
            }
            if found.len() == effort.disagreements {
                break;
            }
        }
    }
    if unrepeatable.len() > unrepeatable_max(version) {
        let once = |script: &String| format!("differed once, but not again:\n{script}");
        found.extend(unrepeatable.iter().map(once));
    }
    let (tally, known, unrepeatable) = (tally.into_inner(), known.get(), unrepeatable.len());
    if found.is_empty() && !tally.missing(version).is_empty() {
        found.push(format!(
            "nothing differs, but this never happened: {:?}",
            tally.missing(version)
        ));
    }
    let summary = tally.summary();
    match found.as_slice() {
        [] => Ok(format!(
            "{summary}; {scripts} scripts, {known} ended at a known difference, {unrepeatable} \
             differed once and not again, seed {}",
            effort.seed
        )),
        found => Err(format!(
            "seed {}, after {summary}:\n\n{}",
            effort.seed,
            found.join("\n")
        )),
    }
}
