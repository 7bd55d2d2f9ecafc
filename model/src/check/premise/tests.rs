//! Which events meet which premise, in one group or in each.

use strum::IntoEnumIterator as _;

use super::*;
use crate::check::Deliveries;
use crate::check::tests::*;
use crate::setup::GroupSetup;
use crate::setup::policy::Effect;

fn unmet(check: CheckSpec, setup: &Setup, history: &[Event]) -> Option<(Premise, Option<GroupIx>)> {
    let mut premises = Premises::default();
    history.iter().for_each(|event| premises.on(setup, event));
    let unmet = premises.unmet(setup, &check);
    unmet.map(|Unmet { premise, group }| (premise, group))
}

/// The last event meets the premise, all before it do not.
#[track_caller]
fn needs(check: &CheckSpec, premise: Premise, history: &[Event]) {
    let setup = setup(check.clone());
    let (_, before) = history.split_last().expect("some event");
    let found = unmet(check.clone(), &setup, before).map(|(premise, _)| premise);
    assert_eq!(found, Some(premise), "{check:?}");
    let found = unmet(check.clone(), &setup, history).map(|(premise, _)| premise);
    assert_ne!(found, Some(premise), "{check:?}");
}

#[test]
fn each_check_needs_something_to_judge() {
    let length = |stream: &str, length| Event::Length {
        stream: stream.into(),
        length,
    };
    let alarm = |raised| Event::Alarm {
        client: A,
        group: GROUP,
        raised,
    };
    let dead_letter = CheckSpec::DeadLetter {
        limit: 2,
        counts: Deliveries::Counter,
    };
    let bounded = CheckSpec::Bounded {
        stream: "s".into(),
        length: 1,
    };
    let dead_letter_counts = true;
    let single_owner = CheckSpec::SingleOwner { within_ms: 30 };
    let exactly_once = CheckSpec::ExactlyOnce { dead_letter_counts };
    let done = || effect(Effect::Outside);
    needs(&CheckSpec::AtMostOnce, Premise::Effect, &[started(A), done()]);
    let promised = [added(1), produced()];
    needs(
        &CheckSpec::AtLeastOnce { dead_letter_counts },
        Premise::Promised,
        &promised,
    );
    needs(&exactly_once, Premise::Promised, &promised);
    needs(&exactly_once, Premise::Effect, &[produced(), done()]);
    needs(&single_owner, Premise::Pending, &[read_noack("b", 1), read("a", 1)]);
    let to_two = [read("a", 1), read("a", 2), read_noack("b", 1), claim("b", 1)];
    needs(&single_owner, Premise::PendingForTwo, &to_two);
    needs(
        &CheckSpec::NoOverlappingWork,
        Premise::Work,
        &[read("a", 1), started(A)],
    );
    let by_two = [started(A), ended(A), started(A), started(B)];
    needs(&CheckSpec::NoOverlappingWork, Premise::WorkOfTwo, &by_two);
    needs(&dead_letter, Premise::DeadLetter, &[read("a", 1), routed()]);
    needs(
        &CheckSpec::NothingAfterDeadLetter,
        Premise::DeadLetter,
        &[done(), routed()],
    );
    needs(
        &CheckSpec::RunLimit { limit: 1 },
        Premise::Work,
        &[read("a", 1), started(A)],
    );
    needs(&CheckSpec::Noticed, Premise::Promised, &[alarm(true), produced()]);
    needs(
        &CheckSpec::Noticed,
        Premise::Alarm,
        &[produced(), alarm(false), alarm(true)],
    );
    needs(
        &CheckSpec::PendingList,
        Premise::Pending,
        &[read_noack("a", 1), claim("a", 1)],
    );
    let again = [read("a", 1), claim("a", 1), read("b", 2), claim("a", 2)];
    needs(&CheckSpec::Order, Premise::GrantedTwo, &again);
    let taken = [popped("a"), popped("b"), about(Message(1), popped("b"))];
    needs(&CheckSpec::Order, Premise::GrantedTwo, &taken);
    needs(&CheckSpec::Conservation, Premise::Pushed, &[popped("a"), pushed()]);
    needs(&CheckSpec::Conservation, Premise::Taken, &[pushed(), popped("a")]);
    needs(&CheckSpec::FanOut, Premise::Added, &[read("a", 1), added(1)]);
    needs(&CheckSpec::Settles, Premise::Added, &[read("a", 1), added(1)]);
    needs(
        &bounded,
        Premise::Stored,
        &[length("s", 0), length("t", 1), length("s", 1)],
    );
}

#[test]
fn each_group_for_itself_where_all_are_claimed() {
    let two = Setup {
        groups: vec![group("g", 0), group("h", 1)],
        ..setup(CheckSpec::Settles)
    };
    let second = Some((Premise::Added, Some(GroupIx(1))));
    assert_eq!(unmet(CheckSpec::Settles, &two, &[added(1)]), second, "before its start");
    assert_eq!(unmet(CheckSpec::Settles, &two, &[added(2)]), None);
    let routed = [routed()];
    assert_eq!(
        unmet(CheckSpec::NothingAfterDeadLetter, &two, &routed),
        None,
        "anywhere"
    );
}

