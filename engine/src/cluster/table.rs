//! Which node owns which slots, as one node believes.
//!
//! Ranges rather than 16,384 cells: a model checker copies and hashes them.

use alloc::vec::Vec;

use super::{NodeIndex, SLOTS, Slot};

/// Slots from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotRange {
    /// The lowest.
    pub first: Slot,
    /// The highest.
    pub last: Slot,
}

impl SlotRange {
    pub(crate) fn one(slot: Slot) -> Self {
        Self {
            first: slot,
            last: slot,
        }
    }

    pub(crate) fn contains(self, slot: Slot) -> bool {
        (self.first..=self.last).contains(&slot)
    }

    fn overlap(self, other: Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Self { first, last })
    }

    fn len(self) -> u32 {
        u32::from(self.last - self.first) + 1
    }
}

/// The owners of all slots that have one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct SlotTable {
    /// Ascending; neighbours of one owner are one range.
    ranges: Vec<(SlotRange, NodeIndex)>,
}

impl SlotTable {
    pub(crate) fn owner(&self, slot: Slot) -> Option<NodeIndex> {
        let after = self.ranges.partition_point(|(range, _)| range.first <= slot);
        let (range, owner) = self.ranges.get(after.checked_sub(1)?)?;
        range.contains(slot).then_some(*owner)
    }

    pub(crate) fn set(&mut self, range: SlotRange, owner: Option<NodeIndex>) {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 2);
        for &(old, owner) in &self.ranges {
            let kept = [
                range.first.checked_sub(1).map(|last| SlotRange { first: 0, last }),
                range.last.checked_add(1).map(|first| SlotRange { first, last: SLOTS }),
            ];
            let kept = kept.into_iter().flatten().filter_map(|kept| old.overlap(kept));
            ranges.extend(kept.map(|kept| (kept, owner)));
        }
        ranges.extend(owner.map(|owner| (range, owner)));
        ranges.sort_unstable();
        ranges.dedup_by(|next, before| {
            let joins = next.1 == before.1 && next.0.first == before.0.last + 1;
            if joins {
                before.0.last = next.0.last;
            }
            joins
        });
        self.ranges = ranges;
    }

    /// The parts of `range` that have an owner, each with its owner.
    pub(crate) fn parts(&self, range: SlotRange) -> impl Iterator<Item = (SlotRange, NodeIndex)> {
        let part = move |&(owned, owner): &(SlotRange, NodeIndex)| Some((owned.overlap(range)?, owner));
        self.ranges.iter().filter_map(part)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (SlotRange, NodeIndex)> {
        self.ranges.iter().copied()
    }

    pub(crate) fn of(&self, owner: NodeIndex) -> impl Iterator<Item = SlotRange> {
        self.iter()
            .filter_map(move |(range, of)| (of == owner).then_some(range))
    }

    /// How many slots have an owner.
    pub(crate) fn assigned(&self) -> u32 {
        self.ranges.iter().map(|(range, _)| range.len()).sum()
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.assigned() == u32::from(SLOTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn range(first: Slot, last: Slot) -> SlotRange {
        SlotRange { first, last }
    }

    #[test]
    fn a_slot_taken_out_of_a_range_splits_it_and_given_back_joins_it() {
        let (a, b) = (NodeIndex(0), NodeIndex(1));
        let mut table = SlotTable::default();
        table.set(range(0, SLOTS - 1), Some(a));
        assert!(table.is_whole());
        table.set(SlotRange::one(100), Some(b));
        assert_eq!(
            table.of(a).collect::<Vec<_>>(),
            vec![range(0, 99), range(101, SLOTS - 1)]
        );
        assert_eq!(
            [99, 100, 101].map(|slot| table.owner(slot)),
            [Some(a), Some(b), Some(a)]
        );
        table.set(SlotRange::one(100), None);
        assert_eq!((table.owner(100), table.assigned()), (None, u32::from(SLOTS) - 1));
        let parts: Vec<_> = table.parts(range(98, 102)).collect();
        assert_eq!(parts, vec![(range(98, 99), a), (range(101, 102), a)]);
        table.set(SlotRange::one(100), Some(a));
        assert_eq!(table.iter().collect::<Vec<_>>(), vec![(range(0, SLOTS - 1), a)]);
    }

    #[test]
    fn the_first_and_the_last_slot_have_no_neighbour_beyond() {
        let mut table = SlotTable::default();
        table.set(range(0, SLOTS - 1), Some(NodeIndex(0)));
        table.set(SlotRange::one(0), None);
        table.set(SlotRange::one(SLOTS - 1), None);
        assert_eq!(
            table.iter().collect::<Vec<_>>(),
            vec![(range(1, SLOTS - 2), NodeIndex(0))]
        );
    }
}
