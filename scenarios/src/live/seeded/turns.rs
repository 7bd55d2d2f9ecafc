//! Whose turn it is: the loop that hears what comes and lets happen what is due, until the run is over.

use std::io;
use std::time::Duration;

use redelivery_engine::Millis;
use redelivery_model::client::Intent;
use redelivery_model::event::Event;
use redelivery_model::setup::ClientIx;
use redelivery_model::world::Action;

use super::{Next, Runner};
use crate::live::actor::Doing;
use crate::live::stage::Heard;

impl Runner<'_, '_> {
    /// Goes on until nothing but idle polls happens any more; false when the time limit comes first.
    pub(super) fn until_end(&mut self) -> io::Result<bool> {
        let limit_ms = self.timing.time_limit_ms;
        let quiet_ms = self.timing.quiet_ms(self.setup);
        loop {
            while let Some(heard) = self.stage.hear(Duration::ZERO)? {
                self.heard(heard)?;
            }
            let now_ms = self.stage.clock.floor_ms();
            let quiet_until_ms = self.stage.history.progress_ms.saturating_add(quiet_ms);
            let deciding = self.stage.actors.iter().any(|actor| actor.doing == Doing::Deciding);
            if self.is_over() || !deciding && now_ms > quiet_until_ms {
                return Ok(true);
            }
            if now_ms > limit_ms {
                return Ok(false);
            }
            let due = self.due.iter().flatten().map(|(at_ms, _)| *at_ms);
            let due_ms = due.chain(self.left.iter().map(|(at_ms, ..)| *at_ms)).min();
            if let Some(due_ms) = due_ms.filter(|due_ms| *due_ms <= now_ms) {
                self.act(due_ms)?;
                continue;
            }
            // While somebody decides, the quiet time is no reason to wake up.
            let quiet_until_ms = if deciding { limit_ms } else { quiet_until_ms };
            let wake_ms = due_ms.into_iter().chain([quiet_until_ms + 1, limit_ms + 1]).min();
            let patience = self.stage.clock.until(wake_ms.unwrap_or(limit_ms));
            if let Some(heard) = self.stage.hear(patience)? {
                self.heard(heard)?;
            }
        }
    }

    /// Whether nothing will come of any client any more.
    pub(super) fn is_over(&self) -> bool {
        let idle = self.stage.actors.iter().all(|actor| actor.doing == Doing::Nothing);
        idle && self.due.iter().all(Option::is_none) && self.left.is_empty()
    }

    /// One of the things that are due at this moment happens.
    pub(super) fn act(&mut self, at_ms: Millis) -> io::Result<()> {
        if let Some(place) = self.left.iter().position(|(due_ms, ..)| *due_ms == at_ms) {
            let (_, wire, left) = self.left.remove(place);
            return self.leave(wire, left);
        }
        let due: Vec<ClientIx> = self
            .setup
            .client_ixs()
            .filter(|client| self.due[usize::from(client.0)].is_some_and(|(due_ms, _)| due_ms == at_ms))
            .collect();
        let client = due[self.order.index(due.len())];
        match self.due[usize::from(client.0)].take() {
            Some((_, Next::Restart)) => {
                self.note(Action::Restart(client), None, Some(Event::Restarted { client }));
                self.stage.restart(client)
            }
            _ => self.step_or_fail(client),
        }
    }

    pub(super) fn heard(&mut self, heard: Heard) -> io::Result<()> {
        match heard {
            Heard::Said(client) => {
                if self.stage.has_decided(client)? {
                    self.plan(client);
                }
                Ok(())
            }
            Heard::Asked(client) => self.asked(client),
            Heard::Answered(answer) => self.answered(&answer),
            // It decides anew, and says so.
            Heard::Disconnected(client) => {
                self.due[usize::from(client.0)] = None;
                Ok(())
            }
            Heard::Pushed(client) => {
                let listens = self.stage.actor(client).doing == Doing::Nothing;
                if listens && self.due[usize::from(client.0)].is_none() && self.stage.intent(client) == Intent::Listen {
                    self.plan(client);
                }
                Ok(())
            }
        }
    }
}
