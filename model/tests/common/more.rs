//! Setups for what only some consumers do: marks that expire, histories in a loop, locks, groups of their own making.

use redelivery_engine::Command;
use redelivery_engine::command::XGroup;

use super::*;

/// Each with something that the others lack.
pub(super) fn setups() -> Vec<(&'static str, Setup)> {
    vec![
        ("marks that expire", marks_that_expire()),
        ("history in a loop", history_in_a_loop()),
        ("reclaim under a lock", reclaim_under_a_lock()),
        ("groups that clients create", groups_that_clients_create()),
        ("trim and delete", trim_and_delete()),
        ("asks for the owner", asks_for_the_owner()),
        ("dead letters come back", dead_letters_come_back()),
        ("readers without a group", readers_without_a_group()),
        ("a watcher that trims", watched(Duty::Trims(Trims::Acknowledged))),
        (
            "a watcher that deletes consumers",
            watched(Duty::DeletesConsumers {
                idle_ms: 20_000,
                unless_pending: false,
            }),
        ),
        (
            "a watcher of idle consumers",
            watched(Duty::Alarms(Alarm::ConsumerIdle(20_000))),
        ),
        (
            "a watcher of idle entries",
            watched(Duty::Alarms(Alarm::PendingIdle(50_000))),
        ),
        ("routing that is guarded", routing_that_is_guarded()),
        ("a reader that stores its position", a_stored_position()),
        ("an operator's transaction", an_operators_transaction()),
        ("acknowledged for the right to work", right_to_work()),
    ]
}

