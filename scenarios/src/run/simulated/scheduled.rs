//! The run that a file has in place of seeds: done as it stands, and judged as any other.

use redelivery_model::check::Violation;
use redelivery_model::history::{Clock, replay};
use redelivery_model::occurrence::shown_by;
use redelivery_model::setup::Setup;

use super::{Found, Sum};
use crate::scenario::Scheduled;

pub(super) fn sum(setup: &Setup, scheduled: &Scheduled) -> Sum {
    let Scheduled { steps: schedule, ends } = scheduled;
    let replayed = replay(setup, Clock::Virtual, schedule);
    let (steps, world) = replayed.expect("the language takes only schedules that are possible");
    let mut sum = Sum {
        found: setup.checks.iter().map(|_| None).collect(),
        ..Sum::default()
    };
    let mut note = |after: usize, at_end: bool, violation: Violation| {
        let place = &mut sum.found[usize::from(violation.check.0)];
        place.get_or_insert_with(|| Found {
            seed: None,
            generation: 0,
            schedule: schedule[..after].to_vec(),
            at_end,
            violation,
        });
    };
    for (after, step) in steps.iter().enumerate() {
        for violation in &step.violations {
            note(after, *ends && after == schedule.len(), violation.clone());
        }
    }
    if *ends {
        let monitors = world.monitors();
        monitors.at_end(setup, &mut |violation| note(schedule.len(), true, violation));
    }
    for event in steps.iter().flat_map(|step| &step.events) {
        sum.premises.on(setup, event);
        if let Some(occurrence) = shown_by(event) {
            sum.occurred.insert(occurrence);
        }
    }
    let executed = steps.iter().flat_map(|step| &step.executed);
    sum.size.requests = executed.filter(|executed| executed.reply.is_some()).count() as u64;
    sum.size.virtual_ms = steps.last().and_then(|step| step.at_ms).unwrap_or(0);
    sum.size.cut_off = u64::from(!ends);
    sum
}
