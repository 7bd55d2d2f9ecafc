//! An administrator: sends its commands, each once or all in one transaction, whatever the answers.

use redelivery_engine::{Command, StreamId};

use super::{Held, Intent, Observation, Request};
use crate::replies;
use crate::setup::policy::{ADDED, Administrator};

/// How far the administrator is, and what it added last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    sent: u16,
    added: Option<StreamId>,
}

impl Memory {
    pub(super) fn intent(&self, policy: &Administrator) -> Intent {
        match policy.commands.get(usize::from(self.sent)) {
            Some(_) if policy.transaction => Intent::Send(Request::Transaction(policy.commands.clone())),
            Some(command) => Intent::Send(Request::One(self.with_added(command))),
            None => Intent::Stop,
        }
    }

    /// Whether it is yet to hear the first answer.
    pub(super) fn is_at_start(&self) -> bool {
        self.sent == 0
    }

    pub(super) fn holds(&self) -> Vec<Held> {
        self.added.map(Held::Added).into_iter().collect()
    }

    /// A command with the ID of what was added last in its place.
    fn with_added(&self, command: &Command) -> Command {
        let mut command = command.clone();
        if let (Command::XDel { ids, .. }, Some(added)) = (&mut command, self.added) {
            ids.iter_mut().filter(|id| **id == ADDED).for_each(|id| *id = added);
        }
        command
    }

    pub(super) fn observe(&mut self, policy: &Administrator, observation: Observation<'_>) {
        if let (Observation::Reply(reply), Some(Command::XAdd(_))) =
            (observation, policy.commands.get(usize::from(self.sent)))
        {
            self.added = replies::id(reply);
        }
        // What had no reply is sent again: people do.
        if !matches!(observation, Observation::Lost) {
            self.sent += match policy.transaction {
                true => policy.commands.len() as u16,
                false => 1,
            };
        }
    }
}
