//! Entries reach each consumer in the stream's order.
//!
//! Source: <https://redis.io/docs/latest/commands/xreadgroup/>: `>` delivers in ascending order of IDs. Broken by every
//! redelivery of an older entry after a newer one: a claim, or a history read after a restart. That is the point: a
//! design that redelivers keeps no order. The same entry again is a repetition, not disorder. Consumers are
//! compared by name, each with itself only.

use redelivery_engine::{Bytes, StreamId};

use super::monitor::{Broken, Finding};
use super::small_map::SmallMap;
use crate::event::Event;

/// The last entry that each consumer got.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Order(SmallMap<Bytes, StreamId>);

impl Order {
    pub(super) fn on(&mut self, event: &Event) -> Finding {
        let Event::Granted { id, consumer, .. } = event else {
            return Ok(());
        };
        match self.0.get_mut(consumer) {
            Some(last) if *id < *last => return Err(Broken(Some(*id))),
            Some(last) => *last = *id,
            None => self.0.insert(consumer.clone(), *id),
        }
        Ok(())
    }
}
