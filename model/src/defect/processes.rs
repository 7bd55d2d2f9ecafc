//! Defects of processes that end and start: what the broker keeps for them is gone, or no longer what it was.

use redelivery_engine::command::XGroup;
use redelivery_engine::{Broker, Bytes, Command, Millis};

use super::Defect;
use super::around::SABOTEUR;
use crate::setup::Mishap;

/// What happens to a broker when the process of a client ends that is known by this name.
pub(crate) fn crashed(defect: Defect, broker: &mut Broker, name: &Bytes, now_ms: Millis) {
    if defect == Defect::CrashLosesPending {
        forget(broker, name, now_ms);
    }
}

/// What happens to a broker when nothing parts it any more from a client that is known by this name.
pub(crate) fn healed(defect: Defect, broker: &mut Broker, name: &Bytes, now_ms: Millis) {
    if defect == Defect::PartitionLosesPending {
        forget(broker, name, now_ms);
    }
}

fn forget(broker: &mut Broker, name: &Bytes, now_ms: Millis) {
    let groups = broker.grouped_streams().flat_map(|(key, stream)| {
        let of = stream.groups().filter(|(_, group)| group.consumer(name).is_some());
        of.map(|(group, _)| (key.clone(), group.clone()))
    });
    for (key, group) in groups.collect::<Vec<_>>() {
        let consumer = name.clone();
        let forget = XGroup::DelConsumer { key, group, consumer };
        broker.apply(SABOTEUR, &Command::XGroup(forget), now_ms);
    }
}

/// What happens to a broker when the process of a client starts again.
pub(crate) fn restarted(defect: Defect, broker: &mut Broker) {
    if defect == Defect::RestartResetsCounters {
        broker.map_deliveries(&mut |at, _| (at, 1));
    }
}

/// What happens to what was kept when the broker fails so.
pub(crate) fn failed(defect: Defect, how: Mishap, broker: &mut Broker, now_ms: Millis) {
    match (defect, how) {
        (Defect::KillResetsCounters, Mishap::Killed) => broker.map_deliveries(&mut |at, _| (at, 1)),
        (Defect::PowerFailureTakesSynced, Mishap::PowerFailed) => {
            let last = broker.grouped_streams().filter_map(|(key, stream)| {
                let ids = vec![stream.entries().next_back()?.id];
                Some(Command::XDel { key: key.clone(), ids })
            });
            apply_all(broker, last.collect(), now_ms);
        }
        (Defect::ReplicaForgetsPending, Mishap::FailedOver) | (Defect::LostNodeForgetsPending, Mishap::NodeLost) => {
            let groups = broker.grouped_streams().flat_map(|(key, stream)| {
                stream.groups().map(|(group, state)| Command::XAck {
                    key: key.clone(),
                    group: group.clone(),
                    ids: state.pending().map(|(id, _)| id).collect(),
                })
            });
            apply_all(broker, groups.collect(), now_ms);
        }
        _ => {}
    }
}

fn apply_all(broker: &mut Broker, commands: Vec<Command>, now_ms: Millis) {
    for command in commands {
        broker.apply(SABOTEUR, &command, now_ms);
    }
}
