//! Setups that several tests share: small enough to explore, different enough to reach every room of the model.

mod cluster;
mod lists;
mod more;
mod network;
mod pubsub;
mod scripts;

use redelivery_engine::{Bytes, StreamId};
use redelivery_model::check::{CheckSpec, Deliveries};
use redelivery_model::setup::policy::*;
use redelivery_model::setup::*;

use super::common::{reclaim, setup};

/// Named setups, each with something that the others lack.
pub(crate) fn setups() -> Vec<(&'static str, Setup)> {
    let by = |by| Consumer {
        reclaim: reclaim(by),
        ..Consumer::plain(GroupIx(0))
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
        ..Consumer::plain(GroupIx(0))
    };
    let hasty = Consumer {
        acknowledge: Acknowledge::OnReceipt,
        batch: 2,
        block_ms: None,
        ..Consumer::plain(GroupIx(0))
    };
    let mut cuts = setup(1, When::Meanwhile, &by(ReclaimBy::Xautoclaim));
    cuts.faults = cut(&[Fate::Never, Fate::ReplyLost, Fate::Late]);
    let mut forgetful = setup(2, When::Meanwhile, &Consumer::plain(GroupIx(0)));
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
    .chain(lists::setups())
    .chain(pubsub::setups())
    .chain(cluster::setups())
    .chain(scripts::setups())
    .chain(network::setups())
    .collect()
}
