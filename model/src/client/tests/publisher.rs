//! Publishers: where a message goes, whose answer is waited for, and what is published again.

use super::*;
use crate::setup::policy::*;

fn publisher() -> Publisher {
    Publisher::plain(vec!["news".into(), "sports".into()], (0..3).map(Message).collect())
}

#[track_caller]
fn publishes(policy: Publisher, script: &str) {
    plays(Role::Publisher(policy), script);
}

#[test]
fn channel_by_channel_and_round_again() {
    publishes(
        publisher(),
        "PUBLISH news m1 -> :2 => PublishAnswered
         PUBLISH sports m2 -> :0 => PublishAnswered
         PUBLISH news m3 -> :1 => PublishAnswered
         stop",
    );
}

#[test]
fn without_waiting_it_learns_nothing() {
    let hasty = Publisher {
        reply: AwaitReply::Ignore,
        ..publisher()
    };
    publishes(
        hasty,
        "! PUBLISH news m1 -> sent => OutcomeUnknown
         ! PUBLISH sports m2 -> lost => OutcomeUnknown
         ! PUBLISH news m3 -> sent => OutcomeUnknown
         stop -> lost
         stop",
    );
}

#[test]
fn an_unknown_outcome() {
    publishes(
        publisher(),
        "PUBLISH news m1 -> lost\nPUBLISH news m1 -> :1 => PublishAnswered\nPUBLISH sports m2",
    );
    let resigned = Publisher {
        on_unknown: OnUnknown::GiveUp,
        ..publisher()
    };
    publishes(resigned, "PUBLISH news m1 -> lost => OutcomeUnknown\nPUBLISH sports m2");
}

#[test]
fn an_error_is_no_answer() {
    publishes(
        publisher(),
        "PUBLISH news m1 -> -MOVED 866 127.0.0.1:7001 => OutcomeUnknown\nPUBLISH sports m2",
    );
    publishes(
        publisher(),
        "PUBLISH news m1 -> nil => OutcomeUnknown\nPUBLISH sports m2",
    );
}

#[test]
fn nobody_received_it() {
    let asking = Publisher {
        on_nobody: OnNobody::Retry,
        poll_ms: 250,
        ..publisher()
    };
    publishes(
        asking,
        "PUBLISH news m1 -> :0
         wait 250 -> done
         PUBLISH news m1 -> :0
         wait 250 -> done
         PUBLISH news m1 -> :1 => PublishAnswered
         PUBLISH sports m2",
    );
}

#[test]
fn stored_in_the_same_transaction() {
    let storing = Publisher {
        stores: Some("log".into()),
        ..publisher()
    };
    publishes(
        storing,
        "{XADD log * key m1; PUBLISH news m1} -> [1-0 :1] => PublishAnswered
         {XADD log * key m2; PUBLISH sports m2} -> -EXECABORT Transaction discarded => OutcomeUnknown
         {XADD log * key m3; PUBLISH news m3}",
    );
}
