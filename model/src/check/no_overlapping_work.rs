//! No two consumers work on one message at the same time.
//!
//! Source: Martin Kleppmann, "How to do distributed locking" (2016): a process that stands still does not know that its
//! time is over. Broken by every zombie: a consumer that is slow or paused works on while its entry is claimed; also by
//! a message that lies in the stream twice. A crash ends work, a pause does not.

use super::monitor::{Broken, Finding};
use crate::event::Event;
use crate::setup::ClientIx;

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
}
