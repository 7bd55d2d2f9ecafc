//! The append-only file is rewritten: a process of its own writes down a copy of the memory, and what is written meanwhile goes
//! to a file that follows the old one as well as the copy. At last the copy takes the old one's place, at once.
//!
//! Who fails before comes back with the old file and what follows it, as if nothing were being rewritten: there is never half
//! of a file. What `no-appendfsync-on-rewrite` leaves unsynced is synced at the end, where a real server takes up to a second
//! longer.
//! Source: <https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#log-rewriting>.

use super::{Action, Observer, World};
use crate::defect::Defect;
use crate::event::Event;
use crate::setup::{Mishap, Setup};

impl World {
    /// What the broker's process may do with its file.
    pub fn enabled_of_file(&self, setup: &Setup, actions: &mut Vec<Action>) {
        let Some(kept) = self.site.kept() else { return };
        if kept.is_rewriting() {
            actions.push(Action::Rewritten);
        } else if self.spent.rewrites < setup.rewrites().times && kept.has_commands() {
            actions.push(Action::Rewrite);
        }
    }

    /// The new file begins.
    pub(super) fn rewrite(&mut self, setup: &Setup) {
        self.spent.rewrites += 1;
        let spent = *self.spent;
        let may_lose = setup.faults.broker.allows(Mishap::PowerFailed, spent);
        let syncs = setup.rewrites().syncs || !may_lose;
        let forgets = setup.defect == Some(Defect::CutShortForgetsMeanwhile);
        self.kept_mut().rewrite(syncs, forgets);
    }

    /// The new file takes the place of the old one.
    pub(super) fn rewritten(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        self.kept_mut().rewritten();
        self.tell(setup, Event::FileRewritten, observer);
    }
}
