//! `[explore] time = "bounded"`: exploring with a clock, and with how long work takes.

use redelivery_engine::Millis;
use redelivery_model::duration;
use redelivery_model::setup::{Ageing, Bounds, Setup};

use super::cast::{Cast, Member};
use super::timing::{timing, working_time};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{File, Time};

/// More steps of the clock than the longest duration may have are more than any search gets through.
const MAX_STEPS: u64 = 200;

/// Whether exploring has a clock.
pub(super) fn is_wanted(file: &File) -> bool {
    file.explore
        .time
        .as_ref()
        .is_some_and(|time| time.value == Time::Bounded)
}

/// Checks what needs no expansion.
pub(super) fn check(file: &File, mistakes: &mut Mistakes) {
    let Some(time) = file.explore.time.as_ref().filter(|_| is_wanted(file)) else {
        return;
    };
    if file.cluster.is_some() {
        mistakes.add(
            Mistake::at(&time.span, "a cluster is explored for any durations only")
                .label("what the bus brings has no bounds")
                .help("describe one broker, or leave `time` out".to_owned()),
        );
    }
    if file.explore.ageing != Ageing::default() {
        mistakes.add(
            Mistake::at(&time.span, "with a clock deliveries age by the clock")
                .help("leave out `ageing`, or leave out `time`".to_owned()),
        );
    }
}

/// The bounds of what is explored, where they are wanted.
pub(super) fn bounds(file: &File, cast: &Cast, setup: &Setup, mistakes: &mut Mistakes) -> Option<Bounds> {
    let time = file.explore.time.as_ref().filter(|_| is_wanted(file))?;
    let mut silent: Vec<&Member> = Vec::new();
    for (member, client) in cast.members.iter().zip(&setup.clients) {
        let is_known = silent.iter().any(|known| known.table == member.table);
        if client.role.works() && working_time(file, member).flatten().is_none() && !is_known {
            silent.push(member);
        }
    }
    for member in &silent {
        mistakes.add(
            Mistake::at(
                &time.span,
                format!("`{}` does not say how long its work takes", member.table),
            )
            .label("with a clock that decides what can happen")
            .help("write it there: `work = \"5s..20s\"`".to_owned()),
        );
    }
    if !silent.is_empty() {
        return None;
    }
    let Some(bounds) = Bounds::new(setup, timing(file, cast).work) else {
        mistakes.add(Mistake::at(&time.span, "nothing here takes any time").help("leave `time` out".to_owned()));
        return None;
    };
    if bounds.steps > MAX_STEPS {
        let longest: Millis = bounds.steps * bounds.step_ms;
        let (longest, step) = (duration(longest), duration(bounds.step_ms));
        let message = format!("a clock in steps of {step} has too many of them");
        mistakes.add(
            Mistake::at(&time.span, message)
                .label(format!("the longest duration, {longest}, has {}; {MAX_STEPS} are possible", bounds.steps))
                .help(
                    "a step is the largest of which every duration is a multiple: choose rounder ones (also of what is \
                     left out, such as `block`, `poll` and `every`)"
                        .to_owned(),
                ),
        );
    }
    Some(bounds)
}
