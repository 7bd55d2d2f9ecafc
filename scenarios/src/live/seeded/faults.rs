//! Who fails, and how: the faults of a seed, each made to happen for real.
//!
//! A fault over a request waits until the request lies in our hands: `requests` goes on from there, `left` with what
//! the fault leaves behind.

use std::io;

use redelivery_model::client::{Intent, Observation};
use redelivery_model::event::Event;
use redelivery_model::setup::{ClientIx, Fate};
use redelivery_model::simulate::Hit;
use redelivery_model::world::Action;

use super::{Next, Runner, Then, failing};
use crate::live::actor::{Doing, Reader};
use crate::live::protocol::Order;

impl Runner<'_, '_> {
    /// A client does what it intends, unless a fault comes in its place. Who waits for a reply may be killed as well.
    pub(super) fn step_or_fail(&mut self, client: ClientIx) -> io::Result<()> {
        let (setup, spent, stage, then) = (self.setup, self.spent, &self.stage, &self.then);
        let hit = self.faults.hit(setup, self.timing, client, |actions| {
            actions.extend(failing::possible(setup, spent));
            for exposed in setup.client_ixs() {
                let actor = &stage.actors[usize::from(exposed.0)];
                if exposed == client {
                    let in_flight = actor.awaits(actor.wire());
                    spent.possible(setup, exposed, Some(&actor.intent(setup)), in_flight, actions);
                } else if actor.doing == Doing::Nothing && actor.listens(setup) {
                    spent.possible(setup, exposed, Some(&Intent::Listen), false, actions);
                } else if actor.waits() && then[usize::from(exposed.0)] == Then::Pass {
                    // The server has the request: that it never arrives can no longer happen.
                    spent.possible(setup, exposed, None, false, actions);
                    actions.retain(|action| *action != Action::Cut(exposed, Fate::Never));
                }
            }
        });
        let intent = self.stage.intent(client);
        match hit {
            None => self.step(client, intent),
            Some(Hit::Pause(client, ms)) => {
                self.note(Action::Pause(client), None, Some(Event::Paused { client }));
                let until_ms = self.stage.clock.floor_ms().saturating_add(ms);
                self.due[usize::from(client.0)] = Some((until_ms, Next::Step));
                Ok(())
            }
            Some(Hit::Action(Action::Fail(failure))) => {
                self.due[usize::from(client.0)] = None;
                self.kill_server(failure)
            }
            Some(Hit::Action(action)) => {
                let hit = action.client().expect("a fault is somebody's");
                if hit != client {
                    // Who was due still is, and may be hit in turn.
                    self.due[usize::from(client.0)] = Some((self.stage.clock.floor_ms(), Next::Step));
                }
                self.fail(hit, action)
            }
        }
    }

    pub(super) fn step(&mut self, client: ClientIx, intent: Intent) -> io::Result<()> {
        self.then[usize::from(client.0)] = Then::Pass;
        self.stage.order(client, Order::Go)?;
        let moment = self.stage.now();
        match intent {
            Intent::Work(_) | Intent::Wait(_) => {
                self.note(Action::Step(client), Some(intent), None);
                self.stage.observe(client, moment, Observation::Done);
            }
            Intent::Listen => {
                self.note(Action::Step(client), Some(intent), None);
                if let Some(push) = self.stage.actor(client).read_message() {
                    self.stage.observe(client, moment, Observation::Push(&push));
                }
            }
            Intent::Send(_) | Intent::SendOnly(_) | Intent::Choose | Intent::Stop => {}
        }
        Ok(())
    }

    pub(super) fn fail(&mut self, client: ClientIx, action: Action) -> io::Result<()> {
        let waits = self.stage.actor(client).waits();
        // The budget is spent now: until the fault shows, others may be hit.
        match action {
            Action::Cut(..) => self.spent.cuts += 1,
            _ => self.spent.crashes += 1,
        }
        match action {
            Action::CrashSending(_) => {
                self.then[usize::from(client.0)] = Then::Crash;
                self.stage.order(client, Order::Go)
            }
            Action::Cut(_, fate) if waits => {
                self.cut(client, fate, None);
                Ok(())
            }
            Action::Cut(_, fate) => {
                self.then[usize::from(client.0)] = Then::Cut(fate);
                self.stage.order(client, Order::Lose)?;
                // Who has nothing to send loses only what was in flight.
                if self.stage.actor(client).ordered.is_none() {
                    let intent = self.stage.intent(client);
                    self.cut(client, fate, Some(intent));
                }
                Ok(())
            }
            action => {
                // Who waits for a reply is past its intent.
                let intent = (!waits).then(|| self.stage.intent(client));
                self.crash(client, action, intent);
                Ok(())
            }
        }
    }

    /// A client's process is killed.
    pub(super) fn crash(&mut self, client: ClientIx, action: Action, intent: Option<Intent>) {
        let wire = self.stage.kill(client);
        self.left_behind(wire);
        self.note(action, intent, Some(Event::Crashed { client }));
        self.plan_restart(client);
    }

    /// A client loses its connection.
    pub(super) fn cut(&mut self, client: ClientIx, fate: Fate, intent: Option<Intent>) {
        let reader = match fate {
            Fate::Late => Reader::Gone,
            Fate::Never | Fate::ReplyLost => Reader::Nobody,
        };
        let wire = self.stage.lose(client, reader);
        self.due[usize::from(client.0)] = None;
        match fate {
            Fate::Late => self.left_behind(wire),
            Fate::Never | Fate::ReplyLost => self.stage.close(wire),
        }
        self.note(Action::Cut(client, fate), intent, Some(Event::Cut { client, fate }));
        let moment = self.stage.now();
        self.stage.observe(client, moment, Observation::Lost);
    }
}
