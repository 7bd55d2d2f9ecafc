//! Each option of the language, and each of its words, is used by some scenario of the corpus; or it is written here why
//! not.
//!
//! What there is comes from the schema. A word counts as used also where a table leaves out the field whose default it is: as
//! the field says in its description, "`wait` by default".

use std::collections::{BTreeMap, BTreeSet};

use redelivery_scenarios::corpus;
use redelivery_scenarios::language::schema;
use serde_json::Value;

const DURATION: &str = "exploring tries any duration, so that no verdict changes with it";
const SEARCH: &str = "it bounds the search, not the design";

/// What no scenario uses, and why.
const UNUSED: [(&str, &str); 14] = [
    ("Consumer.poll", DURATION),
    ("Repairer.poll", DURATION),
    ("Watcher.every", DURATION),
    ("Simulate.bus", DURATION),
    ("Simulate.late", DURATION),
    ("Simulate.latency", DURATION),
    ("Simulate.restart-after", DURATION),
    ("Explore.ageing", SEARCH),
    ("Ageing: all-at-once", SEARCH),
    ("Explore.max-states", SEARCH),
    (
        "Expect.live",
        "live runs follow what exploring finds: none is expected to do more",
    ),
    (
        "Fate: never",
        "who cuts connections leaves `fates` out, which means any, or wants the ones that are worse",
    ),
    (
        "Alarm.lag.at-least",
        "of a few messages any lag is news, as it is by default",
    ),
    (
        "Check.exactly-once.dead-letter-counts",
        "of at-least-once it is used: whoever routes does not promise exactly-once",
    ),
];

/// The values that the corpus has for each definition of the schema.
struct Corpus {
    schema: Value,
    found: BTreeMap<String, Vec<Value>>,
}

impl Corpus {
    fn read() -> Self {
        let schema: Value = serde_json::from_str(&schema()).expect("the schema is JSON");
        let mut corpus = Self {
            schema: schema.clone(),
            found: BTreeMap::new(),
        };
        let found = corpus::in_folder(&super::here("found"));
        for path in corpus::all(&corpus::shipped())
            .expect("the shipped corpus")
            .into_iter()
            .chain(found)
        {
            let text = std::fs::read_to_string(&path).expect("a shipped scenario");
            let file: Value = toml::from_str(&text).expect("a shipped scenario is TOML");
            corpus.visit(&schema, &file, "File");
        }
        corpus
    }

    /// Notes what a value, and all in it, is a value of.
    fn visit(&mut self, node: &Value, value: &Value, place: &str) {
        if let Some(name) = node["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            let definition = self.schema["definitions"][name].clone();
            self.found.entry(name.to_owned()).or_default().push(value.clone());
            return self.visit(&definition, value, name);
        }
        for choice in ["anyOf", "oneOf", "allOf"].iter().flat_map(|key| items(&node[*key])) {
            self.visit(choice, value, place);
        }
        for (field, of_field) in members(&node["properties"]) {
            let inner = format!("{place}.{field}");
            if let Some(value) = value.get(field) {
                self.found.entry(inner.clone()).or_default().push(value.clone());
                self.visit(of_field, value, &inner);
            } else if let (Value::Object(_), Some(word)) = (value, default(of_field)) {
                // A table that is written as a word of its own leaves out nothing.
                if node["required"]
                    .as_array()
                    .is_none_or(|required| !required.contains(&field.as_str().into()))
                {
                    self.note_default(of_field, &word);
                }
            }
        }
        if node["additionalProperties"].is_object() {
            for (_, value) in members(value) {
                self.visit(&node["additionalProperties"], value, place);
            }
        }
        for value in items(value) {
            self.visit(&node["items"], value, place);
        }
    }

    /// A field that is left out has its default, where that is a word of an enum.
    fn note_default(&mut self, of_field: &Value, word: &str) {
        let choices = ["anyOf", "oneOf", "allOf"]
            .iter()
            .flat_map(|key| items(&of_field[*key]));
        let references = choices.chain([of_field]).filter_map(|node| node["$ref"].as_str());
        for name in references.filter_map(|path| path.rsplit('/').next()) {
            self.found.entry(name.to_owned()).or_default().push(word.into());
        }
    }

    /// All that the schema has, by definition: its fields and its words; each with whether the corpus uses it.
    fn options(&self) -> BTreeMap<String, bool> {
        let mut options = BTreeMap::new();
        for (name, definition) in members(&self.schema["definitions"]) {
            let values = self.found.get(name).map_or(&[][..], Vec::as_slice);
            let mut words = BTreeSet::new();
            self.fields(definition, name, &mut options, &mut words);
            for word in words {
                let used = values
                    .iter()
                    .any(|value| *value == word.as_str() || value.get(&word).is_some());
                options.insert(format!("{name}: {word}"), used);
            }
        }
        self.fields(&self.schema, "File", &mut options, &mut BTreeSet::new());
        options
    }

    fn fields(&self, node: &Value, place: &str, options: &mut BTreeMap<String, bool>, words: &mut BTreeSet<String>) {
        let alternatives = ["anyOf", "oneOf"].iter().flat_map(|key| items(&node[*key]));
        for alternative in alternatives {
            // A word with parameters is written as a table of one key, or alone.
            for (word, parameters) in members(&alternative["properties"]) {
                words.insert(word.clone());
                self.fields(parameters, &format!("{place}.{word}"), options, words);
            }
            let inner = alternative.get("const").into_iter().chain(items(&alternative["enum"]));
            words.extend(inner.filter_map(Value::as_str).map(str::to_owned));
        }
        for (field, _) in members(&node["properties"]) {
            let field = format!("{place}.{field}");
            options.insert(field.clone(), self.found.contains_key(&field));
        }
    }
}

fn members(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flatten()
}

fn items(node: &Value) -> impl Iterator<Item = &Value> {
    node.as_array().into_iter().flatten()
}

/// The default that a field's description names.
fn default(field: &Value) -> Option<String> {
    let (before, _) = field["description"].as_str()?.split_once("` by default")?;
    Some(before.rsplit('`').next()?.trim_matches('"').to_owned())
}

#[test]
fn the_corpus_uses_each_option_and_each_word() {
    let options = Corpus::read().options();
    assert!(options.len() > 250, "only {} options: {options:#?}", options.len());
    let unused: BTreeSet<&str> = options
        .iter()
        .filter(|(_, used)| !**used)
        .map(|(option, _)| option.as_str())
        .collect();
    let excused: BTreeSet<&str> = UNUSED.iter().map(|(option, _)| *option).collect();
    let missing: Vec<_> = unused.difference(&excused).collect();
    assert!(missing.is_empty(), "no scenario uses {missing:#?}");
    let stale: Vec<_> = excused.difference(&unused).collect();
    assert!(stale.is_empty(), "used after all, or not there: {stale:?}");
}
