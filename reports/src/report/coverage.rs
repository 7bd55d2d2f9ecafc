//! What some scenarios take of all that may be taken, as plain data. Next: `render::coverage`, who shows it.

use redelivery_model::coverage::{Coverage, Kind, all};
use redelivery_scenarios::coverage::excuse;
use serde::Serialize;

/// What was taken, kind by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageReport {
    /// How many scenarios were looked at.
    pub scenarios: usize,
    /// So many seeds of each.
    pub seeds: u64,
    /// Each kind of point.
    pub kinds: Vec<KindCovered>,
}

/// What was taken of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindCovered {
    /// The kind in words.
    pub kind: &'static str,
    /// How many points there are.
    pub points: usize,
    /// How many were taken.
    pub taken: usize,
    /// Those that were not.
    pub never: Vec<Never>,
}

/// A point that was never taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Never {
    /// The point.
    pub point: String,
    /// Why that is as it should be; none where it is a gap.
    pub why: Option<&'static str>,
}

impl CoverageReport {
    /// Of what so many scenarios took.
    pub fn new(coverage: &Coverage, scenarios: usize, seeds: u64) -> Self {
        let all = all();
        let kinds = Kind::ALL.into_iter().map(|kind| {
            let points = all.iter().filter(|point| point.kind == kind);
            let never: Vec<Never> = points
                .clone()
                .filter(|point| !coverage.contains(point))
                .map(|point| Never {
                    point: point.to_string(),
                    why: excuse(point),
                })
                .collect();
            let points = points.count();
            KindCovered {
                kind: kind.name(),
                points,
                taken: points - never.len(),
                never,
            }
        });
        Self {
            scenarios,
            seeds,
            kinds: kinds.collect(),
        }
    }

    /// The points that nobody took and nobody excuses.
    pub fn gaps(&self) -> impl Iterator<Item = &Never> {
        let never = self.kinds.iter().flat_map(|kind| &kind.never);
        never.filter(|never| never.why.is_none())
    }
}
