//! One simulated run: from a seed to what was violated and what occurred.

use redelivery_engine::Millis;

use super::Timing;
use super::agenda::Agenda;
use super::numbers::{Counting, End, Numbers};
use super::policy::{self, Branch, Covered, Hit, Origin, Policy, Rare, Search};
use super::random::{Lean, Purpose, Stream};
use crate::check::{Premises, Violation};
use crate::client::{Intent, Request};
use crate::event::{Event, Moment};
use crate::occurrence::{Occurrences, shown_by};
use crate::setup::{ClientIx, Loss, Setup};
use crate::world::{Action, ConnectionIx, Observer, Place, World};

/// What simulated runs start from.
#[derive(Clone, Copy, Debug)]
pub struct Simulation<'a> {
    /// What was set up.
    pub setup: &'a Setup,
    /// How long things take.
    pub timing: &'a Timing,
    /// How runs are searched.
    pub policy: Policy,
    /// Whether it is counted what becomes of messages.
    pub counts: bool,
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
    /// Faults that happened.
    pub faults: u64,
    /// Virtual time from the last fault, which a pause is until its end, to the last thing that happened: how long it
    /// took until everything had settled. None where nothing failed, or where the run was cut off.
    pub settled_after_ms: Option<Millis>,
    /// Whether the run ended by itself; otherwise it was cut off and says nothing of ends.
    pub ended: bool,
    /// Actions that were done.
    pub actions: usize,
    /// What became of messages, where that is counted.
    pub numbers: Option<Numbers>,
    /// What happened: this replays the run.
    pub schedule: Vec<Action>,
}

/// Runs a seed: of a policy that learns from runs, the first.
pub fn simulate(simulation: Simulation<'_>, seed: u64) -> Outcome {
    simulate_from(simulation, &Origin::from(seed)).0
}

/// Runs a seed with its branches; answers also what was covered, where the policy asks for it.
pub(super) fn simulate_from(simulation: Simulation<'_>, origin: &Origin) -> (Outcome, Covered) {
    let mut run = Run::new(simulation, origin);
    let ended = run.until_end();
    if ended {
        let at = run.schedule.len();
        let violations = &mut run.seen.violations;
        run.world
            .monitors()
            .at_end(simulation.setup, &mut |violation| violations.push((at, violation)));
    }
    let settled_ms = run.seen.progress_ms;
    let end = End {
        at_ms: settled_ms,
        ended,
        faults: run.faults,
        last_fault_ms: run.last_fault_ms,
    };
    let outcome = Outcome {
        violations: run.seen.violations,
        occurred: run.seen.occurred,
        premises: run.seen.premises,
        requests: run.seen.requests,
        lasted_ms: run.seen.progress_ms - run.started_ms,
        faults: run.faults,
        settled_after_ms: run
            .last_fault_ms
            .filter(|_| ended)
            .map(|fault_ms| settled_ms.saturating_sub(fault_ms)),
        ended,
        actions: run.schedule.len(),
        numbers: run.seen.counting.map(|counting| counting.numbers(end)),
        schedule: run.schedule,
    };
    (outcome, run.seen.covered.unwrap_or_default())
}

/// Goes on from a world, in which nothing fails any more, until nothing new happens: what is done then, and whether it
/// ended before the time limit.
pub fn settle(simulation: Simulation<'_>, world: World) -> (Vec<Action>, bool) {
    const ORIGIN: &Origin = &Origin {
        seed: 0,
        branches: Vec::new(),
    };
    let mut run = Run::from_world(simulation, ORIGIN, Search::Quiet, |_| world);
    let ended = run.until_end();
    (run.schedule, ended)
}

struct Run<'a> {
    simulation: Simulation<'a>,
    world: World,
    agenda: Agenda,
    search: Search,
    rare: Option<Rare>,
    /// Branches that are yet to be taken.
    branches: &'a [Branch],
    order: Stream,
    durations: Stream,
    started_ms: Millis,
    faults: u64,
    /// When the last fault was over.
    last_fault_ms: Option<Millis>,
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
    /// Connections that came, went, or have something else in flight.
    stirred: Vec<ConnectionIx>,
    /// Whether some subscriber got a message, or word that a subscription is over.
    handed: bool,
    covered: Option<Covered>,
    counting: Option<Counting<'a>>,
}

impl Observer for Seen<'_> {
    fn event(&mut self, moment: Moment, event: &Event) {
        self.premises.on(self.setup, event);
        if let Some(covered) = &mut self.covered {
            covered.note(event);
        }
        if let Some(counting) = &mut self.counting {
            counting.on(moment, event);
        }
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

    fn stirred(&mut self, connection: ConnectionIx) {
        self.stirred.push(connection);
    }
}

