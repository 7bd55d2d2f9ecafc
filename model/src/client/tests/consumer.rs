//! Consumers: what they ask the replica before they work, and what they make of the answer.

use super::*;
use crate::setup::policy::*;

/// One that acknowledges before it works, and asks whether the replica knows so.
fn waiting(acknowledge: Acknowledge, otherwise: Otherwise) -> Role {
    Role::Consumer(Box::new(Consumer {
        acknowledge,
        wait: Some(Wait {
            timeout_ms: 50,
            otherwise,
        }),
        batch: 2,
        ..Consumer::plain(LIST)
    }))
}

const READ: &str = "XREADGROUP GROUP jobs anna COUNT 2 BLOCK 5000 STREAMS jobs >";

#[test]
fn whoever_is_told_that_no_replica_knows_asks_again() {
    plays(
        waiting(Acknowledge::OnReceiptIfFirst, Otherwise::Retry),
        &format!(
            "{READ} -> read m1 m2
             XACK jobs jobs 1-0 -> :1
             WAIT 1 50 -> :0 => NotReplicated
             WAIT 1 50 -> :1 => WorkStarted
             work m1 -> done => WorkEnded Effect
             XACK jobs jobs 2-0 -> :0
             {READ}"
        ),
    );
}

#[test]
fn on_another_connection_it_acknowledges_again_first() {
    for (acknowledge, ids) in [
        (Acknowledge::OnReceiptIfFirst, "1-0"),
        (Acknowledge::OnReceipt, "1-0 2-0"),
    ] {
        let script = format!(
            "{READ} -> read m1 m2
             XACK jobs jobs {ids} -> :1
             WAIT 1 50 -> lost
             XACK jobs jobs {ids} -> :1
             WAIT 1 50"
        );
        plays(waiting(acknowledge, Otherwise::Retry), &script);
    }
}

#[test]
fn who_does_not_look_at_the_answer_works() {
    plays(
        waiting(Acknowledge::OnReceipt, Otherwise::GoOn),
        &format!(
            "{READ} -> read m1 m2
             XACK jobs jobs 1-0 2-0 -> :2
             WAIT 1 50 -> :0 => NotReplicated WorkStarted
             work m1 -> done => WorkEnded Effect WorkStarted
             work m2"
        ),
    );
}

#[test]
fn who_gives_up_does_not_work_on_what_it_acknowledged() {
    plays(
        waiting(Acknowledge::OnReceiptIfFirst, Otherwise::GiveUp),
        &format!(
            "{READ} -> read m1 m2
             XACK jobs jobs 1-0 -> :1
             WAIT 1 50 -> :0 => NotReplicated
             XACK jobs jobs 2-0"
        ),
    );
    plays(
        waiting(Acknowledge::OnReceipt, Otherwise::GiveUp),
        &format!(
            "{READ} -> read m1 m2
             XACK jobs jobs 1-0 2-0 -> :2
             WAIT 1 50 -> :0 => NotReplicated
             {READ}"
        ),
    );
}
