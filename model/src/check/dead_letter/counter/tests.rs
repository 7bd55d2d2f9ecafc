//! Histories that keep the limit by the broker's counter, and histories that break it.

use crate::check::tests::*;
use crate::check::{CheckSpec, Deliveries};
use crate::event::Grant;
use crate::setup::policy::*;
use crate::setup::{ClientIx, ClientSetup, Setup};

const AFTER_2: CheckSpec = CheckSpec::DeadLetter {
    limit: 2,
    counts: Deliveries::Counter,
};

#[test]
fn routed_after_the_last_delivery_or_by_one_more_claim() {
    holds(
        AFTER_2,
        &[
            read("a", 1),
            started(A),
            claim("b", 1),
            started(B),
            routed(),
            acknowledged(1),
        ],
    );
    holds(
        AFTER_2,
        &[read("a", 1), claim("b", 1), claim("a", 1), routed(), acknowledged(1)],
    );
    holds(AFTER_2, &[read("a", 1), claim("b", 1), acknowledged(1), routed()]);
}

#[test]
fn routed_too_early_or_twice() {
    let violation = breaks(AFTER_2, &[read("a", 1), routed()]);
    assert_eq!((violation.message, violation.group), (Some(MESSAGE), Some(GROUP)));
    breaks(AFTER_2, &[routed()]);
    breaks(
        AFTER_2,
        &[read("a", 1), claim("b", 1), routed(), acknowledged(1), routed()],
    );
}

#[test]
fn the_work_of_a_delivery_too_many() {
    breaks(AFTER_2, &[read("a", 1), claim("b", 1), claim("a", 1), started(A)]);
    breaks(
        AFTER_2,
        &[read("a", 1), claim("b", 1), claim("ab.1", 1), started(ClientIx(2))],
    );
    let history = || granted("a", Grant::History, 1);
    breaks(AFTER_2, &[read("a", 1), history(), history(), started(A)]);
    breaks(
        AFTER_2,
        &[
            read("a", 1),
            history(),
            claim("b", 1),
            routed(),
            acknowledged(1),
            started(B),
        ],
    );
}

#[test]
fn a_slow_consumer_starts_on_its_earlier_delivery() {
    holds(
        AFTER_2,
        &[
            read("a", 1),
            claim("b", 1),
            claim("ab", 1),
            started(B),
            routed(),
            started(A),
        ],
    );
}

#[test]
fn a_grant_that_nobody_heard_of_counts_and_blames_nobody() {
    // A claim of the last process, executed late, is no news to the next one, which works on an earlier grant.
    holds(
        AFTER_2,
        &[
            read("a", 1),
            claim("a", 1),
            unheard(claim("a", 1)),
            started(A),
            routed(),
            acknowledged(1),
        ],
    );
    breaks(
        AFTER_2,
        &[read("a", 1), unheard(claim("a", 1)), claim("a", 1), started(A)],
    );
}

#[test]
fn due_in_the_end() {
    let violation = breaks_at_end(AFTER_2, &[read("a", 1), claim("b", 1)]);
    assert_eq!(violation.id, Some(id(1)));
    holds(AFTER_2, &[read("a", 1)]);
    holds(AFTER_2, &[read("a", 1), claim("b", 1), acknowledged(1)]);
}

#[test]
fn two_entries_of_one_message_count_apart() {
    breaks(AFTER_2, &[read("a", 1), read("a", 2), routed()]);
    holds(
        AFTER_2,
        &[
            read("a", 1),
            claim("b", 1),
            claim("b", 1),
            read("b", 2),
            started(B),
            routed(),
        ],
    );
    let violation = breaks_at_end(AFTER_2, &[read("a", 1), read("b", 2), claim("a", 2), acknowledged(1)]);
    assert_eq!(violation.id, Some(id(2)));
}

#[test]
fn handed_out_anew_the_counter_begins_at_one() {
    holds(
        AFTER_2,
        &[read("a", 1), claim("b", 1), read("b", 1), started(B), acknowledged(1)],
    );
    breaks(AFTER_2, &[read("a", 1), read("b", 1), routed()]);
    breaks_at_end(AFTER_2, &[read("a", 1), acknowledged(1), read("b", 1), claim("a", 1)]);
}

#[test]
fn noack_counts_nothing() {
    breaks(AFTER_2, &[read_noack("a", 1), read_noack("a", 1), routed()]);
}

#[test]
fn without_a_delivery_allowed() {
    let never = CheckSpec::DeadLetter {
        limit: 0,
        counts: Deliveries::Counter,
    };
    holds(never.clone(), &[routed()]);
    holds(never.clone(), &[read("a", 1), routed()]);
    breaks(never, &[read("a", 1), started(A)]);
}

#[test]
fn a_claim_told_after_the_acknowledgement_owes_nothing() {
    holds(AFTER_2, &[read("a", 1), claim("b", 1), acknowledged(1), claim("a", 1)]);
}

#[test]
fn the_counter_stops_where_it_decides() {
    let after = |claims| {
        let mut history = vec![read("a", 1)];
        history.extend((0..claims).map(|_| claim("a", 1)));
        play(&setup(AFTER_2), &timed(&history)).0
    };
    assert_ne!(after(1), after(2));
    assert_eq!(after(2), after(3));
}

#[test]
fn an_acknowledged_entry_below_the_limit_is_forgotten() {
    let after = |history| play(&setup(AFTER_2), &timed(history)).0;
    assert_eq!(after(&[read("a", 1), acknowledged(1)]), after(&[]));
}

/// Consumers that route and reclaim by these, beside one that does neither.
fn routing(by: &[ReclaimBy]) -> Setup {
    let mut setup = setup(AFTER_2);
    for (client, &by) in setup.clients.iter_mut().zip(by) {
        client.role = Role::Consumer(Box::new(Consumer {
            reclaim: Some(Reclaim {
                by,
                min_idle_ms: 30,
                count: 1,
                follow_cursor: FollowCursor::Always,
                every_ms: None,
                lock: None,
            }),
            dead_letter: Some(DeadLetter {
                stream: "dead".into(),
                limit: 2,
                counts: Tries::Deliveries,
                order: RouteOrder::Transaction,
            }),
            ..Consumer::plain(GROUP)
        }));
    }
    setup
}

#[test]
fn after_the_acknowledgement_scripts_do_not_route() {
    let violations = |setup: &Setup| {
        let history = [read("a", 1), claim("b", 1), acknowledged(1), routed()];
        play(setup, &timed(&history)).1.len()
    };
    let (script, command) = (ReclaimBy::Script, ReclaimBy::Xautoclaim);
    assert_eq!(violations(&routing(&[script])), 1);
    assert_eq!(violations(&routing(&[script, script])), 1);
    assert_eq!(violations(&routing(&[command])), 0);
    assert_eq!(violations(&routing(&[script, command])), 0);
    assert_eq!(violations(&routing(&[command, script])), 0);
    let mut with_administrator = routing(&[script]);
    with_administrator.clients.push(ClientSetup {
        name: "clerk".into(),
        role: Role::Administrator(Administrator {
            commands: Vec::new(),
            transaction: false,
            after: None,
        }),
    });
    assert_eq!(violations(&with_administrator), 0, "it may route whatever it likes");
}
