//! The differences between Redis 8.2.3, which the engine follows, and older servers: the only ones that the agreement test
//! accepts. Each row has an example that must show it, so that no row outlives its difference.
//!
//! A row never hides what follows: the comparison of a script ends at a known difference. Read next: `until_7_0`, then
//! `until_6_2`, the tables.

mod until_6_2;
mod until_7_0;

use crate::cluster;
use crate::compare::{Compared, Disagreement, compare};
use crate::exchange::Exchange;
use crate::golden::{numbers, parse_step};
use crate::side::Side;
use crate::step::Step;

/// One row.
pub(crate) struct Difference {
    /// What and why.
    pub(crate) reason: &'static str,
    /// The steps of a golden script whose last one shows it.
    pub(crate) example: &'static str,
    /// Whether a disagreement is this one.
    pub(crate) matches: fn(&Exchange) -> bool,
}

/// The tables: each with the newest server that differs so, as all older ones do.
pub(crate) const TABLES: [(&str, &[Difference]); 2] = [("6.2.14", until_6_2::ROWS), ("7.0.15", until_7_0::ROWS)];

/// The row that a disagreement with a server of this version belongs to.
pub(crate) fn find(version: &str, disagreement: &Disagreement) -> Option<&'static Difference> {
    let exchange = Exchange::of(disagreement)?;
    let tables = TABLES.iter().chain(cluster::known::TABLES);
    let tables = tables.filter(|(until, _)| numbers(version) <= numbers(until));
    tables.flat_map(|(_, rows)| *rows).find(|row| (row.matches)(&exchange))
}

impl Difference {
    /// Whether its example kills the server.
    pub(crate) fn restarts(&self) -> bool {
        self.example.lines().any(|line| line.trim() == "@ restart")
    }

    /// Plays the example on a server of this version; it must end in this very difference.
    pub(crate) fn is_shown_by_its_example(
        &self,
        ours: &mut impl Side,
        theirs: &mut impl Side,
        version: &str,
    ) -> Result<String, String> {
        let script: Vec<Step> = self
            .example
            .lines()
            .filter_map(|line| parse_step(line.trim()))
            .collect();
        match compare(&script, ours, theirs, version) {
            Compared::Known(row, _) if row.reason == self.reason => Ok(String::new()),
            Compared::Known(row, _) => Err(format!("it is matched by another row: {}", row.reason)),
            Compared::Disagree(disagreement) => Err(format!("it is not matched:\n{}", disagreement.to_golden())),
            Compared::Agree(_) => Err(format!(
                "there is no difference any more: {}\n{}",
                self.reason, self.example
            )),
        }
    }
}
