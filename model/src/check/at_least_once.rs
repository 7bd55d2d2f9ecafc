//! In the end, every message whose producer learnt its ID has an effect, or lies in the dead-letter stream where the
//! scenario lets that count.
//!
//! A message whose outcome the producer never learnt may have either fate. Broken by an acknowledgement before the work
//! and a crash between, by NOACK, by trimming, by a failover that forgets, by routing that acknowledges first. Before
//! the end there is nothing to say.

use super::monitor::{Broken, Finding};
use crate::event::Event;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum AtLeastOnce {
    /// Nobody was promised anything.
    #[default]
    Unpromised,
    /// The producer learnt the ID; no effect yet.
    Promised,
    /// It has had an effect: nothing can undo that.
    Kept,
}

impl AtLeastOnce {
    pub(super) fn on(&mut self, event: &Event, dead_letter_counts: bool) {
        match event {
            Event::Effect { .. } => *self = Self::Kept,
            Event::DeadLettered { .. } if dead_letter_counts => *self = Self::Kept,
            Event::Produced { .. } if *self == Self::Unpromised => *self = Self::Promised,
            _ => {}
        }
    }

    pub(super) fn at_end(self) -> Finding {
        match self {
            Self::Promised => Err(Broken(None)),
            Self::Unpromised | Self::Kept => Ok(()),
        }
    }
}
