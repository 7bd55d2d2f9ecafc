//! How long things take in a simulated run; every duration is drawn evenly from a span.

use redelivery_engine::Millis;

use super::random::Stream;
use crate::client::Intent;
use crate::defect;
use crate::setup::{ClientIx, Loss, Setup, Span};
use crate::world::thresholds;

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
    /// What a message takes from one node of a cluster to another.
    pub bus: Span,
    /// Faults happen within so much time from the beginning; without it, as long as their budgets last. After the last of
    /// them everything has to settle.
    pub faults_for_ms: Option<Millis>,
    /// How long the last thing may take that no span and no timer names.
    pub rest_ms: Millis,
    /// A run that has not ended at this moment of virtual time is cut off, and its verdict unknown.
    pub time_limit_ms: Millis,
}

impl Timing {
    /// Every duration divided by `speed`, which is not 0; what does not divide evenly is rounded up.
    #[must_use]
    pub fn faster(&self, speed: u64) -> Self {
        Self {
            latency: self.latency.faster(speed),
            work: self.work.iter().map(|span| span.faster(speed)).collect(),
            restart_after: self.restart_after.faster(speed),
            pause: self.pause.faster(speed),
            late: self.late.faster(speed),
            bus: self.bus.faster(speed),
            faults_for_ms: self.faults_for_ms.map(|ms| ms.div_ceil(speed)),
            rest_ms: self.rest_ms.div_ceil(speed),
            time_limit_ms: self.time_limit_ms.div_ceil(speed),
        }
    }

    /// How long a client takes before it does what it intends; nothing when it has stopped.
    pub fn before(&self, setup: &Setup, client: ClientIx, intent: &Intent, durations: &mut Stream) -> Option<Millis> {
        match intent {
            Intent::Send(_) | Intent::SendOnly(_) | Intent::Listen | Intent::Choose => {
                Some(durations.within(self.latency))
            }
            Intent::Work(_) => {
                let work = defect::working_time(setup, self.work[usize::from(client.0)]);
                Some(durations.within(work))
            }
            Intent::Wait(ms) => Some(*ms),
            Intent::Stop => None,
        }
    }

    /// If nothing has happened for so long, nothing will: each timer and each threshold has had its time, twice.
    pub fn quiet_ms(&self, setup: &Setup) -> Millis {
        let timers = setup.clients.iter().map(|client| client.role.longest_timer_ms());
        let spans = self
            .work
            .iter()
            .chain([&self.latency, &self.restart_after, &self.pause, &self.late, &self.bus]);
        let longest = [
            timers.max().unwrap_or(0),
            thresholds(setup).last().copied().unwrap_or(0),
            spans.map(|span| span.max_ms).fold(0, Millis::saturating_add),
            setup.faults.partition.lasts.max_ms,
            setup
                .may_lose()
                .map_or(0, |loss| loss.away.max_ms + Loss::MISTRUSTED.max_ms),
            self.rest_ms,
        ];
        longest.into_iter().fold(0, Millis::saturating_add).saturating_mul(2)
    }
}
