//! An administrator: sends its commands, each once, whatever the answers.

use super::{Intent, Observation, Request};
use crate::setup::policy::Administrator;

/// How far the administrator is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    sent: u16,
}

impl Memory {
    pub(super) fn intent(&self, policy: &Administrator) -> Intent {
        match policy.commands.get(usize::from(self.sent)) {
            Some(command) => Intent::Send(Request::One(command.clone())),
            None => Intent::Stop,
        }
    }

    pub(super) fn observe(&mut self, observation: Observation<'_>) {
        // A command whose reply was lost is sent again: people do.
        if !matches!(observation, Observation::Lost) {
            self.sent += 1;
        }
    }
}
