//! A scenario file as a document that can be made smaller: its clients, messages and budgets, and what it expects.
//!
//! Everything is done to the file and read again, so that whatever is left stands alone, and the language refuses what
//! makes no sense. Policies are the design under test: they stay as they are.

use std::path::{Path, PathBuf};

use redelivery_model::defect::Defect;
use toml::{Table, Value};

use crate::Scenario;
use crate::language;

/// The tables of clients.
const CLIENTS: [&str; 11] = [
    "producer",
    "consumer",
    "administrator",
    "repairer",
    "reader",
    "watcher",
    "worker",
    "reaper",
    "publisher",
    "subscriber",
    "mover",
];

/// Those that only bring work.
const PRODUCERS: [&str; 2] = ["producer", "publisher"];

/// Numbers of clients that say how much, not what, and may become 1.
const AMOUNTS: [&str; 1] = ["batch"];

/// What shrinking writes anew, or keeps out of a file that is replayed.
const WAYS: [&str; 3] = ["explore", "simulate", "live"];

/// The order in which tables are written; those of clients come after `list`.
const ORDER: [&str; 8] = [
    "story", "sources", "cluster", "broker", "stream", "list", "faults", "simulate",
];

/// A scenario file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Document {
    path: PathBuf,
    root: Table,
    defect: Option<Defect>,
}

impl Document {
    /// Of a file, as it is simulated: what holds for simulating alone holds for all of it. It expects that one check is
    /// violated.
    pub(super) fn new(path: &Path, text: &str, check: &str, defect: Option<Defect>) -> Option<Self> {
        let mut root: Table = text.parse().ok()?;
        for key in ["repairs", "unrepaired", "schedule"] {
            root.remove(key);
        }
        let [_, simulate, _] = WAYS.map(|way| match root.remove(way) {
            Some(Value::Table(table)) => table,
            _ => Table::new(),
        });
        for (field, amounts) in [("messages", simulate.get("messages")), ("count", simulate.get("count"))] {
            for (name, amount) in amounts.and_then(Value::as_table).into_iter().flatten() {
                let tables = CLIENTS.iter().copied();
                for table in tables {
                    if let Some(client) = client_mut(&mut root, table, name) {
                        client.insert(field.into(), amount.clone());
                    }
                }
            }
        }
        if let Some(faults) = simulate.get("faults") {
            root.insert("faults".into(), faults.clone());
        }
        let spans = [
            "rare-choices",
            "latency",
            "restart-after",
            "pause",
            "late",
            "bus",
            "time-limit",
        ];
        let kept: Table = spans
            .iter()
            .filter_map(|span| Some(((*span).to_owned(), simulate.get(*span)?.clone())))
            .collect();
        if !kept.is_empty() {
            root.insert("simulate".into(), kept.into());
        }
        let mut document = Self {
            path: path.to_owned(),
            root,
            defect,
        };
        document.expect(check)?;
        Some(document)
    }

    /// Leaves one check, which is violated.
    fn expect(&mut self, check: &str) -> Option<()> {
        let expect = self.root.remove("expect")?;
        let parts = [expect.get("explore"), expect.get("simulate"), expect.get("live")];
        let tables = [Some(&expect)].into_iter().chain(parts).flatten();
        let lists = tables
            .flat_map(|table| [table.get("holds"), table.get("violated")])
            .flatten();
        let claims: Vec<Value> = lists.filter_map(Value::as_array).flatten().cloned().collect();
        for claim in claims {
            let violated = Table::from_iter([("violated".to_owned(), Value::Array(vec![claim]))]);
            self.root.insert("expect".into(), violated.into());
            let is_it = |scenario: &Scenario| scenario.expect.iter().any(|expectation| expectation.name == check);
            if self.scenario().as_ref().is_some_and(is_it) {
                return Some(());
            }
        }
        None
    }

    /// The scenario, if the language takes it.
    pub(super) fn scenario(&self) -> Option<Scenario> {
        let mut scenario = language::parse(&self.path, self.text().as_bytes()).ok()?;
        scenario.explore.setup.defect = self.defect;
        scenario.simulate.setup.defect = self.defect;
        Some(scenario)
    }

