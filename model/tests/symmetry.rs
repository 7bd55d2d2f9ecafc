//! Interchangeable clients: who may stand in whose place, and that nothing but names changes then.

use std::collections::BTreeSet;
use std::sync::Arc;

use redelivery_engine::{Bytes, Command};
use redelivery_model::defect::Defect;
use redelivery_model::explore::{Exploration, Explored, Settings, explore, explore_plainly};
use redelivery_model::setup::policy::*;
use redelivery_model::setup::{ClientIx, ClientSetup, FaultBudget, GroupIx, Message, Setup};
use redelivery_model::symmetry::{Renaming, Symmetry, interchangeable};

#[path = "common/alike.rs"]
mod alike;
mod common;
#[path = "common/setups.rs"]
mod setups;

use alike::{difference, seen, walk};

/// All of them have fewer states.
const STATES_MAX: usize = 1_000_000;

/// So many worlds of each setup are looked at.
const WORLDS_MAX: usize = 400;

#[test]
fn others_in_the_place_of_some_do_what_these_did() {
    let mut looked_at = BTreeSet::new();
    for (name, setup) in setups::setups() {
        let exploration = Exploration::new(Arc::new(setup));
        let symmetry = Symmetry::of(exploration.setup());
        if symmetry.classes().is_empty() {
            continue;
        }
        looked_at.insert(name);
        walk(&exploration, WORLDS_MAX, &mut |world| {
            for renaming in symmetry.renamings() {
                let difference = difference(&exploration, world, renaming);
                assert_eq!(difference, None, "{name}: {renaming:?} of {world:#?}");
            }
        });
    }
    assert!(looked_at.len() >= 10, "{looked_at:?}");
}

fn searched(exploration: &Exploration, threads: usize, exact: bool) -> Explored {
    let settings = Settings {
        threads,
        exact,
        symmetry: true,
        ..Settings::new(STATES_MAX)
    };
    explore(exploration, &settings, &|_| ())
}

#[test]
fn one_world_of_each_orbit_shows_what_all_show() {
    for (name, setup) in setups::setups() {
        let exploration = Exploration::new(Arc::new(setup));
        let symmetry = Symmetry::of(exploration.setup());
        let all = explore(&exploration, &Settings::new(STATES_MAX), &|_| ());
        let some = searched(&exploration, 1, false);
        if symmetry.classes().is_empty() {
            assert_eq!(some, all, "{name}");
            continue;
        }
        let fewer = some.states < all.states && symmetry.renamings().len() * some.states >= all.states;
        assert!(fewer, "{name}: {} of {}", some.states, all.states);
        let plain = explore_plainly(&exploration, &symmetry, STATES_MAX);
        assert_eq!(
            (some.states, some.transitions),
            (plain.states, plain.transitions),
            "{name}"
        );
        let all = seen(&exploration, all);
        assert!(seen(&exploration, plain) == all, "{name}: plain steps");
        assert!(
            seen(&exploration, searched(&exploration, 2, false)) == all,
            "{name}: two threads"
        );
        assert_eq!(
            searched(&exploration, 3, true),
            some,
            "{name}: three threads, whole rows"
        );
        assert_eq!(seen(&exploration, some), all, "{name}");
    }
}

fn two_workers() -> Setup {
    common::setup(1, When::Meanwhile, &Consumer::plain(GroupIx(0)))
}

fn with(role: Role) -> Setup {
    let mut setup = two_workers();
    let name = Bytes::from("other");
    setup.clients.push(ClientSetup { name, role });
    setup
}

#[test]
fn equal_policies_and_faults_make_a_class() {
    let pair = vec![vec![ClientIx(1), ClientIx(2)]];
    assert_eq!(interchangeable(&two_workers()), pair);

    let mut one_may_crash = two_workers();
    one_may_crash.faults.crash.clients = vec![ClientIx(1)];
    assert!(interchangeable(&one_may_crash).is_empty());
    one_may_crash.faults.crash = FaultBudget::default();
    assert_eq!(interchangeable(&one_may_crash), pair);

    let mut one_is_slow = two_workers();
    if let Role::Consumer(policy) = &mut one_is_slow.clients[2].role {
        policy.poll_ms += 1;
    }
    assert!(interchangeable(&one_is_slow).is_empty());

    let mut with_defect = two_workers();
    with_defect.defect = Some(Defect::BusLoses);
    assert!(interchangeable(&with_defect).is_empty());
}

