//! Defects of waiting: who is blocked is woken twice, never, or out of turn.

use redelivery_engine::{Broker, Command, Reply, SetAside};

use super::around::{Asked, Before, Done, after_one};
use super::{Defect, reads};
use crate::client::Request;

/// Changes who waits before a request that adds something.
pub(super) fn before(defect: Defect, broker: &mut Broker, request: &Request) -> Option<SetAside> {
    match defect {
        Defect::BlockedReaderNeverWoken if adds(request) => Some(broker.set_waiters_aside()),
        Defect::BlockedReadersLastFirst if adds(request) => {
            broker.reverse_waiters();
            None
        }
        _ => None,
    }
}

/// Who was not served waits on as before.
pub(super) fn afterwards(defect: Defect, broker: &mut Broker, request: &Request, waiters: Option<SetAside>) {
    if let Some(waiters) = waiters {
        broker.put_back(waiters);
    }
    if defect == Defect::BlockedReadersLastFirst && adds(request) {
        broker.reverse_waiters();
    }
}

fn adds(request: &Request) -> bool {
    request.any(|command| matches!(command, Command::XAdd(_) | Command::Push(_)))
}

/// What a reply becomes, and what else happens, when the broker answers a request that it had held back.
pub(crate) fn served(defect: Defect, broker: &mut Broker, asked: Asked<'_>, reply: &mut Reply) {
    let Request::One(command) = asked.request else { return };
    let done = Done {
        who: asked.who,
        is_heard: asked.is_heard,
        now_ms: asked.now_ms,
        before: &Before::default(),
    };
    if let (Defect::BlockedReaderWokenTwice, Command::XReadGroup(read)) = (defect, command)
        && reads::reads_new(read)
        && let Some(first) = crate::replies::read_entries(reply).first()
    {
        reads::put_back(broker, read, first.id, done);
    }
    after_one(defect, broker, done, command, reply);
}
