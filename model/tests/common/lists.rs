//! Setups of lists, for the tests that share setups.

use redelivery_engine::{Bytes, StreamId};
use redelivery_model::check::CheckSpec;
use redelivery_model::setup::policy::*;
use redelivery_model::setup::*;

/// Named setups, each with something that the others lack.
pub(crate) fn setups() -> Vec<(&'static str, Setup)> {
    let own = |by| {
        Some(Restore {
            when: RestoreWhen::EachRound,
            by,
            unless_locked: false,
        })
    };
    let by = |take| Worker::plain(GroupIx(0), take);
    let reliable = Worker {
        restore: own(RestoreBy::Lmove),
        ..by(Take::Blmove)
    };
    let in_two_steps = Worker {
        restore: own(RestoreBy::PushThenDelete),
        effect: Effect::Broker,
        ..by(Take::Rpoplpush)
    };
    let locked = Worker {
        keeps: Keeps::Shared,
        lock_ttl_ms: Some(30_000),
        finish: Finish::IfLocked,
        effect: Effect::Broker,
        ..by(Take::Blmove)
    };
    let circle = Worker {
        keeps: Keeps::Circle,
        dedup: Some(Dedup {
            mark: Mark::After,
            by: DedupBy::MessageKey,
            ttl_ms: None,
        }),
        ..by(Take::Lmove)
    };
    let mut cut = setup(1, &reliable);
    cut.faults = Faults {
        cut: FaultBudget {
            times: 1,
            clients: Vec::new(),
        },
        fates: vec![Fate::Never, Fate::ReplyLost, Fate::Late],
        ..Faults::default()
    };
    vec![
        ("list: popped", setup(2, &by(Take::Brpop))),
        ("list: reliable", setup(1, &reliable)),
        ("list: cut", cut),
        ("list: in two steps", setup(1, &in_two_steps)),
        ("list: locked", reaped(setup(1, &locked), RestoreBy::Watched)),
        ("list: circle", setup(1, &circle)),
    ]
}

/// A producer of all messages and two workers, with one crash.
fn setup(messages: u32, worker: &Worker) -> Setup {
    let by = AddBy::Push(PushBy::Lpush);
    let producer = Producer::plain("jobs", by, (0..messages).map(Message).collect());
    let mut clients = vec![ClientSetup {
        name: Bytes::from("shop"),
        role: Role::Producer(producer),
    }];
    for name in ["worker-1", "worker-2"] {
        clients.push(ClientSetup {
            name: Bytes::from(name),
            role: Role::Worker(Box::new(worker.clone())),
        });
    }
    Setup {
        groups: vec![GroupSetup {
            kind: GroupKind::List,
            key: Bytes::from("jobs"),
            name: Bytes::from("jobs"),
            start: StreamId::MIN,
            exists: false,
        }],
        clients,
        messages: (1..=messages).map(|n| Bytes::from(format!("shop-{n}"))).collect(),
        faults: Faults {
            crash: FaultBudget {
                times: 1,
                clients: vec![ClientIx(1), ClientIx(2)],
            },
            ..Faults::default()
        },
        checks: vec![
            CheckSpec::AtMostOnce,
            CheckSpec::AtLeastOnce {
                dead_letter_counts: true,
            },
            CheckSpec::NoOverlappingWork,
            CheckSpec::Conservation,
            CheckSpec::Order,
            CheckSpec::Settles,
        ],
        counter_ids: true,
        ..Setup::default()
    }
}

/// With a reaper in place of the second worker.
fn reaped(mut setup: Setup, by: RestoreBy) -> Setup {
    let mut reaper = Reaper::plain(GroupIx(0), Keeps::Shared, by);
    reaper.restore.unless_locked = true;
    setup.clients[2] = ClientSetup {
        name: Bytes::from("reaper"),
        role: Role::Reaper(reaper),
    };
    setup
}
