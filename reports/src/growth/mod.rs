//! How the standard protocol grows: it is explored in sizes around a base, on each axis until a limit would be passed;
//! or in ever larger sizes, for the largest within the limits.
//!
//! Here is which size comes next, what it is predicted to take and what came of it. Nothing here starts a process:
//! whoever asks brings what explores, as `--example growth` does. Next: `known` for predictions, `table`, `plot` and
//! `counts` for what is shown and kept.

mod axis;
mod counts;
mod known;
mod plot;
mod table;

use std::collections::BTreeMap;
use std::io;

use redelivery_scenarios::standard::Size;

pub use axis::Axis;
pub use counts::Counts;
pub use known::{Known, Prediction};
pub use plot::plot;
pub use table::{HEAD, RowJson, line, trial};

use crate::apart::{Limits, Outcome, Space};

/// Whether consumers are interchangeable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// All states are visited.
    AllStates,
    /// Of states that differ only in which consumer is which, one is.
    Interchangeable,
}

impl Form {
    /// Both, from the larger to the smaller.
    pub const ALL: [Self; 2] = [Self::AllStates, Self::Interchangeable];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::AllStates => "all states",
            Self::Interchangeable => "interchangeable consumers",
        }
    }
}

/// A size, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub size: Size,
    /// In which form.
    pub form: Form,
    /// What was predicted of it.
    pub predicted: Option<Prediction>,
    /// What came of it; nothing where it was not tried, since it was predicted to pass a limit.
    pub outcome: Option<Outcome>,
    /// The states of the one before.
    pub before: Option<u64>,
}

impl Row {
    /// What was explored to its end.
    pub fn space(&self) -> Option<Space> {
        self.outcome?.space.ok()
    }
}

/// What is heard of it on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// This is explored now.
    Trying(Size, Option<Prediction>),
    /// This came of it.
    Row(&'a Row),
}

/// One form, explored in several sizes.
pub struct Growth<'a> {
    form: Form,
    base: Size,
    limits: Limits,
    known: Known,
    /// Each size is explored once.
    explored: BTreeMap<Size, Row>,
    explore: Explore<'a>,
}

/// What explores a size, and ends it at a limit.
pub type Explore<'a> = &'a mut dyn FnMut(Size, Form, Limits) -> io::Result<Outcome>;

/// What hears of it.
pub type Tell<'a> = &'a mut dyn FnMut(Told<'_>);

impl<'a> Growth<'a> {
    /// Around a base, with what is known of the form beforehand.
    pub fn new(form: Form, base: Size, limits: Limits, known: Known, explore: Explore<'a>) -> Self {
        Self {
            form,
            base,
            limits,
            known,
            explored: BTreeMap::new(),
            explore,
        }
    }

    /// From now on within other limits: what was ended at one may be tried again.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = limits;
        self.explored.retain(|_, row| row.space().is_some());
    }

    /// The sizes that were explored to their end.
    pub fn explored(&self) -> impl Iterator<Item = (Size, Space)> {
        self.explored.values().filter_map(|row| Some((row.size, row.space()?)))
    }

    /// Grows on an axis, from its least place on, until a limit is passed or would be.
    ///
    /// # Errors
    /// What exploring answers.
    pub fn along(&mut self, axis: Axis, tell: Tell<'_>) -> io::Result<()> {
        let mut before = None;
        for place in axis.least()..=axis.last(self.base) {
            let size = axis.at(self.base, place);
            let row = match self.explored.get(&size) {
                Some(row) => Row { before, ..*row },
                None => {
                    let predicted = self.known.predict(size);
                    match predicted.and_then(|predicted| self.limits.passed_by(predicted.cost?)) {
                        None => self.explore(size, before, tell)?,
                        Some(_) => Row {
                            size,
                            form: self.form,
                            predicted,
                            outcome: None,
                            before,
                        },
                    }
                }
            };
            tell(Told::Row(&row));
            let Some(space) = row.space() else { break };
            before = Some(space.states);
        }
        Ok(())
    }

    /// Explores sizes that are named.
    ///
    /// # Errors
    /// What exploring answers.
    pub fn sizes(&mut self, sizes: &[Size], tell: Tell<'_>) -> io::Result<()> {
        let mut before = None;
        for size in sizes {
            let row = self.explore(*size, before, tell)?;
            tell(Told::Row(&row));
            before = row.space().map(|space| space.states).or(before);
        }
        Ok(())
    }

    /// Tries the size next up, again and again, until there is none; answers the largest that was explored to its end.
    /// After one that passed a limit only such are tried as are predicted to be half as large.
    ///
    /// # Errors
    /// What exploring answers.
    pub fn climb(&mut self, tell: Tell<'_>) -> io::Result<Option<(Size, Space)>> {
        let mut most = u64::MAX;
        loop {
            let largest = self.explored().max_by_key(|(_, space)| space.states);
            let Some((_, space)) = largest else { return Ok(None) };
            let Some((predicted, next)) = self.next_above(space.states, most) else {
                return Ok(largest);
            };
            let row = self.explore(next, Some(space.states), tell)?;
            tell(Told::Row(&row));
            if row.space().is_none() {
                most = predicted / 2;
            }
        }
    }

    /// Of sizes that are one step from one that is known, since predictions of others are worth little: the smallest that
    /// is predicted to have at least twice so many states, so that few are tried on the way; else the largest that has
    /// more. All within the limits, with no more than `most` states, and with the deliveries of the base.
    fn next_above(&self, states: u64, most: u64) -> Option<(u64, Size)> {
        let near = self.known.sizes().flat_map(|size| {
            let wider = [Axis::Messages, Axis::Consumers, Axis::Crashes];
            let wider = wider.map(|axis| axis.at(size, axis.of(size) + 1));
            std::iter::once(size).chain(wider)
        });
        let untried = near.filter(|size| size.deliveries == self.base.deliveries && !self.explored.contains_key(size));
        let within = untried.filter_map(|size| {
            let Prediction { states, cost, .. } = self.known.predict(size)?;
            self.limits.passed_by(cost?).is_none().then_some((states, size))
        });
        let larger: Vec<(u64, Size)> = within
            .filter(|(predicted, _)| (states + 1..=most).contains(predicted))
            .collect();
        let twice = larger.iter().filter(|(predicted, _)| *predicted / 2 >= states);
        twice.min().or_else(|| larger.iter().max()).copied()
    }

    fn explore(&mut self, size: Size, before: Option<u64>, tell: Tell<'_>) -> io::Result<Row> {
        let predicted = self.known.predict(size);
        tell(Told::Trying(size, predicted));
        let outcome = (self.explore)(size, self.form, self.limits)?;
        if let Ok(space) = outcome.space {
            self.known.measure(size, space, outcome.cost);
        }
        let row = Row {
            size,
            form: self.form,
            predicted,
            outcome: Some(outcome),
            before,
        };
        self.explored.insert(size, row);
        Ok(row)
    }
}

#[cfg(test)]
mod tests;
