//! Each `bad/*.toml` is wrong in its own way; the `.txt` beside it is what a person gets to read.

use std::path::Path;

use redelivery_scenarios::language::parse;

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
        let content = std::fs::read(&path).unwrap();
        let Err(diagnostics) = parse(Path::new(path.file_name().unwrap()), &content) else {
            panic!("{} is accepted", path.display());
        };
        let rendered: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.render(false)).collect();
        super::assert_committed(&path.with_extension("txt"), &(rendered.join("\n\n") + "\n"));
    }
}
