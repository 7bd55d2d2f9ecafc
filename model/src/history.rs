//! What happened, step by step, in a form that can be shown: made by doing a schedule again.

use std::fmt;

use redelivery_engine::{Bytes, Millis, Reply};

use crate::check::Violation;
use crate::client::{Intent, Request};
use crate::event::{Event, Moment, PendingRow};
use crate::setup::{GroupIx, Message, Setup};
use crate::world::{Action, Observer, Place, World};

/// How a schedule is done again: as it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// In canonical worlds, where time passes by [`Action::Age`].
    Abstract,
    /// With a virtual clock, where time passes by [`Action::Tick`].
    Virtual,
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Time since the beginning, in milliseconds. Where time is abstract there is none, unless
    /// [`durations`](crate::durations::date) put one there.
    pub at_ms: Option<Millis>,
    /// What was done; none for what stood before the first action.
    pub action: Option<Action>,
    /// What the client was about to do.
    pub intent: Option<Intent>,
    /// Requests that the broker executed.
    pub executed: Vec<Executed>,
    /// What happened.
    pub events: Vec<Event>,
    /// What was violated.
    pub violations: Vec<Violation>,
    /// The pending lists that changed, as they stand afterwards.
    pub pending: Vec<(GroupIx, Vec<PendingRow>)>,
    /// The lists that changed, as they stand afterwards, from the head to the tail.
    pub items: Vec<Items>,
}

/// A list by its key, and what lies in it.
pub type Items = (Bytes, Vec<Message>);

/// A request at the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// Whose it is, and at which node.
    pub at: Place,
    /// What was asked.
    pub request: Request,
    /// The reply; none when the broker holds it back.
    pub reply: Option<Reply>,
}

/// An action of a schedule that is not possible when its turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Impossible {
    /// Its place in the schedule.
    pub at: usize,
    /// The action.
    pub action: Action,
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "action {} of the schedule is not possible here: {:?}",
            self.at + 1,
            self.action
        )
    }
}

impl std::error::Error for Impossible {}

#[derive(Default)]
struct Recorder {
    executed: Vec<Executed>,
    events: Vec<Event>,
    violations: Vec<Violation>,
}

impl Observer for Recorder {
    fn event(&mut self, _: Moment, event: &Event) {
        self.events.push(event.clone());
    }

    fn violation(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    fn executed(&mut self, at: Place, request: &Request, reply: Option<&Reply>) {
        self.executed.push(Executed {
            at,
            request: request.clone(),
            reply: reply.cloned(),
        });
    }
}

/// Does a schedule again and answers its steps and the world at its end.
///
/// # Errors
/// If an action is not possible when its turn comes: the schedule is of another scenario.
pub fn replay(setup: &Setup, clock: Clock, schedule: &[Action]) -> Result<(Vec<Step>, World), Impossible> {
    let mut recorder = Recorder::default();
    let mut world = World::initial(setup, &mut recorder);
    let started_ms = world.now_ms();
    settle(setup, clock, &mut world);
    let mut lists = Lists::of(&world, setup);
    let mut first = step_of(recorder, None, None);
    first.at_ms = (clock == Clock::Virtual).then_some(0);
    first.items = lists.items.clone();
    let mut steps = vec![first];
    for (at, &action) in schedule.iter().enumerate() {
        if !world.allows(setup, action) {
            return Err(Impossible { at, action });
        }
        let mut step = done(setup, clock, &mut world, action, &mut lists);
        step.at_ms = (clock == Clock::Virtual).then(|| world.now_ms() - started_ms);
        steps.push(step);
    }
    Ok((steps, world))
}

/// Does one action, which must be possible, where time is abstract; answers what came of it.
pub fn take(setup: &Setup, world: &mut World, action: Action) -> Step {
    let mut lists = Lists::of(world, setup);
    done(setup, Clock::Abstract, world, action, &mut lists)
}

fn done(setup: &Setup, clock: Clock, world: &mut World, action: Action, lists: &mut Lists) -> Step {
    let intent = action.client().and_then(|client| world.intent(setup, client));
    let mut recorder = Recorder::default();
    world.step(setup, action, &mut recorder);
    settle(setup, clock, world);
    let now = Lists::of(world, setup);
    let mut step = step_of(recorder, Some(action), intent);
    let pending = now.pending.iter().zip(&lists.pending);
    let changed = pending.filter(|(now, before)| now != before);
    step.pending = changed.map(|(now, _)| now.clone()).collect();
    step.items = changed_items(&lists.items, &now.items);
    *lists = now;
    step
}

fn settle(setup: &Setup, clock: Clock, world: &mut World) {
    if clock == Clock::Abstract {
        world.forget_durations(setup);
    }
}

fn step_of(recorder: Recorder, action: Option<Action>, intent: Option<Intent>) -> Step {
    Step {
        at_ms: None,
        action,
        intent,
        executed: recorder.executed,
        events: recorder.events,
        violations: recorder.violations,
        pending: Vec::new(),
        items: Vec::new(),
    }
}

/// What the steps of a history compare before and after.
struct Lists {
    pending: Vec<(GroupIx, Vec<PendingRow>)>,
    items: Vec<Items>,
}

impl Lists {
    fn of(world: &World, setup: &Setup) -> Self {
        Self {
            pending: pending_lists(world, setup),
            items: all_items(world, setup),
        }
    }
}

fn pending_lists(world: &World, setup: &Setup) -> Vec<(GroupIx, Vec<PendingRow>)> {
    let list = |group| match world.pending(setup, group) {
        Some(Event::Pending { rows, .. }) => (group, rows),
        _ => (group, Vec::new()),
    };
    setup.group_ixs().map(list).collect()
}

/// What lies in all lists that matter; a list that is empty is not among them.
fn all_items(world: &World, setup: &Setup) -> Vec<Items> {
    let of = |group| match world.items(setup, group) {
        Some(Event::Items { lists, .. }) => lists,
        _ => Vec::new(),
    };
    setup.group_ixs().flat_map(of).collect()
}

/// The lists that are not as they were. One that is not there any more is empty.
pub fn changed_items(before: &[Items], now: &[Items]) -> Vec<Items> {
    let gone = before
        .iter()
        .filter(|(key, _)| now.iter().all(|(other, _)| other != key));
    let gone = gone.map(|(key, _)| (key.clone(), Vec::new()));
    let changed = now.iter().filter(|list| !before.contains(list)).cloned();
    changed.chain(gone).collect()
}
