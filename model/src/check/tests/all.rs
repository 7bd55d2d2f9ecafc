//! What holds of all monitors alike, over arbitrary histories.

use proptest::prelude::*;

use super::super::Deliveries;
use super::super::monitor::Monitor;
use super::*;
use crate::event::Grant;
use crate::setup::policy::Effect;
use crate::setup::{ClientIx, Message};

pub(super) fn every_check() -> Vec<CheckSpec> {
    let by = |counts| CheckSpec::DeadLetter { limit: 2, counts };
    vec![
        CheckSpec::AtMostOnce,
        CheckSpec::AtLeastOnce {
            dead_letter_counts: true,
        },
        CheckSpec::ExactlyOnce {
            dead_letter_counts: false,
        },
        CheckSpec::SingleOwner { within_ms: 30 },
        CheckSpec::NoOverlappingWork,
        CheckSpec::NoClaimBeforeWork,
        by(Deliveries::Counter),
        by(Deliveries::Runs),
        CheckSpec::RunLimit { limit: 2 },
        CheckSpec::Noticed,
        CheckSpec::NothingAfterDeadLetter,
        CheckSpec::FanOut,
        CheckSpec::Settles,
        CheckSpec::Conservation,
        CheckSpec::BusLimit { at_most: 2 },
        // Their subject is a group: these come last.
        CheckSpec::PendingList,
        CheckSpec::Order,
        CheckSpec::Delivery,
        CheckSpec::Subscribed,
    ]
}

const PER_MESSAGE: u16 = 15;

