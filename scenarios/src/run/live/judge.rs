//! What live runs say of each expectation.

use redelivery_model::check::{Premises, Violation};
use redelivery_model::history::Clock;
use redelivery_model::occurrence::Occurrences;

use super::LiveOptions;
use super::job::{Came, Ran};
use super::plan::{Job, Path, Plan, unknown_at_once};
use crate::live::{Diverged, Run};
use crate::outcome::{Counterexample, Lived, Outcome, Row, Unknown, Verdict, Way};
use crate::run::{expectations, in_order, note_occurrences, nothing_yet};
use crate::scenario::{Expected, Scenario};

/// One run that tells something.
struct Told<'a> {
    run: &'a Run,
    path: Option<usize>,
    seed: Option<u64>,
    speed: u64,
}

pub(super) fn judge(scenario: &Scenario, options: &LiveOptions, plan: &Plan, done: &[(Job, Ran)]) -> Outcome {
    let mut outcome = nothing_yet(scenario);
    let runs: Vec<Told<'_>> = done.iter().filter_map(|(job, ran)| told(*job, ran)).collect();
    let mut occurred = Occurrences::default();
    let mut premises = Premises::default();
    let mut size = Lived {
        late: done.iter().map(|(_, ran)| ran.late).sum(),
        ..Lived::default()
    };
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
        row.diverged = diverged_on(plan, done, |path| path.shows.contains(occurrence));
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
        row.verdict = match (&row.counterexample, diverged_on(plan, done, on_path)) {
            (_, Some(diverged)) => Verdict::Diverged(diverged),
            (Some(_), None) => Verdict::Violated,
            (None, None) => {
                let unknown = if let Some(unknown) = unknown_at_once(scenario, options) {
                    Some(unknown)
                } else if let Some(unknown) = not_run(plan, done, on_path) {
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

/// Whether something is missing that a run by another seed may show. That nothing violates what holds, or that a server
/// goes another way than was explored, is no reason to run more.
pub(super) fn lacks_something(outcome: &Outcome) -> bool {
    let is_unseen = |verdict: &Verdict| {
        matches!(
            verdict,
            Verdict::Unknown(Unknown::NeverOccurred(_) | Unknown::Untested(_))
        )
    };
    let is_missing =
        |row: &Row| is_unseen(&row.verdict) || (row.verdict == Verdict::Holds && row.expected == Expected::Violated);
    let mut occurrences = outcome.occurrences.iter();
    occurrences.any(|row| row.as_expected().is_none()) || outcome.rows.iter().any(is_missing)
}

fn told(job: Job, ran: &Ran) -> Option<Told<'_>> {
    match (job, &ran.came) {
        (Job::Seed(seed), Came::Seeded(run, speed)) => Some(Told {
            run,
            path: None,
            seed: Some(seed),
            speed: *speed,
        }),
        (Job::Path(path), Came::Driven(driven, speed)) => Some(Told {
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
) -> impl Iterator<Item = &'a Came> {
    done.iter().filter_map(move |(job, ran)| match job {
        Job::Path(place) if on_path(&plan.paths[*place]) => Some(&ran.came),
        _ => None,
    })
}

/// Where the server left such a path.
fn diverged_on(plan: &Plan, done: &[(Job, Ran)], on_path: impl Fn(&Path) -> bool) -> Option<Diverged> {
    of_paths(plan, done, on_path).find_map(|came| match came {
        Came::Driven(driven, _) => driven.diverged.clone(),
        _ => None,
    })
}

/// Why such a path was not driven, or a seed not run.
fn not_run(plan: &Plan, done: &[(Job, Ran)], on_path: impl Fn(&Path) -> bool) -> Option<Unknown> {
    let of_paths = of_paths(plan, done, on_path);
    let of_seeds = done.iter().filter(|(job, _)| matches!(job, Job::Seed(_)));
    let mut all = of_paths.chain(of_seeds.map(|(_, ran)| &ran.came));
    all.find_map(|came| match came {
        Came::NoMoments => Some(Unknown::NoMoments),
        Came::LostInPart => Some(Unknown::LostInPart),
        Came::TooSlow => Some(Unknown::TooSlow),
        Came::Driven(..) | Came::Seeded(..) => None,
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
        searched: None,
        speed: told.speed,
        at_end,
        round: follows[..follows.len().min(rounds / 2)].to_vec(),
        clock: Clock::Virtual,
        durations: None,
        schedule: steps.iter().filter_map(|step| step.action).collect(),
        steps,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use redelivery_model::occurrence::Occurrence;

    use super::*;
    use crate::language;
    use crate::outcome::Occurred;

    /// One expectation with this verdict, and one thing that must occur.
    fn outcome(expects: &str, verdict: Verdict, occurred: bool) -> Outcome {
        let text = format!(
            "story = 'It hears.'\n[publisher.press]\nchannels = ['news']\nmessages = 1\n\
             [subscriber.anna]\nchannels = ['news']\n[expect]\n{expects} = ['at-least-once']\n"
        );
        let scenario = language::parse(Path::new("own/hears.toml"), text.as_bytes());
        let scenario = scenario.unwrap_or_else(|mistakes| panic!("{}", mistakes[0].render(false)));
        let mut outcome = nothing_yet(&scenario);
        for (_, row) in expectations(&scenario, Way::Live) {
            let verdict = verdict.clone();
            outcome.rows.push(Row { verdict, ..row });
        }
        outcome.occurrences.push(Occurred {
            occurrence: Occurrence::Reception,
            way: Way::Live,
            occurred,
            diverged: None,
        });
        outcome
    }

    #[test]
    fn what_was_not_seen_may_be_shown_by_further_seeds() {
        let never = Verdict::Unknown(Unknown::NeverOccurred(Occurrence::Reception));
        assert!(lacks_something(&outcome("holds", never, true)));
        assert!(lacks_something(&outcome("violated", Verdict::Holds, true)));
        assert!(lacks_something(&outcome("holds", Verdict::Holds, false)));
    }

    #[test]
    fn a_verdict_that_nobody_wished_is_no_reason_to_run_more() {
        assert!(!lacks_something(&outcome("holds", Verdict::Violated, true)));
        assert!(!lacks_something(&outcome(
            "holds",
            Verdict::Unknown(Unknown::TooSlow),
            true
        )));
        let diverged = Diverged {
            step: 1,
            expected: "an answer".into(),
            got: "none".into(),
        };
        let mut left = outcome("holds", Verdict::Diverged(diverged.clone()), false);
        left.occurrences[0].diverged = Some(diverged);
        assert!(!lacks_something(&left), "the server went another way");
        assert!(
            !lacks_something(&outcome("holds", Verdict::Holds, true)),
            "nothing is missing"
        );
    }
}
