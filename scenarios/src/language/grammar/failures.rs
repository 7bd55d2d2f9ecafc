//! `[faults]` of the broker itself.

use std::ops::Range;

use redelivery_model::setup::Failback;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Faults;
use crate::language::located::Located;
use crate::language::value::{Duration, Number};

/// A failure of the broker after which it has what was kept.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Failure {
    /// At most so often in one run.
    pub(in crate::language) times: Located<Number<1, 255>>,
    /// At most so many of the last writes are lost; by default any number, as far as time allows where there is a clock.
    /// Exploring is faster with few.
    pub(in crate::language) writes: Option<Number<1, 1_000>>,
}

/// A replica that takes over.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Failover {
    /// At most so often in one run.
    pub(in crate::language) times: Located<Number<1, 255>>,
    /// At most so many of the last writes are lost; by default any number, as far as time allows where there is a clock.
    /// Exploring is faster with few.
    pub(in crate::language) writes: Option<Number<0, 1_000>>,
    /// What the old primary comes back with before it takes over again, where that happens more than once; `resync` by default.
    pub(in crate::language) failback: Option<Located<Failback>>,
    /// Split brain: the old primary is only cut off from its replica, and goes on for those who still talk to it, for so
    /// long; while exploring, for any time. Each client turns to the new primary in its own time, or when the old one refuses a
    /// write or does not confirm one. At last the old primary becomes a replica, and what was written there meanwhile is thrown
    /// away. By default it is gone at once.
    pub(in crate::language) split_brain: Option<Located<Duration>>,
}

impl Faults {
    /// Where failures of the broker are written.
    pub(in crate::language) fn of_broker(&self) -> impl Iterator<Item = &Range<usize>> {
        let own = [&self.kill_broker, &self.power_failure].into_iter().flatten();
        let failover = self.failover.iter().map(|failover| &failover.times.span);
        own.map(|failure| &failure.times.span).chain(failover)
    }
}
