//! Defects of XADD, XDEL and XGROUP DELCONSUMER.

use redelivery_engine::command::XGroup;
use redelivery_engine::{Broker, Bytes, Command, Millis, Reply, StreamId};

use super::around::{Asked, Done, SABOTEUR, additions, exists};
use super::{Defect, remembered};
use crate::replies;

/// Makes room before a request.
pub(super) fn before(defect: Defect, broker: &mut Broker, asked: Asked<'_>) {
    if defect == Defect::XaddRepeatsLastId {
        for add in additions(asked.request) {
            let last = broker.stream(&add.key).and_then(|stream| stream.entries().next_back());
            if let Some(last) = last.map(|entry| entry.id) {
                delete(broker, &add.key, last, asked.now_ms);
                broker.forget_last_id(&add.key);
            }
        }
    }
}

pub(super) fn substitute(defect: Defect, command: &Command) -> Option<Command> {
    match (defect, command) {
        (Defect::XdelKeepsEntry, Command::XDel { key, .. }) => Some(exists(key)),
        _ => None,
    }
}

pub(super) fn after_one(defect: Defect, broker: &mut Broker, done: Done<'_>, command: &Command, reply: &mut Reply) {
    match (defect, command) {
        (Defect::XaddForgets, Command::XAdd(add)) => {
            if let Some(id) = replies::id(reply) {
                delete(broker, &add.key, id, done.now_ms);
            }
        }
        (Defect::XdelForgetsLastId, Command::XDel { key, .. }) => broker.forget_last_id(key),
        (Defect::DelconsumerKeepsEntries, Command::XGroup(XGroup::DelConsumer { key, group, consumer })) => {
            let state = broker.stream(key).and_then(|stream| stream.group(group));
            let is_pending = |id| state.is_some_and(|group| group.pending_entry(id).is_some());
            let rows = done.before.pending.iter();
            let kept = rows.filter(|(of, id, was)| of == group && was.consumer == *consumer && !is_pending(*id));
            let kept: Vec<_> = kept.cloned().collect();
            for (_, id, was) in kept {
                broker.set_pending(key, group, id, Some(was));
                remembered::gone(broker, key, group, consumer);
            }
        }
        _ => {}
    }
}

fn delete(broker: &mut Broker, key: &Bytes, id: StreamId, now_ms: Millis) {
    let (key, ids) = (key.clone(), vec![id]);
    broker.apply(SABOTEUR, &Command::XDel { key, ids }, now_ms);
}
