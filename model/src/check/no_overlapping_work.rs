//! No two consumers work on one message at the same time.
//!
//! Source: Martin Kleppmann, "How to do distributed locking" (2016): a process that stands still does not know that its
//! time is over. Broken by every zombie: a consumer that is slow or paused works on while its entry is claimed; also by
//! a message that lies in the stream twice. A crash ends work, a pause does not.

use super::monitor::{Broken, Finding};
use crate::event::Event;
use crate::setup::ClientIx;
use crate::symmetry::Renaming;

/// Who works on the message. One is enough: a second is the violation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct NoOverlappingWork(Option<ClientIx>);

impl NoOverlappingWork {
    pub(super) fn on(&mut self, event: &Event) -> Finding {
        match event {
            Event::WorkStarted { client, .. } => match self.0.replace(*client) {
                Some(other) if other != *client => return Err(Broken(None)),
                _ => {}
            },
            Event::WorkEnded { client, .. } | Event::Crashed { client } if self.0 == Some(*client) => self.0 = None,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn renamed(&self, renaming: &Renaming) -> Self {
        Self(self.0.map(|client| renaming.client(client)))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::NoOverlappingWork;
    use crate::check::tests::*;
    use crate::event::Event;
    use crate::setup::Message;

    #[test]
    fn one_after_the_other() {
        holds(
            NoOverlappingWork,
            &[started(A), ended(A), started(B), ended(B), started(A)],
        );
        holds(NoOverlappingWork, &[started(A), about(Message(1), started(B))]);
    }

    #[test]
    fn two_at_once() {
        let violation = breaks(NoOverlappingWork, &[started(A), started(B)]);
        assert_eq!((violation.message, violation.group), (Some(MESSAGE), Some(GROUP)));
    }

    #[test]
    fn a_pause_does_not_end_work() {
        breaks(
            NoOverlappingWork,
            &[started(A), Event::Paused { client: A }, started(B)],
        );
    }

    #[test]
    fn a_crash_ends_work_on_every_message() {
        let other = |event| about(Message(1), event);
        let crash = || Event::Crashed { client: A };
        holds(
            NoOverlappingWork,
            &[started(A), other(started(A)), crash(), started(B), other(started(B))],
        );
        breaks(NoOverlappingWork, &[started(B), crash(), started(A)]);
    }

    #[test]
    fn only_the_worker_ends_its_work() {
        breaks(NoOverlappingWork, &[started(A), ended(B), started(B)]);
        holds(NoOverlappingWork, &[started(A), started(A), ended(A), started(B)]);
    }
}
