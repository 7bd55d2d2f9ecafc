//! Workers: each option's effect on what is sent, and what becomes of errors and lost replies.

use super::*;
use crate::setup::policy::*;

fn worker(take: Take) -> Worker {
    Worker::plain(LIST, take)
}

#[track_caller]
fn works(policy: Worker, script: &str) {
    plays(Role::Worker(Box::new(policy)), script);
}

fn dedup(mark: Mark, by: DedupBy, ttl_ms: Option<u64>) -> Option<Dedup> {
    Some(Dedup { mark, by, ttl_ms })
}

#[test]
fn each_command_that_hands_out_for_good() {
    let lines = [
        (Take::Lpop, "LPOP jobs", "m1"),
        (Take::Rpop, "RPOP jobs", "m1"),
        (Take::Blpop, "BLPOP jobs 5", "[jobs m1]"),
        (Take::Brpop, "BRPOP jobs 5", "[jobs m1]"),
    ];
    for (take, line, answer) in lines {
        let script = format!("{line} -> {answer} => WorkStarted\nwork m1 -> done => WorkEnded Effect\n{line}");
        works(worker(take), &script);
    }
}

#[test]
fn blmpop_answers_a_list_of_items() {
    let setup = setup(Role::Worker(Box::new(worker(Take::Blmpop))));
    let me = Me {
        setup: &setup,
        client: ClientIx(0),
        restarts: 0,
    };
    let mut memory = Memory::at_start(me);
    assert_eq!(spell(&setup, &memory.intent(me)), "BLMPOP 5 1 jobs RIGHT");
    let answer = Reply::Array(vec![reply("jobs"), reply("[m2]")]);
    observe_reply(&mut memory, me, &answer);
    assert_eq!(memory.intent(me), Intent::Work(Message(1)));
    assert_eq!(memory.works_on(), Some(Message(1)));
}

fn observe_reply(memory: &mut Memory, me: Me<'_>, reply: &Reply) {
    memory.observe(me, Observation::Reply(reply), &mut |_| ());
}

#[test]
fn each_command_that_moves_and_where_to() {
    let lines = [
        (Take::Rpoplpush, Keeps::Own, "RPOPLPUSH jobs jobs:processing:anna"),
        (Take::Brpoplpush, Keeps::Shared, "BRPOPLPUSH jobs jobs:processing 5"),
        (Take::Lmove, Keeps::Own, "LMOVE jobs jobs:processing:anna RIGHT LEFT"),
        (Take::Blmove, Keeps::Circle, "BLMOVE jobs jobs RIGHT LEFT 5"),
    ];
    for (take, keeps, line) in lines {
        let policy = Worker { keeps, ..worker(take) };
        let place = line.split(' ').nth(2).expect("a destination");
        works(
            policy,
            &format!(
                "{line} -> m1 => WorkStarted
                 work m1 -> done => WorkEnded Effect
                 LREM {place} 1 m1 -> :1
                 {line}"
            ),
        );
    }
}

#[test]
fn nothing_to_take() {
    works(worker(Take::Brpop), "BRPOP jobs 5 -> nothing\nBRPOP jobs 5");
    works(
        worker(Take::Blmove),
        "BLMOVE jobs jobs:processing:anna RIGHT LEFT 5 -> nil\nBLMOVE jobs jobs:processing:anna RIGHT LEFT 5",
    );
    works(worker(Take::Rpop), "RPOP jobs -> nil\nwait 1000 -> done\nRPOP jobs");
    let for_ever = Worker {
        block_ms: 0,
        ..worker(Take::Blpop)
    };
    works(for_ever, "BLPOP jobs 0");
    let patient = Worker {
        poll_ms: 60_000,
        ..worker(Take::Lpop)
    };
    works(patient, "LPOP jobs -> nil\nwait 60000");
}

#[test]
fn an_error_a_stranger_and_a_lost_reply_are_no_item() {
    works(
        worker(Take::Brpop),
        "BRPOP jobs 5 -> -WRONGTYPE Operation against a key\nwait 1000 -> done\nBRPOP jobs 5",
    );
    works(worker(Take::Rpop), "RPOP jobs -> -MOVED 866 127.0.0.1:7001\nwait 1000");
    works(worker(Take::Rpop), "RPOP jobs -> stranger\nwait 1000");
    works(worker(Take::Rpop), "RPOP jobs -> lost\nRPOP jobs");
}

#[test]
fn an_error_on_the_way_ends_the_round() {
    works(
        worker(Take::Lmove),
        "LMOVE jobs jobs:processing:anna RIGHT LEFT -> m1 => WorkStarted
         work m1 -> done => WorkEnded Effect
         LREM jobs:processing:anna 1 m1 -> -WRONGTYPE Operation against a key
         wait 1000 -> done
         LMOVE jobs jobs:processing:anna RIGHT LEFT",
    );
}

