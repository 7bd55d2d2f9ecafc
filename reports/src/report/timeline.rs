//! A run as lines to read, and a counterexample: such a run with what it breaks and the command that replays it.
//!
//! Next: `step` for one line, `violation` for what is said of a broken claim.

use redelivery_engine::Millis;
use redelivery_model::check::Violation;
use redelivery_model::explore::from_step_to_step;
use redelivery_model::history::{Clock, Step};
use redelivery_model::setup::Setup;
use redelivery_model::world::{Action, World};
use redelivery_scenarios::Scenario;
use redelivery_scenarios::outcome::{Counterexample as Found, Row, Way};
use redelivery_scenarios::scenario::Scope;
use redelivery_scenarios::schedule::{setup_of, write_step};
use serde_json::Value;

use super::violation::broken;
use super::words::quoted;
use super::{ageing, ending, events, step, words};

/// A run, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// What is to be seen of it.
    pub lines: Vec<Line>,
    /// What was done, in the words of schedules.
    pub schedule: Vec<String>,
    /// What happened, for machines.
    pub records: Vec<Value>,
}

/// What is to be seen of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the schedule, from 1; 0 is what stands before it.
    pub number: usize,
    /// Time since the beginning, in milliseconds; none where no durations are known.
    pub at_ms: Option<Millis>,
    /// Who acts.
    pub who: String,
    /// What it does.
    pub what: String,
    /// What the broker answers.
    pub reply: Option<String>,
    /// What follows.
    pub notes: Vec<String>,
    /// The pending lists that changed.
    pub pending: Vec<String>,
}

/// How a violation comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// The seed, of a simulated or live run; a live run without one followed the explorer's path.
    pub seed: Option<u64>,
    /// What a simulated run drew before it began, in words.
    pub drawn: Vec<String>,
    /// Whether the run has ended so; otherwise its last step is the violation.
    pub at_end: bool,
    /// What is wrong, in words.
    pub broken: String,
    /// What is to be said of its durations, if anything is.
    pub durations: Option<&'static str>,
    /// What is to be said of how a path was driven live.
    pub driven: Vec<String>,
    /// How things stand at the end, if the violation is about ends.
    pub ending: Option<String>,
    /// One round of the cycle that follows the end, if more is in it than idle polls.
    pub round: Option<Timeline>,
    /// The run.
    pub timeline: Timeline,
    /// The command that shows it again.
    pub replay: String,
}

/// A claim that a replayed run breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// After how many steps of the schedule.
    pub after: usize,
    /// Its place among the checks.
    pub place: usize,
    /// What is wrong.
    pub broken: String,
}

impl Timeline {
    /// The lines of a history.
    pub fn new(setup: &Setup, clock: Clock, schedule: &[Action], steps: &[Step]) -> Self {
        let (clock, path) = explored(clock, schedule);
        let aged = ageing::ageing(setup, clock, &path);
        Self::of(setup, schedule, steps.iter().enumerate().zip(aged))
    }

    /// What follows a history again and again, unless it is only that nobody has anything to do.
    pub fn round(setup: &Setup, clock: Clock, schedule: &[Action], steps: &[Step], round: &[Step]) -> Option<Self> {
        if ending::is_idle(steps, round) {
            return None;
        }
        let actions: Vec<Action> = round.iter().filter_map(|step| step.action).collect();
        let (clock, path) = explored(clock, schedule);
        let aged = ageing::ageing(setup, clock, &[path, actions.clone()].concat());
        let aged = aged.into_iter().skip(steps.len());
        Some(Self::of(setup, &actions, (steps.len()..).zip(round).zip(aged)))
    }

