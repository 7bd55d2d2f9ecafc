//! What an action demands of the clocks: what it finds idle, alive or waiting must be so at *its* moment.
//!
//! An action meets the world as the action before it left it, so it constrains the clocks of the world *before* it. The
//! one exception is [`Action::Age`]: it happens at the moment at which idle times have reached their thresholds, so it
//! constrains idle times as it leaves them. An idle time has then reached what it is said to have reached and nothing more; a
//! key is alive and a call waits at each action until the one that ends it; time ends them when their time is over.

use redelivery_engine::Millis;

use super::clocks::{Clocks, Timer};
use super::constraints::{Constraint, Constraints};
use crate::setup::Setup;
use crate::world::{Action, thresholds};

/// What a path demands of the moments of its actions.
pub(super) struct Demands {
    /// What the broker and the checks measure.
    pub(super) of_broker: Constraints,
    /// Rests of clients, which last at least as long as they were told.
    pub(super) of_rests: Vec<Constraint>,
}

/// The demands of a path, each limit kept by a slack; none when the path is not possible.
pub(super) fn demands(setup: &Setup, path: &[Action], slack_ms: Millis) -> Option<Demands> {
    let limits = Limits {
        thresholds: thresholds(setup),
        slack: slack_ms.into(),
    };
    let mut demands = Demands {
        of_broker: Constraints::ascending(path.len(), slack_ms.max(1)),
        of_rests: Vec::new(),
    };
    let mut clocks = Clocks::at_start(setup);
    for (at, &action) in (1..).zip(path) {
        let ages = matches!(action, Action::Age(_));
        if !ages {
            demands.of_broker.extend(limits.of_idle_times(at, &clocks));
        }
        demands.of_broker.extend(limits.of_expiries(at, action, &clocks));
        demands.of_broker.extend(limits.of_waits(at, action, &clocks));
        demands.of_broker.extend(limits.of_lost_writes(at, action, &clocks));
        demands.of_rests.extend(limits.of_rest(at, action, &clocks));
        clocks.step(at, action)?;
        if ages {
            demands.of_broker.extend(limits.of_idle_times(at, &clocks));
        }
    }
    Some(demands)
}

struct Limits {
    thresholds: Vec<Millis>,
    slack: i128,
}

impl Limits {
    fn of_idle_times(&self, at: usize, clocks: &Clocks<'_>) -> impl Iterator<Item = Constraint> {
        clocks.idle.iter().flat_map(move |idle| {
            let after = |threshold: &Millis| i128::from(*threshold) - i128::from(idle.before_ms);
            let reached = idle.class.checked_sub(1).and_then(|below| self.thresholds.get(below));
            let next = self.thresholds.get(idle.class);
            let reached = reached.map(|threshold| self.over(idle.since, at, after(threshold)));
            reached
                .into_iter()
                .chain(next.map(|threshold| self.not_over(idle.since, at, after(threshold))))
        })
    }

    fn of_expiries(&self, at: usize, action: Action, clocks: &Clocks<'_>) -> impl Iterator<Item = Constraint> {
        let expired = match action {
            Action::Expire(place) => clocks.expiring(place),
            _ => None,
        };
        let ends = move |(key, timer)| self.timer(at, timer, expired == Some(key));
        clocks.expiries.iter().map(ends)
    }

    fn of_waits(&self, at: usize, action: Action, clocks: &Clocks<'_>) -> impl Iterator<Item = Constraint> {
        clocks.waits.iter().map(move |(&connection, timer)| {
            let client = clocks.waiting(connection);
            let ends = client.is_some_and(|client| action == Action::TimeOut(client));
            self.timer(at, timer, ends)
        })
    }

    /// What a failure takes away is in danger still: so it is for a while only.
    fn of_lost_writes(&self, at: usize, action: Action, clocks: &Clocks<'_>) -> Option<Constraint> {
        let Action::Fail(failure) = action else {
            return None;
        };
        let since = clocks.writes.first_lost(failure.how, failure.lost)?;
        let window_ms = clocks.in_danger_for_ms(failure.how)?;
        Some(self.not_over(since, at, window_ms.into()))
    }

    fn of_rest(&self, at: usize, action: Action, clocks: &Clocks<'_>) -> Option<Constraint> {
        let Action::Step(client) = action else {
            return None;
        };
        let rest = clocks.rests.get(&client)?;
        Some(self.over(rest.since, at, rest.for_ms.into()))
    }

    fn timer(&self, at: usize, timer: &Timer, ends: bool) -> Constraint {
        let limit = if ends { Self::over } else { Self::not_over };
        limit(self, timer.since, at, timer.for_ms.into())
    }

    /// So many milliseconds are over at an action.
    fn over(&self, since: usize, at: usize, ms: i128) -> Constraint {
        Constraint::at_least(since, at, ms + self.slack)
    }

    /// They are not.
    fn not_over(&self, since: usize, at: usize, ms: i128) -> Constraint {
        Constraint::less_than(since, at, ms - self.slack)
    }
}
