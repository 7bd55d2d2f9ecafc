//! Several brokers as a cluster: what no single node's answers show, chiefly the bus and when it delivers.
//!
//! What nodes answer is compared with real clusters by the agreement tests of `redelivery-scenarios`.

use redelivery_engine::cluster::{Cluster, Message, NodeAddress, NodeIndex, slot_of};
use redelivery_engine::{Broker, Bytes, ClientId, Push, Reply};

const A: NodeIndex = NodeIndex(0);
const B: NodeIndex = NodeIndex(1);
const C: NodeIndex = NodeIndex(2);

fn three() -> Cluster {
    Cluster::with_slots_divided((0..3).map(NodeAddress::example).collect())
}

/// A client of that number at a node sends a line; words between blanks.
fn send(cluster: &mut Cluster, node: NodeIndex, client: u64, line: &str) -> Option<Reply> {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    cluster.apply_argv(node, ClientId(client), &argv, 0)
}

fn error(text: &'static str) -> Option<Reply> {
    Some(Reply::Error(text.into()))
}

fn ok() -> Option<Reply> {
    Some(Reply::OK)
}

fn message(channel: &str, message: &str) -> Reply {
    let (channel, message, sharded) = (channel.into(), message.into(), false);
    Reply::Pushes(
        [Push::Message {
            sharded,
            channel,
            message,
        }]
        .into(),
    )
}

fn id(node: NodeIndex) -> Bytes {
    NodeAddress::example(node.0).id
}

#[test]
fn a_message_reaches_other_nodes_when_the_bus_delivers_it() {
    let mut cluster = three();
    for (node, client) in [(A, 1), (B, 2), (C, 3)] {
        send(&mut cluster, node, client, "SUBSCRIBE news");
    }
    // Of the three who receive it, the one here counts.
    assert_eq!(send(&mut cluster, A, 9, "PUBLISH news 1"), Some(Reply::Integer(1)));
    assert_eq!(cluster.take_outbox(A), [(ClientId(1), message("news", "1"))]);
    assert_eq!((cluster.take_outbox(B), cluster.take_outbox(C)), (vec![], vec![]));
    let counts = |cluster: &Cluster| cluster.bus_counts().collect::<Vec<_>>();
    assert_eq!(counts(&cluster), [(2, 0), (0, 0), (0, 0)]);
    assert!(matches!(cluster.deliver(A, C, 0), Some(Message::Publish { .. })));
    assert_eq!(cluster.take_outbox(C), [(ClientId(3), message("news", "1"))]);
    assert_eq!(cluster.deliver(A, C, 0), None, "there was one message");
    assert_eq!(counts(&cluster), [(2, 0), (0, 0), (0, 1)]);
    cluster.deliver_all(0);
    assert_eq!(cluster.take_outbox(B), [(ClientId(2), message("news", "1"))]);
}

#[test]
fn the_bus_keeps_order_between_two_nodes_and_none_beyond() {
    let mut cluster = three();
    send(&mut cluster, C, 1, "SUBSCRIBE news");
    send(&mut cluster, A, 2, "PUBLISH news a1");
    send(&mut cluster, A, 2, "PUBLISH news a2");
    send(&mut cluster, B, 3, "PUBLISH news b1");
    for from in [B, A, A] {
        cluster.deliver(from, C, 0);
    }
    let received: Vec<Reply> = cluster.take_outbox(C).into_iter().map(|(_, reply)| reply).collect();
    assert_eq!(received, ["b1", "a1", "a2"].map(|text| message("news", text)));
}

#[test]
fn a_message_to_a_sharded_channel_never_crosses_the_bus() {
    let mut cluster = three();
    assert_eq!(slot_of(b"apple"), 7092);
    assert!(send(&mut cluster, B, 1, "SSUBSCRIBE apple").is_some());
    assert_eq!(send(&mut cluster, B, 2, "SPUBLISH apple ripe"), Some(Reply::Integer(1)));
    assert_eq!(
        send(&mut cluster, A, 2, "SPUBLISH apple ripe"),
        error("MOVED 7092 127.0.0.1:7001")
    );
    assert_eq!(cluster.on_the_bus().count(), 0);
    assert!(cluster.bus_counts().all(|counts| counts == (0, 0)));
}