    /// The file, its tables in the order in which people write them.
    pub(super) fn text(&self) -> String {
        let rank = |key: &str| match CLIENTS.contains(&key) {
            true => 6,
            false => match ORDER.iter().position(|known| *known == key) {
                Some(place) if place < 6 => place,
                Some(place) => place + 1,
                None => ORDER.len() + 1,
            },
        };
        let mut keys: Vec<&String> = self.root.keys().collect();
        keys.sort_by_key(|key| rank(key));
        let mut text = String::new();
        for key in keys {
            let alone = Table::from_iter([(key.clone(), self.root[key].clone())]);
            let part = toml::to_string(&alone).unwrap_or_default();
            if !text.is_empty() && key != "sources" {
                text.push('\n');
            }
            text += &part;
        }
        text
    }

    /// Sets a table or value at the top of the file.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.root.insert(key.into(), value.into());
    }

    /// What it expects, said of simulating alone.
    pub(super) fn expect_of_simulating_alone(&mut self) {
        if let Some(expect) = self.root.remove("expect") {
            self.set("expect", Table::from_iter([("simulate".to_owned(), expect)]));
        }
    }

    /// Smaller documents, the smallest first of each kind, with the clients that go: a table and which of its clients.
    ///
    /// Whoever repairs, takes over or puts back is part of the design: without it another failure would be found. So a
    /// table goes only if `is_idle` says that nobody of it does anything in the run, or if it is one of several that
    /// produce; and of those who can stand in for each other two remain, unless they need not: `at_least`.
    pub(super) fn smaller(&self, is_idle: &dyn Fn(&str) -> bool, at_least: i64) -> Vec<(Self, Option<Gone>)> {
        let mut all = Vec::new();
        let clients = self.clients();
        for (table, name) in &clients {
            let (table, name) = (*table, name.clone());
            let gone = Gone {
                table: name.clone(),
                number: None,
            };
            let others = clients.iter().filter(|(other, _)| *other == table).count();
            if is_idle(&name) || PRODUCERS.contains(&table) && others > 1 {
                all.push((self.without(table, &name), Some(gone)));
            }
            let count = self.amount(table, &name, "count").unwrap_or(1);
            let least = if PRODUCERS.contains(&table) { 1 } else { at_least };
            for number in (1..=count).rev().filter(|_| count > least) {
                let gone = Gone {
                    table: name.clone(),
                    number: Some((number, count)),
                };
                all.push((self.with_amount(table, &name, "count", count - 1), Some(gone)));
            }
            for field in ["messages"].iter().chain(&AMOUNTS) {
                let Some(amount) = self.amount(table, &name, field).filter(|amount| *amount > 1) else {
                    continue;
                };
                let mut tries = vec![1, amount / 2, amount - 1];
                tries.dedup();
                tries.retain(|less| (1..amount).contains(less));
                all.extend(
                    tries
                        .into_iter()
                        .map(|less| (self.with_amount(table, &name, field, less), None)),
                );
            }
        }
        for keys in ["stream", "list"] {
            let names = self
                .root
                .get(keys)
                .and_then(Value::as_table)
                .map(|table| table.keys().cloned());
            for name in names.into_iter().flatten().collect::<Vec<String>>() {
                let mut smaller = self.clone();
                smaller.remove(keys, &name);
                all.push((smaller, None));
            }
        }
        all.extend(self.with_smaller_budgets().into_iter().map(|smaller| (smaller, None)));
        all
    }

    /// Its tables of clients.
    fn clients(&self) -> Vec<(&'static str, String)> {
        let each = CLIENTS.iter().flat_map(|&table| {
            let names = self.root.get(table).and_then(Value::as_table);
            names
                .into_iter()
                .flat_map(move |names| names.keys().map(move |name| (table, name.clone())))
        });
        each.collect()
    }

    fn amount(&self, table: &str, name: &str, field: &str) -> Option<i64> {
        self.root.get(table)?.get(name)?.get(field)?.as_integer()
    }

    fn with_amount(&self, table: &str, name: &str, field: &str, amount: i64) -> Self {
        let mut smaller = self.clone();
        if let Some(client) = client_mut(&mut smaller.root, table, name) {
            match (field, amount) {
                ("count", 1) => drop(client.remove(field)),
                _ => drop(client.insert(field.into(), amount.into())),
            }
        }
        smaller
    }

    fn remove(&mut self, table: &str, name: &str) {
        if let Some(Value::Table(names)) = self.root.get_mut(table) {
            names.remove(name);
            if names.is_empty() {
                self.root.remove(table);
            }
        }
    }

    /// Without a table of clients, also where faults name it.
    fn without(&self, table: &str, name: &str) -> Self {
        let mut smaller = self.clone();
        smaller.remove(table, name);
        if let Some(Value::Table(faults)) = smaller.root.get_mut("faults") {
            faults.retain(|_, fault| {
                let Some(Value::Array(clients)) = fault.get_mut("clients") else {
                    return true;
                };
                clients.retain(|client| client.as_str() != Some(name));
                !clients.is_empty()
            });
            if faults.is_empty() {
                smaller.root.remove("faults");
            }
        }
        smaller
    }

    /// Without one of the rare choices.
    fn with_fewer_choices(&self) -> Vec<Self> {
        let places = self.choices().map_or(0, Vec::len);
        let without = (0..places).map(|place| {
            let mut smaller = self.clone();
            if let Some(Value::Array(choices)) = smaller
                .root
                .get_mut("simulate")
                .and_then(|it| it.get_mut("rare-choices"))
            {
                choices.remove(place);
            }
            if smaller.choices().is_some_and(Vec::is_empty) {
                smaller.remove("simulate", "rare-choices");
            }
            smaller
        });
        without.collect()
    }

    fn choices(&self) -> Option<&Vec<Value>> {
        self.root.get("simulate")?.get("rare-choices")?.as_array()
    }

    fn with_smaller_budgets(&self) -> Vec<Self> {
        let faults = self.root.get("faults").and_then(Value::as_table);
        let mut all = self.with_fewer_choices();
        for (fault, budget) in faults.into_iter().flatten() {
            let mut smaller = self.clone();
            smaller.remove("faults", fault);
            all.push(smaller);
            let times = budget.get("times").and_then(Value::as_integer).unwrap_or(0);
            for less in 1..times {
                let mut smaller = self.clone();
                if let Some(Value::Table(budget)) = smaller.root.get_mut("faults").and_then(|it| it.get_mut(fault)) {
                    budget.insert("times".into(), less.into());
                }
                all.push(smaller);
            }
        }
        all
    }
}

