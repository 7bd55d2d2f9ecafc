//! Subscribers: what they subscribe to and when, again after a loss, and what they do with what they hear.

use super::Subscription::{Channel, Pattern};
use super::*;
use crate::setup::policy::*;

fn subscriber() -> Subscriber {
    let names = vec![(Channel, "a".into()), (Channel, "b".into()), (Pattern, "a*".into())];
    Subscriber::plain(ANNA, names)
}

#[track_caller]
fn hears(policy: Subscriber, script: &str) {
    plays(Role::Subscriber(policy), script);
}

#[test]
fn all_at_once_or_one_by_one() {
    hears(
        subscriber(),
        "SUBSCRIBE a b -> subscribe a b
         PSUBSCRIBE a* -> psubscribe a*
         listen -> message a m1 => Heard WorkStarted
         work m1 -> done => WorkEnded Effect
         listen -> pmessage a* a m1 => Heard WorkStarted
         work m1",
    );
    let careful = Subscriber {
        subscribes: Subscribes::OneByOne,
        ..subscriber()
    };
    hears(
        careful,
        "SUBSCRIBE a -> subscribe a
         SUBSCRIBE b -> subscribe b
         PSUBSCRIBE a* -> psubscribe a*
         listen",
    );
}

#[test]
fn without_waiting_for_the_confirmation() {
    let hasty = Subscriber {
        confirmation: AwaitReply::Ignore,
        ..subscriber()
    };
    hears(hasty, "! SUBSCRIBE a b -> sent\n! PSUBSCRIBE a* -> sent\nlisten");
}

#[test]
fn what_it_hears_before_it_is_subscribed_to_all_waits() {
    hears(
        subscriber(),
        "SUBSCRIBE a b -> subscribe a b
         PSUBSCRIBE a* -> message a m1 => Heard
         PSUBSCRIBE a* -> psubscribe a* => WorkStarted
         work m1",
    );
}

#[test]
fn what_comes_while_it_works_waits() {
    hears(
        Subscriber::plain(ANNA, vec![(Channel, "a".into())]),
        "SUBSCRIBE a -> subscribe a
         listen -> message a m1 => Heard WorkStarted
         work m1 -> message a m2 => Heard
         work m1 -> done => WorkEnded Effect WorkStarted
         work m2",
    );
}

#[test]
fn a_stranger_is_no_message() {
    let one = Subscriber::plain(ANNA, vec![(Channel, "a".into())]);
    hears(one, "SUBSCRIBE a -> subscribe a\nlisten -> message a stranger\nlisten");
}

#[test]
fn after_a_loss_everything_what_was_confirmed_or_nothing() {
    let until_lost = |policy: Resubscribes, then: &str| {
        let policy = Subscriber {
            resubscribes: policy,
            subscribes: Subscribes::OneByOne,
            ..subscriber()
        };
        hears(
            policy,
            &format!("SUBSCRIBE a -> subscribe a\nSUBSCRIBE b -> lost\n{then}"),
        );
    };
    until_lost(Resubscribes::Everything, "SUBSCRIBE a");
    until_lost(Resubscribes::WhatWasConfirmed, "SUBSCRIBE a -> subscribe a\nlisten");
    until_lost(Resubscribes::Nothing, "SUBSCRIBE b");
    let nothing = Subscriber {
        resubscribes: Resubscribes::Nothing,
        ..Subscriber::plain(ANNA, vec![(Channel, "a".into())])
    };
    hears(nothing, "SUBSCRIBE a -> subscribe a\nlisten -> lost\nlisten");
}

#[test]
fn a_loss_while_it_works_shows_afterwards() {
    let one = Subscriber::plain(ANNA, vec![(Channel, "a".into())]);
    hears(
        one,
        "SUBSCRIBE a -> subscribe a
         listen -> message a m1 => Heard WorkStarted
         work m1 -> lost
         work m1 -> done => WorkEnded Effect
         SUBSCRIBE a",
    );
}

#[test]
fn it_catches_up_and_goes_on_from_there() {
    let catching_up = Subscriber {
        catches_up: Some("log".into()),
        drops_duplicates: true,
        resp3: true,
        ..Subscriber::plain(ANNA, vec![(Channel, "a".into())])
    };
    hears(
        catching_up,
        "SUBSCRIBE a -> subscribe a
         XRANGE log (0-0 + -> message a m2 => Heard
         XRANGE log (0-0 + -> entries m1 m2 => CaughtUp CaughtUp DuplicateSkipped WorkStarted
         work m1 -> lost
         work m1 -> done => WorkEnded Effect
         SUBSCRIBE a -> subscribe a
         XRANGE log (2-0 + -> entries => WorkStarted
         work m2 -> done => WorkEnded Effect
         listen -> message a m2 => Heard DuplicateSkipped
         listen",
    );
}

#[test]
fn a_stream_that_cannot_be_read_holds_nothing() {
    let catching_up = Subscriber {
        catches_up: Some("log".into()),
        ..Subscriber::plain(ANNA, vec![(Channel, "a".into())])
    };
    hears(
        catching_up,
        "SUBSCRIBE a -> subscribe a
         XRANGE log (0-0 + -> -WRONGTYPE Operation against a key
         listen",
    );
}

#[test]
fn it_leaves_when_it_has_enough() {
    let leaving = Subscriber {
        leaves_after: Some(2),
        ..subscriber()
    };
    hears(
        leaving.clone(),
        "SUBSCRIBE a b -> subscribe a b
         PSUBSCRIBE a* -> psubscribe a*
         listen -> message a m1 => Heard WorkStarted
         work m1 -> pmessage a* a m1 => Heard Left
         work m1 -> done => WorkEnded Effect
         UNSUBSCRIBE a b -> message b m2 => Heard
         UNSUBSCRIBE a b -> unsubscribe a b
         PUNSUBSCRIBE a* -> punsubscribe a* => WorkStarted
         work m1 -> done => WorkEnded Effect WorkStarted
         work m2 -> done => WorkEnded Effect
         stop",
    );
    hears(
        leaving,
        "SUBSCRIBE a b -> subscribe a b
         PSUBSCRIBE a* -> psubscribe a*
         listen -> message a m1 => Heard WorkStarted
         work m1 -> message b m2 => Heard Left
         work m1 -> lost
         work m1 -> done => WorkEnded Effect WorkStarted
         work m2 -> done => WorkEnded Effect
         stop",
    );
}
