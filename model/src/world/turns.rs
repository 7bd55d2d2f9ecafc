//! The turns that a client may take which does any of what it may do next ([`Intent::Choose`]).
//!
//! Only turns that would find something are listed. To leave the others out loses nothing: a read or a claim by a consumer
//! that its group knows changes nothing but when that consumer was heard of where there is nothing to read or to claim, and
//! the client then chooses again; where somebody asks when consumers were heard of, or the group does not know the consumer
//! yet, a read counts as finding something. Scripts and choices take place at one broker, where no request is redirected.

use super::World;
use crate::client::{Intent, consumer_name};
use crate::setup::policy::{Consumer, ReclaimBy, Role};
use crate::setup::{ClientIx, Setup};

/// The turn that reads new entries; those above take over what is idle.
const READ: u16 = 0;

impl World {
    /// The turns that a client may take now, ascending: 0 reads, n takes over the n-th entry that is idle enough, or with
    /// commands that choose an entry themselves 1 whichever they choose. Nothing for a client that has no choice.
    pub fn turns(&self, setup: &Setup, client: ClientIx) -> Vec<u16> {
        match &setup.client(client).role {
            Role::Consumer(policy) if self.intent(setup, client) == Some(Intent::Choose) => {
                self.turns_of(setup, client, policy)
            }
            _ => Vec::new(),
        }
    }

    fn turns_of(&self, setup: &Setup, client: ClientIx, policy: &Consumer) -> Vec<u16> {
        let names = setup.group(policy.group);
        let stream = self.stream(&names.key);
        let state = stream.and_then(|stream| Some((stream, stream.group(&names.name)?)));
        // The group is yet to be created, or the stream: the broker refuses.
        let Some((stream, group)) = state else {
            return vec![READ];
        };
        let knows = group.consumer(&consumer_name(self.me(setup, client))).is_some();
        let last = stream.entries().next_back();
        let is_news = last.is_some_and(|last| last.id > group.last_delivered());
        let reads = is_news || !knows || setup.asks_for_idle_consumers();
        let idle = policy.reclaim.map_or(0, |reclaim| {
            let is_idle = |idle_ms| idle_ms >= reclaim.min_idle_ms;
            let rows = group.pending();
            let count = rows.filter(|(_, row)| is_idle(row.idle_ms(self.broker_ms()))).count();
            match reclaim.by {
                ReclaimBy::Script => count as u16,
                ReclaimBy::Xclaim | ReclaimBy::Xautoclaim => u16::from(count > 0),
            }
        });
        reads.then_some(READ).into_iter().chain(1..=idle).collect()
    }

    /// What a client does next that does this.
    pub(super) fn chosen(&self, setup: &Setup, client: ClientIx, turn: u16) -> Option<Intent> {
        let mut memory = self.client(client).memory.clone();
        memory.choose(self.me(setup, client), turn);
        Some(memory.intent(self.me(setup, client)))
    }
}
