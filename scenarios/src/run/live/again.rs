//! Once more, with more patience: runs for which the machine was late.

use std::collections::BTreeMap;

/// How late runs are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Round {
    /// After the machine has become calm, or has had so many seconds to become so.
    pub(super) calm_within_s: u64,
    /// At most so many beside each other.
    pub(super) at_once: usize,
}

/// Each round has more patience than the last.
const ROUNDS: [Round; 3] = [
    Round {
        calm_within_s: 2,
        at_once: 2,
    },
    Round {
        calm_within_s: 10,
        at_once: 2,
    },
    Round {
        calm_within_s: 30,
        at_once: 1,
    },
];

/// Tries those again that were late, as long as there are some and rounds are left. `try_these` does so by their place;
/// `add` tells what comes of one what had come of it before.
pub(super) fn again<T>(
    results: &mut BTreeMap<usize, T>,
    is_late: impl Fn(&T) -> bool,
    mut try_these: impl FnMut(&[usize], Round) -> BTreeMap<usize, T>,
    add: impl Fn(&T, &mut T),
) {
    for round in ROUNDS {
        let late = results.iter().filter(|(_, came)| is_late(came));
        let late: Vec<usize> = late.map(|(&place, _)| place).collect();
        if late.is_empty() {
            return;
        }
        let tried = try_these(&late, round);
        for (place, mut came) in late.into_iter().zip(tried.into_values()) {
            if let Some(before) = results.get(&place) {
                add(before, &mut came);
            }
            results.insert(place, came);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What came of a run: how often it was late, and whether it still is.
    type Came = (u32, bool);

    /// Tries runs again of which each is late so often; answers what came of them, and which were tried in each round.
    fn play(late: &[u32]) -> (Vec<Came>, Vec<(Vec<usize>, Round)>) {
        let mut left = late.to_vec();
        let mut run = |place: usize| {
            let is_late = left[place] > 0;
            left[place] -= u32::from(is_late);
            (u32::from(is_late), is_late)
        };
        let mut results: BTreeMap<usize, Came> = (0..late.len()).map(|place| (place, run(place))).collect();
        let mut rounds = Vec::new();
        again(
            &mut results,
            |(_, is_late)| *is_late,
            |places, round| {
                rounds.push((places.to_vec(), round));
                places.iter().enumerate().map(|(at, &place)| (at, run(place))).collect()
            },
            |before, came| came.0 += before.0,
        );
        (results.into_values().collect(), rounds)
    }

    #[test]
    fn who_was_in_time_is_left_alone() {
        assert_eq!(play(&[0, 0]), (vec![(0, false), (0, false)], vec![]));
    }

    #[test]
    fn late_ones_are_tried_again_until_they_are_not() {
        let (came, rounds) = play(&[0, 2, 1, 0]);
        assert_eq!(came, [(0, false), (2, false), (1, false), (0, false)]);
        assert_eq!(rounds, [(vec![1, 2], ROUNDS[0]), (vec![1], ROUNDS[1])]);
    }

    #[test]
    fn rounds_end() {
        let (came, rounds) = play(&[9, 3]);
        assert_eq!(came, [(4, true), (3, false)]);
        assert_eq!(rounds.len(), ROUNDS.len());
        assert_eq!(rounds[2], (vec![0, 1], ROUNDS[2]));
    }
}
