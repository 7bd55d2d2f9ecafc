//! Paths where exploring has a clock: each of its worlds stands at the clock's beginning, so that a path's moments count
//! from the last time that passed. Schedules count from the beginning of the run.

use crate::world::{Action, START_MS};

/// An explored path as a schedule ([`crate::history::Clock::Bounded`]): its moments count from the beginning.
pub fn from_beginning(path: &[Action]) -> Vec<Action> {
    let mut now_ms = START_MS;
    let dated = path.iter().map(|&action| match action {
        Action::Tick(moment) => {
            now_ms = now_ms.saturating_add(moment.saturating_sub(START_MS));
            Action::Tick(now_ms)
        }
        action => action,
    });
    dated.collect()
}

/// A schedule as the path that exploring would have taken: the inverse of [`from_beginning`].
pub fn from_step_to_step(schedule: &[Action]) -> Vec<Action> {
    let mut before_ms = START_MS;
    let path = schedule.iter().map(|&action| match action {
        Action::Tick(now_ms) => {
            let passed_ms = now_ms.saturating_sub(before_ms);
            before_ms = now_ms;
            Action::Tick(START_MS.saturating_add(passed_ms))
        }
        action => action,
    });
    path.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::ClientIx;

    #[test]
    fn moments_add_up_and_come_apart_again() {
        let step = Action::Step(ClientIx(0));
        let path = [Action::Tick(START_MS + 5), step, Action::Tick(START_MS + 7), step];
        let schedule = from_beginning(&path);
        assert_eq!(schedule, [path[0], step, Action::Tick(START_MS + 12), step]);
        assert_eq!(from_step_to_step(&schedule), path);
    }
}