#[test]
fn each_message_costs_one_on_the_bus_for_each_other_node_and_a_sharded_one_costs_none() {
    for nodes in [3, 6, 12] {
        let sent = |line: &str| {
            let mut cluster = Cluster::with_slots_divided((0..nodes).map(NodeAddress::example).collect());
            let at: Vec<NodeIndex> = cluster.nodes().map(|(node, _)| node).collect();
            // To every node, for one of them serves the channel's slot.
            at.iter().for_each(|node| drop(send(&mut cluster, *node, 1, line)));
            cluster.bus_counts().map(|(sent, _)| sent).sum::<u64>()
        };
        let nodes = u64::from(nodes);
        assert_eq!(sent("PUBLISH apple ripe"), nodes * (nodes - 1));
        assert_eq!(sent("SPUBLISH apple ripe"), 0);
    }
}

#[test]
fn a_key_that_moves_is_told_of_where_it_was_and_where_it_is() {
    let mut cluster = three();
    for node in [A, B] {
        send(&mut cluster, node, 1, "PSUBSCRIBE __keyevent@0__:*");
        cluster.at(node, |broker| {
            let told = std::mem::take(broker).with_notifications("KEA".parse().expect("letters"));
            *broker = told;
        });
    }
    send(&mut cluster, B, 2, "SET apple red");
    send(&mut cluster, A, 9, &format!("CLUSTER SETSLOT 7092 IMPORTING {}", id(B)));
    send(&mut cluster, B, 9, &format!("CLUSTER SETSLOT 7092 MIGRATING {}", id(A)));
    cluster.take_outbox(B);
    send(&mut cluster, B, 9, "MIGRATE 127.0.0.1 7000 apple 0 100");
    let told = |cluster: &mut Cluster, node| {
        let events = cluster
            .take_outbox(node)
            .into_iter()
            .flat_map(|(_, reply)| match reply {
                Reply::Pushes(pushes) => pushes.to_vec(),
                other => panic!("{other:?}"),
            });
        let channel = |push| match push {
            Push::PatternMessage { channel, .. } => channel,
            other => panic!("{other:?}"),
        };
        events.map(channel).collect::<Vec<Bytes>>()
    };
    assert_eq!(told(&mut cluster, B), [Bytes::from("__keyevent@0__:del")]);
    assert_eq!(told(&mut cluster, A), [Bytes::from("__keyevent@0__:restore")]);
}

#[test]
fn a_slot_moves_with_its_keys_and_those_who_stay_are_told() {
    let mut cluster = three();
    let slot = slot_of(b"apple");
    send(&mut cluster, B, 1, "SET apple red");
    send(&mut cluster, B, 2, "SSUBSCRIBE apple");
    assert_eq!(send(&mut cluster, B, 3, "BLPOP {apple}queue 0"), None);
    let set = |cluster: &mut Cluster, node, what: &str, other| {
        send(
            cluster,
            node,
            9,
            &format!("CLUSTER SETSLOT {slot} {what} {}", id(other)),
        )
    };
    assert_eq!(set(&mut cluster, A, "IMPORTING", B), ok());
    assert_eq!(set(&mut cluster, B, "MIGRATING", A), ok());
    assert_eq!(
        send(&mut cluster, B, 1, "GET {apple}pie"),
        error("ASK 7092 127.0.0.1:7000")
    );
    assert_eq!(
        send(&mut cluster, A, 4, "GET apple"),
        error("MOVED 7092 127.0.0.1:7001")
    );
    assert_eq!(send(&mut cluster, B, 9, "MIGRATE 127.0.0.1 7000 apple 0 100"), ok());
    assert_eq!(send(&mut cluster, B, 1, "GET apple"), error("ASK 7092 127.0.0.1:7000"));
    assert_eq!(send(&mut cluster, A, 4, "ASKING"), ok());
    assert_eq!(send(&mut cluster, A, 4, "GET apple"), Some(Reply::Bulk("red".into())));
    assert_eq!(set(&mut cluster, A, "NODE", A), ok());
    // B has not heard of it yet.
    assert_eq!(send(&mut cluster, B, 1, "GET apple"), error("ASK 7092 127.0.0.1:7000"));
    assert_eq!(cluster.take_outbox(B), []);
    cluster.deliver(A, B, 0);
    let told = cluster.take_outbox(B);
    let (kind, name, count) = (
        redelivery_engine::command::Subscription::ShardChannel,
        Some("apple".into()),
        0,
    );
    let gone = Push::Unsubscribed { kind, name, count };
    assert_eq!(
        told,
        [
            (ClientId(2), Reply::Pushes([gone].into())),
            (ClientId(3), Reply::Error("MOVED 7092 127.0.0.1:7000".into())),
        ]
    );
    // C still believes what it heard first, until the bus delivers there too.
    assert_eq!(
        send(&mut cluster, C, 5, "GET apple"),
        error("MOVED 7092 127.0.0.1:7001")
    );
    cluster.deliver_all(0);
    assert_eq!(
        send(&mut cluster, C, 5, "GET apple"),
        error("MOVED 7092 127.0.0.1:7000")
    );
}

