//! What checks say of what they need is what their monitors do need: no less, since they would miss what breaks the claim,
//! and no more, since each event for nothing, each moment and each look at an end has its cost.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::super::monitor::Monitor;
use super::super::subject::Subject;
use super::all::{any_history, every_check};
use super::*;
use crate::event::Sight;

/// So many histories show all that a monitor can do.
const HISTORIES: usize = 300;

/// Events that go to all subjects, since they name no message.
const NAMELESS: [&str; 3] = ["Crashed", "Items", "Alarm"];

/// What was seen of the first monitor of a check.
#[derive(Default)]
struct Seen {
    /// The events that it is to hear of.
    asked: BTreeSet<&'static str>,
    /// Those that changed it, whether it is to hear of them or not.
    used: BTreeSet<&'static str>,
    /// Some end broke the claim.
    ended: bool,
    /// It remembered a moment.
    timed: bool,
}

fn seen(check: &CheckSpec, histories: &[Vec<(Moment, Event)>]) -> Seen {
    let (setup, subject) = (setup(check.clone()), Subject::of(check));
    let mut seen = Seen::default();
    for history in histories {
        let mut monitor = Monitor::new(check);
        for (moment, event) in history {
            let mut is_named = false;
            subject.each_named(&setup, event, &mut |place| is_named |= place == 0);
            if !is_named {
                continue;
            }
            if check.asks_for(event) {
                seen.asked.insert(event.into());
            }
            let before = monitor.clone();
            let _ = monitor.on(&setup, check, subject.message(&setup, 0), *moment, event);
            if monitor != before {
                seen.used.insert(event.into());
            }
            seen.ended |= monitor.at_end(check).is_err();
            monitor.times(&mut |_| seen.timed = true);
        }
    }
    seen
}

#[test]
fn a_check_asks_for_what_its_monitors_use() {
    let mut runner = TestRunner::deterministic();
    let histories: Vec<_> = (0..HISTORIES)
        .map(|_| any_history().new_tree(&mut runner).expect("a history").current())
        .collect();
    let bounded = CheckSpec::Bounded {
        stream: "s".into(),
        length: 1,
    };
    for check in every_check().into_iter().chain([bounded]) {
        let Seen {
            asked,
            used,
            ended,
            timed,
        } = seen(&check, &histories);
        assert!(used.is_subset(&asked), "{check:?} uses {used:?} but asks for {asked:?}");
        for event in NAMELESS {
            assert_eq!(asked.contains(event), used.contains(event), "{check:?}: {event}");
        }
        if check.remembers_times() {
            assert_eq!(
                asked, used,
                "{check:?}: whoever touches moments has all of them looked at"
            );
        }
        let is_told = check.sight() == Sight::Broker;
        assert!(is_told || !used.contains("Pending"), "{check:?} of pending lists");
        assert_eq!(check.is_about_ends(), ended, "{check:?} of ends");
        assert_eq!(check.remembers_times(), timed, "{check:?} of moments");
    }
}
