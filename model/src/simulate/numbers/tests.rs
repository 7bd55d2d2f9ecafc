//! Hand-made histories with known answers; and that what runs come to is added up in any order.

use proptest::prelude::*;
use redelivery_engine::command::Subscription;
use redelivery_engine::{Bytes, StreamId};

use super::*;
use crate::event::{Event, Grant, Moment};
use crate::setup::policy::{Consumer, Effect, Role, Subscriber};
use crate::setup::{ClientIx, ClientSetup, GroupIx, GroupKind, GroupSetup, Message, Setup};
use crate::world::START_MS;

const GROUP: GroupIx = GroupIx(0);

/// A group of this kind at the key `s`, a client `a`, four messages.
fn setup(kind: GroupKind) -> Setup {
    let names = vec![(Subscription::Channel, "s".into())];
    Setup {
        groups: vec![GroupSetup {
            kind,
            key: "s".into(),
            name: "g".into(),
            start: StreamId::MIN,
            exists: true,
        }],
        clients: vec![ClientSetup {
            name: "a".into(),
            role: match kind {
                GroupKind::Subscriber => Role::Subscriber(Subscriber::plain(GROUP, names)),
                _ => Role::Consumer(Box::new(Consumer::plain(GROUP))),
            },
        }],
        messages: ["m0", "m1", "m2", "m3"].map(Bytes::from).into_iter().collect(),
        ..Setup::default()
    }
}

fn id(message: u32) -> StreamId {
    StreamId::new(u64::from(message) + 1, 0)
}

/// Added, and its producer knows. Items have no ID.
fn produced(message: u32, id: Option<StreamId>) -> [Event; 2] {
    let (message, key, client) = (Message(message), Bytes::from("s"), ClientIx(0));
    [
        Event::Added {
            message,
            key: key.clone(),
            id,
            again: false,
        },
        Event::Produced {
            client,
            message,
            key,
            id,
        },
    ]
}

fn granted(message: u32, id: Option<StreamId>, how: Grant, noack: bool) -> Event {
    Event::Granted {
        group: GROUP,
        message: Message(message),
        id,
        consumer: "a".into(),
        how,
        noack,
        heard: true,
    }
}

fn acknowledged(message: u32) -> Event {
    Event::Acknowledged {
        group: GROUP,
        message: Message(message),
        id: id(message),
    }
}

fn effect(message: u32) -> Event {
    Event::Effect {
        group: GROUP,
        message: Message(message),
        place: Effect::Outside,
    }
}

fn routed(message: u32) -> Event {
    Event::DeadLettered {
        group: GROUP,
        message: Message(message),
    }
}

const CRASHED: Event = Event::Crashed { client: ClientIx(0) };

/// What a history comes to that ends after so many milliseconds. A crash is the run's to know, and no event of a message.
fn numbers(kind: GroupKind, history: &[(u64, Event)], last_ms: u64, ended: bool) -> Numbers {
    let setup = setup(kind);
    let mut counting = Counting::new(&setup);
    for (at_ms, event) in history {
        counting.on(Moment::at(START_MS + at_ms), event);
    }
    let faults = || history.iter().filter(|(_, event)| *event == CRASHED);
    counting.numbers(End {
        at_ms: START_MS + last_ms,
        ended,
        faults: faults().count() as u64,
        last_fault_ms: faults().next_back().map(|(at_ms, _)| START_MS + at_ms),
    })
}

fn at(ms: u64, events: impl IntoIterator<Item = Event>) -> impl Iterator<Item = (u64, Event)> {
    events.into_iter().map(move |event| (ms, event))
}

fn new(message: u32) -> Event {
    granted(message, Some(id(message)), Grant::New, false)
}

fn claimed(message: u32) -> Event {
    granted(message, Some(id(message)), Grant::Claim, false)
}