#[test]
fn whoever_acts_on_names_is_noticed() {
    let watcher = |duty| {
        let (group, every_ms) = (GroupIx(0), 1_000);
        interchangeable(&with(Role::Watcher(Watcher { group, every_ms, duty }))).len()
    };
    assert_eq!(watcher(Duty::Alarms(Alarm::PendingIdle(5))), 1);
    let (idle_ms, unless_pending) = (5, true);
    assert_eq!(
        watcher(Duty::DeletesConsumers {
            idle_ms,
            unless_pending
        }),
        0
    );

    let administrator = |line: &str| {
        let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        let commands = vec![Command::parse(&argv).expect("a command")];
        let transaction = false;
        interchangeable(&with(Role::Administrator(Administrator {
            commands,
            transaction,
            after: None,
        })))
        .len()
    };
    assert_eq!(administrator("XGROUP SETID orders workers 0"), 1);
    assert_eq!(administrator("XGROUP DELCONSUMER orders workers worker-2"), 0);
    assert_eq!(administrator("XGROUP DELCONSUMER orders workers worker-2.1"), 0);
}

#[test]
fn a_name_that_means_something_else_is_nobodys() {
    let mut setup = two_workers();
    setup.messages = [Bytes::from("worker-1")].into_iter().collect();
    assert!(interchangeable(&setup).is_empty());
    let called = |names: [&str; 2]| {
        let mut setup = two_workers();
        for (client, name) in setup.clients.iter_mut().skip(1).zip(names) {
            client.name = Bytes::from(name);
        }
        interchangeable(&setup).len()
    };
    assert_eq!(called(["ann", "bob"]), 1);
    assert_eq!(called(["GROUP", "bob"]), 0, "a keyword");
    assert_eq!(called(["orders", "bob"]), 0, "the stream");
    assert_eq!(called(["ann", "ann.1"]), 0, "a later life of the other");
}

#[test]
fn of_many_only_some_change_places() {
    let mut setup = two_workers();
    for name in ["worker-3", "worker-4", "worker-5"] {
        let role = setup.clients[1].role.clone();
        let name = Bytes::from(name);
        setup.clients.push(ClientSetup { name, role });
    }
    setup.faults = Default::default();
    assert_eq!(interchangeable(&setup)[0].len(), 5);
    let symmetry = Symmetry::of(&setup);
    assert_eq!(symmetry.classes(), [(1..=4).map(ClientIx).collect::<Vec<_>>()]);
    assert_eq!(symmetry.renamings().len(), 24);
    let ways: BTreeSet<Vec<ClientIx>> = symmetry
        .renamings()
        .iter()
        .map(|renaming| setup.client_ixs().map(|client| renaming.client(client)).collect())
        .collect();
    assert_eq!(ways.len(), 24, "all differ");
}

#[test]
fn a_difference_is_seen() {
    let symmetry = Symmetry::of(&two_workers());
    let mut one_may_crash = two_workers();
    one_may_crash.faults.crash.clients = vec![ClientIx(1)];
    let mut one_fails = two_workers();
    if let Role::Consumer(policy) = &mut one_fails.clients[2].role {
        policy.fails_on = vec![Message(0)];
    }
    for setup in [one_may_crash, one_fails] {
        let exploration = Exploration::new(Arc::new(setup));
        let mut differences = 0;
        walk(&exploration, WORLDS_MAX, &mut |world| {
            let differs = |renaming: &&Renaming| difference(&exploration, world, renaming).is_some();
            differences += symmetry.renamings().iter().filter(differs).count();
        });
        assert!(differences > 0);
    }
}
