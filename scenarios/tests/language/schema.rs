//! The committed schema is the one of the code and describes every field; the README shows one of each client.

use std::path::Path;

use redelivery_scenarios::language::{parse, schema};
use serde_json::Value;

#[test]
fn the_committed_schema_is_current() {
    super::assert_committed(&super::here("scenario.schema.json"), &schema());
}

/// Calls this for each object of the schema that has properties, with those.
fn each_table(node: &Value, visit: &mut dyn FnMut(&Value, &serde_json::Map<String, Value>)) {
    if let Some(Value::Object(properties)) = node.get("properties") {
        visit(node, properties);
    }
    match node {
        Value::Object(members) => members.values().for_each(|member| each_table(member, visit)),
        Value::Array(items) => items.iter().for_each(|item| each_table(item, visit)),
        _ => {}
    }
}

#[test]
fn every_field_is_described() {
    let schema: Value = serde_json::from_str(&schema()).expect("the schema is JSON");
    let (mut fields, mut silent) = (0, Vec::new());
    each_table(&schema, &mut |table, properties| {
        // A table of one key is a word with parameters: the word is described.
        let is_word = properties.len() == 1 && table.get("description").is_some();
        for (name, field) in properties {
            fields += 1;
            if field.get("description").is_none() && !is_word {
                silent.push(name.clone());
            }
        }
    });
    assert!(fields > 100, "only {fields} fields");
    assert!(silent.is_empty(), "nothing is said of {silent:?}");
}

#[test]
fn the_readme_shows_one_of_each_client() {
    let readme = std::fs::read_to_string(super::here("README.md")).expect("the README");
    let (_, clients) = readme.split_once("\n## Clients\n").expect("its part about clients");
    let (table, after) = clients.split_once("```toml\n").expect("an example");
    let (example, _) = after.split_once("```").expect("the example's end");
    parse(Path::new("readme.toml"), example.as_bytes())
        .unwrap_or_else(|mistakes| panic!("{}", mistakes[0].render(false)));
    let kinds = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let kinds: Vec<&str> = kinds.collect();
    assert!(kinds.len() >= 6, "{kinds:?}");
    for kind in kinds {
        let line = format!("\n{kind}.");
        assert!(example.contains(&line), "the README's example has no {kind}");
    }
}
