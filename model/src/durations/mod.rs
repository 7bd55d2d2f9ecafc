//! Durations for an explored path: when each of its actions happens, so that every clock agrees with it.
//!
//! While exploring, time is abstract: idle times are known by the thresholds they have reached, a key with a time to
//! live may expire at any time, and a blocked call may end at any time (`world::canonical`). A path through such worlds
//! says in which order things happen, not when. [`moments`] gives it moments under which the clocks of the broker and of the
//! checks say what the path says: what is claimed has been idle for long enough, what is not claimed has not, keys expire
//! and calls end when their time is over, and neither earlier nor later.
//!
//! The moments are the earliest solution of a system of difference constraints (`constraints`), which follow from the
//! clocks that run along the path (`clocks`, `demands`). What the clients measure is their own affair: work and latency may take any time.
//!
//! Of actions that do not touch each other exploring keeps one order of several, and not always one that clocks allow:
//! [`in_possible_order`] puts right what time does too early (`reorder`). It never looks for other paths than these.
//! Read next: `demands`.

mod clocks;
mod constraints;
mod demands;
mod reorder;
mod writes;

use redelivery_engine::Millis;

use crate::client::Request;
use crate::event::Event;
use crate::history::{Clock, Step, replay};
use crate::setup::Setup;
use crate::world::{Action, Place, START_MS};
use demands::demands;

/// When the actions of a path happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moments {
    /// One for each action, in milliseconds since the beginning; ascending.
    pub at_ms: Vec<Millis>,
    /// Whether clients that rest between two looks rest for as long as they were told. Otherwise the path leaves no time
    /// for that, and some client rests for less.
    pub rests: bool,
}

/// What came of looking for the durations of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durations {
    /// The clocks allow the path, and clients rest for as long as they were told.
    Found,
    /// So they do, but some client rests for less.
    WithShorterRests,
    /// There are none.
    None,
}

/// Puts onto the steps of a path that was done again with abstract time the moments at which they happen, if there are
/// such moments.
pub fn date(setup: &Setup, path: &[Action], steps: &mut [Step]) -> Durations {
    let Some(found) = moments(setup, path, 0) else {
        return Durations::None;
    };
    // What stands before the first action stands there from the beginning.
    for (step, at_ms) in steps.iter_mut().zip([0].into_iter().chain(found.at_ms)) {
        step.at_ms = Some(at_ms);
    }
    match found.rests {
        true => Durations::Found,
        false => Durations::WithShorterRests,
    }
}

/// The earliest moments under which the clocks of the broker and of the checks allow a path from the initial world; none
/// when there are none, or when the path is not one of this setup.
///
/// Each limit is kept with `slack_ms` milliseconds to spare: so late may an action happen, and the path still is what happens.
/// Between two actions lies at least that much, and never less than a millisecond.
///
/// What is answered was tried: on a virtual clock ([`schedule`]) the same requests are executed and the same
/// events follow as in the path.
pub fn moments(setup: &Setup, path: &[Action], slack_ms: Millis) -> Option<Moments> {
    let demands = demands(setup, path, slack_ms)?;
    let at_ms = demands.of_broker.earliest()?;
    let mut of_all = demands.of_broker;
    of_all.extend(demands.of_rests);
    let found = match of_all.earliest() {
        Some(at_ms) => Moments { at_ms, rests: true },
        None => Moments { at_ms, rests: false },
    };
    happens(setup, path, &found.at_ms).then_some(found)
}

/// A path with durations that leads to the same world by the same actions: this one if it has, or one in which time
/// does some things later. None when none is found.
pub fn in_possible_order(setup: &Setup, path: &[Action]) -> Option<Vec<Action>> {
    reorder::reordered(setup, path, 0)
}

/// A path as a schedule for a virtual clock ([`Clock::Virtual`]). What time brings about is none of its actions
/// any more: the clock does it.
pub fn schedule(path: &[Action], at_ms: &[Millis]) -> Vec<Action> {
    let mut schedule = Vec::new();
    for (&action, &at_ms) in path.iter().zip(at_ms) {
        schedule.push(Action::Tick(START_MS.saturating_add(at_ms)));
        if !action.is_by_clock() {
            schedule.push(action);
        }
    }
    schedule
}

/// Whether on a clock the same happens as without.
fn happens(setup: &Setup, path: &[Action], at_ms: &[Millis]) -> bool {
    // Entries have the same names at any time.
    let setup = Setup {
        counter_ids: true,
        ..setup.clone()
    };
    let abstractly = replay(&setup, Clock::Abstract, path);
    let timed = replay(&setup, Clock::Virtual, &schedule(path, at_ms));
    match (abstractly, timed) {
        (Ok((abstractly, _)), Ok((timed, _))) => {
            requests(&abstractly).eq(requests(&timed)) && events(&abstractly).eq(events(&timed))
        }
        _ => false,
    }
}

/// What the broker executed, and for whom; replies tell idle times.
fn requests(steps: &[Step]) -> impl Iterator<Item = (Place, &Request, bool)> {
    let executed = steps.iter().flat_map(|step| &step.executed);
    executed.map(|executed| (executed.at, &executed.request, executed.reply.is_some()))
}

fn events(steps: &[Step]) -> impl Iterator<Item = &Event> {
    steps.iter().flat_map(|step| &step.events)
}
