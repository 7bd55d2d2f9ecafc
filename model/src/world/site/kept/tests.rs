//! What is kept is a beginning of what was written, and how much of it may be missing.

use redelivery_engine::{AutoIds, Bytes, ClientId, Command};

use super::*;
use crate::setup::{BrokerFaults, Faults};

const WRITES: [&str; 6] = [
    "XADD s * f a",
    "XGROUP CREATE s g 0",
    "XREADGROUP GROUP g a STREAMS s >",
    "XADD s * f b",
    "XACK s g 1-0",
    "SET k v",
];
const LATER_MS: Millis = START_MS + 600;

fn apply(broker: &mut Broker, line: &str, now_ms: Millis) {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    broker.apply(ClientId(0), &Command::parse(&argv).expect("a command"), now_ms);
}

fn kept(persistence: Persistence, replica_lag_ms: Option<Millis>) -> (Kept, Setup) {
    let budget = BrokerFaults {
        kills: 1,
        power_failures: 1,
        failovers: 1,
        ..BrokerFaults::default()
    };
    let faults = Faults {
        broker: budget,
        ..Faults::default()
    };
    let setup = Setup {
        faults,
        ..Setup::default()
    };
    let keeping = Keeping {
        persistence,
        replica_lag_ms,
    };
    let broker = Broker::with_auto_ids(AutoIds::Counter);
    (Kept::at_start(broker, &setup, &keeping), setup)
}

fn written(persistence: Persistence, replica_lag_ms: Option<Millis>) -> Kept {
    let (mut kept, _) = kept(persistence, replica_lag_ms);
    for (nth, line) in (0..).zip(WRITES) {
        apply(&mut kept.broker, line, START_MS + nth * 100);
        kept.write(Some(START_MS + nth * 100));
    }
    kept
}

/// What somebody can read of a broker.
fn looks(broker: &Broker) -> String {
    let mut broker = broker.clone();
    let questions = ["XINFO STREAM s FULL", "GET k"];
    let answers = questions.map(|line| {
        let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        broker.apply(ClientId(9), &Command::parse(&argv).expect("a command"), LATER_MS)
    });
    format!("{answers:?}")
}

/// After the first so many writes.
fn beginning(writes: usize) -> Broker {
    let mut broker = Broker::with_auto_ids(AutoIds::Counter);
    for (nth, line) in (0..).zip(&WRITES[..writes]) {
        apply(&mut broker, line, START_MS + nth * 100);
    }
    broker
}

#[test]
fn what_survives_is_a_beginning() {
    for how in [Mishap::PowerFailed, Mishap::FailedOver] {
        let whole = written(Persistence::AppendOnly(1_000), Some(1_000));
        assert_eq!(whole.in_danger(how), Some(6));
        for lost in 0..=6 {
            let mut failed = whole.clone();
            failed.fail(how, lost);
            // When a consumer was last heard of follows the start.
            failed.broker.map_seen(&mut |_| START_MS);
            let mut expected = beginning(WRITES.len() - usize::from(lost));
            expected.map_seen(&mut |_| START_MS);
            assert_eq!(
                looks(&failed.broker),
                looks(&expected),
                "{how:?} without the last {lost}"
            );
        }
    }
}

#[test]
fn a_snapshot_holds_the_memory_and_a_file_only_what_was_propagated() {
    let deliveries = |persistence| {
        let (mut kept, _) = kept(persistence, None);
        for line in &WRITES[..3] {
            apply(&mut kept.broker, line, START_MS);
            kept.write(Some(START_MS));
        }
        apply(&mut kept.broker, "XREADGROUP GROUP g a STREAMS s 0", START_MS);
        kept.write(Some(START_MS));
        kept.fail(Mishap::Killed, 0);
        let group = kept.broker.stream(b"s").and_then(|stream| stream.group(b"g"));
        group.and_then(|group| Some(group.pending().next()?.1.deliveries))
    };
    assert_eq!(deliveries(Persistence::Snapshots(60_000)), Some(2));
    assert_eq!(deliveries(Persistence::AppendOnly(0)), Some(1));
    assert_eq!(deliveries(Persistence::Nothing), None);
}

#[test]
fn what_is_old_enough_is_safe() {
    let mut kept = written(Persistence::AppendOnly(1_000), Some(300));
    kept.settle(LATER_MS);
    assert_eq!(
        kept.in_danger(Mishap::PowerFailed),
        Some(6),
        "all was written within a second"
    );
    assert_eq!(
        kept.in_danger(Mishap::FailedOver),
        Some(2),
        "what is 300 ms old has arrived"
    );
    assert_eq!(
        kept.in_danger(Mishap::Killed),
        Some(0),
        "the system has what was written"
    );
    kept.settle(START_MS + 1_200);
    assert_eq!(kept.in_danger(Mishap::PowerFailed), Some(3));
    let synced = written(Persistence::AppendOnly(0), None);
    assert_eq!(synced.in_danger(Mishap::PowerFailed), Some(0));
    let nothing = written(Persistence::Nothing, None);
    assert_eq!(nothing.in_danger(Mishap::PowerFailed), None);
}

#[test]
fn a_counter_gives_no_id_again() {
    let mut kept = written(Persistence::AppendOnly(1_000), None);
    kept.fail(Mishap::PowerFailed, 3);
    apply(&mut kept.broker, "XADD s * f c", LATER_MS);
    let last = kept.broker.stream(b"s").map(redelivery_engine::Stream::last_id);
    assert_eq!(last.map(|id| id.ms), Some(3), "2-0 was given before the failure");
}

#[test]
fn what_no_failure_can_bring_back_is_not_kept() {
    let (mut kept, setup) = kept(Persistence::AppendOnly(1_000), Some(1_000));
    apply(&mut kept.broker, WRITES[0], START_MS);
    kept.write(Some(START_MS));
    let mut spent = Spent::default();
    spent.fail(Mishap::PowerFailed);
    kept.retire(&setup, spent);
    assert_eq!(kept.in_danger(Mishap::Killed), Some(0));
    assert_eq!(
        kept.all().count(),
        4,
        "the broker, its file, and the replica before and after"
    );
    spent.fail(Mishap::Killed);
    spent.fail(Mishap::FailedOver);
    kept.retire(&setup, spent);
    assert_eq!(kept.all().count(), 1);
}
