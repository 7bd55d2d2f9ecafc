//! What steps that are no faults put into places and take away: whether runs can lead back to where they were.

use super::layout::Place;
use super::orbits::Orbits;
use super::store::Id;
use super::table::{Table, mix, upper};

/// Place, what lay there, what lies there then.
pub(super) type Change = (Place, Id, Id);

/// The changes of all steps that were done, one step's after the other's.
#[derive(Debug, Default)]
pub(super) struct Moves {
    changes: Vec<Change>,
    /// Where the changes of each end, and whether it is a fault.
    moves: Vec<(u32, bool)>,
    /// What each changes in the fingerprints of all ways but the first.
    turned: Vec<u64>,
}

impl Moves {
    /// Adds a step; answers its number.
    pub(super) fn add(&mut self, changes: impl Iterator<Item = Change>, is_fault: bool) -> u32 {
        self.changes.extend(changes);
        self.moves.push((self.changes.len() as u32, is_fault));
        self.moves.len() as u32 - 1
    }

    /// Notes what the last step changes in the fingerprints of all ways but the first.
    pub(super) fn add_turned(&mut self, number: u32, orbits: &Orbits) {
        let turned: Vec<u64> = orbits.turned(self.of(number)).collect();
        self.turned.extend(turned);
    }

    /// What a step changes in these.
    pub(super) fn turned(&self, number: u32) -> &[u64] {
        let others = self.turned.len() / self.moves.len();
        &self.turned[number as usize * others..][..others]
    }

    /// What a step changed.
    pub(super) fn of(&self, number: u32) -> &[Change] {
        let begin = number.checked_sub(1).map_or(0, |last| self.moves[last as usize].0);
        &self.changes[begin as usize..self.moves[number as usize].0 as usize]
    }

    /// Whether steps that are no faults can lead back to where they began, as far as single places tell: a step that puts
    /// something into a place that no further such step takes away again, or takes away what none puts there, is part of
    /// no cycle; without it others may be part of none either. Interchangeable clients do it for each other: `least` says
    /// which places and pieces are the same but for who is who.
    pub(super) fn may_cycle(&self, least: impl Fn(Place, Id) -> (Place, Id)) -> bool {
        let mut numbers = Table::default();
        let mut ends: Vec<(Place, Id)> = Vec::new();
        let mut number = |end: (Place, Id)| {
            let hash_of = |(place, id): (Place, Id)| mix(mix(0, place), id);
            let known = numbers.find(hash_of(end), |known| ends[known as usize] == end);
            known.unwrap_or_else(|| {
                let number = numbers.add(hash_of(end), |known| upper(hash_of(ends[known as usize])));
                ends.push(end);
                number
            })
        };
        let mut moves: Vec<Vec<(u32, u32)>> = Vec::new();
        for (step, &(_, is_fault)) in (0..).zip(&self.moves) {
            let changes = self.of(step).iter().filter(|(_, before, after)| before != after);
            let ends =
                changes.map(|&(place, before, after)| (number(least(place, before)), number(least(place, after))));
            let ends: Vec<_> = ends.collect();
            if !is_fault && !ends.is_empty() {
                moves.push(ends);
            }
        }
        let ends = ends.len();
        loop {
            let count = moves.len();
            let (mut left, mut reached) = (vec![false; ends], vec![false; ends]);
            for &(before, after) in moves.iter().flatten() {
                left[before as usize] = true;
                reached[after as usize] = true;
            }
            moves.retain(|changes| {
                let goes_on = |&(before, after): &(u32, u32)| reached[before as usize] && left[after as usize];
                changes.iter().all(goes_on)
            });
            if moves.is_empty() || moves.len() == count {
                return !moves.is_empty();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Moves;

    #[test]
    fn a_way_back_is_seen_and_a_fault_is_none() {
        let mut moves = Moves::default();
        moves.add([(0, 1, 2)].into_iter(), false);
        moves.add([(0, 2, 3), (1, 1, 2)].into_iter(), false);
        assert_eq!(moves.of(1), [(0, 2, 3), (1, 1, 2)]);
        assert!(!moves.may_cycle(|place, id| (place, id)), "nothing leads back");
        moves.add([(0, 3, 1)].into_iter(), true);
        assert!(!moves.may_cycle(|place, id| (place, id)), "a fault alone leads back");
        moves.add([(0, 3, 1)].into_iter(), false);
        assert!(
            !moves.may_cycle(|place, id| (place, id)),
            "what the second put into the other place nobody takes away"
        );
        moves.add([(1, 2, 1)].into_iter(), false);
        assert!(moves.may_cycle(|place, id| (place, id)));
    }
}
