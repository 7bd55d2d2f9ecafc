//! In the end every group got every entry of its stream that was added after the group's start.
//!
//! Source: <https://redis.io/docs/latest/develop/data-types/streams/#consumer-groups>: groups read independently. A
//! grant by any command counts, to any consumer, with or without NOACK. Broken by trimming or deleting before a slow
//! group has read, by XGROUP SETID forward, by a group that was created too late.

use super::monitor::Finding;
use super::owed::Owed;
use crate::event::Event;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct FanOut(Owed);

impl FanOut {
    pub(super) fn on(&mut self, event: &Event) {
        match event {
            Event::Added { id, .. } => self.0.added(*id),
            Event::Granted { id, .. } => self.0.paid(*id),
            _ => {}
        }
    }

    pub(super) fn at_end(&self) -> Finding {
        self.0.at_end()
    }
}
