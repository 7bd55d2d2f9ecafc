//! The shipped scenarios can be read.

use redelivery_scenarios::corpus;
use redelivery_scenarios::language::load;

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