    fn of<'a>(
        setup: &Setup,
        schedule: &[Action],
        steps: impl Iterator<Item = ((usize, &'a Step), Option<String>)>,
    ) -> Self {
        let mut lines = Vec::new();
        let mut records = Vec::new();
        for ((number, step), aged) in steps {
            lines.extend(step::line(setup, number, step, aged));
            records.extend(events::records(setup, number, step));
        }
        Self {
            lines,
            schedule: schedule.iter().map(|&action| write_step(setup, action)).collect(),
            records,
        }
    }
}

/// What has been explored as exploring has it: without moments.
fn explored(clock: Clock, schedule: &[Action]) -> (Clock, Vec<Action>) {
    match clock {
        Clock::Bounded => (Clock::Abstract, from_step_to_step(schedule)),
        clock => (clock, schedule.to_vec()),
    }
}

impl Counterexample {
    pub(super) fn new(scenario: &Scenario, row: &Row, found: &Found, program: &str) -> Self {
        let setup = match (row.way, found.seed) {
            (Way::Live, None) => scenario.setup_of(Scope::Explored),
            (Way::Live, Some(_)) => scenario.setup_of(Scope::Seeded),
            _ => setup_of(scenario, found.clock),
        };
        let faster = (row.way == Way::Live).then(|| setup.faster(found.speed));
        let setup = faster.as_ref().unwrap_or(setup);
        // A violation in the very last step is none of the end.
        let in_last_step = |step: &Step| step.violations.contains(&found.violation);
        let at_end = found.at_end && !found.steps.last().is_some_and(in_last_step);
        let path = quoted(&scenario.path.display().to_string());
        let replay = match (row.way, found.seed) {
            // The same durations and faults again; the server may choose another order.
            (Way::Live, Some(seed)) => format!("{program} {path} --seeds {seed}..{}", seed.saturating_add(1)),
            (Way::Live, None) => format!("{program} {path} --check {}", quoted(&row.name)),
            (_, Some(seed)) => format!("{program} replay {path} --seed {seed}{}", searched(scenario, found)),
            (Way::Simulate, None) => format!("{program} replay {path}"),
            (_, None) => format!("{program} replay {path} --check {}", quoted(&row.name)),
        };
        Self {
            seed: found.seed,
            drawn: found
                .searched
                .iter()
                .flat_map(|searched| words::drawn(&searched.drawn))
                .collect(),
            at_end,
            broken: broken(setup, &found.violation, at_end, &found.steps),
            durations: found.durations.and_then(words::durations),
            driven: driven(scenario, row.way, found),
            ending: at_end.then(|| ending::ending(setup, &found.steps)),
            round: Timeline::round(setup, found.clock, &found.schedule, &found.steps, &found.round),
            timeline: Timeline::new(setup, found.clock, &found.schedule, &found.steps),
            replay,
        }
    }
}

/// How a run is found among those of its seed, where that is not what the file says.
fn searched(scenario: &Scenario, found: &Found) -> String {
    let mut arguments = String::new();
    if let Some(searched) = &found.searched {
        if searched.policy != scenario.simulate.policy {
            arguments += &format!(" --policy {}", searched.policy.name());
        }
        if searched.generation > 0 {
            arguments += &format!(" --generation {}", searched.generation);
        }
    }
    arguments
}

/// What is not as in any other run along an explored path.
fn driven(scenario: &Scenario, way: Way, found: &Found) -> Vec<String> {
    let along_path = way == Way::Live && found.seed.is_none();
    let planned = scenario.live.speed;
    let round = (along_path && !found.round.is_empty()).then(|| words::WENT_ROUND.to_owned());
    let slower = (along_path && found.speed < planned).then(|| words::slower(found.speed, planned));
    round.into_iter().chain(slower).collect()
}

/// What a history breaks: in its steps, and by those claims of its end.
pub fn breaks(setup: &Setup, steps: &[Step], at_end: &[Violation]) -> Vec<Broken> {
    let mut all = Vec::new();
    for (after, step) in steps.iter().enumerate() {
        for violation in &step.violations {
            all.push(Broken {
                after,
                place: violation.check.0.into(),
                broken: broken(setup, violation, false, &steps[..=after]),
            });
        }
    }
    all.extend(at_end.iter().map(|violation| Broken {
        after: steps.len() - 1,
        place: violation.check.0.into(),
        broken: broken(setup, violation, true, steps),
    }));
    all
}

/// Whether nothing but idle polls can follow on this world; false when that cannot be told soon.
pub fn is_at_rest(setup: &Setup, world: &World) -> bool {
    ending::is_at_rest(setup, world)
}

/// How things stand at the end of a history.
pub fn ending(setup: &Setup, steps: &[Step]) -> String {
    ending::ending(setup, steps)
}
