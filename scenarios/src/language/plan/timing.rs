//! Durations: those of simulated and live runs, and whether exploring and live runs can tell them apart.

use std::ops::Range;

use redelivery_engine::Millis;
use redelivery_model::client::Choice;
use redelivery_model::duration;
use redelivery_model::setup::{Setup, Span};
use redelivery_model::simulate::Timing;
use redelivery_model::world::min_idle;

use super::argv;
use super::cast::{Cast, Member};
use super::claims::Claims;
use crate::language::Reading;
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Alarm, File};
use crate::language::value::{MAX_HELP, MAX_MS, Stretch};

/// Exploring abstracts idle times into classes; closer thresholds would promise a precision that no system has.
const MIN_GAP_MS: Millis = 100;

/// What a live run can tell apart on a busy machine too.
const GOOD_LIVE_MS: Millis = 60;

/// Faster runs would save little: processes must start, too.
const MAX_SPEED: u64 = 100;

/// A live run cannot tell shorter times apart.
const MIN_LIVE_MS: Millis = 20;

/// How long things take in one way.
pub(super) fn timing(file: &File, cast: &Cast) -> Timing {
    let or = |stretch: Option<Stretch>, min_ms: Millis, max_ms: Millis| {
        stretch.map_or(Span { min_ms, max_ms }, |stretch| stretch.0)
    };
    let work = |member: &Member| match working_time(file, member) {
        Some(work) => or(work, 10, 50),
        None => or(None, 0, 0),
    };
    let simulate = &file.simulate;
    Timing {
        latency: or(simulate.latency, 0, 2),
        work: cast.members.iter().map(work).collect(),
        restart_after: or(simulate.restart_after, 100, 2_000),
        pause: or(simulate.pause, 1_000, 60_000),
        late: or(simulate.late, 0, 5_000),
        bus: match file.cluster {
            Some(_) => or(simulate.bus.as_ref().map(|bus| bus.value), 1, 5),
            None => or(None, 0, 0),
        },
        faults_for_ms: simulate.faults_for.as_ref().map(|time| time.0),
        rest_ms: 1_000,
        time_limit_ms: simulate.time_limit.as_ref().map_or(3_600_000, |limit| limit.0),
    }
}

/// How long a client's work takes, if the file says so; nothing where a client has no such field.
pub(super) fn working_time(file: &File, member: &Member) -> Option<Option<Stretch>> {
    let consumer = file.consumer.get(&member.table).map(|table| table.work);
    let reader = || file.reader.get(&member.table).map(|table| table.work);
    let worker = || file.worker.get(&member.table).map(|table| table.work);
    let subscriber = || file.subscriber.get(&member.table).map(|table| table.work);
    consumer.or_else(reader).or_else(worker).or_else(subscriber)
}

/// How fast a setup may run live: the shortest time that a server measures takes long enough on a busy machine.
pub(super) fn speed(setup: &Setup) -> u64 {
    let shortest_ms = setup.shortest_ms().unwrap_or(MAX_SPEED * GOOD_LIVE_MS);
    (shortest_ms / GOOD_LIVE_MS).clamp(1, MAX_SPEED)
}

/// What clients may rarely do otherwise, in the order in which all of them are declared.
pub(super) fn rare_choices(file: &File, mistakes: &mut Mistakes) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for choice in &file.simulate.rare_choices {
        if choices.contains(&choice.value) {
            mistakes.add(Mistake::at(&choice.span, "this choice is named twice"));
        }
        choices.push(choice.value);
    }
    choices.sort_unstable();
    choices
}

/// Checks that runs have some time.
pub(super) fn check_limit(file: &File, mistakes: &mut Mistakes) {
    if let Some(limit) = file.simulate.time_limit.as_ref().filter(|limit| limit.0 == 0) {
        mistakes.add(Mistake::at(&limit.span, "a run without time cannot do anything"));
    }
}

/// Checks that no threshold of idle time is too long, and that those that are explored or run live are far enough from
/// zero and from each other.
pub(super) fn check_thresholds(file: &File, claims: &Claims, reading: Reading, mistakes: &mut Mistakes) {
    let reclaims = file
        .consumer
        .iter()
        .filter_map(|(_, consumer)| consumer.reclaim.as_ref());
    let deletes = file.watcher.iter().filter_map(|(_, watcher)| watcher.deletes.as_ref());
    let alarms = file
        .watcher
        .iter()
        .filter_map(|(_, watcher)| match &watcher.alarms.as_ref()?.value {
            Alarm::Pending { idle } | Alarm::Consumer { idle } => Some((idle.0, idle.span.clone())),
            Alarm::Lag { .. } | Alarm::Deliveries { .. } => None,
        });
    let lines = file.administrator.iter().flat_map(|(_, table)| table.commands.iter());
    let of_administrators = lines.filter_map(|line| {
        let command = argv::command(line).ok()?;
        Some((min_idle(&command)?, line.span.clone()))
    });
    let mut thresholds: Vec<(Millis, Range<usize>)> = reclaims
        .map(|reclaim| (reclaim.min_idle_time.0, reclaim.min_idle_time.span.clone()))
        .chain(alarms)
        .chain(deletes.map(|deletes| (deletes.idle.0, deletes.idle.span.clone())))
        .chain(claims.within.iter().cloned())
        .chain(of_administrators)
        .filter(|(ms, _)| *ms > 0)
        .collect();
    thresholds.sort_by_key(|(ms, span)| (*ms, span.start));
    // Those of commands are numbers, not durations.
    for (ms, span) in thresholds.iter().filter(|(ms, _)| *ms > MAX_MS) {
        mistakes.add(Mistake::at(span, format!("{} is too long", duration(*ms))).help(MAX_HELP.to_owned()));
    }
    if reading == Reading::Simulated {
        return;
    }
    if let Some((ms, span)) = thresholds.first() {
        check_live(file, *ms, span, mistakes);
    }
    if let Some((ms, span)) = thresholds.first().filter(|(ms, _)| *ms < MIN_GAP_MS) {
        mistakes.add(Mistake::at(span, format!("{} is too close to zero", duration(*ms))).help(gap_help()));
    }
    for pair in thresholds.windows(2) {
        let [(first, at_first), (second, at_second)] = pair else {
            continue;
        };
        let gap = second - first;
        if 0 < gap && gap < MIN_GAP_MS {
            let message = format!(
                "{} and {} are too close to each other",
                duration(*first),
                duration(*second)
            );
            mistakes.add(Mistake::at(at_second, message).and(at_first, "").help(gap_help()));
        }
    }
}

fn check_live(file: &File, shortest: Millis, span: &Range<usize>, mistakes: &mut Mistakes) {
    let Some(speed) = &file.live.speed else {
        return;
    };
    if shortest / speed.0 < MIN_LIVE_MS {
        let text = format!("{} becomes less than {MIN_LIVE_MS} ms", duration(shortest));
        mistakes.add(
            Mistake::at(&speed.span, "a live run cannot be that fast")
                .and(span, text)
                .help(format!("`speed` may be {} here", (shortest / MIN_LIVE_MS).max(1))),
        );
    }
}

fn gap_help() -> Option<String> {
    Some(format!(
        "exploring sees idle times in classes, not in milliseconds: make them equal, or {MIN_GAP_MS} ms apart or more"
    ))
}
