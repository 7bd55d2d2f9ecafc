//! `[faults]` of the broker itself.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Faults;
use crate::language::located::Located;
use crate::language::value::Number;

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

impl Faults {
    /// Where failures of the broker are written.
    pub(in crate::language) fn of_broker(&self) -> impl Iterator<Item = &Range<usize>> {
        let all = [&self.kill_broker, &self.power_failure, &self.failover];
        all.into_iter().flatten().map(|failure| &failure.times.span)
    }
}
