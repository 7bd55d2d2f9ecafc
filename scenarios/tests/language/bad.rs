//! Each `bad/*.toml` is wrong in its own way; the `.txt` beside it is what a person gets to read.

use redelivery_scenarios::language::load;

#[test]
fn mistakes_are_explained() {
    let mut files: Vec<_> = std::fs::read_dir(super::here("tests/language/bad"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for path in files {
        let Err(mut diagnostics) = load(&path) else {
            panic!("{} is accepted", path.display());
        };
        for diagnostic in &mut diagnostics {
            diagnostic.path = path.file_name().unwrap().into();
        }
        let rendered: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.render(false)).collect();
        super::assert_committed(&path.with_extension("txt"), &(rendered.join("\n\n") + "\n"));
    }
}
