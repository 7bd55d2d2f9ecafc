//! What explorers need of monitors: their parts, whose moments change, what is not fulfilled, and that clients may change
//! places.

use proptest::prelude::*;

use super::all::{all, any_history, every_check};
use super::*;
use crate::symmetry::Symmetry;

/// The checks that are claimed of ends or remember moments; more than sixteen no setup has.
fn of_ends_or_moments() -> Setup {
    let checks = every_check().into_iter();
    let checks = checks.filter(|check| check.is_about_ends() || check.remembers_times());
    Setup {
        groups: vec![group("g", 0), group("h", 1)],
        checks: checks.collect(),
        ..subscribing(CheckSpec::AtMostOnce)
    }
}

proptest! {
    #[test]
    fn parts_are_all_that_there_is(history in any_history()) {
        let setup = of_ends_or_moments();
        let (monitors, _) = play(&setup, &history);
        let mut copy = Monitors::new(&setup);
        for (own, other) in copy.parts_mut().zip(monitors.parts()) {
            *own = other.clone();
        }
        prop_assert_eq!(copy, monitors);
    }

    #[test]
    fn parts_are_visited_in_their_order(history in any_history()) {
        let setup = of_ends_or_moments();
        let (monitors, _) = play(&setup, &history);
        let mut visited = Vec::new();
        monitors.each_part(&mut |place, is_timed, part| visited.push((place, (is_timed, part.clone()))));
        let parts = monitors.parts_are_timed().zip(monitors.parts().cloned());
        prop_assert_eq!(visited, (0..).zip(parts).collect::<Vec<_>>());
    }

    #[test]
    fn each_part_hears_alone_what_it_hears_among_all(history in any_history()) {
        let setup = all();
        let mut monitors = Monitors::new(&setup);
        for steps in history.chunks(3) {
            let (mut parts, mut broken_alone) = (monitors.clone(), Vec::new());
            for (place, part) in (0..).zip(parts.parts_mut()) {
                let mut report = |at, violation| broken_alone.push((at, violation));
                monitors.on_ward(&setup, (place, part), steps, &mut report);
            }
            let listeners = monitors.untimed_that_hear(&setup, steps);
            for ((place, part), before) in (0..).zip(parts.parts()).zip(monitors.parts()) {
                let heard = listeners.get(&place).into_iter().flatten().copied().cloned();
                let mut alone = before.clone();
                monitors.on_ward(&setup, (place, &mut alone), &heard.collect::<Vec<_>>(), &mut |_, _| ());
                let is_timed = monitors.parts_are_timed().nth(place as usize) == Some(true);
                prop_assert_eq!(&alone, if is_timed { before } else { part });
            }
            broken_alone.sort_by_key(|(at, _)| *at);
            let mut broken = Vec::new();
            for (at, (moment, event)) in steps.iter().enumerate() {
                monitors.on(&setup, *moment, event, &mut |violation| broken.push((at, violation)));
            }
            prop_assert_eq!(&parts, &monitors);
            prop_assert_eq!(broken_alone, broken);
        }
    }

    #[test]
    fn timed_parts_hear_what_they_hear_among_all(history in any_history()) {
        let setup = of_ends_or_moments();
        let (mut all, mut timed) = (Monitors::new(&setup), Monitors::new(&setup));
        for (moment, event) in &history {
            all.on(&setup, *moment, event, &mut |_| ());
            timed.on_timed(&setup, *moment, event, &mut |_| ());
        }
        let untouched = Monitors::new(&setup);
        for (is_timed, ((all, timed), untouched)) in
            all.parts_are_timed().zip(all.parts().zip(timed.parts()).zip(untouched.parts()))
        {
            prop_assert_eq!(timed, if is_timed { all } else { untouched });
        }
    }

    /// To put back what is said to remember moments puts them all back, and nothing else has any.
    #[test]
    fn moments_lie_in_timed_parts(history in any_history()) {
        let setup = of_ends_or_moments();
        let (mut monitors, _) = play(&setup, &history);
        let count = |monitors: &Monitors| {
            let mut count = 0;
            monitors.times(&mut |_| count += 1);
            count
        };
        prop_assert_eq!(monitors.parts().count(), monitors.parts_are_timed().count());
        let timed: Vec<bool> = monitors.parts_are_timed().collect();
        let empty = Monitors::new(&setup);
        let mut others = monitors.clone();
        for (place, (part, empty)) in others.parts_mut().zip(empty.parts()).enumerate() {
            if !timed[place] {
                *part = empty.clone();
            }
        }
        prop_assert_eq!(count(&others), count(&monitors));
        for (place, (part, empty)) in monitors.parts_mut().zip(empty.parts()).enumerate() {
            if timed[place] {
                *part = empty.clone();
            }
        }
        prop_assert_eq!(count(&monitors), 0);
    }

    #[test]
    fn an_end_breaks_what_some_part_does_not_fulfil(history in any_history()) {
        let setup = of_ends_or_moments();
        let (monitors, _) = play(&setup, &history);
        let parts = (0..).zip(monitors.parts());
        let unfulfilled = parts.map(|(place, part)| monitors.unfulfilled(&setup, place, part));
        let broken = ending(&setup, &monitors);
        let broken = broken.iter().map(|violation| 1 << violation.check.0);
        let either = |all: u16, some: u16| all | some;
        prop_assert_eq!(unfulfilled.fold(0, either), broken.fold(0, either));
    }

    /// Who stands in the place of others has done what they did. Watchers, who raise alarms, and subscribers never move.
    #[test]
    fn clients_change_places(mut history in any_history()) {
        let setup = Setup {
            groups: vec![group("g", 0), group("h", 1)],
            checks: every_check(),
            ..setup(CheckSpec::AtMostOnce)
        };
        let symmetry = Symmetry::of(&setup);
        prop_assert_eq!(symmetry.renamings().len(), 6, "three consumers");
        history.retain(|(_, event)| !matches!(event, Event::Alarm { .. } | Event::Heard { .. }));
        let (monitors, violations) = play(&setup, &history);
        for renaming in symmetry.renamings() {
            let renamed: Vec<_> = history.iter().map(|(at, event)| (*at, event.renamed(renaming))).collect();
            let (others, same) = play(&setup, &renamed);
            prop_assert_eq!(monitors.renamed(renaming), others);
            prop_assert_eq!(&violations, &same);
        }
    }
}

#[test]
fn who_touches_moments_is_noticed() {
    let setup = Setup {
        checks: vec![
            CheckSpec::SingleOwner { within_ms: 30 },
            CheckSpec::RunLimit { limit: 2 },
        ],
        ..setup(CheckSpec::AtMostOnce)
    };
    let changes = |event: &Event| {
        let mut monitors = Monitors::new(&setup);
        monitors.parts_mut().for_each(crate::world::Part::clear_notes);
        monitors.on(&setup, Moment::at(10), event, &mut |_| {});
        monitors.times_are_changed()
    };
    assert!(changes(&read("a", 1)));
    assert!(!changes(&started(A)));
}
