//! Systems of difference constraints: moments, and how far they lie apart at least or at most.
//!
//! The earliest solution is that of the longest paths in the graph of constraints, by Bellman and Ford; there is none if
//! and only if a cycle of constraints asks for more time than there is. Source: Cormen, Leiserson, Rivest and Stein,
//! "Introduction to Algorithms", 3rd edition, section 24.4, "Difference constraints and shortest paths".

use redelivery_engine::Millis;

/// One moment lies at least so many milliseconds after another; if that is negative, at most so many before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Constraint {
    /// From this moment
    pub(super) earlier: usize,
    /// to this one.
    pub(super) later: usize,
    /// Of more bits than a duration: sums of durations do not overflow.
    at_least: i128,
}

impl Constraint {
    /// `later` comes so many milliseconds after `earlier`, or more.
    pub(super) fn at_least(earlier: usize, later: usize, ms: i128) -> Self {
        let at_least = ms;
        Self {
            earlier,
            later,
            at_least,
        }
    }

    /// `later` comes less than so many milliseconds after `earlier`.
    pub(super) fn less_than(earlier: usize, later: usize, ms: i128) -> Self {
        Self::at_least(later, earlier, 1 - ms)
    }
}

/// Constraints on moments that ascend from the beginning, which is moment 0; those of actions are 1 and so on.
#[derive(Clone, Debug)]
pub(super) struct Constraints {
    moments: usize,
    all: Vec<Constraint>,
}

impl Constraints {
    /// So many actions, each at least `step_ms` after the one before; the first may happen at once.
    pub(super) fn ascending(actions: usize, step_ms: Millis) -> Self {
        let step = |later: usize| Constraint::at_least(later - 1, later, if later == 1 { 0 } else { step_ms.into() });
        Self {
            moments: actions + 1,
            all: (1..=actions).map(step).collect(),
        }
    }

    pub(super) fn extend(&mut self, more: impl IntoIterator<Item = Constraint>) {
        self.all.extend(more);
    }

    /// The earliest moments of the actions that fulfil all of them, in milliseconds since the beginning; none when there
    /// are none that a clock can show.
    pub(super) fn earliest(&self) -> Option<Vec<Millis>> {
        let moments = self.solve().ok()?.into_iter();
        moments.skip(1).map(|moment| Millis::try_from(moment).ok()).collect()
    }

    /// Constraints that contradict each other, each from the moment to which the next one leads; none when there is a
    /// solution.
    pub(super) fn contradiction(&self) -> Option<Vec<Constraint>> {
        self.solve().err()
    }

    fn solve(&self) -> Result<Vec<i128>, Vec<Constraint>> {
        let mut moments = vec![0i128; self.moments];
        let mut pushed_by: Vec<Option<Constraint>> = vec![None; self.moments];
        let mut last = 0;
        // A moment is pushed back along a path of constraints, which passes each moment once unless it turns in a cycle.
        for _ in 0..=self.moments {
            let mut settled = true;
            for constraint in &self.all {
                let bound = moments[constraint.earlier] + constraint.at_least;
                if moments[constraint.later] < bound {
                    moments[constraint.later] = bound;
                    pushed_by[constraint.later] = Some(*constraint);
                    last = constraint.later;
                    settled = false;
                }
            }
            if settled {
                return Ok(moments);
            }
        }
        let back = |moment: &usize| pushed_by[*moment].map(|constraint| constraint.earlier);
        // So many steps back from a moment that is still pushed lead into the cycle.
        let inside = std::iter::successors(Some(last), back)
            .nth(self.moments)
            .unwrap_or(last);
        let mut cycle = Vec::new();
        let mut at = inside;
        while let Some(constraint) = pushed_by[at] {
            cycle.push(constraint);
            at = constraint.earlier;
            if at == inside {
                break;
            }
        }
        Err(cycle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earliest(actions: usize, all: &[Constraint]) -> Option<Vec<Millis>> {
        let mut constraints = Constraints::ascending(actions, 1);
        constraints.extend(all.iter().copied());
        constraints.earliest()
    }

    #[test]
    fn moments_ascend() {
        assert_eq!(earliest(0, &[]), Some(vec![]));
        assert_eq!(earliest(3, &[]), Some(vec![0, 1, 2]));
    }

    #[test]
    fn the_first_action_may_be_that_something_from_the_beginning_is_over() {
        assert_eq!(earliest(2, &[Constraint::at_least(0, 1, 50)]), Some(vec![50, 51]));
    }

    #[test]
    fn an_upper_limit_pushes_the_earlier_moment_back() {
        let all = [Constraint::at_least(1, 4, 100), Constraint::less_than(2, 4, 10)];
        assert_eq!(earliest(4, &all), Some(vec![0, 91, 92, 100]));
    }

    #[test]
    fn limits_that_contradict_each_other_have_no_solution() {
        let fits = [Constraint::at_least(1, 3, 99), Constraint::less_than(1, 3, 100)];
        assert_eq!(earliest(3, &fits), Some(vec![0, 1, 99]));
        let contradicts = [Constraint::at_least(1, 3, 100), Constraint::less_than(1, 3, 100)];
        assert_eq!(earliest(3, &contradicts), None);
        assert_eq!(
            earliest(3, &[Constraint::less_than(1, 3, 2)]),
            None,
            "there are two steps between"
        );
    }

    #[test]
    fn moments_beyond_the_clock_are_none() {
        let far = Constraint::at_least(1, 2, Millis::MAX.into());
        assert_eq!(earliest(2, &[far]), Some(vec![0, Millis::MAX]));
        assert_eq!(earliest(3, &[far]), None);
    }
}
