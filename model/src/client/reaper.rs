//! A reaper: now and then it puts back what lies where the workers of a list keep their items.

use redelivery_engine::Bytes;

use super::branch::Branch;
use super::restore::{Restoring, Task};
use super::{Held, Intent, Me, Observation};
use crate::event::Event;
use crate::setup::keys;
use crate::setup::policy::{Keeps, Reaper};

/// What it is about; between two looks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Memory(Option<Restoring>);

impl Memory {
    /// While it puts something back; otherwise it rests.
    pub(super) fn branch(&self) -> Option<Branch> {
        self.0.as_ref().map(Restoring::branch)
    }

    pub(super) fn holds(&self) -> Vec<Held> {
        self.0.as_ref().map_or_else(Vec::new, Restoring::holds)
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Reaper) -> Intent {
        match &self.0 {
            Some(restoring) => restoring.intent(me, task(policy)),
            None => Intent::Wait(policy.every_ms),
        }
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Reaper,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        match &mut self.0 {
            Some(restoring) => {
                restoring.observe(me, task(policy), observation, tell);
                if restoring.is_over() {
                    self.0 = None;
                }
            }
            None => {
                let lists = |list: Bytes| Restoring::of(task(policy), vec![list]);
                self.0 = Some(match policy.keeps {
                    Keeps::Own => Restoring::of_all(),
                    Keeps::Shared | Keeps::Circle => lists(keys::processing(me.setup, policy.group)),
                });
            }
        }
    }
}

fn task(policy: &Reaper) -> Task {
    Task {
        group: policy.group,
        restore: policy.restore,
    }
}