fn marks_that_expire() -> Setup {
    let marking = |mark| Consumer {
        dedup: Some(Dedup {
            mark,
            by: DedupBy::MessageKey,
            ttl_ms: Some(20_000),
        }),
        effect: Effect::Broker,
        reclaim: reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    let mut setup = setup(1, When::Beforehand, &marking(Mark::Atomic));
    setup.clients[2].role = Role::Consumer(Box::new(marking(Mark::Before)));
    setup
}

fn history_in_a_loop() -> Setup {
    let looping = Consumer {
        start: Start::HistoryLoop,
        block_ms: None,
        fails_on: vec![Message(0)],
        ..Consumer::plain(GroupIx(0))
    };
    let mut setup = setup(1, When::Meanwhile, &looping);
    setup.clients[2].role = Role::Consumer(Box::new(Consumer {
        reclaim: reclaim(ReclaimBy::Xclaim),
        ..Consumer::plain(GroupIx(0))
    }));
    setup
}

fn reclaim_under_a_lock() -> Setup {
    let locking = |ttl_ms| Consumer {
        reclaim: reclaim(ReclaimBy::Xautoclaim).map(|reclaim| Reclaim {
            follow_cursor: FollowCursor::UntilEmptyPage,
            every_ms: Some(7_000),
            lock: Some(Lock { ttl_ms }),
            ..reclaim
        }),
        ..Consumer::plain(GroupIx(0))
    };
    let mut setup = setup(2, When::Beforehand, &locking(Some(10_000)));
    setup.clients[2].role = Role::Consumer(Box::new(Consumer {
        reads: Reads::Nothing,
        ..locking(None)
    }));
    setup
}

fn groups_that_clients_create() -> Setup {
    let creating = |creates_group, on_no_group| Consumer {
        creates_group: Some(creates_group),
        on_no_group,
        ..Consumer::plain(GroupIx(0))
    };
    let mut setup = setup(
        1,
        When::Meanwhile,
        &creating(GroupFrom::Beginning, OnNoGroup::CreateAgain),
    );
    setup.groups[0].exists = false;
    setup.clients[2].role = Role::Consumer(Box::new(creating(GroupFrom::End, OnNoGroup::GiveUp)));
    let destroy = XGroup::Destroy {
        key: Bytes::from("orders"),
        group: Bytes::from("workers"),
    };
    setup.clients.push(ClientSetup {
        name: Bytes::from("operator"),
        role: Role::Administrator(Administrator {
            commands: vec![Command::XGroup(destroy)],
            transaction: false,
            after: None,
        }),
    });
    setup
}

fn trim_and_delete() -> Setup {
    let deleting = |delete| Consumer {
        delete: Some(delete),
        reclaim: reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    let mut setup = setup(2, When::Meanwhile, &deleting(Delete::AfterAck));
    setup.clients[2].role = Role::Consumer(Box::new(deleting(Delete::Transaction)));
    if let Role::Producer(producer) = &mut setup.clients[0].role {
        producer.by = AddBy::XAdd(Some(Retention::MaxLen(1)));
    }
    setup.checks.push(CheckSpec::Bounded {
        stream: Bytes::from("orders"),
        length: 0,
    });
    setup
}

fn asks_for_the_owner() -> Setup {
    let asking = Consumer {
        acknowledge: Acknowledge::IfOwner,
        effect: Effect::Broker,
        delete: Some(Delete::BeforeAck),
        reclaim: reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    setup(1, When::Beforehand, &asking)
}

fn dead_letters_come_back() -> Setup {
    let poisoned = Consumer {
        fails_on: vec![Message(0)],
        dead_letter: Some(DeadLetter {
            stream: Bytes::from("dead"),
            limit: 1,
            counts: Tries::Deliveries,
            order: RouteOrder::Transaction,
        }),
        reclaim: reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    let mut setup = setup(1, When::Beforehand, &poisoned);
    setup.clients[2].role = Role::Repairer(Repairer {
        stream: Bytes::from("dead"),
        poll_ms: 9_000,
        order: PutBack::AddThenDelete,
    });
    setup
}

fn readers_without_a_group() -> Setup {
    let mut setup = setup(2, When::Meanwhile, &Consumer::plain(GroupIx(0)));
    let from = [ReaderFrom::Tail, ReaderFrom::LastId];
    for (from, client) in from.into_iter().zip(&mut setup.clients[1..]) {
        client.role = Role::Reader(Reader {
            group: GroupIx(setup.groups.len() as u16),
            from,
            batch: 1,
            block_ms: 5_000,
        });
        setup.groups.push(GroupSetup {
            kind: GroupKind::Reader,
            key: Bytes::from("orders"),
            name: client.name.clone(),
            start: StreamId::MIN,
            exists: false,
        });
    }
    setup
}

fn watched(duty: Duty) -> Setup {
    let mut setup = setup(
        2,
        When::Beforehand,
        &Consumer {
            reclaim: reclaim(ReclaimBy::Xautoclaim),
            ..Consumer::plain(GroupIx(0))
        },
    );
    setup.clients[2].role = Role::Watcher(Watcher {
        group: GroupIx(0),
        every_ms: 11_000,
        duty,
    });
    setup
}

fn routing_that_is_guarded() -> Setup {
    let guarded = |counts| Consumer {
        fails_on: vec![Message(0)],
        effect: Effect::Broker,
        dedup: Some(Dedup {
            mark: Mark::Atomic,
            by: DedupBy::MessageKey,
            ttl_ms: None,
        }),
        dead_letter: Some(DeadLetter {
            stream: Bytes::from("dead"),
            limit: 1,
            counts,
            order: RouteOrder::Guarded,
        }),
        reclaim: reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    let mut setup = setup(1, When::Beforehand, &guarded(Tries::Deliveries));
    setup.clients[2].role = Role::Consumer(Box::new(guarded(Tries::Failures)));
    setup.checks.push(CheckSpec::RunLimit { limit: 2 });
    setup
}

fn a_stored_position() -> Setup {
    let mut setup = readers_without_a_group();
    for client in &mut setup.clients {
        if let Role::Reader(reader) = &mut client.role {
            reader.from = ReaderFrom::Stored;
            reader.batch = 2;
        }
    }
    setup
}

fn an_operators_transaction() -> Setup {
    let mut setup = groups_that_clients_create();
    if let Some(Role::Administrator(operator)) = setup.clients.last_mut().map(|client| &mut client.role) {
        operator.transaction = true;
    }
    if let Role::Producer(producer) = &mut setup.clients[0].role {
        producer.by = AddBy::XAdd(Some(Retention::OwnLast(2)));
    }
    setup
}

fn right_to_work() -> Setup {
    let by = |acknowledge| Consumer {
        acknowledge,
        effect: Effect::Broker,
        reclaim: reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    let mut setup = setup(1, When::Beforehand, &by(Acknowledge::OnReceiptIfFirst));
    setup.clients[2].role = Role::Consumer(Box::new(by(Acknowledge::IfOwnerWatched)));
    setup
}
