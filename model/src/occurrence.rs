//! What must have occurred somewhere, so that nothing passes because nothing happened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of happening that a scenario may require.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Occurrence {
    /// A message had an effect.
    Effect,
    /// An entry was acknowledged.
    Acknowledgement,
    /// An entry was granted to another consumer by a claim.
    Claim,
    /// A claim came away with nothing.
    LostClaim,
    /// An entry was granted again, by a claim or by reading history.
    Redelivery,
    /// A consumer read its own pending entries.
    HistoryRead,
    /// A message was routed to the dead-letter stream.
    DeadLetter,
    /// A consumer recognised a message by its mark and left it alone.
    DuplicateSkipped,
    /// A message lay in the stream twice.
    DuplicateEntry,
    /// Work failed.
    FailedWork,
    /// A transaction was refused because a watched key had changed.
    RefusedTransaction,
    /// A client crashed.
    Crash,
    /// A client started again.
    Restart,
    /// A client stood still.
    Pause,
    /// A connection closed with a request in flight.
    Cut,
    /// A request was executed after its connection had closed.
    LateExecution,
    /// A producer never learnt what became of a message.
    UnknownOutcome,
    /// A client crashed or stood still while another one worked on its message.
    Zombie,
}

impl Occurrence {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 18] = [
        Self::Effect,
        Self::Acknowledgement,
        Self::Claim,
        Self::LostClaim,
        Self::Redelivery,
        Self::HistoryRead,
        Self::DeadLetter,
        Self::DuplicateSkipped,
        Self::DuplicateEntry,
        Self::FailedWork,
        Self::RefusedTransaction,
        Self::Crash,
        Self::Restart,
        Self::Pause,
        Self::Cut,
        Self::LateExecution,
        Self::UnknownOutcome,
        Self::Zombie,
    ];
}

/// A set of occurrences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Occurrences(u32);

impl Occurrences {
    /// Adds one.
    pub fn insert(&mut self, occurrence: Occurrence) {
        self.0 |= 1 << occurrence as u32;
    }

    /// Adds all of another set.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether it is among them.
    pub fn contains(self, occurrence: Occurrence) -> bool {
        self.0 & 1 << occurrence as u32 != 0
    }
}
