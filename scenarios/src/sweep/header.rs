//! The first line of a sweep's file: what made it, what of, and what the scenarios expect.
//!
//! With it the other lines can be judged where there is neither this program's version nor the scenarios.

use std::ops::Range;

use redelivery_model::check::{CheckSpec, Premises, Unmet};
use redelivery_model::occurrence::Occurrence;
use redelivery_model::setup::Setup;
use redelivery_model::simulate::Policy;
use serde::{Deserialize, Serialize};

use super::Shard;
use crate::Scenario;
use crate::scenario::Expected;
use crate::schedule::{self, name_of};

/// The version of these files.
const FORMAT: u32 = 2;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the file's format.
    pub sweep: u32,
    /// The version of this program.
    pub version: String,
    /// The commit that it was built from, where whoever built it said so in `REDELIVERY_COMMIT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The version of schedules, and of what a seed means.
    pub schedules: u32,
    /// From the first seed to the one after the last.
    pub seeds: [u64; 2],
    /// Which part of it this file is.
    pub shard: Shard,
    /// What is swept.
    pub scenarios: Vec<Planned>,
}

/// A scenario as far as records of it are judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// Family and name.
    pub name: String,
    /// The digest of its file.
    pub digest: String,
    /// How its seeds are searched.
    pub policy: Policy,
    /// What is expected when it is simulated.
    pub expect: Vec<Expect>,
    /// What must occur.
    pub occurs: Vec<String>,
}

/// What is expected of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Its name with its parameters.
    pub check: String,
    /// What is expected of it.
    pub expected: Expected,
    /// Whether a run that was cut off says nothing of it.
    pub ends: bool,
    /// Whether there is anything that it could judge.
    pub applies: bool,
    /// What must have been met, or else that nothing violated it says nothing.
    pub presumes: Vec<String>,
}

impl Header {
    pub(super) fn new(scenarios: Vec<Planned>, seeds: Range<u64>) -> Self {
        Self {
            sweep: FORMAT,
            version: env!("CARGO_PKG_VERSION").into(),
            commit: option_env!("REDELIVERY_COMMIT").map(str::to_owned),
            schedules: schedule::FORMAT,
            seeds: [seeds.start, seeds.end],
            shard: Shard::WHOLE,
            scenarios,
        }
    }

    /// What keeps files with these headers from being of one sweep, whatever their shards.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let made = |it: &Self| {
            let commit = it.commit.as_deref().unwrap_or("unknown");
            let (version, sweep, schedules) = (&it.version, it.sweep, it.schedules);
            format!("version {version}, commit {commit}, sweeps {sweep}, schedules {schedules}")
        };
        if made(self) != made(other) {
            return Some(format!("they were made by {} and by {}", made(self), made(other)));
        }
        let ([from, to], [other_from, other_to]) = (self.seeds, other.seeds);
        if self.seeds != other.seeds {
            return Some(format!("they have the seeds {from}..{to} and {other_from}..{other_to}"));
        }
        if self.scenarios == other.scenarios {
            return None;
        }
        let pairs = self.scenarios.iter().zip(&other.scenarios);
        let differs = pairs.clone().find(|(mine, theirs)| mine != theirs);
        Some(match differs {
            Some((mine, theirs)) if mine.name == theirs.name && mine.policy != theirs.policy => {
                let policies = (mine.policy.name(), theirs.policy.name());
                format!("{} is searched by {} and by {}", mine.name, policies.0, policies.1)
            }
            Some((mine, theirs)) if mine.name == theirs.name => {
                let Planned { name, digest, .. } = mine;
                format!("the file of {name} has the digests {digest} and {}", theirs.digest)
            }
            Some((mine, theirs)) => format!("where one has {}, the other has {}", mine.name, theirs.name),
            None => format!(
                "they have {} and {} scenarios",
                self.scenarios.len(),
                other.scenarios.len()
            ),
        })
    }
}

