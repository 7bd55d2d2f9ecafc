//! Defects of XACK.

use redelivery_engine::{Broker, Bytes, Command, Reply};

use super::around::{Done, SABOTEUR, exists};
use super::{Defect, remembered};

pub(super) fn substitute(defect: Defect, command: &Command) -> Option<Command> {
    let Command::XAck { key, .. } = command else {
        return None;
    };
    match defect {
        Defect::XackLeavesEntry => Some(exists(key)),
        Defect::XackDoesNothing => Some(exists(&Bytes::from(""))),
        _ => None,
    }
}

pub(super) fn after_one(defect: Defect, broker: &mut Broker, done: Done<'_>, command: &Command, reply: &mut Reply) {
    let Command::XAck { key, group, ids } = command else {
        return;
    };
    match defect {
        Defect::XackReachesOtherGroups => {
            let names = broker.stream(key).into_iter().flat_map(|stream| stream.groups());
            let others: Vec<Bytes> = names
                .map(|(name, _)| name.clone())
                .filter(|name| name != group)
                .collect();
            for group in others {
                let (key, ids) = (key.clone(), ids.clone());
                broker.apply(SABOTEUR, &Command::XAck { key, group, ids }, done.now_ms);
            }
        }
        Defect::XackLeavesConsumersList => {
            for &id in ids {
                if let Some(was) = done.before.pending(group, id) {
                    remembered::also(broker, key, group, &was.consumer, id);
                }
            }
        }
        Defect::XackCountsEverything if !reply.is_error() => *reply = Reply::Integer(ids.len() as i64),
        _ => {}
    }
}
