//! A live run along a path of the explorer: what happens in a world is made to happen on a real server, step by step.
//!
//! A world is stepped beside it and says what must come: which requests are answered and which are held back, what each
//! client intends next, how the pending lists stand. Where the server goes another way the run ends: it has diverged.
//! Moments are given with the path, so that idle times, times to live and blocked calls are as in the world. Next:
//! `alike` for how the two are compared, `stage` for what is played on.

mod doom;
mod expected;
mod step;

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use redelivery_engine::Millis;
use redelivery_model::client::Intent;
use redelivery_model::setup::{ClientIx, Setup};
use redelivery_model::simulate::Timing;
use redelivery_model::world::{Action, ConnectionIx, World};

use super::alike::Alike;
use super::ask::Ask;
use super::proxy::Wire;
use super::seeded::go_on;
use super::stage::{Answer, Heard, LOOK, Live, Run, Stage};
pub use doom::doomed;
use expected::Expected;

/// What must come comes within this time, or never.
const PATIENCE: Duration = Duration::from_secs(10);

/// A path of the explorer, and when its actions happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What happens.
    pub path: Vec<Action>,
    /// When, in milliseconds since the beginning; as many as there are actions, never falling.
    pub moments_ms: Vec<Millis>,
    /// After so many actions what the server has is put aside, for a failure to come back to.
    pub put_aside_after: BTreeSet<usize>,
    /// What follows it.
    pub end: End,
}

/// What follows the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Anything: nothing is claimed of it.
    Open,
    /// The run stays there: let go on, it brings nothing new.
    Stays,
    /// The path has gone round more than once, and could for ever.
    GoesRound,
}

/// What came of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Driven {
    /// The run, as far as it went.
    pub run: Run,
    /// Where the server went another way.
    pub diverged: Option<Diverged>,
    /// How late the latest action began or ended, in milliseconds.
    pub late_ms: Millis,
}

/// Where a real server went another way than the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diverged {
    /// In which action of the path, from 1; 0 before the first.
    pub step: usize,
    /// What the world did.
    pub expected: String,
    /// What the server did.
    pub got: String,
}

/// Why a route is left.
enum Stop {
    Io(io::Error),
    Diverged(Diverged),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Drives a route; the world's setup may differ from the server's by a deliberate defect only. Where the run stays at the
/// path's end it goes on by itself, in these durations, until nothing new happens or the time limit comes.
///
/// # Errors
/// When the server or a client's process cannot be started or reached, goes away or goes astray.
pub fn guided(live: Live<'_>, in_world: &Setup, timing: &Timing, route: &Route) -> io::Result<Driven> {
    let mut conductor = Conductor::open(live, in_world)?;
    let mut diverged = match conductor.drive(route) {
        Ok(()) => None,
        Err(Stop::Diverged(diverged)) => Some(diverged),
        Err(Stop::Io(error)) => return Err(error),
    };
    let late_ms = conductor.late_ms;
    let run = match route.end {
        End::Stays if diverged.is_none() => {
            let doom = doomed(in_world, conductor.world);
            let run = go_on(live, conductor.stage, timing)?;
            diverged = doom::escaped(&doom, &run, route.path.len(), in_world);
            run
        }
        end => {
            let mut run = conductor.stage.into_run(false);
            if end != End::GoesRound || diverged.is_some() {
                run.owed.clear();
            }
            run
        }
    };
    Ok(Driven { run, diverged, late_ms })
}

struct Conductor<'a> {
    stage: Stage<'a>,
    ask: Ask,
    in_world: &'a Setup,
    world: World,
    alike: Alike,
    /// By place among the world's connections: the real one.
    wires: Vec<Option<Wire>>,
    /// Answers that came before their turn.
    early: Vec<Answer>,
    /// What happened in the world before the first step.
    before: Expected,
    /// The number of the action.
    at: usize,
    late_ms: Millis,
}

impl<'a> Conductor<'a> {
    fn open(live: Live<'a>, in_world: &'a Setup) -> io::Result<Self> {
        let mut before = Expected::default();
        let mut world = World::initial(in_world, &mut before);
        world.forget_durations(in_world);
        Ok(Self {
            stage: Stage::open(live)?,
            ask: Ask::open(live.address)?,
            in_world,
            world,
            alike: Alike::default(),
            wires: Vec::new(),
            early: Vec::new(),
            before,
            at: 0,
            late_ms: 0,
        })
    }

    fn drive(&mut self, route: &Route) -> Result<(), Stop> {
        self.begin()?;
        let started_ms = self.stage.clock.floor_ms();
        for (at, (&action, &moment_ms)) in route.path.iter().zip(&route.moments_ms).enumerate() {
            if route.put_aside_after.contains(&at) {
                self.stage.put_aside()?;
            }
            self.at = at + 1;
            self.wait_until(started_ms.saturating_add(moment_ms))?;
            self.note_lateness(started_ms, moment_ms);
            if !matches!(action, Action::TimeOut(_) | Action::Expire(_) | Action::Age(_)) {
                self.nothing_came_early()?;
            }
            self.step(action)?;
            // The server executed it no later than now: what it began may be younger by this than it should be.
            self.note_lateness(started_ms, moment_ms);
        }
        self.nothing_came_early()
    }