impl Planned {
    pub(super) fn of(scenario: &Scenario, digest: String) -> Self {
        let setup = &scenario.simulate.setup;
        let expected = scenario.expect.iter().filter(|expectation| expectation.ways.simulate);
        let expect = expected.map(|expectation| Expect {
            check: expectation.name.clone(),
            expected: expectation.expected,
            ends: expectation.check.is_about_ends(),
            applies: expectation.check.applies(setup),
            presumes: unmet(setup, &expectation.check, &Premises::default()),
        });
        let occurs = scenario.occurs.iter().filter(|(_, ways)| ways.simulate);
        Self {
            name: name_of(scenario),
            digest,
            policy: scenario.simulate.policy,
            expect: expect.collect(),
            occurs: occurs.map(|(occurrence, _)| word(*occurrence)).collect(),
        }
    }
}

/// What a check presumes that is not among the premises.
pub(super) fn unmet(setup: &Setup, check: &CheckSpec, premises: &Premises) -> Vec<String> {
    let name = |Unmet { premise, group }: Unmet| match (group.map(|group| setup.group(group)), check) {
        (Some(group), _) => format!("{premise:?} in {}/{}", group.key, group.name),
        (None, CheckSpec::Bounded { stream, .. }) => format!("{premise:?} in {stream}"),
        (None, _) => format!("{premise:?}"),
    };
    premises.all_unmet(setup, check).into_iter().map(name).collect()
}

/// An occurrence as scenario files write it.
pub(super) fn word(occurrence: Occurrence) -> String {
    match serde_json::to_value(occurrence) {
        Ok(serde_json::Value::String(name)) => name,
        _ => unreachable!("an occurrence is a word"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Of so many scenarios that expect nothing.
    pub(in crate::sweep) fn header(scenarios: usize, seeds: Range<u64>) -> Header {
        let scenario = |number| Planned {
            name: format!("test/{number}"),
            digest: String::new(),
            policy: Policy::default(),
            expect: Vec::new(),
            occurs: Vec::new(),
        };
        Header::new((0..scenarios).map(scenario).collect(), seeds)
    }

    #[test]
    fn headers_of_other_sweeps_are_told_apart() {
        let one = header(2, 0..5);
        let change = |change: fn(&mut Header)| {
            let mut other = one.clone();
            change(&mut other);
            one.difference(&other)
        };
        assert_eq!(change(|other| other.shard = Shard::new(2, 3).unwrap()), None);
        for (other, said) in [
            (change(|other| other.version = "9.9.9".into()), "version 9.9.9"),
            (change(|other| other.commit = Some("abc".into())), "commit abc"),
            (change(|other| other.schedules = 9), "schedules 9"),
            (change(|other| other.seeds = [0, 6]), "0..5 and 0..6"),
            (change(|other| other.scenarios[1].digest = "d".into()), "file of test/1"),
            (
                change(|other| other.scenarios[0].policy = Policy::Pct),
                "test/0 is searched by uniform and by pct",
            ),
            (change(|other| other.scenarios[1].name = "x/y".into()), "x/y"),
            (change(|other| drop(other.scenarios.pop())), "2 and 1 scenarios"),
        ] {
            assert!(
                other.as_ref().is_some_and(|text| text.contains(said)),
                "{other:?}: {said}"
            );
        }
    }

    #[test]
    fn what_is_presumed_of_each_stream_or_list_is_told_apart() {
        let file = crate::corpus::shipped().join("lists/queue-against-log.toml");
        let planned = Planned::of(&crate::language::load(&file).unwrap(), String::new());
        let bounded = planned
            .expect
            .iter()
            .filter(|expect| expect.check.starts_with("bounded"));
        let presumed: Vec<&[String]> = bounded.map(|expect| &*expect.presumes).collect();
        assert_eq!(presumed, [["Stored in jobs".to_owned()], ["Stored in news".to_owned()]]);
    }
}
