//! One simulated run: from a seed to what was violated and what occurred.

use redelivery_engine::Millis;

use super::Timing;
use super::agenda::Agenda;
use super::faults::{Faults, Hit};
use super::random::{Purpose, Stream};
use crate::check::{Premises, Violation};
use crate::client::{Intent, Request};
use crate::event::{Event, Moment};
use crate::occurrence::{Occurrences, shown_by};
use crate::setup::{ClientIx, Setup};
use crate::world::{Action, Observer, Place, World};

/// What simulated runs start from.
#[derive(Clone, Copy, Debug)]
pub struct Simulation<'a> {
    /// What was set up.
    pub setup: &'a Setup,
    /// How long things take.
    pub timing: &'a Timing,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was violated, each with the number of actions after which it was.
    pub violations: Vec<(usize, Violation)>,
    /// What occurred.
    pub occurred: Occurrences,
    /// What checks presume, as far as it happened.
    pub premises: Premises,
    /// Requests that the broker executed.
    pub requests: u64,
    /// Virtual time from the beginning to the last thing that happened, in milliseconds.
    pub lasted_ms: Millis,
    /// Whether the run ended by itself; otherwise it was cut off and says nothing of ends.
    pub ended: bool,
    /// What happened: this replays the run.
    pub schedule: Vec<Action>,
}

/// Runs a seed.
pub fn simulate(simulation: Simulation<'_>, seed: u64) -> Outcome {
    let mut run = Run::new(simulation, seed);
    let ended = run.until_end();
    if ended {
        let at = run.schedule.len();
        let violations = &mut run.seen.violations;
        run.world
            .monitors()
            .at_end(simulation.setup, &mut |violation| violations.push((at, violation)));
    }
    Outcome {
        violations: run.seen.violations,
        occurred: run.seen.occurred,
        premises: run.seen.premises,
        requests: run.seen.requests,
        lasted_ms: run.seen.progress_ms - run.started_ms,
        ended,
        schedule: run.schedule,
    }
}

struct Run<'a> {
    simulation: Simulation<'a>,
    world: World,
    agenda: Agenda,
    faults: Faults,
    order: Stream,
    durations: Stream,
    started_ms: Millis,
    schedule: Vec<Action>,
    seen: Seen<'a>,
}

/// What the observer keeps of a run.
struct Seen<'a> {
    setup: &'a Setup,
    at: usize,
    violations: Vec<(usize, Violation)>,
    occurred: Occurrences,
    premises: Premises,
    requests: u64,
    progress_ms: Millis,
    /// Clients that heard a reply.
    heard: Vec<ClientIx>,
    /// Whether some subscriber got a message, or word that a subscription is over.
    handed: bool,
}

impl Observer for Seen<'_> {
    fn event(&mut self, moment: Moment, event: &Event) {
        self.premises.on(self.setup, event);
        if let Some(occurrence) = shown_by(event) {
            self.occurred.insert(occurrence);
        }
        if event.is_news() {
            self.progress_ms = moment.latest_ms;
        }
        self.handed |= matches!(event, Event::Handed { .. } | Event::ShardUnsubscribed { .. });
    }

    fn violation(&mut self, violation: Violation) {
        self.violations.push((self.at, violation));
    }

    fn executed(&mut self, at: Place, _: &Request, reply: Option<&redelivery_engine::Reply>) {
        self.requests += u64::from(reply.is_some());
        self.heard.extend(at.client);
    }
}

impl<'a> Run<'a> {
    fn new(simulation: Simulation<'a>, seed: u64) -> Self {
        let mut seen = Seen {
            setup: simulation.setup,
            at: 0,
            violations: Vec::new(),
            occurred: Occurrences::default(),
            premises: Premises::default(),
            requests: 0,
            progress_ms: 0,
            heard: Vec::new(),
            handed: false,
        };
        let mut durations = Stream::new(seed, Purpose::Durations);
        let world = World::initial(simulation.setup, &mut seen);
        let agenda = Agenda::new(simulation.setup, simulation.timing, &world, &mut durations);
        seen.heard.clear();
        seen.progress_ms = world.now_ms();
        Self {
            simulation,
            agenda,
            faults: Faults::new(Stream::new(seed, Purpose::Faults)),
            order: Stream::new(seed, Purpose::Order),
            durations,
            started_ms: world.now_ms(),
            schedule: Vec::new(),
            world,
            seen,
        }
    }

