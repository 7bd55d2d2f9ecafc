//! What can no longer be fulfilled at the end of a path, whatever follows but a fault: a run that goes on from there must
//! not fulfil it either.

use std::collections::BTreeSet;

use redelivery_model::check::CheckIx;
use redelivery_model::setup::Setup;
use redelivery_model::world::{Ignore, World};

use super::Diverged;
use crate::live::stage::Run;

/// In more worlds than these nobody looks.
const WORLDS_MAX: usize = 5_000;

/// The checks to which something is owed in all worlds that can follow without a fault; none when there are too many.
pub fn doomed(setup: &Setup, world: World) -> BTreeSet<CheckIx> {
    let mut first = world;
    first.canonicalise(setup);
    let mut doomed = owed(setup, &first);
    let mut worlds = vec![first];
    let mut next = 0;
    while let Some(world) = worlds.get(next).cloned() {
        let mut actions = Vec::new();
        world.enabled(setup, &mut actions);
        for action in actions.into_iter().filter(|action| !action.is_fault()) {
            let mut after = world.clone();
            after.step(setup, action, &mut Ignore);
            after.canonicalise(setup);
            if !worlds.contains(&after) {
                doomed = &doomed & &owed(setup, &after);
                worlds.push(after);
            }
        }
        next += 1;
        if doomed.is_empty() || worlds.len() > WORLDS_MAX {
            return BTreeSet::new();
        }
    }
    doomed
}

fn owed(setup: &Setup, world: &World) -> BTreeSet<CheckIx> {
    let mut owed = BTreeSet::new();
    world.monitors().at_end(setup, &mut |violation| {
        owed.insert(violation.check);
    });
    owed
}

/// Where a run fulfilled what can no longer be fulfilled.
pub(super) fn escaped(doomed: &BTreeSet<CheckIx>, run: &Run, step: usize, setup: &Setup) -> Option<Diverged> {
    let violated = run.violations.iter().map(|(_, violation)| violation);
    let still: BTreeSet<CheckIx> = violated.chain(&run.owed).map(|violation| violation.check).collect();
    let escaped = doomed.difference(&still).next()?;
    let name = setup.checks[usize::from(escaped.0)].name();
    Some(Diverged {
        step,
        expected: format!("{name} can no longer be fulfilled after this step"),
        got: "the run went on and fulfilled it".into(),
    })
}
