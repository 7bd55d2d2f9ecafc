//! Simulating a scenario: a run a seed, and of each check the shortest run that violates it.

mod scheduled;

use rayon::prelude::*;
use redelivery_model::check::{Premises, Violation};
use redelivery_model::history::{Clock, replay};
use redelivery_model::occurrence::Occurrences;
use redelivery_model::setup::Setup;
use redelivery_model::simulate::numbers::Numbers;
use redelivery_model::simulate::policy::{drawn, runs};
use redelivery_model::simulate::{Outcome as Run, Simulation};
use redelivery_model::world::Action;

use super::{Done, Options, Progress, expectations, note_occurrences};
use crate::outcome::{Counterexample, Outcome, Searched, Simulated, Unknown, Verdict, Way};
use crate::scenario::Scenario;

/// What several runs came to: put together in the order of the seeds, so that it does not depend on threads.
#[derive(Default)]
struct Sum {
    occurred: Occurrences,
    premises: Premises,
    size: Simulated,
    numbers: Option<Numbers>,
    /// By check: the shortest violation, the smallest seed among equals.
    found: Vec<Option<Found>>,
}

struct Found {
    /// None where the run is the file's.
    seed: Option<u64>,
    generation: usize,
    violation: Violation,
    schedule: Vec<Action>,
    at_end: bool,
}

pub(super) fn run(scenario: &Scenario, options: &Options, progress: Progress<'_>, outcome: &mut Outcome) {
    let setup = &scenario.simulate.setup;
    let simulation = Simulation {
        policy: options.policy.unwrap_or(scenario.simulate.policy),
        counts: options.numbers,
        ..scenario.simulate.simulation()
    };
    let seeds = options.seeds.clone().unwrap_or(scenario.simulate.seeds.clone());
    let total = seeds.end.saturating_sub(seeds.start);
    let by_seeds = || {
        let each = seeds.into_par_iter().map(|seed| {
            let sum = Sum::of_seed(setup, seed, runs(simulation, seed));
            progress(&scenario.name, Done::Seed(total));
            sum
        });
        each.reduce(Sum::default, Sum::and)
    };
    let sum = match &scenario.simulate.schedule {
        Some(scheduled) => scheduled::sum(setup, scheduled),
        None => by_seeds(),
    };
    let evidence = note_occurrences(scenario, Way::Simulate, sum.occurred, sum.premises, outcome);
    for (place, mut row) in expectations(scenario, Way::Simulate) {
        match sum.found.get(place).and_then(Option::as_ref) {
            Some(found) => {
                row.verdict = Verdict::Violated;
                row.counterexample = Some(counterexample(simulation, found));
            }
            None => {
                let ends = row.check.is_about_ends() && sum.size.cut_off > 0;
                let cut_off = ends.then_some(Unknown::CutOff(sum.size.cut_off));
                row.verdict = evidence.held(&row.check, setup, cut_off);
            }
        }
        outcome.rows.push(row);
    }
    outcome.simulated = Some(sum.size);
    outcome.numbers = sum.numbers;
    progress(&scenario.name, Done::Way(Way::Simulate));
}

impl Sum {
    /// Of all runs of a seed.
    fn of_seed(setup: &Setup, seed: u64, runs: Vec<Run>) -> Self {
        let each = runs.into_iter().enumerate();
        let mut sum = each
            .map(|(generation, run)| Self::of(setup, seed, generation, run))
            .fold(Self::default(), Self::and);
        sum.size.seeds = 1;
        sum
    }

    fn of(setup: &Setup, seed: u64, generation: usize, run: Run) -> Self {
        let mut found: Vec<Option<Found>> = setup.checks.iter().map(|_| None).collect();
        for (after, violation) in run.violations {
            let place = &mut found[usize::from(violation.check.0)];
            if place.is_none() {
                *place = Some(Found {
                    seed: Some(seed),
                    generation,
                    violation,
                    at_end: run.ended && after == run.schedule.len(),
                    schedule: run.schedule[..after].to_vec(),
                });
            }
        }
        Self {
            occurred: run.occurred,
            premises: run.premises,
            size: Simulated {
                seeds: 1,
                requests: run.requests,
                virtual_ms: run.lasted_ms,
                cut_off: u64::from(!run.ended),
            },
            numbers: run.numbers,
            found,
        }
    }

    fn and(mut self, later: Self) -> Self {
        self.occurred.extend(later.occurred);
        self.premises.extend(later.premises);
        self.size.seeds += later.size.seeds;
        self.size.requests += later.size.requests;
        self.size.virtual_ms += later.size.virtual_ms;
        self.size.cut_off += later.size.cut_off;
        if let Some(numbers) = &later.numbers {
            self.numbers = Some(self.numbers.take().unwrap_or_default().and(numbers));
        }
        if self.found.is_empty() {
            self.found = later.found;
            return self;
        }
        for (mine, theirs) in self.found.iter_mut().zip(later.found) {
            let better = match (&mine, &theirs) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(mine), Some(theirs)) => theirs.rank() < mine.rank(),
            };
            if better {
                *mine = theirs;
            }
        }
        self
    }
}

impl Found {
    /// The shortest comes first.
    fn rank(&self) -> (usize, Option<u64>, usize) {
        (self.schedule.len(), self.seed, self.generation)
    }
}

fn counterexample(simulation: Simulation<'_>, found: &Found) -> Counterexample {
    let setup = simulation.setup;
    let replayed = replay(setup, Clock::Virtual, &found.schedule);
    let (steps, _) = replayed.expect("a schedule that the simulation did is possible");
    Counterexample {
        violation: found.violation.clone(),
        seed: found.seed,
        searched: found.seed.map(|seed| Searched {
            policy: simulation.policy,
            generation: found.generation,
            drawn: drawn(simulation, seed),
        }),
        speed: 1,
        at_end: found.at_end,
        round: Vec::new(),
        clock: Clock::Virtual,
        durations: None,
        schedule: found.schedule.clone(),
        steps,
    }
}
