//! smoke
use redelivery_engine::{Bytes, StreamId};
use redelivery_model::check::CheckSpec;
use redelivery_model::explore::{Exploration, explore};
use redelivery_model::setup::policy::*;
use redelivery_model::setup::*;
use std::sync::Arc;

pub fn consumer() -> Consumer {
    Consumer {
        group: GroupIx(0),
        start: Start::New,
        batch: 1,
        block_ms: Some(5000),
        poll_ms: 1000,
        acknowledge: Acknowledge::AfterWork,
        fails_on: vec![],
        dedup: None,
        effect: Effect::Outside,
        reclaim: Some(Reclaim {
            by: ReclaimBy::Xautoclaim,
            min_idle_ms: 30_000,
            count: 1,
            follow_cursor: true,
        }),
        dead_letter: None,
        restart: Restart::SameName,
    }
}

pub fn setup(messages: u32, consumers: usize, consumer: Consumer) -> Setup {
    let mut setup = Setup {
        groups: vec![GroupSetup {
            stream: Bytes::from("orders"),
            name: Bytes::from("workers"),
            start: StreamId::MIN,
        }],
        messages: (1..=messages).map(|n| Bytes::from(format!("shop-{n}"))).collect(),
        counter_ids: true,
        ..Setup::default()
    };
    setup.clients.push(ClientSetup {
        name: Bytes::from("shop"),
        role: Role::Producer(Producer {
            stream: Bytes::from("orders"),
            messages: (0..messages).map(Message).collect(),
            when: When::Beforehand,
            reply: AwaitReply::Wait,
            on_unknown: OnUnknown::Retry,
        }),
    });
    for n in 1..=consumers {
        setup.clients.push(ClientSetup {
            name: Bytes::from(format!("worker-{n}")),
            role: Role::Consumer(Box::new(consumer.clone())),
        });
    }
    setup
}

#[test]
fn smoke() {
    for (m, c, k) in [(1, 1, 0), (1, 2, 1), (2, 2, 1), (3, 2, 1)] {
        let mut s = setup(m, c, consumer());
        s.faults.crash.times = k;
        s.checks = vec![
            CheckSpec::AtMostOnce,
            CheckSpec::AtLeastOnce {
                dead_letter_counts: true,
            },
            CheckSpec::SingleOwner { within_ms: 30_000 },
            CheckSpec::NoOverlappingWork,
            CheckSpec::PendingList,
            CheckSpec::Settles,
        ];
        let e = Exploration::new(Arc::new(s));
        let t = std::time::Instant::now();
        let r = explore(&e, 3_000_000, &|_| ());
        println!(
            "{m} {c} {k}: {} states {} transitions depth {} complete {} in {:?}",
            r.states,
            r.transitions,
            r.depth,
            r.complete,
            t.elapsed()
        );
        for (c, f) in e.setup().checks.iter().zip(&r.found) {
            println!(
                "   {:?}: {:?}",
                c.name(),
                f.as_ref().map(|f| (f.at_end, f.path.len(), &f.path))
            );
        }
    }
}
