//! A live run by seed: the seeded schedule of a simulation, on the real clock.
//!
//! The parent owns the schedule, the faults and the checks; whoever is due is told to go on, and several may be on
//! their way at once, so that two claims really race. A seed gives the same durations and the same faults, but not the
//! same run: which request the server executes first is the server's affair.

use std::io;
use std::time::Duration;

use redelivery_engine::Millis;
use redelivery_model::client::{Intent, Observation};
use redelivery_model::event::Event;
use redelivery_model::setup::{ClientIx, Fate, Setup};
use redelivery_model::simulate::random::{Purpose, Stream};
use redelivery_model::simulate::{Faults, Hit, Timing};
use redelivery_model::world::{Action, ConnectionIx, Spent};

use super::actor::{Doing, Reader};
use super::ask::Ask;
use super::protocol::Order;
use super::proxy::Wire;
use super::stage::{Answer, Heard, Live, Run, Stage};

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
    runner.look(live)?;
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
    runner.look(live)?;
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
            due: vec![None; setup.clients.len()],
            then: vec![Then::Pass; setup.clients.len()],
            left: Vec::new(),
        }
    }

    /// Whoever is up goes on, whoever comes back comes back, and what was on its way arrives.
    fn take_over(&mut self) {
        for client in self.setup.client_ixs() {
            let actor = self.stage.actor(client);
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
    fn look(&mut self, live: Live<'_>) -> io::Result<()> {
        self.stage.history.step(self.stage.clock.floor_ms(), None, None);
        Ask::open(live.address)?.tell(&mut self.stage, true, true)
    }

    /// A client has decided: when does it act?
    fn plan(&mut self, client: ClientIx) {
        let intent = self.stage.intent(client);
        let after_ms = self.timing.before(client, &intent, &mut self.durations);
        let now_ms = self.stage.clock.floor_ms();
        self.due[usize::from(client.0)] = after_ms.map(|after_ms| (now_ms.saturating_add(after_ms), Next::Step));
    }

    /// A client is down: when does it come back?
    fn plan_restart(&mut self, client: ClientIx) {
        let after_ms = self.durations.within(self.timing.restart_after);
        let at_ms = self.stage.clock.floor_ms().saturating_add(after_ms);
        let starts_again = self.setup.client(client).role.starts_again();
        self.due[usize::from(client.0)] = starts_again.then_some((at_ms, Next::Restart));
    }

    /// Goes on until nothing but idle polls happens any more; false when the time limit comes first.
    fn until_end(&mut self) -> io::Result<bool> {
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
    fn is_over(&self) -> bool {
        let idle = self.stage.actors.iter().all(|actor| actor.doing == Doing::Nothing);
        idle && self.due.iter().all(Option::is_none) && self.left.is_empty()
    }

    /// One of the things that are due at this moment happens.
    fn act(&mut self, at_ms: Millis) -> io::Result<()> {
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

    fn heard(&mut self, heard: Heard) -> io::Result<()> {
        match heard {
            Heard::Said(client) => {
                if self.stage.has_decided(client)? {
                    self.plan(client);
                }
                Ok(())
            }
            Heard::Asked(client) => self.asked(client),
            Heard::Answered(answer) => {
                self.answered(&answer);
                Ok(())
            }
        }
    }

    /// A client does what it intends, unless a fault comes in its place. Who waits for a reply may be killed as well.
    fn step_or_fail(&mut self, client: ClientIx) -> io::Result<()> {
        let (setup, spent, stage, then) = (self.setup, self.spent, &self.stage, &self.then);
        let hit = self.faults.hit(setup, self.timing, client, |actions| {
            for exposed in setup.client_ixs() {
                let actor = &stage.actors[usize::from(exposed.0)];
                if exposed == client {
                    let in_flight = actor.awaits(actor.wire());
                    spent.possible(setup, exposed, Some(&actor.intent(setup)), in_flight, actions);
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

    fn step(&mut self, client: ClientIx, intent: Intent) -> io::Result<()> {
        self.then[usize::from(client.0)] = Then::Pass;
        self.stage.order(client, Order::Go)?;
        if matches!(intent, Intent::Work(_) | Intent::Wait(_)) {
            self.note(Action::Step(client), Some(intent), None);
            let moment = self.stage.now();
            self.stage.observe(client, moment, Observation::Done);
        }
        Ok(())
    }

    fn fail(&mut self, client: ClientIx, action: Action) -> io::Result<()> {
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

    /// The request that a client was ordered to send lies in our hands.
    fn asked(&mut self, client: ClientIx) -> io::Result<()> {
        let intent = self.stage.intent(client);
        let wire = self.stage.actor(client).wire();
        match self.then[usize::from(client.0)] {
            Then::Pass if matches!(intent, Intent::SendOnly(_)) => {
                self.stage.forward(wire, Reader::Nobody)?;
                self.note(Action::Step(client), Some(intent), None);
                let moment = self.stage.now();
                self.stage.observe(client, moment, Observation::Sent);
            }
            Then::Pass => {
                self.stage.forward(wire, Reader::Client)?;
            }
            Then::Crash => self.crash(client, Action::CrashSending(client), Some(intent)),
            Then::Cut(Fate::ReplyLost) => {
                if let Some(line) = self.stage.line(wire) {
                    line.swallows = true;
                }
                self.stage.forward(wire, Reader::Nobody)?;
                self.later(LOST_REPLY_MS, wire, Left::Lost);
            }
            Then::Cut(fate) => self.cut(client, fate, Some(intent)),
        }
        Ok(())
    }

    /// A request was answered.
    fn answered(&mut self, answer: &Answer) {
        let Answer {
            client, sent, moment, ..
        } = answer;
        let (action, reader) = match sent.reader {
            Reader::Client => (Action::Step(*client), Some(*client)),
            Reader::Nobody | Reader::Gone => (Action::Execute(ConnectionIx(client.0)), None),
        };
        let intent = reader.map(|_| Intent::Send(sent.request.clone()));
        self.stage.history.step(moment.latest_ms, Some(action), intent);
        self.stage
            .history
            .executed(*moment, reader, &sent.request, Some(&answer.reply));
        match sent.reader {
            Reader::Client => self.stage.observe(*client, *moment, Observation::Reply(&answer.reply)),
            Reader::Gone => {
                self.stage.history.tell(*moment, Event::ExecutedLate);
                if !self.stage.actor(*client).awaits(sent.wire) {
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
    }

    /// A client's process is killed.
    fn crash(&mut self, client: ClientIx, action: Action, intent: Option<Intent>) {
        let wire = self.stage.kill(client);
        self.left_behind(wire);
        self.note(action, intent, Some(Event::Crashed { client }));
        self.plan_restart(client);
    }

    /// A client loses its connection.
    fn cut(&mut self, client: ClientIx, fate: Fate, intent: Option<Intent>) {
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

    /// What is on its way over a connection whose client has gone arrives later; the server notices in time.
    fn left_behind(&mut self, wire: Wire) {
        let held = self.stage.line(wire).is_some_and(|line| !line.held.is_empty());
        let awaited = self.stage.actor(wire.life.client).awaits(wire);
        let after_ms = self.durations.within(self.timing.late);
        match (held, awaited) {
            (true, _) => self.later(after_ms, wire, Left::Arrives),
            (false, true) => self.later(after_ms, wire, Left::Noticed),
            (false, false) => self.stage.close(wire),
        }
    }

    fn later(&mut self, after_ms: Millis, wire: Wire, left: Left) {
        let at_ms = self.stage.clock.floor_ms().saturating_add(after_ms);
        self.left.push((at_ms, wire, left));
    }

    fn leave(&mut self, wire: Wire, left: Left) -> io::Result<()> {
        match left {
            Left::Arrives => {
                while self.stage.forward(wire, Reader::Gone)? {}
                let after_ms = self.durations.within(self.timing.late).max(LOST_REPLY_MS);
                self.later(after_ms, wire, Left::Noticed);
            }
            Left::Noticed => self.stage.close(wire),
            Left::Lost => {
                let client = wire.life.client;
                let intent = self.stage.intent(client);
                self.cut(client, Fate::ReplyLost, Some(intent));
            }
        }
        Ok(())
    }

    fn note(&mut self, action: Action, intent: Option<Intent>, event: Option<Event>) {
        let at_ms = self.stage.clock.ceil_ms();
        self.stage.history.step(at_ms, Some(action), intent);
        if let Some(event) = event {
            self.stage.happens(event);
        }
    }
}
