//! A group's pending list is the disjoint union of its consumers' lists, holds nothing acknowledged, and its delivery
//! counters only grow.
//!
//! Source: <https://redis.io/docs/latest/commands/xpending/> and `streamNACK` in Redis' `stream.h`: an entry has one
//! owner, and one node in two trees. Broken by a broken broker, by whoever sets a counter (XCLAIM with RETRYCOUNT), and by
//! XGROUP SETID back: `>` then hands out what is pending or acknowledged as if it were new.

use redelivery_engine::{Bytes, StreamId};

use super::monitor::{Broken, Finding};
use super::small_map::SmallMap;
use crate::event::{Event, PendingRow};

/// Counters are remembered up to this: a fall to or above it goes unseen, and states stay finite.
const DELIVERIES_MAX: u64 = 8;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct PendingList {
    /// What was acknowledged.
    acknowledged: SmallMap<StreamId, ()>,
    /// The delivery counters of the last snapshot.
    deliveries: SmallMap<StreamId, u64>,
}

impl PendingList {
    pub(super) fn on(&mut self, event: &Event) -> Finding {
        match event {
            Event::Acknowledged { id, .. } => {
                self.acknowledged.insert(*id, ());
                self.deliveries.remove(id);
            }
            Event::Pending { rows, consumers, .. } => return self.on_snapshot(rows, consumers),
            _ => {}
        }
        Ok(())
    }

    /// Counters beyond this are kept at it, as explorers keep the broker's: a counter stands still then, and does not fall.
    pub(super) fn cap_deliveries(&mut self, cap: u64) {
        for deliveries in self.deliveries.values_mut() {
            *deliveries = cap.min(*deliveries);
        }
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

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::PendingList;
    use crate::check::tests::*;

    #[test]
    fn snapshots_of_a_sound_list() {
        let first = pending(&[(1, "a", 1), (2, "b", 1)], &[("b", 2), ("a", 1)]);
        let claimed = pending(&[(1, "b", 2), (2, "b", 1)], &[("b", 1), ("b", 2)]);
        let rest = pending(&[(2, "b", 1)], &[("b", 2)]);
        holds(
            PendingList,
            &[
                read("a", 1),
                read("b", 2),
                first,
                claimed,
                acknowledged(1),
                rest,
                pending(&[], &[]),
            ],
        );
    }

    #[test]
    fn the_union_differs() {
        let blamed = |event| breaks(PendingList, &[event]).id;
        assert_eq!(
            blamed(pending(&[(1, "a", 1)], &[("b", 1)])),
            Some(id(1)),
            "another owner"
        );
        assert_eq!(
            blamed(pending(&[(1, "a", 1)], &[])),
            Some(id(1)),
            "in no consumer's list"
        );
        assert_eq!(
            blamed(pending(&[(1, "a", 1)], &[("a", 1), ("a", 2)])),
            Some(id(2)),
            "not in the group's"
        );
        assert_eq!(blamed(pending(&[(1, "a", 1), (2, "a", 1)], &[("a", 2)])), Some(id(1)));
        let twice = pending(&[(1, "a", 1), (2, "a", 1)], &[("a", 1), ("b", 1)]);
        assert_eq!(blamed(twice), Some(id(1)), "not disjoint");
        let twice = pending(&[(1, "a", 1), (1, "b", 1)], &[("a", 1), ("b", 1)]);
        assert_eq!(blamed(twice), Some(id(1)), "twice in both");
    }

    #[test]
    fn acknowledged_entries_stay_away() {
        let listed = || pending(&[(1, "a", 1)], &[("a", 1)]);
        let violation = breaks(PendingList, &[read("a", 1), listed(), acknowledged(1), listed()]);
        assert_eq!((violation.group, violation.id), (Some(GROUP), Some(id(1))));
        breaks(PendingList, &[acknowledged(1), claim("a", 1), listed()]);
        breaks(PendingList, &[acknowledged(1), read_noack("a", 1), listed()]);
        breaks(PendingList, &[acknowledged(1), read("a", 1), listed()]);
    }

    #[test]
    fn counters_only_grow() {
        let counts = |deliveries| pending(&[(1, "a", deliveries)], &[("a", 1)]);
        holds(PendingList, &[counts(2), counts(2), counts(3), counts(90), counts(91)]);
        breaks(PendingList, &[counts(2), counts(1)]);
        breaks(PendingList, &[counts(90), counts(3)]);
        breaks(PendingList, &[counts(4), read("a", 1), counts(1)]);
        holds(PendingList, &[counts(4), pending(&[], &[]), counts(1)]);
    }

    #[test]
    fn explorers_keep_counters_low() {
        let after = |deliveries| {
            let snapshot = pending(&[(1, "a", deliveries)], &[("a", 1)]);
            play(&setup(PendingList), &timed(&[snapshot])).0
        };
        let mut capped = after(5);
        capped.cap_deliveries(2);
        assert_eq!(capped, after(2));
        capped.cap_deliveries(3);
        assert_eq!(capped, after(2));
    }

    #[test]
    fn states_are_finite() {
        let after = |deliveries| {
            let snapshot = pending(&[(1, "a", deliveries)], &[("a", 1)]);
            play(&setup(PendingList), &timed(&[snapshot])).0
        };
        assert_ne!(after(7), after(8));
        assert_eq!(after(8), after(9));
    }
}
