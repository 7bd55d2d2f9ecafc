//! The pairs that a scenario is in: what it repairs, what repairs it, and what each repair proves.
//!
//! A repair proves what it is expected to prove: where exploring finds otherwise, its report is not as expected.

use redelivery_scenarios::Scenario;
use redelivery_scenarios::repairs::{Pair, Repairs};
use serde::Serialize;

/// All pairs of one scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pairs {
    /// What it repairs.
    pub repairs: Vec<Repair>,
    /// What repairs it.
    pub repaired_by: Vec<Repair>,
    /// Why nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unrepaired: Option<String>,
}

/// One of its pairs. Checks are named with their parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// The other scenario, family and name.
    pub name: String,
    /// What the failing design violates and the repair proves to hold.
    pub proves: Vec<String>,
    /// What is violated in both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub still_violated: Vec<String>,
    /// What the failing design keeps and the repair violates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loses: Vec<String>,
    /// What the failing design violates, and the repair says nothing of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silent: Vec<String>,
    /// In what the repair has it easier than the failing design: then it proves less than it seems to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub easier: Vec<String>,
}

impl Pairs {
    /// Those of a scenario.
    pub fn of(scenario: &Scenario, repairs: &Repairs) -> Self {
        let repair = |other: &str, pair: &Pair| Repair {
            name: format!("{}/{other}", scenario.family),
            proves: pair.proves.clone(),
            still_violated: pair.still_violated.clone(),
            loses: pair.loses.clone(),
            silent: pair.silent.clone(),
            easier: pair.easier.clone(),
        };
        Self {
            repairs: repairs.by(scenario).map(|pair| repair(&pair.failing, pair)).collect(),
            repaired_by: repairs.of(scenario).map(|pair| repair(&pair.repair, pair)).collect(),
            unrepaired: scenario.unrepaired.as_deref().map(in_one_line),
        }
    }
}

impl Repair {
    /// What the repair proves, and what it does not: `order; loses at-least-once`.
    pub fn in_words(&self) -> String {
        let proves = match self.proves.is_empty() {
            true => "nothing is proven".to_owned(),
            false => self.proves.join(", "),
        };
        let mut words = vec![proves];
        for (what, list) in [
            ("still violated: ", &self.still_violated),
            ("loses ", &self.loses),
            ("says nothing of ", &self.silent),
            ("has it easier: ", &self.easier),
        ] {
            if !list.is_empty() {
                words.push(format!("{what}{}", list.join(", ")));
            }
        }
        words.join("; ")
    }
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
