//! An administrator: sends its commands, each once or all in one transaction, whatever the answers.

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
            Some(_) if policy.transaction => Intent::Send(Request::Transaction(policy.commands.clone())),
            Some(command) => Intent::Send(Request::One(command.clone())),
            None => Intent::Stop,
        }
    }

    pub(super) fn observe(&mut self, policy: &Administrator, observation: Observation<'_>) {
        // What had no reply is sent again: people do.
        if !matches!(observation, Observation::Lost) {
            self.sent += match policy.transaction {
                true => policy.commands.len() as u16,
                false => 1,
            };
        }
    }
}