#[test]
fn a_removal_whose_reply_was_lost_is_asked_for_again() {
    works(
        worker(Take::Lmove),
        "LMOVE jobs jobs:processing:anna RIGHT LEFT -> m1 => WorkStarted
         work m1 -> done => WorkEnded Effect
         LREM jobs:processing:anna 1 m1 -> lost
         LREM jobs:processing:anna 1 m1 -> :0
         LMOVE jobs jobs:processing:anna RIGHT LEFT",
    );
}

#[test]
fn removing_before_the_work_or_never() {
    let first = Worker {
        remove: Remove::BeforeWork,
        ..worker(Take::Lmove)
    };
    works(
        first.clone(),
        "LMOVE jobs jobs:processing:anna RIGHT LEFT -> m1
         LREM jobs:processing:anna 1 m1 -> :1 => WorkStarted
         work m1 -> done => WorkEnded Effect
         LMOVE jobs jobs:processing:anna RIGHT LEFT",
    );
    works(
        first,
        "LMOVE jobs jobs:processing:anna RIGHT LEFT -> m1
         LREM jobs:processing:anna 1 m1 -> :0
         LMOVE jobs jobs:processing:anna RIGHT LEFT",
    );
    let never = Worker {
        remove: Remove::Never,
        ..worker(Take::Lmove)
    };
    works(
        never,
        "LMOVE jobs jobs:processing:anna RIGHT LEFT -> m1 => WorkStarted
         work m1 -> done => WorkEnded Effect
         LMOVE jobs jobs:processing:anna RIGHT LEFT",
    );
}

#[test]
fn a_lock_on_the_item() {
    let locking = Worker {
        lock_ttl_ms: Some(30_000),
        keeps: Keeps::Shared,
        ..worker(Take::Rpoplpush)
    };
    works(
        locking.clone(),
        "RPOPLPUSH jobs jobs:processing -> m1
         SET lock:jobs:m1 anna NX PX 30000 -> OK => WorkStarted
         work m1 -> done => WorkEnded Effect
         LREM jobs:processing 1 m1 -> :1
         DEL lock:jobs:m1 -> :1
         RPOPLPUSH jobs jobs:processing",
    );
    works(
        locking,
        "RPOPLPUSH jobs jobs:processing -> m1
         SET lock:jobs:m1 anna NX PX 30000 -> nil => LockHeld
         wait 1000",
    );
}

#[test]
fn a_lock_whose_reply_was_lost_keeps_its_own_holder_out() {
    let locking = Worker {
        lock_ttl_ms: Some(30_000),
        ..worker(Take::Lpop)
    };
    works(
        locking,
        "LPOP jobs -> m1
         SET lock:jobs:m1 anna NX PX 30000 -> lost
         SET lock:jobs:m1 anna NX PX 30000 -> nil => LockHeld
         wait 1000",
    );
}

#[test]
fn finishing_in_one_transaction() {
    let policy = Worker {
        finish: Finish::Transaction,
        effect: Effect::Broker,
        lock_ttl_ms: Some(9),
        ..worker(Take::Rpoplpush)
    };
    let commit = "{INCR effect:jobs:m1; LREM jobs:processing:anna 1 m1; DEL lock:jobs:m1}";
    works(
        policy,
        &format!(
            "RPOPLPUSH jobs jobs:processing:anna -> m1
             SET lock:jobs:m1 anna NX PX 9 -> OK => WorkStarted
             work m1 -> done => WorkEnded
             {commit} -> lost
             {commit} -> [:2 :0 :0]
             RPOPLPUSH jobs jobs:processing:anna"
        ),
    );
}

#[test]
fn finishing_only_what_is_still_its_own() {
    let policy = Worker {
        finish: Finish::IfLocked,
        effect: Effect::Broker,
        keeps: Keeps::Shared,
        lock_ttl_ms: Some(9),
        ..worker(Take::Rpoplpush)
    };
    let until_looked = "RPOPLPUSH jobs jobs:processing -> m1
        SET lock:jobs:m1 anna NX PX 9 -> OK => WorkStarted
        work m1 -> done => WorkEnded
        WATCH jobs:processing lock:jobs:m1 -> OK";
    let commit = "{INCR effect:jobs:m1; LREM jobs:processing 1 m1; DEL lock:jobs:m1}";
    works(
        policy.clone(),
        &format!(
            "{until_looked}
             GET lock:jobs:m1 -> anna
             LPOS jobs:processing m1 -> :0
             {commit} -> nothing => TransactionRefused
             WATCH jobs:processing lock:jobs:m1 -> OK
             GET lock:jobs:m1 -> lost
             WATCH jobs:processing lock:jobs:m1 -> OK
             GET lock:jobs:m1 -> ben => Dispossessed
             UNWATCH -> OK
             RPOPLPUSH jobs jobs:processing"
        ),
    );
    works(
        policy,
        &format!(
            "{until_looked}
             GET lock:jobs:m1 -> anna
             LPOS jobs:processing m1 -> nil => Dispossessed
             UNWATCH"
        ),
    );
    let if_kept = Worker {
        finish: Finish::IfKept,
        ..worker(Take::Rpoplpush)
    };
    works(
        if_kept,
        "RPOPLPUSH jobs jobs:processing:anna -> m1 => WorkStarted
         work m1 -> done => WorkEnded Effect
         WATCH jobs:processing:anna -> OK
         LPOS jobs:processing:anna m1 -> :0
         {LREM jobs:processing:anna 1 m1} -> [:1]
         RPOPLPUSH jobs jobs:processing:anna",
    );
}

