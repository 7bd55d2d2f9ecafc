//! What happened, step by step, in a form that can be shown: made by doing a schedule again.

use std::fmt;

use redelivery_engine::{Bytes, Millis, Reply};

use crate::check::Violation;
use crate::client::{Intent, Request};
use crate::event::{Event, Moment, PendingRow};
use crate::setup::{GroupIx, GroupSetup, Message, Setup};
use crate::world::{Action, Observer, Place, World, thresholds};

/// How a schedule is done again: as it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// In canonical worlds, where time passes by [`Action::Age`].
    Abstract,
    /// With a virtual clock, where time passes by [`Action::Tick`].
    Virtual,
    /// With the clock of exploring within bounds: by [`Action::Tick`] as well, and no further than the bounds let it.
    Bounded,
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
    /// Whether it had sent that before, over a connection that the broker has closed since.
    pub in_vain: bool,
    /// Requests that the broker executed.
    pub executed: Vec<Executed>,
    /// What happened.
    pub events: Vec<Event>,
    /// What was violated.
    pub violations: Vec<Violation>,
    /// The pending lists that changed, as they stand afterwards; where time is abstract, also by what grew old.
    pub pending: Vec<(GroupIx, Vec<Pending>)>,
    /// The lists that changed, as they stand afterwards, from the head to the tail.
    pub items: Vec<Items>,
}

/// An entry of a pending list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The entry, its owner and its delivery counter.
    pub row: PendingRow,
    /// The longest idle time that somebody compares with and that it has reached; none where it has reached none, or
    /// where nobody saw.
    pub idle_ms: Option<Millis>,
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
    first.at_ms = (clock != Clock::Abstract).then_some(0);
    first.items = lists.items.clone();
    let mut steps = vec![first];
    for (at, &action) in schedule.iter().enumerate() {
        if !world.allows(setup, action) {
            return Err(Impossible { at, action });
        }
        let mut step = done(setup, clock, &mut world, action, &mut lists);
        step.at_ms = (clock != Clock::Abstract).then(|| world.now_ms() - started_ms);
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
    let intent = world.intent_in(setup, action);
    let in_vain = action
        .client()
        .is_some_and(|client| world.awaits_in_vain(setup, client));
    let mut recorder = Recorder::default();
    world.step(setup, action, &mut recorder);
    settle(setup, clock, world);
    let now = Lists::of(world, setup);
    let mut step = step_of(recorder, Some(action), intent);
    step.in_vain = in_vain;
    for (now, before) in now.pending.iter().zip(&lists.pending) {
        // By a clock something grows old all the time.
        let is_news = match clock {
            Clock::Abstract => now.1 != before.1,
            Clock::Virtual | Clock::Bounded => !now.1.iter().map(|it| &it.row).eq(before.1.iter().map(|it| &it.row)),
        };
        if is_news {
            step.pending.push(now.clone());
        }
    }
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
        in_vain: false,
        executed: recorder.executed,
        events: recorder.events,
        violations: recorder.violations,
        pending: Vec::new(),
        items: Vec::new(),
    }
}

/// What the steps of a history compare before and after.
struct Lists {
    pending: Vec<(GroupIx, Vec<Pending>)>,
    items: Vec<Items>,
}

impl Lists {
    fn of(world: &World, setup: &Setup) -> Self {
        let list = |group| (group, pending(setup, world, group));
        Self {
            pending: setup.group_ixs().map(list).collect(),
            items: all_items(world, setup),
        }
    }
}

/// A group's pending list as it stands in a world.
pub fn pending(setup: &Setup, world: &World, group: GroupIx) -> Vec<Pending> {
    let Some(Event::Pending { rows, .. }) = world.pending(setup, group) else {
        return Vec::new();
    };
    let GroupSetup { key, name, .. } = setup.group(group);
    let at_broker = world.stream(key).and_then(|stream| stream.group(name));
    let thresholds = thresholds(setup);
    let idle_ms = |id| {
        let idle_ms = at_broker?.pending_entry(id)?.idle_ms(world.now_ms());
        thresholds.iter().rfind(|&&threshold| threshold <= idle_ms).copied()
    };
    let entry = |row: PendingRow| Pending {
        idle_ms: idle_ms(row.id),
        row,
    };
    rows.into_iter().map(entry).collect()
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
