//! How long things take in a simulated run; every duration is drawn evenly from a span.

use redelivery_engine::Millis;

use crate::setup::Span;

/// The durations of a simulated run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// From a client's decision to send until its command is executed.
    pub latency: Span,
    /// One piece of work, by client.
    pub work: Vec<Span>,
    /// From a crash to the restart.
    pub restart_after: Span,
    /// A pause.
    pub pause: Span,
    /// How long a late request may lie before the broker notices that its connection closed.
    pub late: Span,
    /// A run that has not ended at this moment of virtual time is cut off, and its verdict unknown.
    pub time_limit_ms: Millis,
}