#[test]
fn what_subscribers_hear() {
    let setup = |check| {
        let mut setup = subscribing(check);
        setup.groups[0].kind = GroupKind::Subscriber;
        setup
    };
    let met = |check: CheckSpec, history: &[Event]| unmet(check.clone(), &setup(check), history).is_none();
    let second = |event| about(Message(1), event);
    let dead_letter_counts = true;
    assert!(met(CheckSpec::FanOut, &[published("c")]) && !met(CheckSpec::FanOut, &[published("d")]));
    let promised = CheckSpec::AtLeastOnce { dead_letter_counts };
    assert!(met(promised.clone(), &[publish_answered(0)]) && !met(promised, &[published("c")]));
    assert!(met(CheckSpec::Order, &[heard(A), second(heard(A))]));
    assert!(!met(CheckSpec::Order, &[heard(A), heard(A)]));
    assert!(met(CheckSpec::Delivery, &[handed(0, "c")]) && !met(CheckSpec::Delivery, &[published("c")]));
    let subscribed = [subscribed(0, "c")];
    assert!(met(CheckSpec::Subscribed, &[disconnected(0)]) && !met(CheckSpec::Subscribed, &subscribed));
}

#[test]
fn readers_own_nothing() {
    let mut setup = setup(CheckSpec::PendingList);
    setup.groups.push(GroupSetup {
        kind: GroupKind::Reader,
        ..group("h", 0)
    });
    assert_eq!(unmet(CheckSpec::PendingList, &setup, &[read("a", 1)]), None);
    setup.groups.remove(0);
    let nowhere = Some((Premise::Pending, None));
    assert_eq!(unmet(CheckSpec::PendingList, &setup, &[read("a", 1)]), nowhere);
}

#[test]
fn runs_add_up() {
    let setup = setup(CheckSpec::Order);
    let run = |history: &[Event]| {
        let mut premises = Premises::default();
        history.iter().for_each(|event| premises.on(&setup, event));
        premises
    };
    let mut sum = run(&[read("a", 1), started(A)]);
    sum.extend(run(&[read("a", 2), started(A)]));
    let order = sum.unmet(&setup, &CheckSpec::Order).map(|unmet| unmet.premise);
    assert_eq!(order, Some(Premise::GrantedTwo), "one entry in each run");
    let single_owner = CheckSpec::SingleOwner { within_ms: 1 };
    for (check, premise) in [
        (&single_owner, Premise::PendingForTwo),
        (&CheckSpec::NoOverlappingWork, Premise::WorkOfTwo),
    ] {
        let unmet = sum.unmet(&setup, check).map(|unmet| unmet.premise);
        assert_eq!(unmet, Some(premise), "the same consumer in both runs");
    }
    sum.extend(run(&[read("b", 1), started(B)]));
    assert_eq!(sum.unmet(&setup, &single_owner), None);
    assert_eq!(sum.unmet(&setup, &CheckSpec::NoOverlappingWork), None);
    sum.extend(run(&[read("b", 1), read("b", 2)]));
    assert_eq!(sum.unmet(&setup, &CheckSpec::Order), None);
}

#[test]
fn what_one_of_the_runs_stored_or_published_counts() {
    let bounded = CheckSpec::Bounded {
        stream: "s".into(),
        length: 1,
    };
    let setup = setup(bounded.clone());
    let run = |history: &[Event]| {
        let mut premises = Premises::default();
        history.iter().for_each(|event| premises.on(&setup, event));
        premises
    };
    let bus_limit = CheckSpec::BusLimit { at_most: 0 };
    for (check, event) in [(bounded, added(1)), (bus_limit, published("c"))] {
        let with = [event];
        for (first, then) in [(run(&[]), run(&with)), (run(&with), run(&[]))] {
            let mut sum = first;
            sum.extend(then);
            assert_eq!(sum.unmet(&setup, &check), None, "{check:?}");
        }
    }
}

#[test]
fn each_premise_says_what_never_happened() {
    let all: Vec<Premise> = Premise::iter().collect();
    let texts: std::collections::BTreeSet<&str> = all.iter().map(|premise| premise.never()).collect();
    assert_eq!(texts.len(), all.len(), "each has words of its own");
    assert!(texts.iter().all(|text| text.contains("ever")));
}

#[test]
fn a_check_applies_where_there_is_something_to_judge() {
    let check = CheckSpec::AtMostOnce;
    assert!(check.applies(&setup(check.clone())));
    assert!(!check.applies(&Setup::default()));
}

#[test]
fn what_is_stored_or_published_is_met_where_it_happened() {
    let setup = setup(CheckSpec::Settles);
    for (premise, event) in [
        (Premise::Stored, added(1)),
        (Premise::Published, published("c")),
        (Premise::Taken, popped("a")),
    ] {
        let mut premises = Premises::default();
        assert!(!premises.is_met(premise), "{premise:?}");
        premises.on(&setup, &event);
        assert!(premises.is_met(premise), "{premise:?}");
    }
}

#[test]
fn whoever_stands_in_the_place_of_others_meets_what_they_do() {
    let setup = setup(CheckSpec::NoOverlappingWork);
    let met = |symmetry: &Symmetry, event: &Event| {
        let mut premises = Premises::default();
        premises.on_of_each(&setup, event, symmetry);
        (
            premises.is_met(Premise::PendingForTwo),
            premises.is_met(Premise::WorkOfTwo),
        )
    };
    let (nobody, all) = (Symmetry::none(&setup), Symmetry::of(&setup));
    assert_eq!(met(&nobody, &read("a", 1)), (false, false));
    assert_eq!(met(&all, &read("a", 1)), (true, false));
    assert_eq!(met(&nobody, &started(A)), (false, false));
    assert_eq!(met(&all, &started(A)), (false, true));
}
