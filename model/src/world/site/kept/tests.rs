//! What is kept is a beginning of what was written, and how much of it may be missing.

use redelivery_engine::{AutoIds, Bytes, ClientId, Command, Reply};

use super::super::super::FORMER;
use super::*;
use crate::setup::{BrokerFaults, Failback, Faults, Rewrites};

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
        rewrites: Rewrites::NONE,
        failback: Failback::default(),
        split_brain_ms: None,
        min_replicas_lag_ms: None,
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

/// The same, but for when consumers were last heard of.
fn unheard(broker: &Broker) -> String {
    let mut broker = broker.clone();
    broker.map_seen(&mut |_| START_MS);
    looks(&broker)
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
            failed.fail(how, lost, Failback::Resync);
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
        kept.fail(Mishap::Killed, 0, Failback::Resync);
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
    kept.fail(Mishap::PowerFailed, 3, Failback::Resync);
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

#[test]
fn what_a_replica_has_confirmed_is_not_in_danger() {
    let mut kept = written(Persistence::Nothing, Some(60_000));
    assert_ne!(kept.in_danger(Mishap::FailedOver), Some(0));
    apply(&mut kept.broker, "WAIT 1 0", LATER_MS);
    assert!(kept.broker.is_blocked(ClientId(0)));
    kept.replicate(NodeIndex(0), ClientId(0));
    assert_eq!(kept.take_outbox(), [(ClientId(0), Reply::Integer(1))]);
    assert_eq!(kept.in_danger(Mishap::FailedOver), Some(0));
}

#[test]
fn an_old_primary_goes_on_beside_the_new_one() {
    let mut kept = written(Persistence::Nothing, Some(60_000));
    let before = looks(&kept.broker);
    kept.split(1);
    assert_eq!(kept.former().map(looks), Some(before.clone()));
    assert_ne!(looks(&kept.broker), before, "the last write is missing");
    let new = looks(&kept.broker);
    kept.at(FORMER, None, |broker| apply(broker, "XADD s * f c", LATER_MS));
    assert_eq!(looks(&kept.broker), new, "nobody keeps what is written there");
    kept.at(NodeIndex(0), None, |broker| apply(broker, "XADD s * f d", LATER_MS));
    let last = |broker: Option<&Broker>| {
        broker
            .and_then(|broker| broker.stream(b"s"))
            .map(|stream| stream.last_id())
    };
    assert!(last(Some(&kept.broker)) > last(kept.former()), "no ID is given twice");
    kept.refuse();
    let refused = kept.at(FORMER, None, |broker| {
        let add = ["XADD", "s", "*", "f", "e"].map(Bytes::from);
        broker.apply_argv(ClientId(0), &add, LATER_MS)
    });
    assert!(refused.is_some_and(|reply| reply.is_error()));
    assert!(kept.step_down(), "something is thrown away");
    assert_eq!(kept.former(), None);
}

#[test]
fn an_old_primary_that_has_written_nothing_throws_nothing_away() {
    let mut kept = written(Persistence::Nothing, Some(60_000));
    kept.split(0);
    kept.at(FORMER, None, |broker| apply(broker, "XLEN s", LATER_MS));
    assert!(!kept.step_down());
}

#[test]
fn an_old_primary_takes_over_again_with_what_it_had_or_with_everything() {
    for failback in [Failback::Resync, Failback::OwnData] {
        let mut kept = written(Persistence::Nothing, Some(60_000));
        kept.settle_all();
        kept.fail(Mishap::FailedOver, 0, failback);
        let before = looks(&kept.broker);
        apply(&mut kept.broker, "XADD s * f c", LATER_MS);
        kept.write(Some(LATER_MS));
        assert_eq!(kept.has_own_data(), failback == Failback::OwnData);
        kept.fail(Mishap::FailedOver, 0, failback);
        assert_eq!(looks(&kept.broker) == before, failback == Failback::OwnData);
    }
}

#[test]
fn a_new_file_has_what_was_written_meanwhile_and_the_old_one_too() {
    for is_whole in [true, false] {
        let mut kept = written(Persistence::AppendOnly(0), None);
        kept.rewrite(true, false);
        apply(&mut kept.broker, "XADD s * f c", LATER_MS);
        kept.write(Some(LATER_MS));
        let before = unheard(&kept.broker);
        if is_whole {
            kept.rewritten();
        }
        kept.fail(Mishap::Killed, 0, Failback::Resync);
        assert_eq!(unheard(&kept.broker), before);
        assert!(!kept.is_rewriting());
    }
}

#[test]
fn what_is_not_synced_while_a_file_is_rewritten_is_in_danger_until_then() {
    for syncs in [true, false] {
        let mut kept = written(Persistence::AppendOnly(0), None);
        kept.rewrite(syncs, false);
        apply(&mut kept.broker, "XADD s * f c", LATER_MS);
        kept.write(Some(LATER_MS));
        assert_eq!(kept.in_danger(Mishap::PowerFailed), Some(u16::from(!syncs)));
        kept.rewritten();
        assert_eq!(kept.in_danger(Mishap::PowerFailed), Some(0));
    }
}
