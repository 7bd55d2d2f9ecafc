//! A group's pending list is the disjoint union of its consumers' lists, holds nothing acknowledged, and its delivery
//! counters only grow.
//!
//! Source: <https://redis.io/docs/latest/commands/xpending/> and `streamNACK` in Redis' `stream.h`: an entry has one
//! owner, and one node in two trees. Only a broken broker breaks it, or somebody who sets a counter (XCLAIM with
//! RETRYCOUNT). An entry that `>` hands out anew (XGROUP SETID back) may be pending again after its acknowledgement,
//! and starts at 1 again; nothing else brings it back.

use redelivery_engine::{Bytes, StreamId};

use super::monitor::{Broken, Finding};
use super::small_map::SmallMap;
use crate::event::{Event, Grant, PendingRow};

/// Counters are remembered up to this: a fall to or above it goes unseen, and states stay finite.
const DELIVERIES_MAX: u64 = 8;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct PendingList {
    /// What was acknowledged and not handed out since.
    acknowledged: SmallMap<StreamId, ()>,
    /// The delivery counters of the last snapshot.
    deliveries: SmallMap<StreamId, u64>,
}

impl PendingList {
    pub(super) fn on(&mut self, event: &Event) -> Finding {
        match event {
            Event::Granted {
                id,
                how: Grant::New,
                noack: false,
                ..
            } => {
                self.acknowledged.remove(id);
                self.deliveries.remove(id);
            }
            Event::Acknowledged { id, .. } => {
                self.acknowledged.insert(*id, ());
                self.deliveries.remove(id);
            }
            Event::Pending { rows, consumers, .. } => return self.on_snapshot(rows, consumers),
            _ => {}
        }
        Ok(())
    }

    fn on_snapshot(&mut self, rows: &[PendingRow], consumers: &[(Bytes, StreamId)]) -> Finding {
        is_disjoint_union(rows, consumers)?;
        for row in rows {
            let before = self.deliveries.get(&row.id);
            if self.acknowledged.get(&row.id).is_some() || before.is_some_and(|before| row.deliveries < *before) {
                return Err(Broken(Some(row.id)));
            }
        }
        let seen = |row: &PendingRow| (row.id, row.deliveries.min(DELIVERIES_MAX));
        self.deliveries = rows.iter().map(seen).collect();
        Ok(())
    }
}

/// Each entry of the group's list is in exactly one consumer's list, its owner's, and nothing else is.
fn is_disjoint_union(rows: &[PendingRow], consumers: &[(Bytes, StreamId)]) -> Finding {
    let mut group: Vec<(StreamId, &Bytes)> = rows.iter().map(|row| (row.id, &row.consumer)).collect();
    let mut union: Vec<(StreamId, &Bytes)> = consumers.iter().map(|(consumer, id)| (*id, consumer)).collect();
    group.sort_unstable();
    union.sort_unstable();
    if let Some(twice) = union.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(Broken(Some(twice[0].0)));
    }
    let differs = group.iter().zip(&union).find(|(one, other)| one != other);
    match (differs, group.len().cmp(&union.len())) {
        (Some((one, other)), _) => Err(Broken(Some(one.0.min(other.0)))),
        (None, std::cmp::Ordering::Equal) => Ok(()),
        (None, std::cmp::Ordering::Less) => Err(Broken(Some(union[group.len()].0))),
        (None, std::cmp::Ordering::Greater) => Err(Broken(Some(group[union.len()].0))),
    }
}
