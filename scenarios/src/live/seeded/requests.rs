//! Requests that lie in our hands, and answers: what becomes of each, and what the history is told.
//!
//! Whether a request passes was decided when its client was ordered to send it (`faults`).

use std::io;

use redelivery_model::client::{Intent, Observation};
use redelivery_model::event::Event;
use redelivery_model::setup::{ClientIx, Fate};
use redelivery_model::world::{Action, ConnectionIx};

use super::{LOST_REPLY_MS, Left, Runner, Then};
use crate::live::actor::Reader;
use crate::live::stage::Answer;

impl Runner<'_, '_> {
    /// The request that a client was ordered to send lies in our hands.
    pub(super) fn asked(&mut self, client: ClientIx) -> io::Result<()> {
        let intent = self.stage.intent(client);
        let wire = self.stage.actor(client).wire();
        match self.then[usize::from(client.0)] {
            Then::Pass if matches!(intent, Intent::SendOnly(_)) => {
                self.stage.pass(wire, Reader::Nobody)?;
                self.note(Action::Step(client), Some(intent), None);
                let moment = self.stage.now();
                self.stage.observe(client, moment, Observation::Sent);
            }
            Then::Pass => {
                self.stage.pass(wire, Reader::Client)?;
            }
            Then::Crash => self.crash(client, Action::CrashSending(client), Some(intent)),
            Then::Cut(Fate::ReplyLost) => {
                if let Some(line) = self.stage.line(wire) {
                    line.swallows = true;
                }
                self.stage.pass(wire, Reader::Nobody)?;
                self.later(LOST_REPLY_MS, wire, Left::Lost);
            }
            Then::Cut(fate) => self.cut(client, fate, Some(intent)),
            Then::Lost => self.lost(client, intent),
        }
        Ok(())
    }

    /// A request was answered.
    pub(super) fn answered(&mut self, answer: &Answer) -> io::Result<()> {
        let Answer {
            client, sent, moment, ..
        } = answer;
        let (action, reader) = match sent.reader {
            Reader::Client => (Action::Step(*client), Some(*client)),
            Reader::Nobody | Reader::Gone => (Action::Execute(ConnectionIx(client.0)), None),
        };
        let intent = reader.map(|_| Intent::Send(sent.request.clone()));
        self.stage.history.step(moment.latest_ms, Some(action), intent);
        self.stage.executed(answer, reader)?;
        match sent.reader {
            Reader::Client => self.stage.observe_answer(*client, answer),
            Reader::Gone => {
                self.stage.history.tell(*moment, Event::ExecutedLate);
                let actor = self.stage.actor(*client);
                if !actor.awaits(sent.wire) && !actor.is_subscribed(sent.wire) {
                    self.left.retain(|(_, wire, _)| *wire != sent.wire);
                    self.stage.close(sent.wire);
                }
            }
            Reader::Nobody => {
                if let Some(place) = self
                    .left
                    .iter()
                    .position(|(_, wire, left)| *wire == sent.wire && *left == Left::Lost)
                {
                    self.left.remove(place);
                    let intent = self.stage.intent(*client);
                    self.cut(*client, Fate::ReplyLost, Some(intent));
                }
            }
        }
        Ok(())
    }
}
