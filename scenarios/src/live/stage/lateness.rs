//! How late things are that depend on this machine alone: what a process owes, what the parent was to do at a moment,
//! what the server was to answer at once. A seed's durations say nothing of it.

use redelivery_engine::Millis;
use redelivery_model::setup::ClientIx;

use super::Stage;

impl Stage<'_> {
    /// What was due at this moment happens now.
    pub(in crate::live) fn note_lateness(&mut self, due_ms: Millis) {
        self.late_ms = self.late_ms.max(self.clock.floor_ms().saturating_sub(due_ms));
    }

    /// A client's process has done what it owed.
    pub(super) fn note_done(&mut self, client: ClientIx) {
        if let Some(since_ms) = self.actor(client).owes_since_ms.take() {
            self.note_lateness(since_ms);
        }
    }

    /// Whether anybody owes something that is no matter of durations: a client's process, or the server, whose time to
    /// hold a request back is over.
    pub(in crate::live) fn somebody_owes(&self) -> bool {
        let now_ms = self.clock.floor_ms();
        let is_over = |at_ms: Option<Millis>| at_ms.is_some_and(|at_ms| at_ms < now_ms);
        let owes = |actor: &super::Actor| actor.owes_since_ms.is_some() || is_over(actor.answered_by_ms());
        self.actors.iter().any(owes)
    }

    /// When the server will at the latest answer one of the requests that it holds back.
    pub(in crate::live) fn next_answer_ms(&self) -> Option<Millis> {
        self.actors.iter().filter_map(super::Actor::answered_by_ms).min()
    }

    /// The run is over, or cut off: what is owed now is late as well.
    pub(in crate::live) fn note_what_is_owed(&mut self) {
        let since = self.actors.iter().filter_map(|actor| actor.owes_since_ms);
        if let Some(since_ms) = since.min() {
            self.note_lateness(since_ms);
        }
    }

    /// Nobody was late so far.
    pub(super) fn forget_lateness(&mut self) {
        self.late_ms = 0;
    }
}
