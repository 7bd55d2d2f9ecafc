//! What came of running a scenario: plain data, for reports to show.
//!
//! Nothing here is decided or rendered. Next: `run`, which decides.

use redelivery_engine::Millis;
use redelivery_model::check::{CheckSpec, Unmet, Violation};
use redelivery_model::durations::Durations;
use redelivery_model::history::{Clock, Step};
use redelivery_model::occurrence::Occurrence;
use redelivery_model::setup::ClientIx;
use redelivery_model::simulate::Policy;
use redelivery_model::simulate::numbers::Numbers;
use redelivery_model::world::Action;

use crate::live::Diverged;
use crate::scenario::Expected;

/// One of the three ways of judging a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Exhaustive exploration.
    Explore,
    /// Seeded simulation.
    Simulate,
    /// Runs against a real server.
    Live,
}

/// What came of one scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The folder that it lies in.
    pub family: String,
    /// The file's name without `.toml`.
    pub name: String,
    /// One row for each expectation and way.
    pub rows: Vec<Row>,
    /// One for each thing that must occur, and way.
    pub occurrences: Vec<Occurred>,
    /// The exploration, if there was one.
    pub explored: Option<Explored>,
    /// Which clients exploring took for each other, class by class: states count worlds that differ in nothing else once.
    pub interchangeable: Vec<Vec<ClientIx>>,
    /// The simulation, if there was one.
    pub simulated: Option<Simulated>,
    /// What became of messages in the simulation, if that was asked for.
    pub numbers: Option<Numbers>,
    /// The live runs, if there were some.
    pub lived: Option<Lived>,
}

/// What came of one expectation in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The check.
    pub check: CheckSpec,
    /// Its name with its parameters.
    pub name: String,
    /// How it was judged.
    pub way: Way,
    /// What the scenario expects.
    pub expected: Expected,
    /// What was found.
    pub verdict: Verdict,
    /// How the violation comes about, if there is one.
    pub counterexample: Option<Counterexample>,
}

/// What was found of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No run violates it: of all within the bounds when explored, of those that were tried otherwise.
    Holds,
    /// Some run violates it.
    Violated,
    /// On the real server the explorer's path went another way: the model is wrong about that server, or the tool.
    Diverged(Diverged),
    /// Neither can be said.
    Unknown(Unknown),
}

/// Why nothing can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Exploring stopped at this many states.
    StateLimit(u64),
    /// So many simulated runs were cut off by the time limit before they ended.
    CutOff(u64),
    /// Something that must occur never did, so that nothing was tested.
    NeverOccurred(Occurrence),
    /// What the check presumes never happened, so that nothing could break it.
    Untested(Unmet),
    /// No group reads anything that the check could judge.
    NothingToJudge,
    /// The scenario's durations allow the explorer's path at no moments, as long as `live` knows.
    NoMoments,
    /// From the end of the explorer's path the run can go round for ever, but need not; it did not.
    WentOn,
    /// The machine was too slow for a run, at each speed that was tried, and later again, with few others beside it.
    TooSlow,
    /// There is no server to run against.
    NoServer,
    /// Live runs do not drive clusters yet.
    NoLiveCluster,
    /// Live runs set no clocks.
    NoLiveClock,
    /// Live runs do not part the network.
    NoLivePartition,
    /// Live runs let a broker fail only where that is a single server that they have started.
    NoLiveFailures,
    /// The failure on the explorer's path loses a part of what one step wrote, which nobody can bring about on a server.
    LostInPart,
    /// Live runs do not send scripts yet, nor take any turn.
    NoLiveScripts,
}

/// Something that must occur, and whether it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurred {
    /// What must occur.
    pub occurrence: Occurrence,
    /// In which way of running.
    pub way: Way,
    /// Whether it did.
    pub occurred: bool,
    /// Where a real server left the explorer's path to it.
    pub diverged: Option<Diverged>,
}

