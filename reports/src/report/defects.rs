//! The table of deliberate defects as plain data: what each breaks, what catches it; and the reverse.

use std::collections::BTreeMap;

use redelivery_scenarios::defects::laws::LAWS;
use redelivery_scenarios::defects::{After, Catch, Row, Way};
use serde::Serialize;

/// The table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Defects {
    /// By defect, in the order of the catalogue.
    pub defects: Vec<Caught>,
    /// By check, sorted: the defects that show that it can fail.
    pub checks: Vec<Catcher>,
    /// The laws of the broker that property tests try.
    pub laws: Vec<Law>,
    /// By way, in the order of the columns: how many defects it catches.
    pub ways: Vec<Counted>,
}

/// A defect and what catches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct Caught {
    pub name: &'static str,
    pub breaks: &'static str,
    pub catches: Vec<How>,
}

/// How a defect is caught.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct How {
    /// Explore, simulate, property test, loom.
    pub way: &'static str,
    /// The scenario; null for a property test, which has none.
    pub scenario: Option<String>,
    /// The check with its parameters, or the law.
    pub check: String,
    /// Actions of the shortest path, where it was explored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// Seeds up to the first that shows it, elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seeds: Option<u64>,
}

/// A check and the defects that it catches, in any scenario and way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct Catcher {
    pub check: &'static str,
    pub defects: Vec<&'static str>,
}

/// A law of the broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct Law {
    pub name: &'static str,
    pub claim: &'static str,
}

/// How many defects a way catches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct Counted {
    pub way: &'static str,
    pub defects: usize,
}

impl Defects {
    /// What the runs came to.
    pub fn of(rows: &[Row]) -> Self {
        let mut checks: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
        for row in rows {
            for check in row.catches.iter().filter_map(|catch| catch.of) {
                let caught = checks.entry(check).or_default();
                if caught.last() != Some(&row.defect.name()) {
                    caught.push(row.defect.name());
                }
            }
        }
        let counted = |way: Way| {
            let caught = |row: &&Row| row.catches.iter().any(|catch| catch.way == way);
            Counted {
                way: way.name(),
                defects: rows.iter().filter(caught).count(),
            }
        };
        Self {
            defects: rows.iter().map(Caught::of).collect(),
            checks: checks
                .into_iter()
                .map(|(check, defects)| Catcher { check, defects })
                .collect(),
            laws: LAWS
                .iter()
                .map(|law| Law {
                    name: law.name,
                    claim: law.claim,
                })
                .collect(),
            ways: Way::ALL.map(counted).into(),
        }
    }

    /// The defects that nothing catches.
    pub fn escaped(&self) -> impl Iterator<Item = &Caught> {
        self.defects.iter().filter(|caught| caught.catches.is_empty())
    }
}

impl Caught {
    fn of(row: &Row) -> Self {
        Self {
            name: row.defect.name(),
            breaks: row.defect.breaks(),
            catches: row.catches.iter().map(How::of).collect(),
        }
    }
}

impl How {
    fn of(catch: &Catch) -> Self {
        let (steps, seeds) = match catch.after {
            After::Steps(steps) => (Some(steps), None),
            After::Seeds(seeds) => (None, Some(seeds)),
        };
        Self {
            way: catch.way.name(),
            scenario: catch.scenario.clone(),
            check: catch.check.clone(),
            steps,
            seeds,
        }
    }
}
