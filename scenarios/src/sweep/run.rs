//! Sweeping a shard: units on all threads, records in the order of units, each written as soon as those before it are.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use redelivery_model::simulate::Outcome;
use redelivery_model::simulate::policy::runs;
use serde::Serialize;

use super::firsts::Firsts;
use super::shrunk::{Early, shrunk};
use super::{Content, Found, Header, Plan, Record, Shard, Tally, Trust, Unit};
use crate::Scenario;

/// When to stop before the end.
pub struct Limits<'a> {
    /// After so many failures that differ.
    pub max_failures: Option<u64>,
    /// As soon as this says so; units that have begun are finished.
    pub out_of_time: &'a (dyn Fn() -> bool + Sync),
}

/// Keeps a file that was found.
pub type Keep<'a> = dyn FnMut(&Found) -> io::Result<()> + Send + 'a;

/// Where a sweep's results go.
pub struct Sink<'a> {
    /// Its lines.
    pub records: &'a mut (dyn Write + Send),
    /// If they are wanted: the scenario files that failures shrink to, each before the line that tells of it.
    pub found: Option<&'a mut Keep<'a>>,
}

/// What a sweep came to.
#[derive(Debug)]
pub struct Swept {
    /// Its first line.
    pub header: Header,
    /// One for each scenario, with what was there before.
    pub tallies: Vec<Tally>,
}

/// How a unit is run: most policies have one run for a seed, guided ones several.
pub(super) type Play<'a> = &'a (dyn Fn(&Scenario, u64) -> Vec<Outcome> + Sync);

pub(super) fn play(scenario: &Scenario, seed: u64) -> Vec<Outcome> {
    runs(scenario.simulate.simulation(), seed)
}

