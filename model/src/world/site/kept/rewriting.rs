//! The append-only file and the one that is to take its place.

use std::collections::VecDeque;

use super::{Follower, Holds, Kept};
use crate::setup::Fsync;

impl Kept {
    /// Whether the file is being rewritten.
    pub(in crate::world) fn is_rewriting(&self) -> bool {
        self.new_file.is_some()
    }

    /// Whether there is a file of commands.
    pub(in crate::world) fn has_commands(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.what == Holds::Commands)
    }

    /// A new file begins with a copy of the memory. What is written from now on goes to both, and is synced as before, or not
    /// before the system likes to; what was written before is synced now, since that file is closed.
    /// `forgets`: what is written from now on does not belong to the old one.
    pub(in crate::world) fn rewrite(&mut self, syncs: bool, forgets: bool) {
        let Some(file) = &mut self.file else { return };
        self.new_file = Some(Box::new(Follower {
            states: VecDeque::from([(self.now_ms, self.broker.without_clients())]),
            what: Holds::Commands,
            window_ms: file.window_ms,
            writes_max: file.writes_max,
        }));
        if !syncs {
            file.settle_all();
            file.window_ms = Fsync::No.window_ms();
        }
        if forgets {
            file.what = Holds::Own;
        }
    }

    /// The new file takes the place of the old one.
    pub(in crate::world) fn rewritten(&mut self) {
        self.file = self.new_file.take().map(|file| *file);
    }

    /// There is no new file any more, and the old one is what it was.
    pub(super) fn cut_short(&mut self) {
        if let (Some(new_file), Some(file)) = (self.new_file.take(), &mut self.file) {
            (file.what, file.window_ms) = (new_file.what, new_file.window_ms);
        }
    }
}
