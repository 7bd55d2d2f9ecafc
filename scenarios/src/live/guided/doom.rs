//! What can no longer be fulfilled at the end of a path, whatever follows but a fault: a run that goes on from there must
//! not fulfil it either.

use std::collections::BTreeSet;

use redelivery_model::check::CheckIx;
use redelivery_model::explore::onward;
use redelivery_model::setup::Setup;
use redelivery_model::world::{Ignore, World};

use super::Diverged;
use crate::live::stage::Run;

/// In more worlds than these nobody looks.
const WORLDS_MAX: usize = 5_000;

/// The checks to which something is owed in all worlds that can follow without a fault; none when there are too many.
pub fn doomed(setup: &Setup, world: World) -> BTreeSet<CheckIx> {
    let mut doomed = owed(setup, &world);
    let all = onward(setup, world, WORLDS_MAX, &mut |after, _: &Ignore| {
        doomed = &doomed & &owed(setup, after);
        !doomed.is_empty()
    });
    if all { doomed } else { BTreeSet::new() }
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
