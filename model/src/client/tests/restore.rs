//! Putting back what a worker left: when, in which steps, and what becomes of errors and lost replies.

use super::*;
use crate::setup::policy::*;

fn restoring(when: RestoreWhen, by: RestoreBy) -> Worker {
    Worker {
        restore: Some(Restore {
            when,
            by,
            unless_locked: false,
        }),
        ..Worker::plain(LIST, Take::Rpoplpush)
    }
}

fn unless_locked(by: RestoreBy) -> Worker {
    let mut policy = restoring(RestoreWhen::Start, by);
    policy.keeps = Keeps::Shared;
    policy.lock_ttl_ms = Some(9);
    if let Some(restore) = &mut policy.restore {
        restore.unless_locked = true;
    }
    policy
}

#[track_caller]
fn restores(policy: Worker, script: &str) {
    plays(Role::Worker(Box::new(policy)), script);
}

const MOVE: &str = "LMOVE jobs:processing:anna jobs LEFT RIGHT";
const TAKE: &str = "RPOPLPUSH jobs jobs:processing:anna";

#[test]
fn at_the_start_or_in_each_round() {
    let until_done = format!(
        "{MOVE} -> m1 => Restored
         {MOVE} -> nil
         {TAKE} -> m2 => WorkStarted
         work m2 -> done => WorkEnded Effect
         LREM jobs:processing:anna 1 m2 -> :1"
    );
    let at_start = restoring(RestoreWhen::Start, RestoreBy::Lmove);
    restores(at_start, &format!("{until_done}\n{TAKE}"));
    let each_round = restoring(RestoreWhen::EachRound, RestoreBy::Lmove);
    restores(each_round, &format!("{until_done}\n{MOVE}"));
}

#[test]
fn by_lmove_a_lost_reply_is_no_end() {
    let policy = restoring(RestoreWhen::Start, RestoreBy::Lmove);
    restores(policy, &format!("{MOVE} -> lost\n{MOVE} -> m1 => Restored\n{MOVE}"));
}

#[test]
fn an_error_ends_it() {
    let policy = restoring(RestoreWhen::Start, RestoreBy::Lmove);
    restores(policy, &format!("{MOVE} -> -WRONGTYPE Operation against a key\n{TAKE}"));
    let policy = restoring(RestoreWhen::Start, RestoreBy::Transaction);
    restores(
        policy,
        &format!("LRANGE jobs:processing:anna 0 -1 -> -MOVED 866 127.0.0.1:7001\n{TAKE}"),
    );
}

#[test]
fn pushing_first() {
    restores(
        restoring(RestoreWhen::Start, RestoreBy::PushThenDelete),
        &format!(
            "LRANGE jobs:processing:anna 0 -1 -> [m1 m2]
             RPUSH jobs m1 m2 -> lost
             RPUSH jobs m1 m2 -> :4
             DEL jobs:processing:anna -> :1 => Restored Restored
             {TAKE}"
        ),
    );
    let empty = restoring(RestoreWhen::Start, RestoreBy::PushThenDelete);
    restores(empty, &format!("LRANGE jobs:processing:anna 0 -1 -> []\n{TAKE}"));
}

#[test]
fn deleting_first() {
    restores(
        restoring(RestoreWhen::Start, RestoreBy::DeleteThenPush),
        &format!(
            "LPOP jobs:processing:anna -> m1
             RPUSH jobs m1 -> :1 => Restored
             LPOP jobs:processing:anna -> nil
             {TAKE}"
        ),
    );
}

#[test]
fn in_a_transaction() {
    let both = "{RPUSH jobs m1; DEL jobs:processing:anna}";
    restores(
        restoring(RestoreWhen::Start, RestoreBy::Transaction),
        &format!(
            "LRANGE jobs:processing:anna 0 -1 -> [m1]
             {both} -> lost
             LRANGE jobs:processing:anna 0 -1 -> [m1]
             {both} -> [:1 :1] => Restored
             {TAKE}"
        ),
    );
}

#[test]
fn watched() {
    restores(
        restoring(RestoreWhen::Start, RestoreBy::Watched),
        &format!(
            "WATCH jobs:processing:anna -> OK
             LRANGE jobs:processing:anna 0 -1 -> [m1]
             {{RPUSH jobs m1; DEL jobs:processing:anna}} -> nothing => TransactionRefused
             WATCH jobs:processing:anna -> OK
             LRANGE jobs:processing:anna 0 -1 -> []
             UNWATCH -> OK
             {TAKE}"
        ),
    );
}

#[test]
fn only_what_nobody_has_locked() {
    let take = "RPOPLPUSH jobs jobs:processing";
    restores(
        unless_locked(RestoreBy::Watched),
        &format!(
            "WATCH jobs:processing -> OK
             LRANGE jobs:processing 0 -1 -> [m1 m2]
             WATCH lock:jobs:m1 lock:jobs:m2 -> OK
             EXISTS lock:jobs:m1 -> :1
             EXISTS lock:jobs:m2 -> :0
             {{RPUSH jobs m2; LREM jobs:processing 1 m2}} -> [:1 :1] => Restored
             {take}"
        ),
    );
    restores(
        unless_locked(RestoreBy::PushThenDelete),
        &format!(
            "LRANGE jobs:processing 0 -1 -> [m1 m2]
             EXISTS lock:jobs:m1 -> :0
             EXISTS lock:jobs:m2 -> :0
             RPUSH jobs m1 m2 -> :2
             LREM jobs:processing 1 m1 -> :1
             LREM jobs:processing 1 m2 -> :1 => Restored Restored
             {take}"
        ),
    );
    restores(
        unless_locked(RestoreBy::DeleteThenPush),
        &format!(
            "LRANGE jobs:processing 0 -1 -> [m1 m2]
             EXISTS lock:jobs:m1 -> :0
             EXISTS lock:jobs:m2 -> :0
             LREM jobs:processing 1 m1 -> :0
             LREM jobs:processing 1 m2 -> :1
             RPUSH jobs m2 -> :1 => Restored
             {take}"
        ),
    );
    restores(
        unless_locked(RestoreBy::Transaction),
        &format!("LRANGE jobs:processing 0 -1 -> [m1]\nEXISTS lock:jobs:m1 -> :1\n{take}"),
    );
}