    fn note_lateness(&mut self, started_ms: Millis, moment_ms: Millis) {
        let late_ms = self
            .stage
            .clock
            .floor_ms()
            .saturating_sub(started_ms.saturating_add(moment_ms));
        self.late_ms = self.late_ms.max(late_ms);
    }

    /// All clients stand ready, and what was prepared is the same in both.
    fn begin(&mut self) -> Result<(), Stop> {
        let before = std::mem::take(&mut self.before);
        self.settle()?;
        let told = self.stage.history.steps[0].clone();
        for (executed, real) in before.executed.iter().zip(&told.executed) {
            if let (Some(in_world), Some(on_server)) = (&executed.reply, &real.reply) {
                self.alike.learn(&executed.request, in_world, on_server);
            }
        }
        self.compare_events(&before.events, &expected::compared(&told.events))?;
        self.compare_intents()?;
        self.follow_connections()
    }

    fn wait_until(&mut self, at_ms: Millis) -> Result<(), Stop> {
        loop {
            let patience = self.stage.clock.until(at_ms);
            if patience.is_zero() {
                return Ok(());
            }
            if let Some(heard) = self.stage.hear(patience)? {
                self.note(heard)?;
            }
        }
    }

    fn nothing_came_early(&mut self) -> Result<(), Stop> {
        match self.early.first() {
            None => Ok(()),
            Some(answer) => {
                let got = format!(
                    "{} answered: {:?}",
                    words(&Intent::Send(answer.sent.request.clone())),
                    answer.reply
                );
                Err(self.diverged("no answer yet".into(), got))
            }
        }
    }

    /// Something was heard that nobody waits for now.
    fn note(&mut self, heard: Heard) -> Result<(), Stop> {
        match heard {
            Heard::Said(client) => {
                self.stage.has_decided(client)?;
            }
            Heard::Asked(_) | Heard::Pushed(_) | Heard::Disconnected(_) => {}
            Heard::Answered(answer) => self.early.push(*answer),
        }
        Ok(())
    }

    /// Waits until each client that is up and not waiting has said what it intends.
    fn settle(&mut self) -> Result<(), Stop> {
        let clients: Vec<ClientIx> = self.stage.setup.client_ixs().collect();
        for client in clients {
            self.wait_for("its next intent", |conductor| {
                use super::actor::Doing;
                let decided = conductor.stage.has_decided(client)?;
                Ok(decided || conductor.stage.actor(client).doing != Doing::Deciding)
            })?;
        }
        Ok(())
    }

    /// Hears until this is so.
    fn wait_for(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> Result<bool, Stop>) -> Result<(), Stop> {
        let begun_ms = self.stage.clock.floor_ms();
        let limit_ms = begun_ms.saturating_add(PATIENCE.as_millis() as Millis);
        while !is_so(self)? {
            if self.stage.clock.floor_ms() > limit_ms {
                return Err(self.diverged(what.to_owned(), "nothing".into()));
            }
            if let Some(heard) = self.stage.hear(LOOK)? {
                self.note(heard)?;
            }
        }
        Ok(())
    }

    /// The connections are those of the world: what it closed is closed, and the server has noticed.
    fn follow_connections(&mut self) -> Result<(), Stop> {
        let known = std::mem::take(&mut self.wires);
        let count = self
            .world
            .connection_ixs()
            .last()
            .map_or(0, |last| usize::from(last.0) + 1);
        for place in 0..count {
            let connection = self.world.connection(ConnectionIx(place as u16));
            let wire = connection.and_then(|connection| match connection.client() {
                Some(client) => Some(self.stage.actor(client).wire()),
                None => known.get(place).copied().flatten(),
            });
            self.wires.push(wire);
        }
        let gone = known
            .into_iter()
            .flatten()
            .filter(|wire| !self.wires.contains(&Some(*wire)));
        for wire in gone.collect::<Vec<Wire>>() {
            let address = self.stage.line(wire).map(|line| line.address);
            self.stage.close(wire);
            if let Some(address) = address {
                self.wait_for("the server notices that a connection was closed", |conductor| {
                    Ok(conductor.ask.flags(address)?.is_none())
                })?;
            }
        }
        Ok(())
    }

    fn diverged(&self, expected: String, got: String) -> Stop {
        let step = self.at;
        Stop::Diverged(Diverged { step, expected, got })
    }
}

/// An intent in words.
fn words(intent: &Intent) -> String {
    match intent {
        Intent::Send(request) | Intent::SendOnly(request) => {
            let line = |argv: Vec<redelivery_engine::Bytes>| {
                argv.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
            };
            let commands = request.commands();
            let lines: Vec<String> = commands.iter().map(|command| line(command.to_argv())).collect();
            lines.join("; ")
        }
        other => format!("{other:?}"),
    }
}
