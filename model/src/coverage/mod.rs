//! What was taken of all that may be taken, as TLC's coverage tells: actions by role, steps of clients, events, and so on.
//!
//! What there is comes from the enums themselves ([`all`]); what was taken, from walking through whole spaces and from
//! runs that were simulated. It judges nothing: a point that was never taken is a question to whoever writes scenarios.

mod points;

use std::collections::BTreeSet;

use strum::IntoEnumIterator as _;

pub use points::{Kind, Point, ROLES, all};

use crate::check::{Premise, Premises};
use crate::event::{Event, Moment};
use crate::explore::{Exploration, Onlooker, walk};
use crate::occurrence::shown_by;
use crate::setup::Setup;
use crate::world::{Action, Observer, World};

/// The points that were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(BTreeSet<Point>);

impl Coverage {
    /// Of a whole space, or of its first states; and whether it was all of it.
    pub fn of_space(exploration: &Exploration, max_states: usize) -> (Self, bool) {
        let mut looking = Looking::at(exploration.setup());
        let complete = walk(exploration, max_states, &mut looking);
        (looking.seen(), complete)
    }

    /// Of a run that is possible.
    pub fn of_run(setup: &Setup, schedule: &[Action]) -> Self {
        let mut looking = Looking::at(setup);
        let mut world = World::initial(setup, &mut looking);
        for &action in schedule {
            looking.about_to(&world, action);
            world.step(setup, action, &mut looking);
        }
        looking.seen()
    }

    /// Adds what others took.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether a point was taken.
    pub fn contains(&self, point: &Point) -> bool {
        self.0.contains(point)
    }

    /// The points, in order.
    pub fn points(&self) -> impl Iterator<Item = &Point> {
        self.0.iter()
    }
}

struct Looking<'a> {
    setup: &'a Setup,
    premises: Premises,
    seen: BTreeSet<Point>,
}

impl<'a> Looking<'a> {
    fn at(setup: &'a Setup) -> Self {
        Self {
            setup,
            premises: Premises::default(),
            seen: BTreeSet::new(),
        }
    }

    fn see(&mut self, kind: Kind, of: &'static str, name: &'static str) {
        self.seen.insert(Point::new(kind, of, name));
    }

    fn seen(mut self) -> Coverage {
        for premise in Premise::iter() {
            if self.premises.is_met(premise) {
                self.see(Kind::Premise, "", premise.into());
            }
        }
        Coverage(self.seen)
    }
}

impl Onlooker for Looking<'_> {
    fn about_to(&mut self, world: &World, action: Action) {
        let Some(client) = action.client() else {
            return self.see(Kind::Action, "", action.into());
        };
        let role = (&self.setup.client(client).role).into();
        self.see(Kind::Action, role, action.into());
        match action {
            Action::Cut(_, fate) => self.see(Kind::Fate, role, fate.into()),
            Action::Step(_) | Action::Choose(..) | Action::Deviate(..) | Action::TimeOut(_) => {
                for (of, step) in world.memory(client).branches() {
                    self.see(Kind::Step, of, step);
                }
                // Who chooses intends to choose, and what it has chosen.
                let intents = [world.intent(self.setup, client), world.intent_in(self.setup, action)];
                for intent in intents.into_iter().flatten() {
                    self.see(Kind::Intent, "", intent.into());
                }
            }
            _ => {}
        }
    }
}

impl Observer for Looking<'_> {
    fn event(&mut self, _: Moment, event: &Event) {
        self.premises.on(self.setup, event);
        self.see(Kind::Event, "", event.into());
        if let Event::Granted { how, .. } = event {
            self.see(Kind::Grant, "", how.into());
        }
        if let Some(occurrence) = shown_by(event) {
            self.see(Kind::Occurrence, "", occurrence.into());
        }
    }
}
