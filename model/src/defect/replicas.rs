//! Defects of replicas, and of what the broker says of them.

use redelivery_engine::{Command, Reply};

use super::Defect;

pub(super) fn substitute(defect: Defect, command: &Command) -> Option<Command> {
    match (defect, command) {
        (Defect::WaitAnswersAtOnce, Command::Wait { timeout_ms, .. }) => Some(Command::Wait {
            replicas: 0,
            timeout_ms: *timeout_ms,
        }),
        _ => None,
    }
}

pub(super) fn after_one(defect: Defect, command: &Command, reply: &mut Reply) {
    if let (Defect::WaitAnswersAtOnce, Command::Wait { replicas, .. }) = (defect, command) {
        *reply = Reply::Integer(*replicas);
    }
}
