//! The shipped scenarios can be read.

use redelivery_scenarios::language::load;

#[test]
fn every_shipped_scenario_is_read() {
    let mut read = 0;
    for family in std::fs::read_dir(super::here("corpus")).unwrap() {
        for file in std::fs::read_dir(family.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if let Err(diagnostics) = load(&path) {
                let rendered: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.render(false)).collect();
                panic!("{}", rendered.join("\n\n"));
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(
                text.starts_with("#:schema ../../scenario.schema.json\n"),
                "{}",
                path.display()
            );
            read += 1;
        }
    }
    assert!(read > 0);
}