/// Message 0 has its effect, is claimed after a crash and has it again; 2 is dead-lettered.
fn settling() -> Vec<(u64, Event)> {
    let mut history: Vec<_> = at(0, produced(0, Some(id(0)))).collect();
    history.extend(at(10, [new(0)]));
    history.extend(at(12, [effect(0)]));
    history.extend(at(15, [CRASHED]));
    history.extend(at(30, produced(2, Some(id(2)))));
    history.extend(at(31, [new(2)]));
    history.extend(at(40, [routed(2), acknowledged(2)]));
    history.extend(at(45, [claimed(0)]));
    history.extend(at(50, [effect(0)]));
    history.extend(at(52, [acknowledged(0)]));
    history
}

#[test]
fn a_history_of_a_group() {
    let numbers = numbers(GroupKind::Group, &settling(), 60, true);
    assert_eq!((numbers.runs, numbers.ended, numbers.faults), (1, 1, 1));
    assert_eq!(numbers.bus, None, "there is one broker");
    assert_eq!(numbers.recovery.max(), Some(52 - 15));
    assert_eq!((numbers.until_settled.max(), numbers.unrecovered), (Some(52), 0));
    let group = &numbers.groups[0];
    assert_eq!((group.messages, group.messages_of_ended, group.lost), (2, 2, 0));
    assert_eq!((group.deliveries, group.redeliveries), (Some(3), Some(1)));
    assert_eq!((group.duplicates, group.dead_letters), (1, Some(1)));
    assert_eq!((group.latency.count(), group.latency.percentile(50)), (2, Some(10)));
    assert_eq!(
        group.latency.max(),
        Some(52),
        "settled is acknowledged, not only worked on"
    );
    let pending = group.pending.as_ref().expect("a group has a pending list");
    assert_eq!(pending.points().len(), 60, "as long as the run lasted");
}

#[test]
fn what_is_lost_keeps_a_run_from_recovering() {
    let mut history = settling();
    history.extend(at(55, produced(1, Some(id(1)))));
    history.extend(at(56, [new(1), acknowledged(1)]));
    let whole = numbers(GroupKind::Group, &history, 60, true);
    assert_eq!((whole.groups[0].lost, whole.groups[0].messages), (1, 3));
    assert_eq!(
        (whole.unrecovered, whole.recovery.count(), whole.until_settled.count()),
        (1, 0, 0)
    );
    assert_eq!(whole.groups[0].latency.count(), 2, "what is lost has no latency");

    let cut_off = numbers(GroupKind::Group, &history, 60, false);
    assert_eq!((cut_off.groups[0].lost, cut_off.groups[0].messages_of_ended), (0, 0));
    assert_eq!((cut_off.groups[0].messages, cut_off.unrecovered), (3, 0));
}

#[test]
fn faults_after_all_has_settled_cost_no_time() {
    let mut history = settling();
    history.extend(at(70, [CRASHED]));
    let numbers = numbers(GroupKind::Group, &history, 70, true);
    assert_eq!((numbers.recovery.max(), numbers.faults), (Some(0), 2));
    assert_eq!(numbers.until_settled.max(), Some(52));
}

#[test]
fn what_is_delivered_anew_is_to_be_settled_anew() {
    let mut history = settling();
    history.extend(at(58, [new(0)]));
    let again = numbers(GroupKind::Group, &history, 60, true);
    assert_eq!((again.unrecovered, again.recovery.count()), (1, 0));
    history.extend(at(59, [acknowledged(0)]));
    let again = numbers(GroupKind::Group, &history, 60, true);
    assert_eq!(again.recovery.max(), Some(59 - 15));
    assert_eq!(again.groups[0].latency.max(), Some(59));
}

#[test]
fn an_outcome_that_nobody_learnt_is_no_loss() {
    let [added, _] = produced(0, Some(id(0)));
    let numbers = numbers(GroupKind::Group, &[(0, added), (3, CRASHED)], 5, true);
    assert_eq!((numbers.groups[0].messages, numbers.groups[0].lost), (0, 0));
    assert_eq!(numbers.unrecovered, 1, "but it lies there");
}

