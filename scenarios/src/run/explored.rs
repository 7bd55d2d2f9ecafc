//! Exploring a scenario: a proof within its bounds, or the shortest counterexample.

use std::sync::Arc;

use redelivery_model::durations::{date, in_possible_order};
use redelivery_model::explore::{
    Exploration, Found, Settings, explore, explore_plainly, from_beginning, round_steps, simplest,
};
use redelivery_model::history::{Clock, replay};
use redelivery_model::symmetry::Symmetry;

use super::{Done, Options, Progress, Search, expectations, note_occurrences};
use crate::outcome::{Counterexample, Explored, Outcome, Unknown, Verdict, Way};
use crate::scenario::Scenario;

pub(super) fn run(scenario: &Scenario, options: &Options, progress: Progress<'_>, outcome: &mut Outcome) {
    let exploration = Exploration::new(Arc::new(scenario.explore.setup.clone()));
    let max_states = options.max_states.unwrap_or(scenario.explore.max_states);
    let limit = usize::try_from(max_states).unwrap_or(usize::MAX);
    let explored = match options.search {
        Search::LookedUp { threads, exact } => {
            let settings = Settings {
                threads,
                exact,
                symmetry: options.symmetry,
                ..Settings::new(limit)
            };
            explore(&exploration, &settings, &|states| {
                progress(&scenario.name, Done::States(states as u64));
            })
        }
        Search::Stepped => explore_plainly(
            &exploration,
            &Symmetry::taken(exploration.setup(), options.symmetry),
            limit,
        ),
    };
    let evidence = note_occurrences(scenario, Way::Explore, explored.occurred, explored.premises, outcome);
    let bound_hit = (!explored.complete).then_some(Unknown::StateLimit(max_states));
    for (place, mut row) in expectations(scenario, Way::Explore) {
        match &explored.found[place] {
            Some(found) => {
                row.verdict = Verdict::Violated;
                row.counterexample = Some(counterexample(&exploration, &simplest(&exploration, found)));
            }
            None => row.verdict = evidence.held(&row.check, exploration.setup(), bound_hit.clone()),
        }
        outcome.rows.push(row);
    }
    outcome.explored = Some(Explored {
        states: explored.states as u64,
        transitions: explored.transitions as u64,
        depth: explored.depth as u64,
        complete: explored.complete,
        step_ms: exploration.setup().bounds.as_ref().map(|bounds| bounds.step_ms),
    });
    outcome.interchangeable = explored.interchangeable;
    progress(&scenario.name, Done::Way(Way::Explore));
}

fn counterexample(exploration: &Exploration, found: &Found) -> Counterexample {
    let setup = exploration.setup();
    // With a clock, a path has its order and its moments already.
    let (clock, path) = match setup.bounds {
        Some(_) => (Clock::Bounded, found.path.clone()),
        None => {
            let possible = in_possible_order(setup, &found.path);
            (Clock::Abstract, possible.unwrap_or_else(|| found.path.clone()))
        }
    };
    let round = match found.at_end {
        true => round_steps(setup, &path),
        false => Vec::new(),
    };
    let schedule = match clock {
        Clock::Bounded => from_beginning(&path),
        _ => path,
    };
    let (mut steps, _) = replay(setup, clock, &schedule).expect("a path that the search took is possible");
    let durations = (clock == Clock::Abstract).then(|| date(setup, &schedule, &mut steps));
    Counterexample {
        violation: found.violation.clone(),
        seed: None,
        searched: None,
        speed: 1,
        at_end: found.at_end,
        round,
        clock,
        durations,
        schedule,
        steps,
    }
}
