//! Numbers for users: how much was lost, repeated or late in simulated runs, group by group.
//!
//! Counts and histograms in whole numbers. What runs came to is added up in any order and grouping, and is the same to
//! the byte. What is lost or repeated is what `at-least-once` and `at-most-once` say is: their monitors count here. This
//! module never decides a verdict. Next: `counting` for one run, `row` for one message, [`Histogram`], [`Series`].

mod counting;
mod histogram;
mod row;
mod series;
#[cfg(test)]
mod tests;

pub(super) use counting::{Counting, End};
pub use histogram::Histogram;
pub use series::{Point, Series};

/// What some runs came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Runs.
    pub runs: u64,
    /// Those that ended by themselves. The others were cut off: of them it is not known what would have become of the rest.
    pub ended: u64,
    /// Faults that happened, in all runs.
    pub faults: u64,
    /// Messages between the nodes of a cluster; none where there is one broker.
    pub bus: Option<u64>,
    /// From a run's last fault, which a pause is until its end, until everything had settled, in milliseconds; 0 where everything had before. Of runs that
    /// ended, had a fault, and settled.
    pub recovery: Histogram,
    /// Runs that ended, had a fault, and never settled.
    pub unrecovered: u64,
    /// From the beginning of a run until everything had settled, in milliseconds. Of runs that ended and settled.
    pub until_settled: Histogram,
    /// What is counted of each group, in the order of the setup's.
    pub groups: Vec<GroupNumbers>,
}

/// What became of messages in one group, or with what is like one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupNumbers {
    /// Messages due to it whose producer learnt that the broker has them, or whose publisher had its answer.
    pub messages: u64,
    /// Those of runs that ended by themselves.
    pub messages_of_ended: u64,
    /// Of the latter, those that in the end have no effect and are not dead-lettered.
    pub lost: u64,
    /// Effects beyond the first of a message; idempotent ones are not counted.
    pub duplicates: u64,
    /// How often an entry or an item was handed out. None for subscribers: what is published is never delivered again.
    pub deliveries: Option<u64>,
    /// Of those, deliveries beyond the first of a message.
    pub redeliveries: Option<u64>,
    /// Messages that were dead-lettered. None where nothing has a dead-letter stream: for readers, lists and subscribers.
    pub dead_letters: Option<u64>,
    /// From the moment at which a message was first there until it had settled, in milliseconds. Of messages that are
    /// counted above and settled: they have an effect or are dead-lettered, and nothing of them is pending or lies in a list.
    pub latency: Histogram,
    /// How many entries were pending, over the time of a run. None where nothing has a pending list.
    pub pending: Option<Series>,
}

impl Numbers {
    /// What these and those came to together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.runs += other.runs;
        self.ended += other.ended;
        self.faults += other.faults;
        add(&mut self.bus, other.bus);
        self.recovery.add(&other.recovery);
        self.unrecovered += other.unrecovered;
        self.until_settled.add(&other.until_settled);
        if self.groups.is_empty() {
            self.groups.clone_from(&other.groups);
        } else {
            for (mine, theirs) in self.groups.iter_mut().zip(&other.groups) {
                mine.add(theirs);
            }
        }
        self
    }

    /// All groups together; none where there is no group.
    pub fn of_all_groups(&self) -> Option<GroupNumbers> {
        let (first, rest) = self.groups.split_first()?;
        let mut sum = first.clone();
        for group in rest {
            sum.add(group);
        }
        Some(sum)
    }
}

impl GroupNumbers {
    fn add(&mut self, other: &Self) {
        self.messages += other.messages;
        self.messages_of_ended += other.messages_of_ended;
        self.lost += other.lost;
        self.duplicates += other.duplicates;
        add(&mut self.deliveries, other.deliveries);
        add(&mut self.redeliveries, other.redeliveries);
        add(&mut self.dead_letters, other.dead_letters);
        self.latency.add(&other.latency);
        match (&mut self.pending, &other.pending) {
            (Some(mine), Some(theirs)) => mine.add(theirs),
            (mine @ None, theirs) => mine.clone_from(theirs),
            (Some(_), None) => {}
        }
    }
}

/// None is what has no such number, not 0: what has one stays.
fn add(mine: &mut Option<u64>, theirs: Option<u64>) {
    if let Some(theirs) = theirs {
        *mine.get_or_insert(0) += theirs;
    }
}