/// How a violation comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// What is violated.
    pub violation: Violation,
    /// The seed, of a simulated or live run; a live run without one followed the explorer's path.
    pub seed: Option<u64>,
    /// Which of the runs of that seed, of a simulated one.
    pub searched: Option<Searched>,
    /// What durations were divided by: 1 but in live runs.
    pub speed: u64,
    /// Whether the run has ended so; otherwise its last step is the violation.
    pub at_end: bool,
    /// From an end that is a cycle, one round of it, which can be gone for ever; a live run has gone it twice. Empty where
    /// nobody moves any more, and for simulated runs, of which nobody knows it.
    pub round: Vec<Step>,
    /// How time passes in it.
    pub clock: Clock,
    /// Whether there are durations under which an explored run happens: the moments of its steps. Other runs have their
    /// own.
    pub durations: Option<Durations>,
    /// What was done: the shortest there is when explored, the shortest of all seeds otherwise. That of a live run can
    /// be read, not replayed.
    pub schedule: Vec<Action>,
    /// What happened, step by step.
    pub steps: Vec<Step>,
}

/// A simulated run among those of its seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searched {
    /// How it was searched.
    pub policy: Policy,
    /// From 0; another only where the policy has several runs for a seed.
    pub generation: usize,
    /// What was drawn before it began, each with its name.
    pub drawn: Vec<(&'static str, String)>,
}

/// The size of an exploration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explored {
    /// Distinct states.
    pub states: u64,
    /// Transitions between them.
    pub transitions: u64,
    /// The longest of the shortest paths, in actions.
    pub depth: u64,
    /// Whether every reachable state was visited.
    pub complete: bool,
    /// The step of the clock in milliseconds, where time is bounded; else it is for any durations.
    pub step_ms: Option<Millis>,
}

/// The size of a simulation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Simulated {
    /// Runs, one a seed.
    pub seeds: u64,
    /// Requests that the broker executed.
    pub requests: u64,
    /// Virtual time of all runs together, in milliseconds.
    pub virtual_ms: Millis,
    /// Runs that did not end before the time limit.
    pub cut_off: u64,
}

/// The size of live runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lived {
    /// Runs along a path of the explorer.
    pub paths: u64,
    /// Runs by seed.
    pub seeds: u64,
    /// Requests that the server executed.
    pub requests: u64,
    /// Real time of all runs together, in milliseconds.
    pub real_ms: Millis,
    /// Runs that did not end before the time limit.
    pub cut_off: u64,
    /// Runs beside those that were thrown away, whatever they showed: the machine was late.
    pub late: u64,
}

impl Row {
    /// Whether it is as the scenario expects; none when that is unknown.
    pub fn as_expected(&self) -> Option<bool> {
        match (&self.verdict, self.expected) {
            (Verdict::Unknown(_), _) => None,
            (Verdict::Diverged(_), _) => Some(false),
            (Verdict::Holds, expected) => Some(expected == Expected::Holds),
            (Verdict::Violated, expected) => Some(expected == Expected::Violated),
        }
    }
}

impl Occurred {
    /// Whether it occurred as it must; none when that nothing shows it says nothing.
    pub fn as_expected(&self) -> Option<bool> {
        match (self.occurred, &self.diverged) {
            (true, _) => Some(true),
            (false, Some(_)) => Some(false),
            (false, None) => None,
        }
    }
}

impl Outcome {
    /// Whether nothing was expected of the ways in which it was run, so that nothing was judged.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.occurrences.is_empty()
    }

    /// Whether everything is as the scenario expects; none when nothing is otherwise but something is unknown, or when
    /// nothing was judged.
    pub fn as_expected(&self) -> Option<bool> {
        let rows = self.rows.iter().map(Row::as_expected);
        let occurrences = self.occurrences.iter().map(Occurred::as_expected);
        let all: Vec<Option<bool>> = rows.chain(occurrences).collect();
        if all.contains(&Some(false)) {
            Some(false)
        } else if self.is_empty() || all.contains(&None) {
            None
        } else {
            Some(true)
        }
    }
}

impl Way {
    /// Its name, as in `redelivery explore`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Explore => "explore",
            Self::Simulate => "simulate",
            Self::Live => "live",
        }
    }
}
