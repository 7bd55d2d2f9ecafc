//! One try: deeds done again, those left out that are not possible any more, and whether the same check fails.

use redelivery_engine::{Millis, Reply};
use redelivery_model::check::Violation;
use redelivery_model::client::Request;
use redelivery_model::event::{Event, Moment};
use redelivery_model::setup::ClientIx;
use redelivery_model::simulate::{Simulation, settle};
use redelivery_model::world::{Action, Observer, Place, START_MS, World};

use super::deeds::{Deed, Lines, What};
use super::rules::Rules;

/// A run that still fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failing {
    /// What was done of what was asked for.
    pub(super) deeds: Vec<Deed>,
    /// The same as a schedule, with what followed by itself up to the last thing that was new.
    pub(super) schedule: Vec<Action>,
    /// Whether it fails in that it has ended so.
    pub(super) ends: bool,
}

#[derive(Default)]
struct Seen {
    found: bool,
    is_news: bool,
    heard: Vec<ClientIx>,
}

impl Observer for Seen {
    fn event(&mut self, _: Moment, event: &Event) {
        self.is_news |= event.is_news();
    }

    fn violation(&mut self, _: Violation) {
        self.found = true;
    }

    fn executed(&mut self, at: Place, _: &Request, _: Option<&Reply>) {
        self.heard.extend(at.client);
    }
}

/// Does deeds again in a scenario that has one check; none where that does not fail, or fails against the rules. Where it
/// is to fail at the end, the run goes on by itself from the last deed, without faults.
pub(super) fn attempt(simulation: Simulation<'_>, ends: bool, deeds: &[Deed]) -> Option<Failing> {
    let mut trial = Trial::new(simulation);
    for &deed in deeds {
        trial.advance(deed.at_ms.saturating_add(START_MS));
        if trial.seen.found {
            break;
        }
        if deed.what == What::Time {
            continue;
        }
        let Some(action) = trial.lines.action(&trial.world, deed.what) else {
            continue;
        };
        if !trial.world.allows(simulation.setup, action) {
            continue;
        }
        if !trial.rules.allow(&trial.world, action) {
            return None;
        }
        trial.act(action);
        if trial.seen.found {
            break;
        }
    }
    if !trial.rules.are_kept(&trial.world) {
        return None;
    }
    if !trial.seen.found {
        if !ends {
            return None;
        }
        let deeds = trial.deeds.clone();
        let mut last_news = trial.schedule.len();
        let (rest, ended) = settle(simulation, trial.world.clone());
        for action in rest {
            // Who was at something when it began to go on by itself may take too long over it.
            if !trial.rules.allow(&trial.world, action) {
                return None;
            }
            trial.seen.is_news = false;
            trial.act(action);
            if trial.seen.found {
                return Some(trial.failing(false));
            }
            if trial.seen.is_news {
                last_news = trial.schedule.len();
            }
        }
        let monitors = trial.world.monitors();
        let mut found = false;
        monitors.at_end(simulation.setup, &mut |_| found = true);
        if !(ended && found) {
            return None;
        }
        trial.schedule.truncate(last_news);
        return Some(Failing {
            deeds,
            ..trial.failing(true)
        });
    }
    Some(trial.failing(false))
}

struct Trial<'a> {
    simulation: Simulation<'a>,
    world: World,
    lines: Lines,
    rules: Rules<'a>,
    seen: Seen,
    deeds: Vec<Deed>,
    schedule: Vec<Action>,
}

impl<'a> Trial<'a> {
    fn new(simulation: Simulation<'a>) -> Self {
        let mut seen = Seen::default();
        let world = World::initial(simulation.setup, &mut seen);
        seen.heard.clear();
        let mut lines = Lines::default();
        lines.note(&world);
        Self {
            rules: Rules::new(simulation.setup, simulation.timing, &world),
            simulation,
            world,
            lines,
            seen,
            deeds: Vec::new(),
            schedule: Vec::new(),
        }
    }

    /// Lets time pass, and stop wherever something is due at the broker.
    fn advance(&mut self, to_ms: Millis) {
        while to_ms > self.world.now_ms() && !self.seen.found {
            let deadline = self.world.next_deadline().filter(|&ms| ms > self.world.now_ms());
            let next_ms = deadline.map_or(to_ms, |deadline| deadline.min(to_ms));
            self.act(Action::Tick(next_ms));
        }
    }

    fn act(&mut self, action: Action) {
        let Some(what) = self.lines.what(&self.world, action) else {
            unreachable!("what is possible is somebody's");
        };
        self.world.step(self.simulation.setup, action, &mut self.seen);
        self.lines.note(&self.world);
        let heard = std::mem::take(&mut self.seen.heard);
        self.rules.note(&self.world, action, &heard);
        let at_ms = self.world.now_ms() - START_MS;
        // Time that passes is part of what comes after it; where it stops on its way is found out again.
        if self.deeds.last().is_some_and(|last| last.what == What::Time) {
            self.deeds.pop();
        }
        self.deeds.push(Deed { at_ms, what });
        self.schedule.push(action);
    }

    fn failing(self, ends: bool) -> Failing {
        Failing {
            deeds: self.deeds,
            schedule: self.schedule,
            ends,
        }
    }
}
