//! A live run by seed: the seeded schedule of a simulation, on the real clock.
//!
//! The parent owns the schedule, the faults and the checks; whoever is due is told to go on, and requests reach the
//! server one at a time, in the order in which they come. A seed gives the same durations and the same faults, but not
//! the same run: how fast processes and the server are is their own affair. Read next: `turns` for the loop, `faults`,
//! `requests`, `left`, `rest` for when a run is over.

mod failing;
mod faults;
mod left;
mod requests;
mod rest;
mod turns;

use std::io;

use redelivery_engine::Millis;
use redelivery_model::client::Intent;
use redelivery_model::event::Event;
use redelivery_model::setup::{ClientIx, Fate, Setup};
use redelivery_model::simulate::random::{Purpose, Stream};
use redelivery_model::simulate::{Faults, Timing};
use redelivery_model::world::{Action, Spent};

use super::actor::Doing;
use super::ask::Ask;
use super::proxy::Wire;
use super::stage::{Live, Run, Stage};

/// How long the reply may take that a cut connection shall lose; a blocked read gives none.
const LOST_REPLY_MS: Millis = 50;

/// Runs a seed with these durations, which are divided already.
///
/// # Errors
/// When the server or a client's process cannot be started or reached, goes away or goes astray.
pub fn seeded(live: Live<'_>, timing: &Timing, seed: u64) -> io::Result<Run> {
    let mut runner = Runner::new(Stage::open(live)?, live.setup, timing, seed);
    runner.take_over();
    let ended = runner.until_end()?;
    runner.look()?;
    Ok(runner.stage.into_run(ended))
}

/// Lets a run go on by itself, without faults, until nothing but idle polls happens any more or this moment comes.
///
/// # Errors
/// As those of [`seeded`].
pub(super) fn go_on(live: Live<'_>, stage: Stage<'_>, timing: &Timing) -> io::Result<Run> {
    let without_faults = Setup {
        faults: redelivery_model::setup::Faults::default(),
        ..live.setup.clone()
    };
    let mut runner = Runner::new(stage, &without_faults, timing, 0);
    runner.take_over();
    let ended = runner.until_end()?;
    runner.look()?;
    Ok(runner.stage.into_run(ended))
}

struct Runner<'s, 'a> {
    stage: Stage<'s>,
    setup: &'a Setup,
    timing: &'a Timing,
    spent: Spent,
    faults: Faults,
    durations: Stream,
    order: Stream,
    /// By client: it does nothing before this moment.
    not_before: Vec<Millis>,
    /// By client: what it does next, and when.
    due: Vec<Option<(Millis, Next)>>,
    /// By client: what becomes of the request that it was ordered to send.
    then: Vec<Then>,
    /// Connections whose clients have gone.
    left: Vec<(Millis, Wire, Left)>,
}

/// What a client does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// What it intends.
    Step,
    /// It starts again.
    Restart,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// The server gets it.
    Pass,
    /// Its client is killed.
    Crash,
    /// The connection is lost over it.
    Cut(Fate),
    /// The server was killed before it came.
    Lost,
}

/// What becomes of a connection whose client has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// The request that is held arrives after all.
    Arrives,
    /// The server notices.
    Noticed,
    /// The client of a reply that shall be lost loses its connection.
    Lost,
}

impl<'s, 'a> Runner<'s, 'a> {
    fn new(stage: Stage<'s>, setup: &'a Setup, timing: &'a Timing, seed: u64) -> Self {
        Self {
            stage,
            setup,
            timing,
            spent: Spent::default(),
            faults: Faults::new(Stream::new(seed, Purpose::Faults)),
            durations: Stream::new(seed, Purpose::Durations),
            order: Stream::new(seed, Purpose::Order),
            not_before: vec![0; setup.clients.len()],
            due: vec![None; setup.clients.len()],
            then: vec![Then::Pass; setup.clients.len()],
            left: Vec::new(),
        }
    }

    /// Whoever is up goes on, whoever comes back comes back, and what was on its way arrives.
    fn take_over(&mut self) {
        for client in self.setup.client_ixs() {
            let now_ms = self.stage.clock.floor_ms();
            let actor = self.stage.actor(client);
            if let Some(after) = actor.memory.begins_after(actor.me(self.setup)) {
                let after_ms = self.durations.within(after);
                self.not_before[usize::from(client.0)] = now_ms.saturating_add(after_ms);
            }
            match (&actor.process, actor.doing) {
                (Some(_), Doing::Nothing) => self.plan(client),
                (None, _) => self.plan_restart(client),
                (Some(_), Doing::Waiting | Doing::Deciding) => {}
            }
        }
        for wire in self.stage.left_behind() {
            self.left_behind(wire);
        }
    }

    /// How things stand at the server, which nobody has told.
    fn look(&mut self) -> io::Result<()> {
        self.stage.history.step(self.stage.clock.floor_ms(), None, None);
        Ask::open(self.stage.address())?.tell(&mut self.stage, true, true, true)
    }

    /// A client has decided: when does it act?
    fn plan(&mut self, client: ClientIx) {
        let intent = self.stage.intent(client);
        // Who listens waits for a message.
        let waits = intent == Intent::Listen && !self.stage.actor(client).has_unread();
        let after_ms = match waits {
            true => None,
            false => self.timing.before(self.setup, client, &intent, &mut self.durations),
        };
        let now_ms = self.stage.clock.floor_ms();
        let not_before_ms = self.not_before[usize::from(client.0)];
        let at_ms = |after_ms| now_ms.saturating_add(after_ms).max(not_before_ms);
        self.due[usize::from(client.0)] = after_ms.map(|after_ms| (at_ms(after_ms), Next::Step));
    }

    /// A client is down: when does it come back?
    fn plan_restart(&mut self, client: ClientIx) {
        let after_ms = self.durations.within(self.timing.restart_after);
        let at_ms = self.stage.clock.floor_ms().saturating_add(after_ms);
        let starts_again = self.setup.client(client).role.starts_again();
        self.due[usize::from(client.0)] = starts_again.then_some((at_ms, Next::Restart));
    }

    fn note(&mut self, action: Action, intent: Option<Intent>, event: Option<Event>) {
        let at_ms = self.stage.clock.ceil_ms();
        self.stage.history.step(at_ms, Some(action), intent);
        if let Some(event) = event {
            self.stage.happens(event);
        }
    }
}