#[test]
fn an_older_claim_does_not_take_a_slot_back() {
    let mut cluster = three();
    let slot = slot_of(b"apple");
    send(
        &mut cluster,
        A,
        9,
        &format!("CLUSTER SETSLOT {slot} IMPORTING {}", id(B)),
    );
    // B's claim is on its way when A takes the slot over.
    cluster.claim(B);
    send(&mut cluster, A, 9, &format!("CLUSTER SETSLOT {slot} NODE {}", id(A)));
    for (from, to) in [(A, C), (B, C), (B, A), (A, B)] {
        assert!(cluster.deliver(from, to, 0).is_some());
        for node in [A, C] {
            assert_ne!(
                send(&mut cluster, node, 1, "GET apple"),
                error("MOVED 7092 127.0.0.1:7001"),
                "{from:?} {to:?}"
            );
        }
    }
    assert_eq!(
        send(&mut cluster, B, 1, "GET apple"),
        error("MOVED 7092 127.0.0.1:7000")
    );
}

#[test]
fn the_slots_are_divided_among_any_number_of_nodes() {
    for count in [1, 2, 3, 6, 7, 12] {
        let mut cluster = Cluster::with_slots_divided((0..count).map(NodeAddress::example).collect());
        let reply = send(&mut cluster, A, 1, "CLUSTER SLOTS");
        let Some(Reply::Array(rows)) = reply else {
            panic!("{reply:?}");
        };
        assert_eq!(rows.len(), usize::from(count));
        let state = send(&mut cluster, A, 1, "CLUSTER INFO");
        let is_ok = |text: &Bytes| text.starts_with(b"cluster_state:ok\r\ncluster_slots_assigned:16384\r\n");
        assert!(
            matches!(&state, Some(Reply::Verbatim(text)) if is_ok(text)),
            "{state:?}"
        );
    }
}

#[test]
fn a_cluster_is_a_value() {
    let mut cluster = three();
    let copy = cluster.clone();
    send(&mut cluster, A, 1, "PUBLISH news 1");
    assert_ne!(cluster, copy, "a message is on its way");
    assert_eq!(copy, three());
    // What ASKING is good for is used up by any command.
    let mut asked = copy.clone();
    send(&mut asked, A, 1, "ASKING");
    assert_ne!(asked, copy);
    send(&mut asked, A, 1, "PING");
    assert_eq!(asked, copy);
}

#[test]
fn a_broker_of_no_cluster_says_so() {
    let mut broker = Broker::new();
    for line in ["CLUSTER SLOTS", "ASKING", "READONLY", "READWRITE"] {
        let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        let reply = broker.apply_argv(ClientId(1), &argv, 0);
        assert_eq!(reply, error("ERR This instance has cluster support disabled"), "{line}");
    }
}

