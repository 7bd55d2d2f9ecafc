//! Whose turn it is: the loop that hears what comes and lets happen what is due, until the run is over.

use std::io;
use std::time::Duration;

use redelivery_engine::Millis;
use redelivery_model::client::Intent;
use redelivery_model::event::Event;
use redelivery_model::setup::ClientIx;
use redelivery_model::world::Action;

use super::rest::Rest;
use super::{Next, Runner};
use crate::live::actor::Doing;
use crate::live::stage::Heard;

impl Runner<'_, '_> {
    /// Goes on until nothing but idle polls happens any more; false when the time limit comes first.
    pub(super) fn until_end(&mut self) -> io::Result<bool> {
        let limit_ms = self.timing.time_limit_ms;
        let quiet_ms = self.timing.quiet_ms(self.setup);
        let mut rest = Rest::default();
        let ended = loop {
            while let Some(heard) = self.stage.hear(Duration::ZERO)? {
                self.heard(heard)?;
            }
            rest.since(self.stage.history.progress_ms);
            let quiet_left = rest.left_of(quiet_ms);
            if self.is_over() || quiet_left.is_none() {
                break true;
            }
            let now_ms = self.stage.clock.floor_ms();
            if now_ms > limit_ms {
                break false;
            }
            let due = self.due.iter().flatten().map(|(at_ms, _)| *at_ms);
            let due_ms = due.chain(self.left.iter().map(|(at_ms, ..)| *at_ms)).min();
            if let Some(due_ms) = due_ms.filter(|due_ms| *due_ms <= now_ms) {
                self.stage.note_lateness(due_ms);
                self.act(due_ms)?;
                continue;
            }
            let rests = !self.stage.somebody_owes();
            let answered_ms = self.stage.next_answer_ms().filter(|_| rests);
            let over_ms = answered_ms.map_or(limit_ms, |at_ms| at_ms.min(limit_ms)) + 1;
            let wake_ms = due_ms.map_or(over_ms, |at_ms| at_ms.min(over_ms));
            let mut patience = self.stage.clock.until(wake_ms);
            if let Some(quiet_left) = quiet_left.filter(|_| rests) {
                patience = patience.min(quiet_left);
            }
            let begun = self.stage.clock.passed();
            let heard = self.stage.hear(patience)?;
            if rests {
                rest.add(self.stage.clock.passed() - begun, patience);
            }
            if let Some(heard) = heard {
                self.heard(heard)?;
            }
        };
        self.stage.note_what_is_owed();
        Ok(ended)
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