pub(super) fn all() -> Setup {
    Setup {
        groups: vec![group("g", 0), group("h", 1)],
        checks: every_check(),
        ..subscribing(CheckSpec::AtMostOnce)
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let consumer = || prop::sample::select(vec!["a", "b", "ab.1"]);
    let how = prop::sample::select(vec![Grant::New, Grant::Claim, Grant::History]);
    let place = prop::sample::select(vec![Effect::Outside, Effect::Broker, Effect::Idempotent]);
    let client = || (0..3_u16).prop_map(ClientIx);
    // Entries of a message have IDs of their own.
    let event = prop_oneof![
        (1..3_u64).prop_map(added),
        Just(produced()),
        (consumer(), how, 1..3_u64).prop_map(|(consumer, how, at)| granted(consumer, how, at)),
        (consumer(), 1..3_u64).prop_map(|(consumer, at)| read_noack(consumer, at)),
        (1..3_u64).prop_map(acknowledged),
        Just(routed()),
        client().prop_map(started),
        client().prop_map(ended),
        place.prop_map(effect),
        (0..2_u16).prop_map(|connection| handed(connection, "c")),
        Just(published("c")),
        (0..2_u64).prop_map(publish_answered),
        client().prop_map(heard),
        client().prop_map(caught_up),
        (consumer(), 1..3_u64, 1..20_u64).prop_map(|(name, at, n)| pending(&[(at, name, n)], &[(name, at)])),
        Just(pushed()),
        (consumer(), any::<bool>()).prop_map(|(name, heard)| if heard { popped(name) } else { unheard(popped(name)) }),
        prop::option::of(client()).prop_map(removed),
        (0..2_u16).prop_map(bus_sent),
        (0..3_usize).prop_map(|often| items(&[("s", often)])),
    ];
    let ours = (event, 0..3_u32).prop_map(|(event, message)| about(Message(message), event));
    let alarm = (client(), any::<bool>()).prop_map(|(client, raised)| Event::Alarm {
        client,
        group: GROUP,
        raised,
    });
    let connection = || 0..2_u16;
    let subscription = prop_oneof![
        connection().prop_map(|connection| subscribed(connection, "c")),
        connection().prop_map(|connection| by_pattern(connection, "c?")),
        connection().prop_map(disconnected),
        connection().prop_map(|connection| shard_subscribed(connection, "c", 0)),
        connection().prop_map(|connection| shard_unsubscribed(connection, "c")),
    ];
    let crash = client().prop_map(|client| Event::Crashed { client });
    let length = (0..3_u64).prop_map(|length| Event::Length {
        stream: "s".into(),
        length,
    });
    prop_oneof![20 => ours, 3 => subscription, 1 => crash, 1 => alarm, 1 => length]
}

pub(super) fn any_history() -> impl Strategy<Value = Vec<(Moment, Event)>> {
    let step = (0..20_u64, any_event());
    prop::collection::vec(step, 0..60).prop_map(|steps| {
        let mut now = 0;
        let mut at = |(later, event)| {
            now += later;
            (Moment::at(now), event)
        };
        steps.into_iter().map(&mut at).collect()
    })
}

/// Everything that was reported about this message, before the end and then.
fn verdicts(setup: &Setup, history: &[(Moment, Event)], message: Message) -> Vec<Violation> {
    let (monitors, violations) = play(setup, history);
    let before = violations.into_iter().map(|(_, violation)| violation);
    before
        .chain(ending(setup, &monitors))
        .filter(|violation| violation.message == Some(message))
        .collect()
}

proptest! {
    /// Events of other messages, in between or not at all, change no verdict about a message.
    #[test]
    fn messages_do_not_disturb_each_other(history in any_history(), message in 0..3_u32) {
        let (setup, message) = (all(), Message(message));
        let alone: Vec<_> = history
            .iter()
            .filter(|(_, event)| event.message().is_none_or(|other| other == message))
            .cloned()
            .collect();
        prop_assert_eq!(verdicts(&setup, &history, message), verdicts(&setup, &alone, message));
    }

    /// However often a history comes again, the states stop changing: they are finite.
    #[test]
    fn states_are_finite(history in any_history()) {
        let setup = all();
        let mut monitors = Monitors::new(&setup);
        let mut seen = Vec::new();
        for _ in 0..12 {
            for (moment, event) in &history {
                monitors.on(&setup, *moment, event, &mut |_| {});
            }
            seen.push(monitors.clone());
        }
        prop_assert_eq!(&seen[10], &seen[11]);
    }

    /// Each monitor reports once; `is_violated` says whether one of a check's has.
    #[test]
    fn a_violation_is_reported_once(history in any_history()) {
        let setup = all();
        let (monitors, violations) = play(&setup, &history);
        let subject = |violation: &Violation| (violation.check, violation.group, violation.message);
        let mut subjects: Vec<_> = violations.iter().map(|(_, violation)| subject(violation)).collect();
        let reported = subjects.len();
        subjects.sort_unstable();
        subjects.dedup();
        prop_assert_eq!(subjects.len(), reported);
        for check in (0..setup.checks.len() as u16).map(CheckIx) {
            prop_assert_eq!(
                monitors.is_violated(check),
                violations.iter().any(|(_, violation)| violation.check == check)
            );
        }
        for (_, violation) in violations {
            prop_assert_eq!(violation.check.0 < PER_MESSAGE, violation.message.is_some());
        }
    }

    /// Times can be read, rewritten, and shifted together with the clock.
    #[test]
    fn times_shift(history in any_history(), split in 0..60_usize, by in 0..1_000_u64) {
        let setup = all();
        let (before, after) = history.split_at(split.min(history.len()));
        let (straight, _) = play(&setup, before);
        let mut shifted = straight.clone();
        shifted.map_times(&mut |ms| ms);
        prop_assert_eq!(&shifted, &straight);
        shifted.map_times(&mut |ms| ms + by);
        let (mut times, mut shifted_times) = (Vec::new(), Vec::new());
        straight.times(&mut |ms| times.push(ms + by));
        shifted.times(&mut |ms| shifted_times.push(ms));
        prop_assert_eq!(times, shifted_times);
        let mut straight = straight;
        for (moment, event) in after {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            straight.on(&setup, *moment, event, &mut |violation| one.push(violation));
            shifted.on(&setup, Moment::at(moment.latest_ms + by), event, &mut |violation| other.push(violation));
            prop_assert_eq!(one, other);
        }
    }
}

#[test]
fn monitors_are_small() {
    assert!(size_of::<Monitor>() <= 64);
}

#[test]
fn names_are_distinct_and_claims_are_sentences() {
    let mut names: Vec<_> = every_check().iter().map(CheckSpec::name).collect();
    names.dedup();
    assert_eq!(names.len(), 18, "dead-letter is here twice");
    for check in every_check() {
        let claim = check.claim();
        assert!(claim.ends_with('.') && !claim.contains("  "), "{claim}");
    }
}
