//! The broker is a value: copies are equal and independent, the same commands give the same state and hash, and what
//! a copy shares with its original never shows.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::generate;
use proptest::collection::vec;
use proptest::prelude::*;
use redelivery_engine::resp::Version;
use redelivery_engine::{Broker, Bytes, ClientId, Command, NodeLimits};

fn hash(broker: &Broker) -> u64 {
    let mut state = DefaultHasher::new();
    broker.hash(&mut state);
    state.finish()
}

fn steps() -> impl Strategy<Value = Vec<(u64, Command, u64)>> {
    vec((0u64..3, generate::command(), 0u64..15), 1..60)
}

/// Applies the steps; a step of a client that is blocked is one that lets its time run out.
fn run(broker: &mut Broker, steps: &[(u64, Command, u64)], now: &mut u64) {
    // Who subscribes in RESP2 may do little else.
    for client in [0, 1] {
        broker.set_version(ClientId(client), Version::Resp3);
    }
    for (client, command, pause) in steps {
        *now += pause;
        broker.advance(*now);
        if broker.is_blocked(ClientId(*client)) {
            broker.time_out(ClientId(*client));
        } else {
            let answered = broker.apply(ClientId(*client), command, *now).is_some();
            assert_eq!(answered, !broker.is_blocked(ClientId(*client)), "{command:?}");
        }
        broker.assert_invariants();
    }
}

proptest! {
    #[test]
    fn copies_are_equal_and_independent(before in steps(), after in steps()) {
        let mut now = 0;
        let mut original = Broker::new();
        run(&mut original, &before, &mut now);
        let (copy, untouched, untouched_hash) = (original.clone(), original.clone(), hash(&original));
        prop_assert_eq!(hash(&copy), untouched_hash);

        let mut later = now;
        run(&mut original, &after, &mut later);
        prop_assert_eq!(&copy, &untouched);
        prop_assert_eq!(hash(&copy), untouched_hash);

        // The same steps again from the copy, and from the beginning.
        let (mut again, mut later) = (copy, now);
        run(&mut again, &after, &mut later);
        let (mut anew, mut start) = (Broker::new(), 0);
        run(&mut anew, &before, &mut start);
        run(&mut anew, &after, &mut start);
        prop_assert_eq!(&again, &original);
        prop_assert_eq!(&anew, &original);
        prop_assert_eq!(hash(&again), hash(&original));
        prop_assert_eq!(hash(&anew), hash(&original));
    }

    #[test]
    fn ageing_changes_deliveries_and_nothing_else(before in steps()) {
        let mut now = 1_000;
        let mut broker = Broker::new();
        run(&mut broker, &before, &mut now);
        let original = broker.clone();
        broker.map_deliveries(&mut |at, count| (at, count));
        prop_assert_eq!(&broker, &original);

        let (mut old, mut new) = (Vec::new(), Vec::new());
        original.delivery_times(&mut |at| old.push(at));
        broker.map_deliveries(&mut |at, count| (at - 7, count + 1));
        broker.delivery_times(&mut |at| new.push(at + 7));
        prop_assert_eq!(old, new);
        broker.map_deliveries(&mut |at, count| (at + 7, count - 1));
        prop_assert_eq!(broker, original);
    }

    /// Entries that are deleted at once and entries that are deleted at the end leave nodes behind that differ; once that
    /// is forgotten nothing does.
    #[test]
    fn brokers_with_equal_entries_are_equal_once_packing_is_forgotten(
        deleted in vec(any::<bool>(), 1..40),
        limits in (0u32..5, prop_oneof![Just(0), 20u32..200]),
    ) {
        let limits = NodeLimits { entries: limits.0, bytes: limits.1 };
        let apply = |broker: &mut Broker, line: String| {
            let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
            broker.apply_argv(ClientId(0), &argv, 0);
        };
        let (mut at_once, mut at_the_end) = [(); 2].map(|()| Broker::new().with_node_limits(limits)).into();
        for (nth, deleted) in deleted.iter().enumerate() {
            for broker in [&mut at_once, &mut at_the_end] {
                apply(broker, format!("XADD s {nth}-1 f{} v", nth % 2));
            }
            if *deleted {
                apply(&mut at_once, format!("XDEL s {nth}-1"));
            }
        }
        for (nth, _) in deleted.iter().enumerate().filter(|(_, deleted)| **deleted) {
            apply(&mut at_the_end, format!("XDEL s {nth}-1"));
        }
        at_once.forget_packing();
        at_the_end.forget_packing();
        prop_assert_eq!(&at_once, &at_the_end);
        prop_assert_eq!(hash(&at_once), hash(&at_the_end));
        at_once.assert_invariants();
    }
}
