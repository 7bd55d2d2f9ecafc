//! Checks: claims about a history, each a small deterministic automaton over events.
//!
//! One file, one claim: what it claims, where that comes from, what breaks it. A monitor's state is small, hashable and
//! finite: counters stop at the first value that decides, what can no longer matter is forgotten, and a violated
//! monitor stays `Violated`(monitor::Monitor::Violated). A monitor never looks at the world, only at events.
//! What must have happened for *holds* to say something is data beside them ([`CheckSpec::presumes`]).
//! Next: [`Monitors`] for who hands which event to whom, then any claim, say `at_most_once`.

mod at_least_once;
mod at_most_once;
mod bounded;
mod bus_limit;
mod conservation;
mod dead_letter;
mod delivery;
mod exactly_once;
mod fan_out;
mod monitor;
mod monitors;
mod no_claim_before_work;
mod no_overlapping_work;
mod nothing_after_dead_letter;
mod noticed;
mod order;
mod owed;
mod pending_list;
mod premise;
mod renamed;
mod run_limit;
mod settles;
mod single_owner;
mod small_map;
mod spec;
mod subject;
mod subscribed;
mod subscriptions;
#[cfg(test)]
mod tests;

pub(crate) use at_least_once::AtLeastOnce;
pub(crate) use at_most_once::AtMostOnce;
pub(crate) use monitors::Ward;
pub use monitors::{CheckIx, Monitors, Violation};
pub(crate) use owed::Owed;
pub use premise::{Premise, Premises, Unmet};
pub(crate) use subject::Subject;

use redelivery_engine::{Bytes, Millis};

/// A claim to be checked, with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckSpec {
    /// A message key has at most one effect.
    AtMostOnce,
    /// Every message whose producer got its ID has an effect, or is dead-lettered where that counts.
    AtLeastOnce {
        /// Whether lying in the dead-letter stream is enough.
        dead_letter_counts: bool,
    },
    /// Both of the above.
    ExactlyOnce {
        /// Whether lying in the dead-letter stream is enough.
        dead_letter_counts: bool,
    },
    /// No two grants of one entry to different consumers within this time of each other, unless acknowledged between.
    SingleOwner {
        /// In milliseconds.
        within_ms: Millis,
    },
    /// No two consumers work on one message at the same time.
    NoOverlappingWork,
    /// No entry is claimed while it waits in the hands of a consumer that has not begun to work on it.
    NoClaimBeforeWork,
    /// Routed after `limit` deliveries, not before, not later, not twice.
    DeadLetter {
        /// Deliveries that are tried.
        limit: u64,
        /// What counts as a delivery.
        counts: Deliveries,
    },
    /// No message is worked on more often than that.
    RunLimit {
        /// Runs of the work.
        limit: u64,
    },
    /// What in the end has no effect shows in a watcher's alarm.
    Noticed,
    /// No effect of a message after it was routed to the dead-letter stream.
    NothingAfterDeadLetter,
    /// A group's list is the disjoint union of its consumers'; nothing acknowledged is in it; counters only grow.
    PendingList,
    /// Entries reach each consumer in the stream's order; items are taken in the order of their pushes.
    Order,
    /// Every group gets every entry.
    FanOut,
    /// Who is subscribed when a message is published is handed it, once for each subscription, and nobody else.
    Delivery,
    /// In the end every subscriber is subscribed to all that it was.
    Subscribed,
    /// No message costs more messages on the bus of a cluster.
    BusLimit {
        /// Messages between nodes.
        at_most: u16,
    },
    /// When faults are over, everything ends acknowledged, dead-lettered or consumed, and nothing is left in a list.
    Settles,
    /// A list's item neither vanishes nor doubles.
    Conservation,
    /// In the end a stream or list keeps at most so many entries.
    Bounded {
        /// The stream or list.
        stream: Bytes,
        /// The number of entries.
        length: u64,
    },
}

/// What counts as a delivery for the dead-letter limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Deliveries {
    /// What the broker's delivery counter counts.
    #[default]
    Counter,
    /// Runs of the consumer's work.
    Runs,
}
