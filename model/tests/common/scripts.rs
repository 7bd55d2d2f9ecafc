//! Setups for scripts, and for consumers that take any turn.

use super::*;

/// Each with something that the others lack.
pub(super) fn setups() -> Vec<(&'static str, Setup)> {
    vec![
        ("scripts, with connections that are cut", cut_off()),
        ("any turn, by a script", any_turn(&scripted())),
        ("any turn, by XAUTOCLAIM", any_turn(&by_commands(ReclaimBy::Xautoclaim))),
        ("any turn, by XCLAIM", any_turn(&by_commands(ReclaimBy::Xclaim))),
    ]
}

fn scripted() -> Consumer {
    Consumer {
        dedup: Some(Dedup {
            mark: Mark::Script,
            by: DedupBy::MessageKey,
            ttl_ms: None,
        }),
        effect: Effect::Broker,
        dead_letter: Some(DeadLetter {
            stream: Bytes::from("dead"),
            limit: 2,
            counts: Tries::Deliveries,
            order: RouteOrder::Transaction,
        }),
        block_ms: None,
        reclaim: reclaim(ReclaimBy::Script),
        ..Consumer::plain(GroupIx(0))
    }
}

fn by_commands(by: ReclaimBy) -> Consumer {
    Consumer {
        block_ms: None,
        reclaim: reclaim(by),
        ..Consumer::plain(GroupIx(0))
    }
}

fn cut_off() -> Setup {
    let mut setup = setup(1, When::Beforehand, &scripted());
    setup.faults.cut.times = 1;
    setup.faults.fates = vec![Fate::Never, Fate::ReplyLost, Fate::Late];
    setup.checks.push(CheckSpec::DeadLetter {
        limit: 2,
        counts: Deliveries::Counter,
    });
    setup
}

fn any_turn(consumer: &Consumer) -> Setup {
    let consumer = Consumer {
        known: true,
        turns: Turns::Any,
        ..consumer.clone()
    };
    let mut setup = setup(2, When::Beforehand, &consumer);
    setup.faults.crash_sends_nothing = true;
    setup
}