/// Clients that a smaller document has no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gone {
    table: String,
    /// The n-th of so many; all of them otherwise.
    number: Option<(i64, i64)>,
}

impl Gone {
    /// Whether a client is of that table.
    pub(super) fn is_of(name: &str, table: &str) -> bool {
        name == table || is_one_of(name, table)
    }

    /// The name that a client has now; none if it is gone.
    pub(super) fn renamed(&self, name: &str) -> Option<String> {
        let Some((number, count)) = self.number else {
            return (!Self::is_of(name, &self.table)).then(|| name.to_owned());
        };
        let Some(own) = name.strip_prefix(&self.table).and_then(|rest| rest.strip_prefix('-')) else {
            return Some(name.to_owned());
        };
        let Some(own) = own.parse::<i64>().ok().filter(|own| *own <= count) else {
            return Some(name.to_owned());
        };
        match (own - number, count) {
            (0, _) => None,
            (_, 2) => Some(self.table.clone()),
            (before, _) if before < 0 => Some(name.to_owned()),
            _ => Some(format!("{}-{}", self.table, own - 1)),
        }
    }
}

/// Whether a client is one of several of a table.
fn is_one_of(name: &str, table: &str) -> bool {
    let number = name.strip_prefix(table).and_then(|rest| rest.strip_prefix('-'));
    number.is_some_and(|number| number.parse::<u32>().is_ok())
}

fn client_mut<'a>(root: &'a mut Table, table: &str, name: &str) -> Option<&'a mut Table> {
    root.get_mut(table)?.get_mut(name)?.as_table_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_left_moves_up() {
        let gone = |number| Gone {
            table: "worker".into(),
            number,
        };
        let third = gone(Some((2, 3)));
        assert_eq!(third.renamed("worker-1").as_deref(), Some("worker-1"));
        assert_eq!(third.renamed("worker-2"), None);
        assert_eq!(third.renamed("worker-3").as_deref(), Some("worker-2"));
        assert_eq!(third.renamed("shop").as_deref(), Some("shop"));
        assert_eq!(gone(Some((1, 2))).renamed("worker-2").as_deref(), Some("worker"));
        assert_eq!(gone(None).renamed("worker"), None);
        assert_eq!(gone(None).renamed("worker-12"), None);
        assert_eq!(gone(None).renamed("worker-bee").as_deref(), Some("worker-bee"));
    }
}
