//! What tests and benches build setups of. Beside it: `setups`, the ones that several tests share, and `timing`.

use redelivery_engine::{Bytes, StreamId};
use redelivery_model::check::CheckSpec;
use redelivery_model::setup::policy::*;
use redelivery_model::setup::*;

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
    let messages_of_shop = (0..messages).map(Message).collect();
    let producer = Producer {
        when,
        ..Producer::plain("orders", AddBy::XAdd(None), messages_of_shop)
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
            kind: GroupKind::Group,
            key: Bytes::from("orders"),
            name: Bytes::from("workers"),
            start: StreamId::MIN,
            exists: true,
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
            CheckSpec::NoClaimBeforeWork,
            CheckSpec::PendingList,
            CheckSpec::Order,
            CheckSpec::Settles,
        ],
        counter_ids: true,
        ..Setup::default()
    }
}
