//! Setups of clusters.

use redelivery_engine::cluster::{NodeAddress, NodeIndex};
use redelivery_engine::command::Subscription::{Channel, ShardChannel};

use super::*;

/// Each with something that the others lack.
pub(super) fn setups() -> Vec<(&'static str, Setup)> {
    vec![
        ("a message for every node", broadcast()),
        ("a slot that moves under subscribers", subscribers_whose_slot_moves()),
        ("a slot that moves under consumers", consumers_whose_slot_moves()),
        ("a slot that moves under marks", marks_whose_slot_moves()),
        ("clients that ignore redirections", deaf_clients()),
    ]
}

/// Three nodes; clients begin at the first.
fn nodes() -> ClusterSetup {
    ClusterSetup::new((0..3).map(NodeAddress::example).collect())
}

fn client(name: &str, role: Role) -> ClientSetup {
    ClientSetup {
        name: name.into(),
        role,
    }
}

/// `orders` and `{news}` go to the second node.
fn mover(key: &str) -> ClientSetup {
    let to = NodeIndex(1);
    client("operator", Role::Mover(Mover { key: key.into(), to }))
}

fn publishing(publisher: Publisher, subscriber: &Subscriber) -> Setup {
    let messages = publisher.messages.len();
    let row = GroupSetup {
        kind: GroupKind::Subscriber,
        key: Bytes::from(""),
        name: "anna".into(),
        start: StreamId::MIN,
        exists: false,
    };
    Setup {
        messages: (1..=messages).map(|n| Bytes::from(format!("press-{n}"))).collect(),
        groups: vec![row],
        clients: vec![
            client("press", Role::Publisher(publisher)),
            client("anna", Role::Subscriber(subscriber.clone())),
        ],
        cluster: Some(nodes()),
        checks: vec![
            CheckSpec::AtMostOnce,
            CheckSpec::Order,
            CheckSpec::FanOut,
            CheckSpec::Delivery,
            CheckSpec::Subscribed,
            CheckSpec::BusLimit { at_most: 2 },
        ],
        counter_ids: true,
        ..Setup::default()
    }
}

/// The subscriber is at the second node, and loses its connection.
fn broadcast() -> Setup {
    let publisher = Publisher::plain(vec!["{news}".into()], vec![Message(0), Message(1)]);
    let subscriber = Subscriber::plain(GroupIx(0), vec![(Channel, "{news}".into())]);
    let mut setup = publishing(publisher, &subscriber);
    let mut cluster = nodes();
    cluster.clients = [0, 1]
        .map(|home| Member {
            home: NodeIndex(home),
            ..Member::default()
        })
        .into();
    setup.cluster = Some(cluster);
    setup.faults = Faults {
        cut: FaultBudget {
            times: 1,
            clients: vec![ClientIx(0), ClientIx(1)],
        },
        fates: vec![Fate::ReplyLost, Fate::Late],
        ..Faults::default()
    };
    setup
}

/// It is stored in a stream of the same slot, and the one who moves the slot is killed meanwhile.
fn subscribers_whose_slot_moves() -> Setup {
    let publisher = Publisher {
        sharded: true,
        stores: Some("{news}log".into()),
        ..Publisher::plain(vec!["{news}".into()], vec![Message(0)])
    };
    let subscriber = Subscriber {
        resp3: true,
        catches_up: Some("{news}log".into()),
        drops_duplicates: true,
        ..Subscriber::plain(GroupIx(0), vec![(ShardChannel, "{news}".into())])
    };
    let mut setup = publishing(publisher, &subscriber);
    setup.clients.push(mover("{news}"));
    setup.faults.crash = FaultBudget {
        times: 1,
        clients: vec![ClientIx(2)],
    };
    setup
}

fn consumers_whose_slot_moves() -> Setup {
    let mut setup = setup(1, When::Meanwhile, &Consumer::plain(GroupIx(0)));
    setup.faults = Faults::default();
    setup.clients.truncate(2);
    setup.clients.push(mover("orders"));
    setup.cluster = Some(nodes());
    setup
}

/// WATCH goes with the connection that follows a redirection.
fn marks_whose_slot_moves() -> Setup {
    let careful = Consumer {
        dedup: Some(Dedup {
            mark: Mark::Atomic,
            by: DedupBy::MessageKey,
            ttl_ms: None,
        }),
        ..Consumer::plain(GroupIx(0))
    };
    let mut setup = setup(1, When::Beforehand, &careful);
    setup.faults = Faults::default();
    setup.clients.truncate(2);
    setup.groups[0].key = "{orders}".into();
    setup.groups[0].name = "{orders}workers".into();
    if let Role::Producer(producer) = &mut setup.clients[0].role {
        producer.key = "{orders}".into();
    }
    setup.clients.push(mover("{orders}"));
    setup.cluster = Some(nodes());
    setup
}

/// Whoever does not follow gives up, or asks in vain.
fn deaf_clients() -> Setup {
    let mut setup = consumers_whose_slot_moves();
    let mut cluster = nodes();
    let deaf = Member {
        redirects: Redirects::Ignore,
        ..Member::default()
    };
    cluster.clients = vec![deaf; setup.clients.len()];
    setup.cluster = Some(cluster);
    setup
}