#[test]
fn marks_before_and_after_the_work() {
    let before = Worker {
        dedup: dedup(Mark::Before, DedupBy::MessageKey, None),
        ..worker(Take::Lpop)
    };
    works(
        before,
        "LPOP jobs -> m1
         SADD processed:jobs m1 -> :1 => WorkStarted
         work m1 -> done => WorkEnded Effect
         LPOP jobs -> m1
         SADD processed:jobs m1 -> :0 => DuplicateSkipped
         LPOP jobs",
    );
    let after = Worker {
        dedup: dedup(Mark::After, DedupBy::MessageKey, Some(60_000)),
        ..worker(Take::Rpoplpush)
    };
    works(
        after,
        "RPOPLPUSH jobs jobs:processing:anna -> m1
         EXISTS processed:jobs:m1 -> :0 => WorkStarted
         work m1 -> done => WorkEnded Effect
         SET processed:jobs:m1 1 NX PX 60000 -> OK
         LREM jobs:processing:anna 1 m1 -> :1
         RPOPLPUSH jobs jobs:processing:anna -> m1
         EXISTS processed:jobs:m1 -> :1 => DuplicateSkipped
         LREM jobs:processing:anna 1 m1",
    );
}

#[test]
fn marks_with_the_effect() {
    let atomic = Worker {
        dedup: dedup(Mark::Atomic, DedupBy::Producer, None),
        effect: Effect::Broker,
        ..worker(Take::Rpoplpush)
    };
    let commit = "{SADD processed:jobs shop; INCR effect:jobs:m1; LREM jobs:processing:anna 1 m1}";
    works(
        atomic,
        &format!(
            "RPOPLPUSH jobs jobs:processing:anna -> m1
             WATCH processed:jobs -> OK
             SISMEMBER processed:jobs shop -> :0 => WorkStarted
             work m1 -> done => WorkEnded
             {commit} -> nothing => TransactionRefused
             WATCH processed:jobs -> OK
             SISMEMBER processed:jobs shop -> :1 => DuplicateSkipped
             UNWATCH -> OK
             LREM jobs:processing:anna 1 m1"
        ),
    );
}

#[test]
fn where_the_effect_shows() {
    let broker = Worker {
        effect: Effect::Broker,
        ..worker(Take::Lpop)
    };
    works(
        broker,
        "LPOP jobs -> m1 => WorkStarted
         work m1 -> done => WorkEnded
         INCR effect:jobs:m1 -> lost
         INCR effect:jobs:m1 -> :2
         LPOP jobs",
    );
    let idempotent = Worker {
        effect: Effect::Idempotent,
        ..worker(Take::Lpop)
    };
    works(
        idempotent,
        "LPOP jobs -> m1 => WorkStarted\nwork m1 -> done => WorkEnded Effect\nLPOP jobs",
    );
}

#[test]
fn work_that_fails_leaves_the_item_where_it_is() {
    let failing = Worker {
        fails_on: vec![Message(0)],
        ..worker(Take::Rpoplpush)
    };
    works(
        failing,
        "RPOPLPUSH jobs jobs:processing:anna -> m1 => WorkStarted
         work m1 -> done => WorkEnded
         RPOPLPUSH jobs jobs:processing:anna -> m2 => WorkStarted
         work m2 -> done => WorkEnded Effect
         LREM jobs:processing:anna 1 m2",
    );
}

#[test]
fn a_new_name_has_lists_of_its_own() {
    let renamed = Worker {
        restart: Restart::NewName,
        lock_ttl_ms: Some(9),
        ..worker(Take::Rpoplpush)
    };
    let script = "RPOPLPUSH jobs jobs:processing:anna.2 -> m1\nSET lock:jobs:m1 anna.2 NX PX 9";
    plays_again(Role::Worker(Box::new(renamed.clone())), 2, script);
    let same = Worker {
        restart: Restart::SameName,
        ..renamed
    };
    plays_again(Role::Worker(Box::new(same)), 2, "RPOPLPUSH jobs jobs:processing:anna");
}
