//! Shrinking: of a run that violates a check, the smallest that still does, with the smallest scenario around it.
//!
//! The scenario, as a document (`document`), and what was done in it (`deeds`) become smaller together. A candidate is
//! done again from its beginning (`trial`), with moments that simulating could have drawn (`rules`), and taken if the same check
//! is violated, by whichever message. When no single change helps any more, that is the result: a local minimum, which
//! shrinks to itself. Effort is counted in tries, not in seconds, so that it is the same everywhere.
//!
//! Sources: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", TSE 2002, for taking out ever
//! smaller parts; MacIver and Donaldson, "Test-Case Reduction via Test-Case Generation", ECOOP 2020, for doing the rest again
//! rather than editing what came of it. Next: [`found`], which writes the result as a file.

mod deeds;
mod document;
pub mod found;
mod rules;
mod trial;

use std::path::Path;

use redelivery_engine::Millis;
use redelivery_model::check::Violation;
use redelivery_model::history::{Clock, replay};
use redelivery_model::setup::{ClientIx, Fate, Setup};
use redelivery_model::world::Action;

use crate::Scenario;
use crate::scenario::Expectation;
use deeds::{Deed, What, deeds};
use document::{Document, Gone};
use trial::{Failing, attempt};

/// So many tries are enough for an ordinary failure.
pub const TRIES: u64 = 20_000;

/// Of so few things that are done each is left out in turn when something else becomes smaller.
const LITTLE: usize = 40;

/// A run that violates a check.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// The scenario, as its file has it.
    pub scenario: &'a Scenario,
    /// The content of that file.
    pub text: &'a str,
    /// The check, by its name with its parameters.
    pub check: &'a str,
    /// What was done, up to the violation.
    pub schedule: &'a [Action],
    /// Whether it is violated in that the run ends so.
    pub ends: bool,
}

/// What a failure shrank to.
#[derive(Clone, Debug)]
pub struct Shrunk {
    document: Document,
    /// The scenario that is left.
    pub scenario: Scenario,
    /// What is done in it.
    pub schedule: Vec<Action>,
    /// Whether it fails in that it ends so.
    pub ends: bool,
    /// How many tries it took.
    pub tries: u64,
    /// Whether nothing makes it smaller; otherwise there were no more tries.
    pub is_minimal: bool,
}

/// Shrinks a failure by at most so many tries; none where it does not fail again.
pub fn shrink(failure: &Failure<'_>, tries: u64) -> Option<Shrunk> {
    let path = failure.scenario.path.as_path();
    let simulated = &failure.scenario.simulate.setup;
    let document = Document::new(path, failure.text, failure.check, simulated.defect)?;
    let scenario = document.scenario()?;
    let by_name = |client: ClientIx| place_of(&scenario.simulate.setup, &simulated.client(client).name.to_string());
    let moved = deeds(simulated, failure.schedule).into_iter().filter_map(|deed| {
        let what = deed.what.moved(&by_name)?;
        Some(Deed { what, ..deed })
    });
    let deeds: Vec<Deed> = moved.collect();
    let mut search = Search {
        failing: attempt(scenario.simulate.simulation(), failure.ends, &deeds)?,
        document,
        scenario,
        left: tries,
    };
    search.settle();
    Some(Shrunk {
        tries: tries - search.left,
        is_minimal: search.left > 0,
        document: search.document,
        scenario: search.scenario,
        schedule: search.failing.schedule,
        ends: search.failing.ends,
    })
}

/// The smallest so far.
struct Search {
    document: Document,
    scenario: Scenario,
    failing: Failing,
    left: u64,
}

/// What is to become less, what counts most first: clients, messages and budgets, then faults, deeds, steps, time; and
/// what is simpler of the same number.
type Size = (usize, usize, u64, usize, usize, usize, u64, Millis);

impl Search {
    fn settle(&mut self) {
        loop {
            let before = (self.size(), self.document.clone());
            self.shorter();
            self.fewer_deeds();
            self.smaller_documents();
            self.simpler_faults();
            self.less_time();
            if self.left == 0 || (self.size(), self.document.clone()) == before {
                return;
            }
        }
    }

    fn size(&self) -> Size {
        size(&self.scenario, &self.failing)
    }