impl<'a> Run<'a> {
    fn new(simulation: Simulation<'a>, origin: &'a Origin) -> Self {
        let search = Search::new(simulation, origin.seed);
        Self::from_world(simulation, origin, search, |seen| {
            World::initial(simulation.setup, seen)
        })
    }

    fn from_world(
        simulation: Simulation<'a>,
        origin: &'a Origin,
        search: Search,
        world: impl FnOnce(&mut Seen<'a>) -> World,
    ) -> Self {
        let seed = origin.seed;
        let mut seen = Seen {
            setup: simulation.setup,
            at: 0,
            violations: Vec::new(),
            occurred: Occurrences::default(),
            premises: Premises::default(),
            requests: 0,
            progress_ms: 0,
            heard: Vec::new(),
            stirred: Vec::new(),
            handed: false,
            covered: (simulation.policy == Policy::Guided).then(Covered::default),
            counting: simulation.counts.then(|| Counting::new(simulation.setup)),
        };
        let mut durations = Stream::new(seed, Purpose::Durations);
        let world = world(&mut seen);
        // What lies on connections is planned after the first action.
        seen.stirred = world.connection_ixs().collect();
        let mut agenda = Agenda::new(simulation.setup);
        for client in simulation.setup.client_ixs() {
            durations.lean(search.lean(client));
            if let Some(after) = world.begins_after(simulation.setup, client) {
                agenda.begin(client, world.now_ms().saturating_add(durations.within(after)));
            }
            agenda.plan_client(simulation.setup, simulation.timing, &world, client, &mut durations);
        }
        seen.heard.clear();
        seen.progress_ms = world.now_ms();
        Self {
            simulation,
            agenda,
            rare: match search {
                Search::Quiet => None,
                _ => Rare::of(simulation.setup, seed),
            },
            search,
            branches: &origin.branches,
            order: Stream::new(seed, Purpose::Order),
            durations,
            started_ms: world.now_ms(),
            faults: 0,
            last_fault_ms: None,
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
            self.branch_off();
            let due_ms = self.agenda.next_ms();
            let next_ms = match (due_ms, self.world.next_deadline()) {
                (Some(due_ms), Some(deadline)) => due_ms.min(deadline),
                (None, None) => return true,
                (next_ms, None) | (None, next_ms) => next_ms.unwrap_or_default(),
            };
            // It is decided each time who comes first, be it that the clock moves before: what a seed means is older than
            // this line.
            let action = due_ms.map(|due_ms| {
                let due = self.agenda.due(due_ms);
                due[self.search.first(due, &mut self.order)]
            });
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
            else if let Some(action) = action {
                self.do_or_fail(action);
            }
        }
    }

    /// Takes the branches that begin here.
    fn branch_off(&mut self) {
        while let Some((branch, rest)) = self.branches.split_first() {
            if branch.after > self.seen.at {
                return;
            }
            self.branches = rest;
            self.order = Stream::new(branch.seed, Purpose::Order);
            self.durations = Stream::new(branch.seed, Purpose::Durations);
            self.search.branch(self.simulation, branch.seed);
            self.rare = Rare::of(self.simulation.setup, branch.seed);
        }
    }

    /// Does what is due, unless a fault comes in its place; then it stays due, if it is still possible.
    fn do_or_fail(&mut self, action: Action) {
        let simulation = self.simulation;
        let Action::Step(client) = action else {
            return self.act(action);
        };
        let Some(action) = self.choose(client) else { return };
        let since_start_ms = self.world.now_ms() - self.started_ms;
        if policy::is_over(simulation.timing, since_start_ms) {
            return self.act_or_deviate(action);
        }
        let (world, search) = (&self.world, &mut self.search);
        let hit = search.hit(simulation.setup, simulation.timing, client, |actions| {
            world.enabled_faults(simulation.setup, actions);
            let exposed = |hit| hit == client || world.waits(simulation.setup, hit);
            actions.retain(|action| action.client().is_none_or(exposed));
        });
        match hit {
            None => self.act_or_deviate(action),
            Some(Hit::Action(Action::Part)) => {
                let lasts = simulation.setup.faults.partition.lasts;
                let heals_ms = self.world.now_ms().saturating_add(self.durations.within(lasts));
                self.note_fault(heals_ms);
                self.act(Action::Part);
                self.agenda.part(simulation.setup, &self.world, heals_ms);
            }
            Some(Hit::Action(fault)) => {
                self.note_fault(self.world.now_ms());
                self.act(fault);
            }
            Some(Hit::Pause(client, ms)) => {
                self.act(Action::Pause(client));
                let until_ms = self.world.now_ms().saturating_add(ms);
                self.note_fault(until_ms);
                self.agenda.delay(client, until_ms);
            }
        }
    }

    /// Does what a client intends, or rarely what it may do otherwise.
    fn act_or_deviate(&mut self, action: Action) {
        let choice = match (action, &mut self.rare) {
            (Action::Step(client), Some(rare)) => match self.agenda.intent(client) {
                Some(Intent::Send(request)) => rare.instead_of(request).map(|choice| (client, choice)),
                _ => None,
            },
            _ => None,
        };
        self.act(choice.map_or(action, |(client, choice)| Action::Deviate(client, choice)));
    }

    /// Something failed, and is over at this moment.
    fn note_fault(&mut self, over_ms: Millis) {
        self.faults += 1;
        self.fault_lasts(over_ms);
    }

    /// What failed is not over before this moment.
    fn fault_lasts(&mut self, over_ms: Millis) {
        self.last_fault_ms = self.last_fault_ms.max(Some(over_ms));
    }

    /// What a client whose turn it is does. One that finds nothing to do looks again later.
    fn choose(&mut self, client: ClientIx) -> Option<Action> {
        let setup = self.simulation.setup;
        if self.agenda.intent(client) != Some(&Intent::Choose) {
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
        let Simulation { setup, timing, .. } = self.simulation;
        self.schedule.push(action);
        self.seen.at = self.schedule.len();
        let intent = match action {
            Action::Step(client) => self.agenda.take_intent(client),
            _ => None,
        };
        match (action, intent) {
            (Action::Step(client), Some(intent)) => self.world.step_intending(setup, client, intent, &mut self.seen),
            (action, _) => self.world.step(setup, action, &mut self.seen),
        }
        if let Some(counting) = &mut self.seen.counting {
            counting.stands(&self.world);
        }
        let now_ms = self.world.now_ms();
        match action {
            Action::CameBack => self.fault_lasts(now_ms),
            Action::Missed => {
                let for_ms = self.durations.within(Loss::MISTRUSTED);
                self.agenda.mistrust(now_ms.saturating_add(for_ms));
            }
            _ => {}
        }
        self.plan_concerned(action);
        self.agenda.done(action);
        let mut stirred = std::mem::take(&mut self.seen.stirred);
        stirred.sort_unstable();
        stirred.dedup();
        for connection in stirred.drain(..) {
            self.agenda
                .plan_connection((setup, timing), &self.world, connection, &mut self.durations);
        }
        self.seen.stirred = stirred;
        if setup.keeping.is_some() || setup.may_lose().is_some() {
            self.agenda.plan_former(setup, &self.world, &mut self.durations);
        }
        if setup.cluster.is_some() {
            self.agenda.plan_bus(timing, &self.world, &mut self.durations);
        }
    }

    /// Plans the clients whom an action concerned, in their order.
    fn plan_concerned(&mut self, action: Action) {
        let Simulation { setup, timing, .. } = self.simulation;
        let mut concerned = std::mem::take(&mut self.seen.heard);
        concerned.extend(action.client());
        match action {
            // Everybody has lost its connection.
            Action::Fail(_) | Action::StepDown => concerned.extend(setup.client_ixs()),
            // Who was cut off has a connection, who could hear nothing hears; the others go on.
            Action::Heal => {
                concerned.extend(setup.client_ixs().filter(|client| {
                    self.agenda.is_idle(*client) || self.agenda.intent(*client) == Some(&Intent::Listen)
                }))
            }
            // Who could do nothing has a connection, or is answered again.
            Action::Missed | Action::CameBack | Action::Covered | Action::Serves => {
                concerned.extend(setup.client_ixs().filter(|client| self.agenda.is_idle(*client)))
            }
            Action::Part => concerned.extend(setup.client_ixs().filter(|client| {
                self.world.waits(setup, *client) || self.world.intent(setup, *client) == Some(Intent::Listen)
            })),
            _ => {}
        }
        if std::mem::take(&mut self.seen.handed) {
            // Somebody may have lost its connection.
            self.agenda.find_out_intents(setup, &self.world);
            // Who works goes on working; who was disconnected may have nothing to read any more.
            let changed = |client: &ClientIx| self.agenda.is_idle(*client) || self.world.waits(setup, *client);
            concerned.extend(setup.client_ixs().filter(changed));
        }
        concerned.sort_unstable();
        concerned.dedup();
        for client in concerned.drain(..) {
            self.durations.lean(self.search.lean(client));
            self.agenda
                .plan_client(setup, timing, &self.world, client, &mut self.durations);
        }
        self.durations.lean(Lean::default());
        self.seen.heard = concerned;
    }
}