#[test]
fn a_history_of_a_list() {
    let taken = |message, noack| granted(message, None, Grant::Taken, noack);
    let mut history: Vec<_> = at(0, produced(0, None)).chain(at(0, produced(1, None))).collect();
    history.extend(at(5, [taken(0, true), effect(0)]));
    history.extend(at(6, [taken(1, false)]));
    history.extend(at(7, [effect(1)]));
    let removed = Event::Removed {
        group: GROUP,
        message: Message(1),
        client: None,
    };
    history.extend(at(9, [removed]));
    let numbers = numbers(GroupKind::List, &history, 9, true);
    let group = &numbers.groups[0];
    assert_eq!((group.messages, group.lost, group.redeliveries), (2, 0, Some(0)));
    assert_eq!((group.latency.percentile(50), group.latency.max()), (Some(5), Some(9)));
    assert_eq!((group.dead_letters, &group.pending), (None, &None));
    assert_eq!(numbers.recovery.max(), None, "there was no fault");
}

#[test]
fn a_history_of_a_subscriber() {
    let published = |message| Event::Published {
        message: Message(message),
        channel: "s".into(),
        sharded: false,
        node: Default::default(),
        receivers: 1,
    };
    let answered = |message| Event::PublishAnswered {
        client: ClientIx(0),
        message: Message(message),
        channel: "s".into(),
        receivers: 1,
    };
    let mut history: Vec<_> = at(1, [published(0), answered(0)]).collect();
    history.extend(at(2, [published(1), answered(1)]));
    history.extend(at(8, [effect(0)]));
    let numbers = numbers(GroupKind::Subscriber, &history, 9, true);
    let group = &numbers.groups[0];
    assert_eq!((group.messages, group.lost, group.latency.max()), (2, 1, Some(7)));
    assert_eq!(
        (group.deliveries, group.redeliveries, group.dead_letters),
        (None, None, None)
    );
}

/// An event of any kind that is counted, at any time.
fn any_event() -> impl Strategy<Value = (u64, Vec<Event>)> {
    let event = (0..4_u32, 0..8_u8).prop_map(|(message, kind)| match kind {
        0 | 1 => produced(message, Some(id(message))).into(),
        2 => vec![new(message)],
        3 => vec![claimed(message)],
        4 => vec![effect(message)],
        5 => vec![acknowledged(message)],
        6 => vec![routed(message)],
        _ => vec![CRASHED],
    });
    (0..3_000_u64, event)
}

fn any_run() -> impl Strategy<Value = Numbers> {
    let events = proptest::collection::vec(any_event(), 0..30);
    let sizes = proptest::collection::vec((0..2_000_u64, 0..50_u64), 0..10);
    (events, any::<bool>(), sizes).prop_map(|(mut events, ended, sizes)| {
        events.sort_by_key(|(at_ms, _)| *at_ms);
        let history: Vec<_> = events.into_iter().flat_map(|(at_ms, all)| at(at_ms, all)).collect();
        let last_ms = history.last().map_or(0, |(at_ms, _)| *at_ms);
        let mut numbers = numbers(GroupKind::Group, &history, last_ms, ended);
        let pending = numbers.groups[0].pending.get_or_insert_default();
        let mut from_ms = 0;
        for (lasts_ms, size) in sizes {
            pending.note(from_ms, from_ms + lasts_ms, size);
            from_ms += lasts_ms;
        }
        numbers
    })
}

proptest! {
    #[test]
    fn parts_come_to_the_whole(runs in proptest::collection::vec(any_run(), 0..9), turn in 0..9_usize, cut in 0..9_usize) {
        let sum = |runs: &[Numbers]| runs.iter().fold(Numbers::default(), Numbers::and);
        let whole = sum(&runs);
        let (first, rest) = runs.split_at(cut.min(runs.len()));
        prop_assert_eq!(&sum(first).and(&sum(rest)), &whole);
        prop_assert_eq!(&sum(rest).and(&sum(first)), &whole);
        let mut turned = runs.clone();
        turned.rotate_left(turn.min(runs.len()));
        turned.reverse();
        prop_assert_eq!(&sum(&turned), &whole);
    }
}
