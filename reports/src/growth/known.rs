//! What is known of how states grow, and what a size that nobody has explored is predicted to take.
//!
//! On an axis states are taken to grow as a power does, whose exponent is that of the nearest step that is known: on
//! paper with two logarithmic scales, a straight line goes on. Time and memory are taken to grow with the states.

use std::collections::BTreeMap;

use redelivery_scenarios::standard::Size;

use super::Axis;
use crate::apart::{Cost, Space};
use crate::plot::logarithm::{exp2, log2};

/// The states of sizes, and what the largest of those that were measured took.
#[derive(Clone, Debug, Default)]
pub struct Known {
    states: BTreeMap<Size, u64>,
    measured: Option<(u64, Cost)>,
}

/// What a size will take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// So many states.
    pub states: u64,
    /// Whether it was counted before, so that the states are no guess.
    pub is_known: bool,
    /// Where anything was measured.
    pub cost: Option<Cost>,
}

impl Known {
    /// Takes note of a size's states.
    pub fn learn(&mut self, size: Size, states: u64) {
        self.states.insert(size, states);
    }

    /// Takes note of what was explored, and of what that took.
    pub fn measure(&mut self, size: Size, space: Space, cost: Cost) {
        self.learn(size, space.states);
        if self.measured.is_none_or(|(most, _)| most <= space.states) {
            self.measured = Some((space.states, cost));
        }
    }

    /// The sizes that are known, in order.
    pub fn sizes(&self) -> impl Iterator<Item = Size> {
        self.states.keys().copied()
    }

    /// What a size is predicted to take; nothing where no step on one of the axes is known that leads there.
    pub fn predict(&self, size: Size) -> Option<Prediction> {
        let known = self.states.get(&size).copied();
        let states = match known {
            Some(states) => states,
            None => three_digits(exp2(self.log_of_states(size)?)),
        };
        let cost = self.measured.map(|(of, cost)| Cost {
            milliseconds: part(cost.milliseconds, states, of),
            memory_bytes: part(cost.memory_bytes, states, of),
        });
        Some(Prediction {
            states,
            is_known: known.is_some(),
            cost,
        })
    }

    /// From the nearest size that is nowhere larger, step by step.
    fn log_of_states(&self, size: Size) -> Option<i64> {
        let smaller = self.states.iter().filter(|(known, _)| is_within(**known, size));
        let (&from, &states) = smaller.min_by_key(|(known, states)| (apart(**known, size), u64::MAX - **states))?;
        let mut log = log2(states);
        for axis in Axis::ALL {
            for place in axis.of(from)..axis.of(size) {
                log += self.log_of_step(axis, place, size)?;
            }
        }
        Some(log)
    }

    /// The logarithm of the factor from one place on an axis to the next: as it is known at the nearest place that is not
    /// beyond, for the size most like this one.
    fn log_of_step(&self, axis: Axis, place: u32, size: Size) -> Option<i64> {
        let steps = self.states.iter().filter_map(|(&from, &states)| {
            let at = axis.of(from);
            let next = self.states.get(&axis.at(from, at + 1)).filter(|_| at <= place)?;
            Some((place - at, apart(from, size), at, log2(*next) - log2(states)))
        });
        let (.., at, log) = steps.min()?;
        let spread = |at: u32| {
            let from_one = u64::from(at - axis.least() + 1);
            i128::from(log2(from_one + 1) - log2(from_one))
        };
        i64::try_from(i128::from(log) * spread(place) / spread(at)).ok()
    }
}

/// No prediction is better than that.
fn three_digits(number: u64) -> u64 {
    let part = 10_u64.pow(number.max(1).ilog10().saturating_sub(2));
    number.saturating_add(part / 2) / part * part
}

/// A size's part of what another one took.
fn part(took: u64, states: u64, of: u64) -> u64 {
    let part = u128::from(took) * u128::from(states) / u128::from(of.max(1));
    u64::try_from(part).unwrap_or(u64::MAX)
}

/// Whether a size is nowhere larger than another.
fn is_within(size: Size, other: Size) -> bool {
    Axis::ALL.iter().all(|axis| axis.of(size) <= axis.of(other))
}

/// How many steps lie between two sizes.
fn apart(size: Size, other: Size) -> u32 {
    let steps = Axis::ALL.iter().map(|axis| axis.of(size).abs_diff(axis.of(other)));
    steps.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(text: &str) -> Size {
        text.parse().unwrap()
    }

    fn known(sizes: &[(&str, u64)]) -> Known {
        let mut known = Known::default();
        for (text, states) in sizes {
            known.learn(size(text), *states);
        }
        known
    }

    fn predicted(known: &Known, text: &str) -> Option<u64> {
        known.predict(size(text)).map(|prediction| prediction.states)
    }

    #[test]
    fn what_is_known_is_not_predicted_otherwise() {
        let known = known(&[("1-1-0-1", 100), ("2-1-0-1", 800)]);
        assert_eq!(predicted(&known, "2-1-0-1"), Some(800));
    }

    #[test]
    fn powers_go_on_as_powers() {
        // M³, (K + 1)⁴, C².
        let known = known(&[
            ("1-1-0-1", 1_000),
            ("2-1-0-1", 8_000),
            ("1-2-0-1", 4_000),
            ("1-1-1-1", 16_000),
        ]);
        for (text, states) in [
            ("5-1-0-1", 125_000),
            ("1-3-0-1", 9_000),
            ("1-1-2-1", 81_000),
            // 91,125,000 in three digits.
            ("5-3-2-1", 91_100_000),
        ] {
            let found = predicted(&known, text).unwrap();
            assert_eq!(found, states, "{text}");
        }
    }

    #[test]
    fn steps_are_those_of_the_nearest_place_and_of_the_size_most_alike() {
        let known = known(&[
            ("1-1-0-1", 10),
            ("2-1-0-1", 20),
            ("3-1-0-1", 30),
            ("1-2-0-1", 40),
            ("2-2-0-1", 160),
            ("1-3-0-1", 120),
        ]);
        // Twice three times, as at M = 1 and C = 2; not four times and less, as at M = 2 and C = 1.
        assert_eq!(predicted(&known, "2-3-0-1"), Some(480));
        assert_eq!(predicted(&known, "3-2-0-1"), Some(240));
    }

    #[test]
    fn nothing_is_predicted_of_an_axis_without_steps() {
        let known = known(&[("1-1-0-1", 100), ("2-1-0-1", 800)]);
        assert_eq!(predicted(&known, "2-2-0-1"), None);
        assert_eq!(predicted(&Known::default(), "1-1-0-1"), None);
    }

    #[test]
    fn time_and_memory_grow_with_the_states() {
        let mut known = known(&[("1-1-0-1", 100), ("2-1-0-1", 800)]);
        assert_eq!(known.predict(size("2-1-0-1")).unwrap().cost, None);
        let space = Space {
            states: 100,
            transitions: 1,
            depth: 1,
        };
        let cost = |milliseconds, memory_bytes| Cost {
            milliseconds,
            memory_bytes,
        };
        known.measure(size("1-1-0-1"), space, cost(50, 7));
        assert_eq!(known.predict(size("2-1-0-1")).unwrap().cost, Some(cost(400, 56)));
    }
}
