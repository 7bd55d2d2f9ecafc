//! Defects of lists: items that a pop or a move loses or doubles.

use redelivery_engine::command::{ListEnd, Push};
use redelivery_engine::{Broker, Bytes, Command, Millis, Reply};

use super::Defect;
use super::broker::SABOTEUR;
use crate::replies;

/// What a reply becomes, and what else happens, once a command was executed.
pub(super) fn after_one(defect: Defect, broker: &mut Broker, command: &Command, reply: &mut Reply, now_ms: Millis) {
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
            broker.apply(SABOTEUR, &Command::Push(push), now_ms);
        }
        (Defect::MoveLoses, _, Some(key)) => {
            let remove = Command::LRem {
                key: key.clone(),
                count: 1,
                element: item,
            };
            broker.apply(SABOTEUR, &remove, now_ms);
        }
        _ => {}
    }
}

fn source(command: &Command) -> Option<(&Bytes, ListEnd)> {
    match command {
        Command::Pop { key, end, .. } => Some((key, *end)),
        Command::BPop { keys, end, .. } => Some((keys.first()?, *end)),
        Command::LMPop(lmpop) | Command::BLMPop { lmpop, .. } => Some((lmpop.keys.first()?, lmpop.end)),
        _ => None,
    }
}
