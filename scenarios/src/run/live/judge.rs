//! What live runs say of each expectation.

use redelivery_model::check::{Premises, Violation};
use redelivery_model::history::Clock;
use redelivery_model::occurrence::Occurrences;

use super::LiveOptions;
use super::job::{Job, Path, Plan, Ran, unknown_at_once};
use crate::live::{Diverged, Run};
use crate::outcome::{Counterexample, Lived, Outcome, Unknown, Verdict, Way};
use crate::run::{expectations, in_order, note_occurrences, nothing_yet};
use crate::scenario::Scenario;

/// One run that tells something.
struct Told<'a> {
    run: &'a Run,
    path: Option<usize>,
    seed: Option<u64>,
    speed: u64,
}

pub(super) fn judge(scenario: &Scenario, options: &LiveOptions, plan: &Plan, done: Vec<(Job, Ran)>) -> Outcome {
    let mut outcome = nothing_yet(scenario);
    let runs: Vec<Told<'_>> = done.iter().filter_map(|(job, ran)| told(scenario, *job, ran)).collect();
    let mut occurred = Occurrences::default();
    let mut premises = Premises::default();
    let mut size = Lived::default();
    for told in &runs {
        occurred.extend(told.run.occurred);
        premises.extend(told.run.premises.clone());
        size.requests += told.run.requests;
        size.real_ms += told.run.lasted_ms;
        match told.seed {
            None => size.paths += 1,
            Some(_) => {
                size.seeds += 1;
                size.cut_off += u64::from(!told.run.ended);
            }
        }
    }
    let asked = |name: &str| options.check.as_ref().is_none_or(|check| check == name);
    let evidence = note_occurrences(scenario, Way::Live, occurred, premises, &mut outcome);
    if options.check.is_some() {
        outcome.occurrences.clear();
    }
    for row in outcome.occurrences.iter_mut().filter(|row| !row.occurred) {
        let occurrence = row.occurrence;
        row.diverged = diverged_on(plan, &done, |path| path.shows.contains(occurrence));
    }
    for (place, mut row) in expectations(scenario, Way::Live) {
        if !asked(&row.name) {
            continue;
        }
        let on_path = |path: &Path| path.violates.contains(&place);
        row.counterexample = shortest(plan, &runs, place);
        let is_of_check = |violation: &Violation| usize::from(violation.check.0) == place;
        // Who was cut off while nothing was owed to the check tells as much as who ended.
        let open = runs
            .iter()
            .filter(|told| told.seed.is_some() && told.run.owed.iter().any(is_of_check));
        let open = open.count() as u64;
        row.verdict = match (&row.counterexample, diverged_on(plan, &done, on_path)) {
            (_, Some(diverged)) => Verdict::Diverged(diverged),
            (Some(_), None) => Verdict::Violated,
            (None, None) => {
                let unknown = if let Some(unknown) = unknown_at_once(scenario, options) {
                    Some(unknown)
                } else if let Some(unknown) = not_driven(plan, &done, on_path) {
                    Some(unknown)
                } else {
                    (open > 0).then_some(Unknown::CutOff(open))
                };
                match plan.paths.iter().find(|path| on_path(path)) {
                    Some(path) if unknown.is_none() && path.at_end && path.rounds == 0 => {
                        Verdict::Unknown(Unknown::WentOn)
                    }
                    Some(path) if unknown.is_none() => Verdict::Diverged(not_violated(path)),
                    _ => evidence.held(&row.check, &scenario.live.setup, unknown),
                }
            }
        };
        if matches!(row.verdict, Verdict::Diverged(_)) {
            row.counterexample = None;
        }
        outcome.rows.push(row);
    }
    outcome.lived = (!runs.is_empty()).then_some(size);
    in_order(scenario, &mut outcome);
    outcome
}

fn told<'a>(scenario: &Scenario, job: Job, ran: &'a Ran) -> Option<Told<'a>> {
    match (job, ran) {
        (Job::Seed(seed), Ran::Seeded(run)) => Some(Told {
            run,
            path: None,
            seed: Some(seed),
            speed: scenario.live.speed,
        }),
        (Job::Path(path), Ran::Driven(driven, speed)) => Some(Told {
            run: &driven.run,
            path: Some(path),
            seed: None,
            speed: *speed,
        }),
        _ => None,
    }
}

/// What came of the jobs of such paths.
fn of_paths<'a>(
    plan: &'a Plan,
    done: &'a [(Job, Ran)],
    on_path: impl Fn(&Path) -> bool + 'a,
) -> impl Iterator<Item = &'a Ran> {
    done.iter().filter_map(move |(job, ran)| match job {
        Job::Path(place) if on_path(&plan.paths[*place]) => Some(ran),
        _ => None,
    })
}

/// Where the server left such a path.
fn diverged_on(plan: &Plan, done: &[(Job, Ran)], on_path: impl Fn(&Path) -> bool) -> Option<Diverged> {
    of_paths(plan, done, on_path).find_map(|ran| match ran {
        Ran::Driven(driven, _) => driven.diverged.clone(),
        _ => None,
    })
}

/// Why such a path was not driven.
fn not_driven(plan: &Plan, done: &[(Job, Ran)], on_path: impl Fn(&Path) -> bool) -> Option<Unknown> {
    of_paths(plan, done, on_path).find_map(|ran| match ran {
        Ran::NoMoments => Some(Unknown::NoMoments),
        Ran::TooSlow => Some(Unknown::TooSlow),
        Ran::Driven(..) | Ran::Seeded(_) => None,
    })
}

/// The path was driven to its end and the check was not violated.
fn not_violated(path: &Path) -> Diverged {
    Diverged {
        step: path.path.len(),
        expected: "the check is violated".into(),
        got: "it is not".into(),
    }
}

/// The violation of a check: on the explorer's path, or after the fewest steps of all seeds.
fn shortest(plan: &Plan, runs: &[Told<'_>], place: usize) -> Option<Counterexample> {
    let is_of_check = |violation: &Violation| usize::from(violation.check.0) == place;
    let path_of = |told: &Told<'_>| told.path.map(|path| &plan.paths[path]);
    let violations = runs.iter().flat_map(|told| {
        let all = told.run.violations.iter().map(|(after, violation)| (*after, violation));
        // A run from an explored end that never rests owes for ever what it still owes.
        let length = told.run.steps.len();
        let lasting = path_of(told).is_some_and(|path| path.at_end && path.violates.contains(&place));
        let owed = told
            .run
            .owed
            .iter()
            .filter(move |_| lasting)
            .map(move |it| (length, it));
        all.chain(owed)
            .filter(|(_, it)| is_of_check(it))
            .map(move |(after, violation)| (after, told, violation))
    });
    let (after, told, violation) = violations.min_by_key(|(after, told, _)| (told.seed, *after))?;
    let at_end = after == told.run.steps.len();
    // What follows an explored end is nothing new.
    let shown = match path_of(told) {
        Some(path) if at_end => path.path.len() - path.rounds + 1,
        _ => after,
    };
    let (steps, follows) = told.run.steps.split_at(shown);
    let steps = steps.to_vec();
    let rounds = path_of(told).filter(|_| at_end).map_or(0, |path| path.rounds);
    Some(Counterexample {
        violation: violation.clone(),
        seed: told.seed,
        speed: told.speed,
        at_end,
        round: follows[..follows.len().min(rounds / 2)].to_vec(),
        clock: Clock::Virtual,
        durations: None,
        schedule: steps.iter().filter_map(|step| step.action).collect(),
        steps,
    })
}
