//! What an administrator tells one node about slots: ADDSLOTS, DELSLOTS, FLUSHSLOTS, SETSLOT, BUMPEPOCH.
//!
//! The node checks what it can see itself, and changes nothing but its own view; what it must tell the others it puts
//! on the bus. A node that gives away its last slot stays a master, where a server becomes a replica of the new owner.
//! Read next: `membership.rs`, how the others take it.

use alloc::format;
use alloc::vec::Vec;

use super::membership::{Changes, Membership};
use super::table::SlotTable;
use super::{NodeIndex, Slot, SlotRange};
use crate::command::SlotState;
use crate::errors::{formatted, quoting};
use crate::{Bytes, Reply};

impl Membership {
    /// <https://redis.io/docs/latest/commands/cluster-addslots/>
    pub(crate) fn add_slots(&mut self, ranges: &[SlotRange]) -> Result<(), Reply> {
        self.check(ranges, |slot, owner| {
            owner.map(|_| formatted(format!("ERR Slot {slot} is already busy")))
        })?;
        for range in ranges {
            self.slots.set(*range, Some(self.own));
            for slot in range.first..=range.last {
                self.importing.remove(&slot);
            }
        }
        self.claim();
        Ok(())
    }

    /// <https://redis.io/docs/latest/commands/cluster-delslots/>: in this node's view only, and only until the owner's next
    /// claim if that is another.
    pub(crate) fn del_slots(&mut self, ranges: &[SlotRange]) -> Result<Changes, Reply> {
        self.check(ranges, |slot, owner| match owner {
            None => Some(formatted(format!("ERR Slot {slot} is already unassigned"))),
            Some(_) => None,
        })?;
        ranges.iter().for_each(|range| self.slots.set(*range, None));
        Ok(Changes {
            reassigned: ranges.to_vec(),
            ..Changes::default()
        })
    }

    /// <https://redis.io/docs/latest/commands/cluster-flushslots/>
    pub(crate) fn flush_slots(&mut self) -> Result<Changes, Reply> {
        let own: Vec<SlotRange> = self.slots.of(self.own).collect();
        self.del_slots(&own)
    }

    /// <https://redis.io/docs/latest/commands/cluster-bumpepoch/>
    pub(crate) fn bump_epoch(&mut self) -> Reply {
        let before = self.epochs[self.own.at()];
        self.begin_epoch();
        let now = self.epochs[self.own.at()];
        if now == before {
            return Reply::Status(format!("STILL {now}").into());
        }
        self.claim();
        Reply::Status(format!("BUMPED {now}").into())
    }

    /// Slot by slot: the first error, be it that one comes twice.
    fn check(
        &self,
        ranges: &[SlotRange],
        error: impl Fn(Slot, Option<NodeIndex>) -> Option<Reply>,
    ) -> Result<(), Reply> {
        let mut seen = SlotTable::default();
        for range in ranges {
            for slot in range.first..=range.last {
                if let Some(error) = error(slot, self.slots.owner(slot)) {
                    return Err(error);
                }
                if seen.owner(slot).is_some() {
                    return Err(formatted(format!("ERR Slot {slot} specified multiple times")));
                }
                seen.set(SlotRange::one(slot), Some(self.own));
            }
        }
        Ok(())
    }

    /// <https://redis.io/docs/latest/commands/cluster-setslot/>; `has_keys`: this node has a key of the slot.
    pub(crate) fn set_slot(&mut self, slot: Slot, to: &SlotState, has_keys: bool) -> Result<Changes, Reply> {
        let is_owner = self.slots.owner(slot) == Some(self.own);
        match to {
            SlotState::Migrating(_) if !is_owner => {
                return Err(formatted(format!("ERR I'm not the owner of hash slot {slot}")));
            }
            SlotState::Importing(_) if is_owner => {
                return Err(formatted(format!("ERR I'm already the owner of hash slot {slot}")));
            }
            SlotState::Migrating(id) => {
                let node = self.known(id)?;
                self.migrating.insert(slot, node);
            }
            SlotState::Importing(id) => {
                let node = self.known(id)?;
                self.importing.insert(slot, node);
            }
            SlotState::Stable => {
                self.migrating.remove(&slot);
                self.importing.remove(&slot);
            }
            SlotState::Node(id) => return self.give(slot, id, has_keys),
        }
        Ok(Changes::default())
    }

    fn known(&self, id: &Bytes) -> Result<NodeIndex, Reply> {
        self.find(id)
            .ok_or_else(|| quoting(&[b"ERR I don't know about node ", id]))
    }

    fn give(&mut self, slot: Slot, id: &Bytes, has_keys: bool) -> Result<Changes, Reply> {
        let to = self.find(id).ok_or_else(|| quoting(&[b"ERR Unknown node ", id]))?;
        let before = self.slots.owner(slot);
        if before == Some(self.own) && to != self.own && has_keys {
            return Err(formatted(format!(
                "ERR Can't assign hashslot {slot} to a different node while I still hold keys for this hash slot."
            )));
        }
        if !has_keys {
            self.migrating.remove(&slot);
        }
        self.slots.set(SlotRange::one(slot), Some(to));
        if to == self.own && self.importing.remove(&slot).is_some() {
            self.begin_epoch();
            self.claim();
        }
        // A server ends them also where the owner stays the same.
        let reassigned = before.map(|_| SlotRange::one(slot)).into_iter().collect();
        Ok(Changes {
            reassigned,
            ..Changes::default()
        })
    }

    /// From now on its claims are later than all that it has heard of.
    fn begin_epoch(&mut self) {
        let latest = self.epochs.iter().copied().max().unwrap_or(0);
        let own = &mut self.epochs[self.own.at()];
        if *own != latest {
            *own = latest.saturating_add(1);
        }
    }
}
