//! Which value of a file a name means: as much of its path as is needed to tell it from others.
//!
//! Numbers of clients and of messages are those of simulated runs, whatever is explored; so are the budgets of faults.

use super::document::{Document, Place};
use crate::language::nearest;

/// A value that can be varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    /// As it is named: the path to where a file describes it.
    path: Place,
    /// Where it is put, so that simulated runs have it.
    pub(super) place: Place,
}

impl Parameter {
    pub(super) fn name(&self) -> String {
        self.path.join(".")
    }
}

/// Kinds of clients of which there may be several.
const COUNTED: [&str; 4] = ["producer", "publisher", "consumer", "worker"];

/// Kinds of clients that have messages of their own.
const WITH_MESSAGES: [&str; 2] = ["producer", "publisher"];

/// Kinds of clients that work.
const WORKING: [&str; 4] = ["consumer", "worker", "reader", "subscriber"];

/// Durations of simulated runs.
const DURATIONS: [&str; 4] = ["latency", "restart-after", "pause", "late"];

/// Tables of which nothing is a parameter: other ways of judging, what is expected, and words.
const NONE_IN: [&str; 7] = ["explore", "live", "expect", "story", "sources", "repairs", "unrepaired"];

/// What simulated runs have in place of what clients and `[faults]` say: reached by the names of those; and what is
/// chosen otherwise.
const NOT_BY_NAME: [&str; 4] = ["count", "messages", "faults", "seeds"];

/// The parameters of a file: all its plain values, and what it may leave out and often does.
pub(super) fn known(document: &Document) -> Vec<Parameter> {
    let mut known: Vec<Parameter> = Vec::new();
    let mut note = |path: &[&str]| {
        let parameter = parameter(document, path);
        if !known.contains(&parameter) {
            known.push(parameter);
        }
    };
    for place in document.values() {
        let place: Vec<&str> = place.iter().map(String::as_str).collect();
        match place.as_slice() {
            ["simulate", "faults", rest @ ..] => note(&[&["faults"], rest].concat()),
            ["simulate", inner, ..] if NOT_BY_NAME.contains(inner) => {}
            ["faults", ..] if document.has(&["simulate", "faults"]) => {}
            [outer, ..] if NONE_IN.contains(outer) => {}
            path => note(path),
        }
    }
    for (kinds, field) in [
        (&COUNTED[..], "count"),
        (&WITH_MESSAGES, "messages"),
        (&WORKING, "work"),
    ] {
        for kind in kinds {
            for table in document.tables_in(kind) {
                note(&[kind, &table, field]);
            }
        }
    }
    DURATIONS.iter().for_each(|field| note(&["simulate", field]));
    if document.has(&["cluster"]) {
        note(&["simulate", "bus"]);
    }
    known
}

fn parameter(document: &Document, path: &[&str]) -> Parameter {
    let place = match *path {
        [kind, table, "count"] if COUNTED.contains(&kind) => vec!["simulate", "count", table],
        [kind, table, "messages"] if WITH_MESSAGES.contains(&kind) => vec!["simulate", "messages", table],
        ["faults", ..] if document.has(&["simulate", "faults"]) => [&["simulate"], path].concat(),
        _ => path.to_vec(),
    };
    let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    Parameter {
        path: owned(path),
        place: owned(&place),
    }
}

/// The parameter that a name means; `consumers` are the count of the only table of consumers.
pub(super) fn find(known: &[Parameter], document: &Document, name: &str) -> Result<Parameter, String> {
    let keys: Vec<&str> = name.split('.').collect();
    let kind = COUNTED.iter().find(|kind| name.strip_suffix('s') == Some(kind));
    let is_meant = |parameter: &&Parameter| match kind {
        Some(kind) => parameter.path[0] == *kind && parameter.path[2..] == ["count"],
        None => parameter
            .path
            .ends_with(&keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>()),
    };
    let meant: Vec<&Parameter> = known.iter().filter(is_meant).collect();
    let exactly = meant.iter().find(|parameter| parameter.path == keys);
    match (exactly, meant.as_slice()) {
        (Some(only), _) | (None, [only]) => Ok((*only).clone()),
        (None, []) if keys.len() > 1 && document.has(&keys[..keys.len() - 1]) => Ok(parameter(document, &keys)),
        (None, []) => Err(unknown(known, name)),
        (None, several) => {
            let names: Vec<String> = several.iter().map(|parameter| parameter.name()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let list = nearest::listed(&names).unwrap_or_default();
            Err(format!("`{name}` stands in several places: {list}\nwrite one of them"))
        }
    }
}

fn unknown(known: &[Parameter], name: &str) -> String {
    let last: Vec<&str> = known
        .iter()
        .filter_map(|it| it.path.last())
        .map(String::as_str)
        .collect();
    let names: Vec<String> = known.iter().map(Parameter::name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let all: Vec<&str> = [last.as_slice(), &names].concat();
    let help = match nearest::nearest(name, &all) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("what can be varied here: {}", names.join(", ")),
    };
    format!("unknown parameter `{name}`\n{help}")
}
