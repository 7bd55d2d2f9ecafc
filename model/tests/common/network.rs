//! Setups whose clients the network parts from the broker.

use super::*;

/// Each with something that the others lack.
pub(super) fn setups() -> Vec<(&'static str, Setup)> {
    let worker = Consumer {
        reclaim: reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    let of_stream = || setup(1, When::Meanwhile, &worker);
    let mut careless = of_stream();
    if let Role::Producer(producer) = &mut careless.clients[0].role {
        producer.reply = AwaitReply::Ignore;
    }
    vec![
        ("parted workers", parted(of_stream(), Stops::Both, &[1, 2])),
        ("parted from all requests", parted(careless, Stops::Requests, &[])),
        ("parted from the replies", parted(of_stream(), Stops::Replies, &[0, 1])),
        (
            "a parted pop",
            parted(named(lists::setups(), "list: popped"), Stops::Both, &[]),
        ),
        (
            "a parted subscriber",
            parted(
                named(pubsub::setups(), "subscribers that lose their connections"),
                Stops::Both,
                &[1],
            ),
        ),
        ("a forgotten subscriber", forgotten(None)),
        ("a forgotten subscriber that pings", forgotten(Some(30_000))),
    ]
}

/// A subscriber whose connection the broker may close while nothing of the broker reaches it.
fn forgotten(ping_ms: Option<redelivery_engine::Millis>) -> Setup {
    let of_pubsub = named(pubsub::setups(), "subscribers that lose their connections");
    let mut setup = parted(of_pubsub, Stops::Both, &[1]);
    if let Role::Subscriber(policy) = &mut setup.clients[1].role {
        policy.ping_ms = ping_ms;
    }
    setup.faults.forget = FaultBudget {
        times: 1,
        clients: vec![ClientIx(1)],
    };
    setup
}

/// With a partition in place of connections that are cut; who crashes may do so as before.
fn parted(mut setup: Setup, stops: Stops, clients: &[u16]) -> Setup {
    let clients = clients.iter().copied().map(ClientIx).collect();
    setup.faults.cut = FaultBudget::default();
    setup.faults.partition = Partition {
        budget: FaultBudget { times: 1, clients },
        stops,
        lasts: Span {
            min_ms: 10_000,
            max_ms: 20_000,
        },
    };
    setup
}

fn named(setups: Vec<(&'static str, Setup)>, wanted: &str) -> Setup {
    let mut setups = setups.into_iter();
    setups
        .find(|(name, _)| *name == wanted)
        .expect("there is such a setup")
        .1
}