    /// Goes on until nothing but idle polls happens any more; false when the time limit comes first.
    fn until_end(&mut self) -> bool {
        let quiet_ms = self.simulation.timing.quiet_ms(self.simulation.setup);
        let limit_ms = self.started_ms.saturating_add(self.simulation.timing.time_limit_ms);
        loop {
            let due = self.agenda.next(&mut self.order);
            let deadline = self.world.next_deadline();
            let next_ms = due.map(|(at_ms, _)| at_ms).into_iter().chain(deadline).min();
            let Some(next_ms) = next_ms else { return true };
            if next_ms > self.seen.progress_ms.saturating_add(quiet_ms) {
                return true;
            }
            if next_ms > limit_ms {
                return false;
            }
            if next_ms > self.world.now_ms() {
                self.act(Action::Tick(next_ms));
            }
            // What the broker answered at this moment may have changed what comes next.
            else if let Some((_, action)) = due {
                self.do_or_fail(action);
            }
        }
    }

    /// Does what is due, unless a fault comes in its place; then it stays due, if it is still possible.
    fn do_or_fail(&mut self, action: Action) {
        let simulation = self.simulation;
        let Action::Step(client) = action else {
            return self.act(action);
        };
        let Some(action) = self.choose(client) else { return };
        let hit = self.faults.hit(simulation.setup, simulation.timing, client, |actions| {
            self.world.enabled_faults(simulation.setup, actions);
            let exposed = |hit| hit == client || self.world.waits(simulation.setup, hit);
            actions.retain(|action| action.client().is_some_and(exposed));
        });
        match hit {
            None => self.act(action),
            Some(Hit::Action(fault)) => self.act(fault),
            Some(Hit::Pause(client, ms)) => {
                self.act(Action::Pause(client));
                self.agenda.delay(client, self.world.now_ms().saturating_add(ms));
            }
        }
    }

    /// What a client whose turn it is does. One that finds nothing to do looks again later.
    fn choose(&mut self, client: ClientIx) -> Option<Action> {
        let setup = self.simulation.setup;
        if self.world.intent(setup, client) != Some(Intent::Choose) {
            return Some(Action::Step(client));
        }
        let turns = self.world.turns(setup, client);
        if turns.is_empty() {
            let poll_ms = setup.client(client).role.poll_ms().max(1);
            self.agenda.delay(client, self.world.now_ms().saturating_add(poll_ms));
            return None;
        }
        Some(Action::Choose(client, turns[self.order.index(turns.len())]))
    }

    fn act(&mut self, action: Action) {
        let Simulation { setup, timing } = self.simulation;
        self.schedule.push(action);
        self.seen.at = self.schedule.len();
        self.world.step(setup, action, &mut self.seen);
        let mut concerned = std::mem::take(&mut self.seen.heard);
        concerned.extend(action.client());
        if std::mem::take(&mut self.seen.handed) {
            // Who works goes on working; who was disconnected may have nothing to read any more.
            let changed = |client: &ClientIx| self.agenda.is_idle(*client) || self.world.waits(setup, *client);
            concerned.extend(setup.client_ixs().filter(changed));
        }
        concerned.sort_unstable();
        concerned.dedup();
        for client in concerned {
            self.agenda
                .plan_client(setup, timing, &self.world, client, &mut self.durations);
        }
        self.agenda.done(action);
        self.agenda.plan_connections(timing, &self.world, &mut self.durations);
        self.agenda.plan_bus(timing, &self.world, &mut self.durations);
    }
}
