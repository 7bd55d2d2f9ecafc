//! The shipped scenarios can be read.

use redelivery_scenarios::corpus;
use redelivery_scenarios::language::load;
use redelivery_scenarios::scenario::Ways;

#[test]
fn every_shipped_scenario_is_read() {
    for path in corpus::all(&corpus::shipped()).unwrap() {
        if let Err(diagnostics) = load(&path) {
            let rendered: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.render(false)).collect();
            panic!("{}", rendered.join("\n\n"));
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let schema = "#:schema ../../scenario.schema.json\n";
        assert!(text.starts_with(schema), "{}", path.display());
    }
}

/// Nothing may pass because nothing happened.
#[test]
fn every_shipped_scenario_says_what_must_occur_in_each_way() {
    for path in corpus::all(&corpus::shipped()).unwrap() {
        let scenario = load(&path).unwrap();
        let in_way = |is_so: fn(Ways) -> bool| scenario.occurs.iter().any(|(_, ways)| is_so(*ways));
        assert!(in_way(|ways| ways.explore), "exploring, {}", path.display());
        assert!(in_way(|ways| ways.simulate), "simulating, {}", path.display());
    }
}
