//! Where a command may be executed, as one node answers: here, or MOVED, ASK, and the errors of a cluster.
//!
//! Source: <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#redirection-and-resharding>. The texts
//! and their order are those of 8.2.3. It changes nothing. Read next: `membership.rs`.

use alloc::format;

use super::keys::Named;
use super::membership::Membership;
use super::{NodeIndex, Slot, slot_of};
use crate::Reply;
use crate::errors::{fixed, formatted};

pub(crate) const DOWN: Reply = fixed("CLUSTERDOWN The cluster is down");
pub(crate) const NOT_SERVED: Reply = fixed("CLUSTERDOWN Hash slot not served");
const CROSS_SLOT: Reply = fixed("CROSSSLOT Keys in request don't hash to the same slot");
const TRY_AGAIN: Reply = fixed("TRYAGAIN Multiple keys request during rehashing of slot");

impl Membership {
    /// The error that answers a client who names these keys here; none: the command is executed. `asking`: the client
    /// has just sent ASKING. `holds` says whether this node has a key.
    pub(crate) fn redirect(&self, named: &Named, asking: bool, mut holds: impl FnMut(&[u8]) -> bool) -> Option<Reply> {
        let (first, _) = named.keys.first()?;
        let slot = slot_of(first);
        let Some(owner) = self.slots.owner(slot) else {
            return Some(NOT_SERVED);
        };
        if named.keys.iter().any(|(key, _)| slot_of(key) != slot) {
            return Some(CROSS_SLOT);
        }
        if self.fails() && !named.has_channels {
            return Some(DOWN);
        }
        let to = self.migrating.get(&slot).filter(|_| owner == self.own);
        let is_importing = to.is_none() && self.importing.contains_key(&slot);
        if to.is_none() && !is_importing {
            return (owner != self.own).then(|| self.moved(slot, owner));
        }
        if named.is_migrate {
            return None;
        }
        let counted = || named.keys.iter().filter(|(_, counts)| *counts);
        let held = counted().filter(|(key, _)| holds(key)).count();
        let misses = held < counted().count();
        if let Some(to) = to {
            return match (misses, held) {
                (false, _) => None,
                (true, 0) => Some(self.ask(slot, *to)),
                (true, _) => Some(TRY_AGAIN),
            };
        }
        let is_several = named.keys.iter().any(|(key, _)| key != first);
        match asking {
            true if misses && is_several => Some(TRY_AGAIN),
            true => None,
            false => Some(self.moved(slot, owner)).filter(|_| owner != self.own),
        }
    }

    /// The error that ends the waiting of a client whose first key is `key`; none: it waits on.
    pub(crate) fn ends_waiting(&self, key: &[u8]) -> Option<Reply> {
        let slot = slot_of(key);
        match self.slots.owner(slot) {
            _ if self.fails() => Some(DOWN),
            Some(owner) if owner == self.own || self.importing.contains_key(&slot) => None,
            Some(owner) => Some(self.moved(slot, owner)),
            None => Some(NOT_SERVED),
        }
    }

    fn moved(&self, slot: Slot, to: NodeIndex) -> Reply {
        let address = self.address(to);
        formatted(format!("MOVED {slot} {}:{}", address.host, address.port))
    }

    fn ask(&self, slot: Slot, to: NodeIndex) -> Reply {
        let address = self.address(to);
        formatted(format!("ASK {slot} {}:{}", address.host, address.port))
    }
}
