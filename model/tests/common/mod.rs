//! Setups that several tests share: small enough to explore, different enough to reach every room of the model.

mod more;

use redelivery_engine::{Bytes, StreamId};
use redelivery_model::check::{CheckSpec, Deliveries};
use redelivery_model::setup::policy::*;
use redelivery_model::setup::*;
use redelivery_model::simulate::Timing;

/// Reads new entries, works, acknowledges.
pub(crate) fn consumer() -> Consumer {
    Consumer {
        group: GroupIx(0),
        creates_group: None,
        on_no_group: OnNoGroup::Loop,
        reads: Reads::New,
        start: Start::New,
        batch: 1,
        block_ms: Some(5_000),
        poll_ms: 1_000,
        acknowledge: Acknowledge::AfterWork,
        delete: None,
        fails_on: Vec::new(),
        dedup: None,
        effect: Effect::Outside,
        reclaim: None,
        dead_letter: None,
        restart: Restart::SameName,
    }
}

/// A reclaim of what was idle for half a minute.
pub(crate) fn reclaim(by: ReclaimBy) -> Option<Reclaim> {
    Some(Reclaim {
        by,
        min_idle_ms: 30_000,
        count: 1,
        follow_cursor: FollowCursor::Always,
        every_ms: None,
        lock: None,
    })
}

/// A producer of all messages and two consumers, with one crash.
pub(crate) fn setup(messages: u32, when: When, consumer: &Consumer) -> Setup {
    let producer = Producer {
        stream: Bytes::from("orders"),
        messages: (0..messages).map(Message).collect(),
        when,
        reply: AwaitReply::Wait,
        on_unknown: OnUnknown::Retry,
        trim: None,
    };
    let mut clients = vec![ClientSetup {
        name: Bytes::from("shop"),
        role: Role::Producer(producer),
    }];
    for name in ["worker-1", "worker-2"] {
        clients.push(ClientSetup {
            name: Bytes::from(name),
            role: Role::Consumer(Box::new(consumer.clone())),
        });
    }
    let workers: Vec<ClientIx> = vec![ClientIx(1), ClientIx(2)];
    Setup {
        groups: vec![GroupSetup {
            stream: Bytes::from("orders"),
            name: Bytes::from("workers"),
            start: StreamId::MIN,
            exists: true,
            reader: false,
        }],
        clients,
        messages: (1..=messages).map(|n| Bytes::from(format!("shop-{n}"))).collect(),
        faults: Faults {
            crash: FaultBudget {
                times: 1,
                clients: workers,
            },
            ..Faults::default()
        },
        checks: vec![
            CheckSpec::AtMostOnce,
            CheckSpec::AtLeastOnce {
                dead_letter_counts: true,
            },
            CheckSpec::SingleOwner { within_ms: 30_000 },
            CheckSpec::NoOverlappingWork,
            CheckSpec::PendingList,
            CheckSpec::Order,
            CheckSpec::Settles,
        ],
        counter_ids: true,
        ..Setup::default()
    }
}

/// Named setups, each with something that the others lack.
pub(crate) fn setups() -> Vec<(&'static str, Setup)> {
    let by = |by| Consumer {
        reclaim: reclaim(by),
        ..consumer()
    };
    let cut = |fates: &[Fate]| Faults {
        cut: FaultBudget {
            times: 1,
            clients: Vec::new(),
        },
        fates: fates.to_vec(),
        ..Faults::default()
    };
    let poisoned = Consumer {
        fails_on: vec![Message(0)],
        dead_letter: Some(DeadLetter {
            stream: Bytes::from("dead"),
            limit: 2,
            counts: Tries::Deliveries,
            order: RouteOrder::AddThenAck,
        }),
        ..by(ReclaimBy::Xclaim)
    };
    let careful = Consumer {
        dedup: Some(Dedup {
            mark: Mark::Atomic,
            by: DedupBy::MessageKey,
            ttl_ms: None,
        }),
        effect: Effect::Broker,
        ..by(ReclaimBy::Xautoclaim)
    };
    let renamed = Consumer {
        restart: Restart::NewName,
        start: Start::History,
        ..consumer()
    };
    let hasty = Consumer {
        acknowledge: Acknowledge::OnReceipt,
        batch: 2,
        block_ms: None,
        ..consumer()
    };
    let mut cuts = setup(1, When::Meanwhile, &by(ReclaimBy::Xautoclaim));
    cuts.faults = cut(&[Fate::Never, Fate::ReplyLost, Fate::Late]);
    let mut forgetful = setup(2, When::Meanwhile, &consumer());
    forgetful.faults = cut(&[Fate::Late]);
    if let Role::Producer(producer) = &mut forgetful.clients[0].role {
        producer.reply = AwaitReply::Ignore;
    }
    let mut dead = setup(1, When::Beforehand, &poisoned);
    dead.checks.push(CheckSpec::DeadLetter {
        limit: 2,
        counts: Deliveries::Counter,
    });
    let mut all_at_once = setup(2, When::Beforehand, &by(ReclaimBy::Xautoclaim));
    all_at_once.ageing = Ageing::AllAtOnce;
    vec![
        ("xclaim", setup(2, When::Beforehand, &by(ReclaimBy::Xclaim))),
        ("xautoclaim", setup(1, When::Meanwhile, &by(ReclaimBy::Xautoclaim))),
        ("all at once", all_at_once),
        ("cuts", cuts),
        ("producer that does not wait", forgetful),
        ("dead letters", dead),
        ("atomic marks", setup(1, When::Beforehand, &careful)),
        ("new names", setup(2, When::Beforehand, &renamed)),
        ("on receipt", setup(2, When::Meanwhile, &hasty)),
    ]
    .into_iter()
    .chain(more::setups())
    .collect()
}

/// Durations that reach the thresholds now and then.
#[allow(dead_code, reason = "not every test simulates")]
pub(crate) fn timing(setup: &Setup) -> Timing {
    let span = |min_ms, max_ms| Span { min_ms, max_ms };
    Timing {
        latency: span(0, 3),
        work: vec![span(1, 40_000); setup.clients.len()],
        restart_after: span(10, 60_000),
        pause: span(1_000, 60_000),
        late: span(0, 20_000),
        rest_ms: 1_000,
        time_limit_ms: 3_600_000,
    }
}