    /// Tries other deeds in the same scenario, and keeps them if they still fail and are fewer or simpler.
    fn try_deeds(&mut self, deeds: &[Deed]) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let tried = attempt(self.scenario.simulate.simulation(), self.failing.ends, deeds);
        match tried {
            Some(failing) if size(&self.scenario, &failing) < self.size() => {
                self.failing = failing;
                true
            }
            _ => false,
        }
    }

    /// Where it fails at the end, what the run comes to by itself need not be told: the shortest beginning is enough.
    fn shorter(&mut self) {
        if !self.failing.ends {
            return;
        }
        let mut failed = 0;
        while failed < self.failing.deeds.len() && self.left > 0 {
            let middle = failed + (self.failing.deeds.len() - failed) / 2;
            let deeds = self.failing.deeds[..middle].to_vec();
            if !self.try_deeds(&deeds) {
                failed = middle + 1;
            }
        }
        // A shorter one may do where a longer one did not.
        for length in 0..self.failing.deeds.len() {
            let deeds = self.failing.deeds[..length].to_vec();
            if self.try_deeds(&deeds) {
                return;
            }
        }
    }

    /// Takes out parts, ever smaller ones.
    fn fewer_deeds(&mut self) {
        let mut part = self.failing.deeds.len().div_ceil(2);
        while part > 0 {
            // From behind: what comes last may depend on all the rest.
            let mut end = self.failing.deeds.len();
            while end > 0 && self.left > 0 {
                let start = end.saturating_sub(part);
                let mut deeds = self.failing.deeds.clone();
                deeds.drain(start..end.min(deeds.len()));
                self.try_deeds(&deeds);
                end = start.min(self.failing.deeds.len());
            }
            part = if part == 1 { 0 } else { part.div_ceil(2) };
        }
    }

    /// Fewer clients, messages and faults that may happen.
    fn smaller_documents(&mut self) {
        'again: loop {
            let at_least = if self.failing.ends { 2 } else { 1 };
            for (document, gone) in self.document.smaller(&|table| self.is_idle(table), at_least) {
                if self.left == 0 {
                    return;
                }
                self.left -= 1;
                let Some(scenario) = document.scenario() else { continue };
                let deeds = self.moved(&scenario.simulate.setup, gone.as_ref());
                if let Some(failing) = self.attempt_in(&document, &scenario, &deeds) {
                    (self.document, self.scenario, self.failing) = (document, scenario, failing);
                    continue 'again;
                }
            }
            return;
        }
    }

    /// Tries a smaller document: as it is, and where there is little to do also without one thing that is done.
    fn attempt_in(&mut self, document: &Document, scenario: &Scenario, deeds: &[Deed]) -> Option<Failing> {
        let (size_now, length_now) = (self.size(), self.document.text().len());
        let ends = self.failing.ends;
        let is_better = |failing: &Failing| size(scenario, failing) < size_now || document.text().len() < length_now;
        let attempt = |deeds: &[Deed]| attempt(scenario.simulate.simulation(), ends, deeds).filter(is_better);
        if let Some(failing) = attempt(deeds) {
            return Some(failing);
        }
        let without = if deeds.len() <= LITTLE { deeds.len() } else { 0 };
        for place in (0..without).rev() {
            self.left = self.left.checked_sub(1)?;
            let mut fewer = deeds.to_vec();
            fewer.remove(place);
            if let Some(failing) = attempt(&fewer) {
                return Some(failing);
            }
        }
        None
    }

    /// Whether nobody of a table does anything; up to the end everybody does.
    fn is_idle(&self, table: &str) -> bool {
        if self.failing.ends {
            return false;
        }
        let setup = &self.scenario.simulate.setup;
        let mut clients = self.failing.deeds.iter().filter_map(|deed| match deed.what {
            What::Client(action) => action.client(),
            What::Connection { of, .. } => Some(of.client),
            What::Bus(..) | What::Time | What::Other(_) => None,
        });
        !clients.any(|client| Gone::is_of(&setup.client(client).name.to_string(), table))
    }

    /// The deeds of those who are left, in another setup.
    fn moved(&self, setup: &Setup, gone: Option<&Gone>) -> Vec<Deed> {
        let before = &self.scenario.simulate.setup;
        let to = |client: ClientIx| {
            let name = before.client(client).name.to_string();
            let name = match gone {
                Some(gone) => gone.renamed(&name)?,
                None => name,
            };
            place_of(setup, &name)
        };
        let deeds = self.failing.deeds.iter().filter_map(|deed| {
            let what = deed.what.moved(&to)?;
            Some(Deed { what, ..*deed })
        });
        deeds.collect()
    }

    /// Something of a simpler kind at the same place.
    fn simpler_faults(&mut self) {
        for place in 0..self.failing.deeds.len() {
            let Some(&Deed {
                what: What::Client(action),
                ..
            }) = self.failing.deeds.get(place)
            else {
                continue;
            };
            for &simpler in simpler(action).iter() {
                let mut deeds = self.failing.deeds.clone();
                deeds[place].what = What::Client(simpler);
                if self.try_deeds(&deeds) {
                    break;
                }
            }
        }
    }

    /// Shortens each stretch of time, to nothing or as far as it goes.
    fn less_time(&mut self) {
        let mut place = self.failing.deeds.len();
        while place > 0 && self.left > 0 {
            place -= 1;
            let Some((before_ms, at_ms)) = self.stretch(place) else {
                continue;
            };
            let (mut failed, mut works) = (0, at_ms - before_ms);
            if works == 0 || self.try_stretch(place, before_ms, 0) {
                continue;
            }
            while failed + 1 < works && self.left > 0 {
                let middle = failed + (works - failed) / 2;
                match self.try_stretch(place, before_ms, middle) {
                    true => works = middle,
                    false => failed = middle,
                }
            }
        }
    }

    fn stretch(&self, place: usize) -> Option<(Millis, Millis)> {
        let deeds = &self.failing.deeds;
        let before_ms = place.checked_sub(1).map_or(0, |before| deeds[before].at_ms);
        Some((before_ms, deeds.get(place)?.at_ms))
    }

    fn try_stretch(&mut self, place: usize, before_ms: Millis, length_ms: Millis) -> bool {
        let Some((known_ms, at_ms)) = self.stretch(place).filter(|(known_ms, _)| *known_ms == before_ms) else {
            return false;
        };
        let Some(sooner_ms) = (at_ms - known_ms).checked_sub(length_ms).filter(|ms| *ms > 0) else {
            return false;
        };
        let mut deeds = self.failing.deeds.clone();
        deeds[place..].iter_mut().for_each(|deed| deed.at_ms -= sooner_ms);
        self.try_deeds(&deeds)
    }
}

