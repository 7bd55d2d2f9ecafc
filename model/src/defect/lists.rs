//! Defects of lists: items that a pop or a move loses or doubles.

use redelivery_engine::command::{ListEnd, Push};
use redelivery_engine::{Broker, Bytes, Command, Reply};

use super::Defect;
use super::around::{Done, SABOTEUR};
use crate::replies;

/// What a reply becomes, and what else happens, once a command was executed.
pub(super) fn after_one(defect: Defect, broker: &mut Broker, done: Done<'_>, command: &Command, reply: &mut Reply) {
    let Some(item) = replies::taken(command, reply).first().map(|&item| item.clone()) else {
        return;
    };
    match (defect, source(command), replies::destination(command)) {
        (Defect::PopLoses, Some(_), None) => {
            *reply = match reply {
                Reply::Array(_) => Reply::NullArray,
                _ => Reply::Null,
            }
        }
        (Defect::PopDoubles, Some((key, end)), None) => {
            let push = Push {
                key: key.clone(),
                elements: vec![item],
                end,
                if_present: false,
            };
            broker.apply(SABOTEUR, &Command::Push(push), done.now_ms);
        }
        (Defect::MoveLoses, _, Some(key)) => take_away(broker, done, key, item),
        (Defect::MoveNotAtomic, _, Some(key)) if !done.is_heard => take_away(broker, done, key, item),
        _ => {}
    }
}

/// The item did not reach its destination.
fn take_away(broker: &mut Broker, done: Done<'_>, key: &Bytes, element: Bytes) {
    let (key, count) = (key.clone(), 1);
    broker.apply(SABOTEUR, &Command::LRem { key, count, element }, done.now_ms);
}

fn source(command: &Command) -> Option<(&Bytes, ListEnd)> {
    match command {
        Command::Pop { key, end, .. } => Some((key, *end)),
        Command::BPop { keys, end, .. } => Some((keys.first()?, *end)),
        Command::LMPop(lmpop) | Command::BLMPop { lmpop, .. } => Some((lmpop.keys.first()?, lmpop.end)),
        _ => None,
    }
}
