//! Defects of sets of marks, and of WATCH.

use redelivery_engine::{Command, Reply};

use super::Defect;

pub(super) fn substitute(defect: Defect, command: &Command) -> Option<Command> {
    match (defect, command) {
        (Defect::DedupSetForgets | Defect::WatchSeesNothing, Command::Watch { .. }) => Some(Command::Unwatch),
        _ => None,
    }
}

pub(super) fn after_one(defect: Defect, command: &Command, reply: &mut Reply) {
    match (defect, command) {
        (Defect::DedupSetForgets, Command::SIsMember { .. }) => *reply = Reply::Integer(0),
        (Defect::DedupSetForgets | Defect::SaddAlwaysOne, Command::SAdd { .. }) if !reply.is_error() => {
            *reply = Reply::Integer(1);
        }
        _ => {}
    }
}