fn size(scenario: &Scenario, failing: &Failing) -> Size {
    let Setup {
        clients,
        messages,
        faults,
        ..
    } = &scenario.simulate.setup;
    let actions = || failing.schedule.iter();
    let budgets = faults.budgets();
    (
        clients.len(),
        messages.len(),
        budgets.into_iter().map(u64::from).sum(),
        actions().filter(|action| action.is_fault()).count(),
        failing.deeds.len(),
        failing.schedule.len(),
        actions().map(|&action| rank(action)).sum(),
        failing
            .deeds
            .iter()
            .map(|deed| deed.at_ms)
            .fold(0, Millis::saturating_add),
    )
}

/// How far something is from the simplest of its kind.
fn rank(action: Action) -> u64 {
    match action {
        Action::CrashSending(_) | Action::Deviate(..) | Action::Cut(_, Fate::ReplyLost) => 1,
        Action::Cut(_, Fate::Late) => 2,
        _ => 0,
    }
}

fn simpler(action: Action) -> Vec<Action> {
    match action {
        Action::CrashSending(client) => vec![Action::Crash(client)],
        Action::Deviate(client, _) => vec![Action::Step(client)],
        Action::Cut(client, Fate::ReplyLost) => vec![Action::Cut(client, Fate::Never)],
        Action::Cut(client, Fate::Late) => vec![Action::Cut(client, Fate::Never), Action::Cut(client, Fate::ReplyLost)],
        _ => Vec::new(),
    }
}

fn place_of(setup: &Setup, name: &str) -> Option<ClientIx> {
    setup
        .client_ixs()
        .find(|&client| *setup.client(client).name == *name.as_bytes())
}

/// Reads the content of a scenario's file.
///
/// # Errors
/// When it cannot be read.
pub fn text_of(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// The check that a run violates, the wanted one or the first, and after how many actions.
///
/// # Errors
/// When it violates none, or another one, or is not possible.
pub fn violated(
    scenario: &Scenario,
    schedule: &[Action],
    ends: bool,
    wanted: Option<&str>,
) -> Result<(String, usize), String> {
    let setup = &scenario.simulate.setup;
    let (steps, world) = replay(setup, Clock::Virtual, schedule).map_err(|impossible| impossible.to_string())?;
    let mut violations: Vec<(usize, Violation)> = Vec::new();
    for (after, step) in steps.iter().enumerate() {
        violations.extend(step.violations.iter().map(|violation| (after, violation.clone())));
    }
    if ends {
        let mut add = |violation| violations.push((schedule.len(), violation));
        world.monitors().at_end(setup, &mut add);
    }
    let named = violations.iter().filter_map(|(after, violation)| {
        let place = usize::from(violation.check.0);
        let of_check = |expectation: &&Expectation| expectation.place == place;
        Some((scenario.expect.iter().find(of_check)?.name.clone(), *after))
    });
    let named: Vec<(String, usize)> = named.collect();
    let found = named
        .iter()
        .find(|(name, _)| wanted.is_none_or(|wanted| wanted == name));
    found.cloned().ok_or_else(|| match named.first() {
        None => "this run violates no check".to_owned(),
        Some((name, _)) => format!(
            "this run does not violate `{}`; it violates `{name}`",
            wanted.unwrap_or_default()
        ),
    })
}
