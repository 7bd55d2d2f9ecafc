//! Short ways to write a history down and to judge it; beside them what holds of all monitors alike.

mod all;
mod asks;
mod cluster_events;
mod events;
mod explored;

pub(super) use cluster_events::*;
pub(super) use events::*;

use redelivery_engine::{Bytes, Millis};

use super::{CheckIx, CheckSpec, Monitors, Violation};
use crate::event::{Event, Moment};
use crate::setup::policy::*;
use crate::setup::{ClientSetup, GroupKind, GroupSetup, Setup};

/// Three messages, a group `g` of stream `s`, consumers `a`, `b` and `ab`.
pub(super) fn setup(check: CheckSpec) -> Setup {
    let client = |name: &str| ClientSetup {
        name: name.into(),
        role: Role::Consumer(Box::new(Consumer::plain(GROUP))),
    };
    Setup {
        groups: vec![group("g", 0)],
        clients: ["a", "b", "ab"].map(client).into(),
        messages: ["m0", "m1", "m2"].map(Bytes::from).into_iter().collect(),
        checks: vec![check],
        ..Setup::default()
    }
}

/// The same with the client `a` as a subscriber of the channel `c`, whose row is the first.
pub(super) fn subscribing(check: CheckSpec) -> Setup {
    let mut setup = setup(check);
    let names = vec![(redelivery_engine::command::Subscription::Channel, "c".into())];
    setup.clients[0].role = Role::Subscriber(Subscriber::plain(GROUP, names));
    setup
}

/// The same, and it leaves after its first message.
pub(super) fn leaving(check: CheckSpec) -> Setup {
    let mut setup = subscribing(check);
    if let Role::Subscriber(policy) = &mut setup.clients[0].role {
        policy.leaves_after = Some(1);
    }
    setup
}

pub(super) fn group(name: &str, start: u64) -> GroupSetup {
    GroupSetup {
        kind: GroupKind::Group,
        key: "s".into(),
        name: name.into(),
        start: id(start),
        exists: true,
    }
}

/// Feeds timed events; returns the monitors and what they reported, each with the place of the event.
pub(super) fn play(setup: &Setup, history: &[(Moment, Event)]) -> (Monitors, Vec<(usize, Violation)>) {
    let mut monitors = Monitors::new(setup);
    let mut violations = Vec::new();
    for (place, (moment, event)) in history.iter().enumerate() {
        monitors.on(setup, *moment, event, &mut |violation| {
            violations.push((place, violation))
        });
    }
    (monitors, violations)
}

/// One event every ten milliseconds.
pub(super) fn timed(history: &[Event]) -> Vec<(Moment, Event)> {
    (1..)
        .map(|at: Millis| Moment::at(10 * at))
        .zip(history.iter().cloned())
        .collect()
}

pub(super) fn ending(setup: &Setup, monitors: &Monitors) -> Vec<Violation> {
    let mut violations = Vec::new();
    monitors.at_end(setup, &mut |violation| violations.push(violation));
    violations
}

/// The claim holds throughout and in the end.
#[track_caller]
pub(super) fn holds(check: CheckSpec, history: &[Event]) {
    let setup = setup(check);
    let (monitors, violations) = play(&setup, &timed(history));
    assert_eq!(violations, []);
    assert_eq!(ending(&setup, &monitors), []);
    assert!(!monitors.is_violated(CheckIx(0)));
}

/// The last event breaks the claim, none before it, and it is said once only.
#[track_caller]
pub(super) fn breaks(check: CheckSpec, history: &[Event]) -> Violation {
    let setup = setup(check);
    let mut twice = timed(history);
    twice.push(twice[history.len() - 1].clone());
    let (monitors, violations) = play(&setup, &twice);
    let [(place, violation)] = violations.as_slice() else {
        panic!("not one violation: {violations:?}");
    };
    assert_eq!(*place, history.len() - 1, "not the last event breaks it");
    assert_eq!(ending(&setup, &monitors), []);
    assert!(monitors.is_violated(CheckIx(0)));
    violation.clone()
}

/// Only the end breaks the claim.
#[track_caller]
pub(super) fn breaks_at_end(check: CheckSpec, history: &[Event]) -> Violation {
    let setup = setup(check);
    let (monitors, violations) = play(&setup, &timed(history));
    assert_eq!(violations, []);
    let violations = ending(&setup, &monitors);
    let [violation] = violations.as_slice() else {
        panic!("not one violation: {violations:?}");
    };
    violation.clone()
}
