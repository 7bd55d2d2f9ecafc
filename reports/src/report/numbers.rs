//! What became of messages in simulated runs, group by group, as plain data. What has no such number has none, never 0.

use redelivery_engine::Millis;
use redelivery_model::setup::Setup;
use redelivery_model::simulate::numbers::{self, GroupNumbers, Histogram, Point, Series};
use serde::Serialize;

use super::events::group_name;

/// What runs came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// Runs.
    pub runs: u64,
    /// Those that ended by themselves.
    pub ended: u64,
    /// Faults that happened in them.
    pub faults: u64,
    /// Messages between the nodes of a cluster.
    pub bus_messages: Option<u64>,
    /// From a run's last fault until everything had settled; of runs that had one.
    pub recovery_ms: Option<Quantiles>,
    /// Runs that had a fault, ended, and never settled.
    pub never_recovered: u64,
    /// From the beginning of a run until everything had settled.
    pub until_settled_ms: Option<Quantiles>,
    /// One for each group.
    pub groups: Vec<Group>,
}

/// What became of messages in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the model")]
pub struct Group {
    pub group: String,
    pub messages: u64,
    pub messages_of_ended_runs: u64,
    pub lost: u64,
    pub duplicates: u64,
    pub deliveries: Option<u64>,
    pub redeliveries: Option<u64>,
    pub dead_letters: Option<u64>,
    /// From the moment at which a message was there until it had settled.
    pub latency_ms: Option<Quantiles>,
    pub pending: Option<Pending>,
}

/// Some durations, in milliseconds: how many there are, and those that half and 99 in 100 of them do not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "a field is what its name says")]
pub struct Quantiles {
    pub count: u64,
    pub p50: Millis,
    pub p99: Millis,
    pub max: Millis,
}

/// How many entries were pending, over the time of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// The mean over all time of all runs, in thousandths.
    pub mean_thousandths: Option<u64>,
    /// The most.
    pub max: u64,
    /// For how long each point stands.
    pub point_ms: Millis,
    /// From the beginning of a run on.
    pub points: Vec<PendingPoint>,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "a field is what its name says")]
pub struct PendingPoint {
    /// Of the runs that lasted so long.
    pub mean_thousandths: Option<u64>,
    pub max: u64,
}

impl Numbers {
    /// The numbers of a setup's runs.
    pub fn of(setup: &Setup, numbers: &numbers::Numbers) -> Self {
        let groups = setup.group_ixs().zip(&numbers.groups);
        Self {
            runs: numbers.runs,
            ended: numbers.ended,
            faults: numbers.faults,
            bus_messages: numbers.bus,
            recovery_ms: Quantiles::of(&numbers.recovery),
            never_recovered: numbers.unrecovered,
            until_settled_ms: Quantiles::of(&numbers.until_settled),
            groups: groups
                .map(|(group, numbers)| Group::of(group_name(setup, group), numbers))
                .collect(),
        }
    }
}

impl Group {
    /// The numbers of a group of this name.
    pub fn of(group: String, numbers: &GroupNumbers) -> Self {
        Self {
            group,
            messages: numbers.messages,
            messages_of_ended_runs: numbers.messages_of_ended,
            lost: numbers.lost,
            duplicates: numbers.duplicates,
            deliveries: numbers.deliveries,
            redeliveries: numbers.redeliveries,
            dead_letters: numbers.dead_letters,
            latency_ms: Quantiles::of(&numbers.latency),
            pending: numbers.pending.as_ref().map(Pending::of),
        }
    }
}

impl Quantiles {
    fn of(histogram: &Histogram) -> Option<Self> {
        Some(Self {
            count: histogram.count(),
            p50: histogram.percentile(50)?,
            p99: histogram.percentile(99)?,
            max: histogram.max()?,
        })
    }
}

impl Pending {
    fn of(series: &Series) -> Self {
        let whole = series.whole();
        let point = |point: &Point| PendingPoint {
            mean_thousandths: point.mean_thousandths(),
            max: point.max,
        };
        Self {
            mean_thousandths: whole.mean_thousandths(),
            max: whole.max,
            point_ms: series.width_ms(),
            points: series.points().iter().map(point).collect(),
        }
    }
}
