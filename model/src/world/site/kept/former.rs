//! The old primary beside the new one, as long as it goes on.
//!
//! Nobody keeps what is written there. Both draw automatic IDs from one sequence where a counter gives them, as from clocks
//! that agree: what either adds is later than what both had before.

use std::mem;

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Broker, ClientId, Millis, Reply};

use super::super::super::FORMER;
use super::Kept;
use crate::setup::{Failback, Mishap};

/// An old primary.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Former {
    broker: Broker,
    /// Whether something was written since it is that.
    has_written: bool,
}

impl Former {
    pub(super) fn change<T>(&mut self, change: impl FnOnce(&mut Broker) -> T) -> T {
        let changed = change(&mut self.broker);
        self.has_written |= !self.broker.take_propagated().is_empty();
        changed
    }
}

impl Kept {
    /// The old primary.
    pub(in super::super) fn former(&self) -> Option<&Broker> {
        self.former.as_ref().map(|former| &former.broker)
    }

    /// The old primary, or the broker.
    pub(in super::super) fn node(&self, node: NodeIndex) -> &Broker {
        self.former().filter(|_| node == FORMER).unwrap_or(&self.broker)
    }

    /// Changes one of the two; who keeps something of the broker gets it.
    pub(in super::super) fn at<T>(
        &mut self,
        node: NodeIndex,
        now_ms: Option<Millis>,
        change: impl FnOnce(&mut Broker) -> T,
    ) -> T {
        match &mut self.former {
            Some(former) if node == FORMER => {
                let changed = former.change(change);
                self.broker = mem::take(&mut self.broker).going_on_from(&former.broker);
                changed
            }
            former => {
                let changed = change(&mut self.broker);
                if let Some(former) = former {
                    former.broker = mem::take(&mut former.broker).going_on_from(&self.broker);
                }
                self.write(now_ms);
                changed
            }
        }
    }

    /// What both have for others than who asked.
    pub(in super::super) fn take_outbox(&mut self) -> Vec<(ClientId, Reply)> {
        let mut outbox = self.broker.take_outbox();
        outbox.extend(self.former.iter_mut().flat_map(|former| former.broker.take_outbox()));
        outbox
    }

    /// The replica takes over, and the broker goes on beside it.
    pub(in crate::world) fn split(&mut self, lost: u16) {
        let broker = self.broker.clone();
        self.fail(Mishap::Split, lost, Failback::Resync);
        let has_written = false;
        self.former = Some(Box::new(Former { broker, has_written }));
    }

    /// The old primary writes no more.
    pub(in crate::world) fn refuse(&mut self) {
        if let Some(former) = &mut self.former {
            former.broker = mem::take(&mut former.broker).lacking_replicas();
        }
    }

    /// The old primary is none any more; whether something was written there since it is that.
    pub(in crate::world) fn step_down(&mut self) -> bool {
        self.former.take().is_some_and(|former| former.has_written)
    }
}
