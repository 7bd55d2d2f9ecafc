//! What was counted and is the same on every machine, as a file: `model/peers/growth.json` is one.

use std::collections::BTreeMap;

use redelivery_scenarios::standard::Size;
use serde::{Deserialize, Serialize};

use super::{Form, Known};
use crate::apart::Space;

/// States of sizes around a base. Those of other sizes are kept as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// What is grown from.
    pub base: Size,
    spaces: BTreeMap<(Form, Size), Space>,
}

/// One of them, as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    size: String,
    form: Form,
    states: u64,
    transitions: u64,
    depth: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    base: String,
    counts: Vec<Count>,
}

impl Counts {
    /// None yet.
    pub fn new(base: Size) -> Self {
        Self {
            base,
            spaces: BTreeMap::new(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Read = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut counts = Self::new(read.base.parse()?);
        for count in read.counts {
            let space = Space {
                states: count.states,
                transitions: count.transitions,
                depth: count.depth,
            };
            counts.add(count.form, count.size.parse()?, space)?;
        }
        Ok(counts)
    }

    /// Adds one.
    ///
    /// # Errors
    /// Where it is there already and was counted otherwise.
    pub fn add(&mut self, form: Form, size: Size, space: Space) -> Result<(), String> {
        match self.spaces.insert((form, size), space) {
            Some(before) if before != space => Err(format!(
                "{size}, {}: counted as {before:?} before, as {space:?} now",
                form.name()
            )),
            _ => Ok(()),
        }
    }

    /// All of them, in the order of form and size.
    pub fn all(&self) -> impl Iterator<Item = (Form, Size, Space)> {
        self.spaces.iter().map(|((form, size), space)| (*form, *size, *space))
    }

    /// The states of a size.
    pub fn states(&self, form: Form, size: Size) -> Option<u64> {
        self.spaces.get(&(form, size)).map(|space| space.states)
    }

    /// For predictions of a form.
    pub fn known(&self, form: Form) -> Known {
        let mut known = Known::default();
        for (_, size, space) in self.all().filter(|(of, ..)| *of == form) {
            known.learn(size, space.states);
        }
        known
    }

    /// The file, a line for each.
    pub fn written(&self) -> String {
        let count = |(form, size, space): (Form, Size, Space)| {
            let count = Count {
                size: size.to_string(),
                form,
                states: space.states,
                transitions: space.transitions,
                depth: space.depth,
            };
            format!("    {}", serde_json::to_string(&count).expect("all keys are strings"))
        };
        let counts: Vec<String> = self.all().map(count).collect();
        format!(
            "{{\n  \"base\": \"{}\",\n  \"counts\": [\n{}\n  ]\n}}\n",
            self.base,
            counts.join(",\n")
        )
    }
}