/// Sweeps a shard on the threads of the current pool, and writes what `so_far` has not. Units go on from the end of what
/// is there; hears the number of each record that was written.
///
/// # Errors
/// When it cannot be written; when what is there is not the beginning of this shard, with the line; or when a unit panics,
/// with its scenario and seed.
pub fn sweep(
    plan: &Plan,
    shard: Shard,
    so_far: Option<Content>,
    limits: &Limits<'_>,
    sink: Sink<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> io::Result<Swept> {
    sweep_by(&play, plan, shard, so_far, limits, sink, progress)
}

fn sweep_by(
    play: Play<'_>,
    plan: &Plan,
    shard: Shard,
    so_far: Option<Content>,
    limits: &Limits<'_>,
    sink: Sink<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> io::Result<Swept> {
    let header = plan.header.of_shard(shard);
    let mut order = InOrder::new(header.clone(), limits.max_failures, sink);
    match so_far {
        Some(content) => order.go_on(content).map_err(io::Error::other)?,
        None => order.write(&[line_of(&header), line_of(&Trust::default())].concat())?,
    }
    let wants_files = order.sink.found.is_some();
    let early = Mutex::new(Early::default());
    let done = order.written;
    let stop = AtomicBool::new(order.is_enough());
    let units = header
        .units()
        .zip(0..)
        .skip(usize::try_from(done).unwrap_or(usize::MAX));
    let (units, order) = (Mutex::new(units), Mutex::new(order));
    rayon::broadcast(|_| {
        while !stop.load(Ordering::Relaxed) && !(limits.out_of_time)() {
            // Whoever fails in the midst of this fails the whole sweep.
            let next = units.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((unit, place)) = next else { break };
            let source = &plan.sources[unit.scenario];
            let planned = &header.scenarios[unit.scenario];
            // Those after it would wait for it in vain, for as long as the sweep takes.
            let record = catch_unwind(AssertUnwindSafe(|| {
                let runs = play(&source.scenario, unit.seed);
                let (mut record, all_broken) = Record::of(&source.scenario, planned, unit.seed, &runs);
                let mut found = Vec::new();
                for broken in all_broken {
                    let mut early = early.lock().unwrap_or_else(PoisonError::into_inner);
                    if !early.may_be(unit.scenario, &broken.check, place) {
                        continue;
                    }
                    drop(early);
                    let (failure, file) = shrunk(source, unit.seed, &runs, &broken, wants_files);
                    record.failures.insert(broken.check.clone(), failure);
                    found.extend(file.map(|file| (broken.check, file)));
                }
                Done { unit, record, found }
            }));
            let mut order = order.lock().unwrap_or_else(PoisonError::into_inner);
            match record {
                Ok(done) => order.put(place, done),
                Err(_) => order.panicked(&planned.name, unit.seed),
            }
            progress(order.written);
            if order.is_enough() || order.error.is_some() {
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
    let order = order.into_inner().unwrap_or_else(PoisonError::into_inner);
    match order.error {
        Some(error) => Err(error),
        None => Ok(Swept {
            header,
            tallies: order.tallies,
        }),
    }
}

/// A value as a line.
pub(super) fn line_of(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(value).expect("records have no keys but words");
    bytes.push(b'\n');
    bytes
}

/// A unit that was run.
struct Done {
    unit: Unit,
    record: Record,
    /// By check.
    found: Vec<(String, Found)>,
}

/// Brings records into the order of units and writes them.
struct InOrder<'a> {
    header: Header,
    max_failures: Option<u64>,
    sink: Sink<'a>,
    /// What came before its turn.
    waiting: BTreeMap<u64, Done>,
    written: u64,
    firsts: Firsts,
    tallies: Vec<Tally>,
    error: Option<io::Error>,
}

impl<'a> InOrder<'a> {
    fn new(header: Header, max_failures: Option<u64>, sink: Sink<'a>) -> Self {
        Self {
            tallies: Tally::of(&header),
            header,
            max_failures,
            sink,
            waiting: BTreeMap::new(),
            written: 0,
            firsts: Firsts::default(),
            error: None,
        }
    }

    /// Takes over what is there.
    fn go_on(&mut self, content: Content) -> Result<(), String> {
        if let Some(difference) = self.header.difference(&content.header) {
            return Err(format!("line 1: this is a file of another sweep: {difference}"));
        }
        let (mine, theirs) = (self.header.shard, content.header.shard);
        if mine != theirs {
            return Err(format!("line 1: this is a file of shard {theirs}, not {mine}"));
        }
        let mut units = self.header.units();
        for (number, unit, mut record) in content.records {
            if units.next() != Some(unit) {
                return Err(format!("line {number}: there should be another unit here"));
            }
            self.firsts.keep(&self.header.scenarios[unit.scenario], &mut record);
            self.tallies[unit.scenario].add(&self.header, unit, &record);
            self.written += 1;
        }
        Ok(())
    }

    fn is_enough(&self) -> bool {
        self.max_failures.is_some_and(|max| self.firsts.failures() >= max)
    }

    fn put(&mut self, place: u64, done: Done) {
        self.waiting.insert(place, done);
        let mut lines = Vec::new();
        while !self.is_enough() && self.error.is_none() {
            let Some(done) = self.waiting.remove(&self.written) else {
                break;
            };
            let Done {
                unit,
                mut record,
                found,
            } = done;
            self.firsts.keep(&self.header.scenarios[unit.scenario], &mut record);
            let mut told = found.iter().filter(|(check, _)| record.failures.contains_key(check));
            if let Some(keep) = &mut self.sink.found
                && let Err(error) = told.try_for_each(|(_, file)| keep(file))
            {
                self.error = Some(error);
                break;
            }
            self.tallies[unit.scenario].add(&self.header, unit, &record);
            self.written += 1;
            lines.extend(line_of(&record));
        }
        if !lines.is_empty()
            && let Err(error) = self.write(&lines)
        {
            self.error.get_or_insert(error);
        }
    }

    fn panicked(&mut self, scenario: &str, seed: u64) {
        let message = format!("{scenario} with seed {seed} panicked: that is a defect of this program");
        self.error.get_or_insert_with(|| io::Error::other(message));
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        self.sink.records.write_all(lines)?;
        self.sink.records.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::super::trust::{CANARY, canary};
    use super::*;

    #[test]
    fn a_unit_that_panics_ends_it_and_is_named() {
        let source = Source {
            scenario: canary(),
            text: CANARY.into(),
        };
        let plan = Plan::new(vec![source], 0..u64::MAX).unwrap();
        let limits = Limits {
            max_failures: None,
            out_of_time: &|| false,
        };
        let play: Play<'_> = &|scenario, seed| {
            assert!(seed != 5, "as if something were wrong");
            play(scenario, seed)
        };
        let mut bytes = Vec::new();
        let sink = Sink {
            records: &mut bytes,
            found: None,
        };
        let error = sweep_by(play, &plan, Shard::WHOLE, None, &limits, sink, &|_| {}).unwrap_err();
        assert!(error.to_string().contains("canary with seed 5 panicked"), "{error}");
        let records = Content::read(&bytes).unwrap().unwrap().records;
        assert!(records.len() <= 5, "only what came before it is there");
    }
}