#[test]
fn who_is_a_member_never_changes() {
    let mut cluster = three();
    let left_out = error("ERR nodes of this cluster neither join nor leave, and all are masters");
    for line in [
        format!("CLUSTER FORGET {}", id(B)),
        "CLUSTER MEET 127.0.0.1 6379".to_owned(),
        "CLUSTER RESET".to_owned(),
        "CLUSTER RESET HARD".to_owned(),
    ] {
        assert_eq!(send(&mut cluster, A, 1, &line), left_out, "{line}");
    }
    assert_eq!(cluster, three());
    assert_eq!(send(&mut cluster, A, 1, "CLUSTER MEET 127.0.0.1 7001 17001"), ok());
    assert_eq!(cluster, three());
    // Only who has neither keys nor slots could become a replica.
    assert_eq!(send(&mut cluster, A, 1, "CLUSTER FLUSHSLOTS"), ok());
    assert_eq!(
        send(&mut cluster, A, 1, &format!("CLUSTER REPLICATE {}", id(B))),
        left_out
    );
}

#[test]
fn a_new_epoch_is_told_at_once() {
    let mut cluster = three();
    let status = |text: &'static str| Some(Reply::Status(text.into()));
    assert_eq!(send(&mut cluster, A, 1, "CLUSTER BUMPEPOCH"), status("BUMPED 4"));
    assert_eq!(send(&mut cluster, A, 1, "CLUSTER BUMPEPOCH"), status("STILL 4"));
    cluster.deliver_all(0);
    assert_eq!(send(&mut cluster, B, 1, "CLUSTER BUMPEPOCH"), status("BUMPED 5"));
}

#[test]
fn a_node_that_is_gone_is_missed_until_it_serves_again() {
    let mut cluster = three();
    let down = || error("CLUSTERDOWN The cluster is down");
    // `a` is a key of C, `b` of A, `c` of B.
    send(&mut cluster, B, 2, "SET c kept");
    send(&mut cluster, C, 3, "SUBSCRIBE news");
    assert_eq!(send(&mut cluster, A, 4, "BLPOP b 0"), None);
    send(&mut cluster, B, 5, "PUBLISH news lost");
    let kept = cluster.node(B).without_clients();
    cluster.lose(B, kept);
    assert_eq!(cluster.on_the_bus().count(), 0, "what B had sent is gone with it");
    assert_eq!(send(&mut cluster, A, 9, "GET c"), error("MOVED 7365 127.0.0.1:7001"));
    assert_eq!(send(&mut cluster, A, 9, "SET b 1"), ok());

    for node in [A, C] {
        cluster.set_down(node, true);
    }
    assert_eq!(cluster.take_outbox(A), [(ClientId(4), down().expect("an error"))]);
    for line in ["GET b", "GET c", "SET b 2", "XADD b * f v"] {
        assert_eq!(send(&mut cluster, A, 9, line), down(), "{line}");
    }
    assert_eq!(send(&mut cluster, A, 9, "SPUBLISH b m"), Some(Reply::Integer(0)));
    assert_eq!(send(&mut cluster, A, 9, "PUBLISH news heard"), Some(Reply::Integer(0)));
    let links: Vec<_> = cluster.on_the_bus().map(|(from, to, _)| (from, to)).collect();
    assert_eq!(links, [(A, C)], "nothing is on its way to B");

    cluster.call_back();
    cluster.set_down(B, true);
    let counts: Vec<_> = cluster.bus_counts().collect();
    assert_eq!(
        counts[1],
        (0, 0),
        "a process that was started again has counted nothing"
    );
    assert_eq!(send(&mut cluster, B, 9, "GET c"), down());
    for node in [A, B, C] {
        cluster.set_down(node, false);
    }
    assert_eq!(send(&mut cluster, B, 9, "GET c"), Some(Reply::Bulk("kept".into())));
    assert_eq!(send(&mut cluster, A, 9, "GET b"), Some(Reply::Bulk("1".into())));
    cluster.deliver_all(0);
    assert_eq!(cluster.take_outbox(C), [(ClientId(3), message("news", "heard"))]);
}
