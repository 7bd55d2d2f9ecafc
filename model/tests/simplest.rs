//! Of the shortest ways to a violation the simplest: fewer faults, then fewer clients, the same on each call.

use std::sync::Arc;

use redelivery_model::check::{CheckIx, CheckSpec, Violation};
use redelivery_model::explore::{Exploration, Explored, Found, Settings, acting, explore, faults, simplest};
use redelivery_model::history::{Clock, replay};
use redelivery_model::setup::policy::*;
use redelivery_model::setup::*;
use redelivery_model::world::Action;

mod common;
use common::{reclaim, setup};

const SHOP: ClientIx = ClientIx(0);
const FIRST: ClientIx = ClientIx(1);
const SECOND: ClientIx = ClientIx(2);

/// A message that is added twice since a reply was lost. One worker acknowledges, so that it needs a step more between two
/// entries than the other, who does not.
fn added_twice() -> Exploration {
    let with = |acknowledge| {
        Role::Consumer(Box::new(Consumer {
            acknowledge,
            ..Consumer::plain(GroupIx(0))
        }))
    };
    let mut setup = setup(1, When::Meanwhile, &Consumer::plain(GroupIx(0)));
    setup.clients[1].role = with(Acknowledge::AfterWork);
    setup.clients[2].role = with(Acknowledge::NoAck);
    if let Role::Producer(producer) = &mut setup.clients[0].role {
        producer.on_unknown = OnUnknown::Retry;
    }
    setup.checks = vec![CheckSpec::AtMostOnce];
    setup.faults = Faults {
        cut: FaultBudget {
            times: 2,
            clients: vec![SHOP],
        },
        fates: vec![Fate::ReplyLost],
        ..Faults::default()
    };
    Exploration::new(Arc::new(setup))
}

fn explored(exploration: &Exploration) -> Explored {
    let explored = explore(exploration, &Settings::new(200_000), &|_| ());
    assert!(explored.complete);
    explored
}

/// What a path violates, on the way or if the run stayed at its end.
fn violated(exploration: &Exploration, found: &Found) -> Vec<CheckIx> {
    let (steps, world) = replay(exploration.setup(), Clock::Abstract, &found.path).unwrap();
    let mut violated: Vec<Violation> = steps.last().unwrap().violations.clone();
    if found.at_end {
        let at_end = &mut |violation| violated.push(violation);
        world.monitors().at_end(exploration.setup(), at_end);
    }
    violated.iter().map(|violation| violation.check).collect()
}

#[test]
fn fewer_clients_are_found() {
    let exploration = added_twice();
    let first = explored(&exploration).found[0].clone().unwrap();
    assert_eq!(acting(&first.path).len(), 3, "the first that is met: {:?}", first.path);
    let simple = simplest(&exploration, &first);
    assert_eq!(simple.path.len(), first.path.len());
    assert_eq!(acting(&simple.path).into_iter().collect::<Vec<_>>(), [SHOP, SECOND]);
    assert_eq!(violated(&exploration, &simple), [CheckIx(0)]);
}

#[test]
fn fewer_faults_are_found() {
    let exploration = added_twice();
    let first = explored(&exploration).found[0].clone().unwrap();
    let lost = Action::Cut(SHOP, Fate::ReplyLost);
    let path = vec![
        lost,
        lost,
        Action::Step(FIRST),
        Action::Step(SECOND),
        Action::Step(FIRST),
        Action::Step(SECOND),
    ];
    let twice = Found { path, ..first };
    assert_eq!(violated(&exploration, &twice), [CheckIx(0)]);
    let simple = simplest(&exploration, &twice);
    assert_eq!((faults(&twice.path), faults(&simple.path)), (2, 1));
    assert_eq!(acting(&simple.path).len(), 2, "then fewer clients too");
    assert_eq!(violated(&exploration, &simple), [CheckIx(0)]);
}

#[test]
fn ends_become_simpler_too() {
    let mut setup = setup(1, When::Beforehand, &Consumer::plain(GroupIx(0)));
    setup.checks = vec![CheckSpec::Settles];
    setup.faults.crash.times = 2;
    let exploration = Exploration::new(Arc::new(setup));
    let first = explored(&exploration).found[0].clone().unwrap();
    assert!(first.at_end);
    // One reads and crashes; that the other crashes before the first starts again matters to nobody.
    let steps = [Action::Step(FIRST), Action::Crash(FIRST)];
    let rest = [Action::Crash(SECOND), Action::Restart(SECOND), Action::Restart(FIRST)];
    let long: Vec<Action> = steps.into_iter().chain(rest).collect();
    let longer = Found {
        path: long,
        ..first.clone()
    };
    let simple = simplest(&exploration, &longer);
    assert_eq!(simple.path.len(), longer.path.len());
    assert!(
        (faults(&simple.path), acting(&simple.path).len()) < (2, 2),
        "{:?}",
        simple.path
    );
    assert!(violated(&exploration, &simple).contains(&CheckIx(0)));
}

#[test]
fn never_worse_and_always_the_same() {
    let by = |by| Consumer {
        reclaim: reclaim(by),
        ..Consumer::plain(GroupIx(0))
    };
    let setups = [
        setup(1, When::Meanwhile, &by(ReclaimBy::Xautoclaim)),
        setup(2, When::Beforehand, &by(ReclaimBy::Xclaim)),
    ];
    let mut compared = 0;
    for setup in setups {
        let exploration = Exploration::new(Arc::new(setup));
        let cost = |found: &Found| (found.path.len(), faults(&found.path), acting(&found.path).len());
        for found in explored(&exploration).found.iter().flatten() {
            let simple = simplest(&exploration, found);
            assert!(cost(&simple) <= cost(found), "{found:?}");
            assert_eq!(
                (simple.violation.check, simple.at_end),
                (found.violation.check, found.at_end)
            );
            assert!(violated(&exploration, &simple).contains(&found.violation.check));
            assert_eq!(simplest(&exploration, found), simple);
            assert_eq!(simplest(&exploration, &simple), simple, "it is simplest already");
            compared += 1;
        }
    }
    assert!(compared >= 4, "{compared}");
}
