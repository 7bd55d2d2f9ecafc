//! House rules that a program can check.

use std::fs;
use std::path::{Path, PathBuf};

use redelivery_scenarios::{corpus, language};

/// The packages, from the one that knows nothing of the others to the one that knows all.
const LAYERS: [&str; 4] = ["engine", "model", "scenarios", "reports"];

const MAX_LINES: usize = 500;
const MAX_MEDIAN_LINES: usize = 150;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The files below a folder, sorted, with their text.
fn files(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|known| known == extension) {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

fn sources() -> Vec<(PathBuf, String)> {
    let sources: Vec<_> = LAYERS
        .iter()
        .flat_map(|layer| files(&root().join(layer), "rs"))
        .collect();
    assert!(sources.len() > 100, "the sources are found");
    sources
}

#[test]
fn files_are_short() {
    let mut lengths: Vec<usize> = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines", path.display());
        lengths.push(lines);
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MAX_MEDIAN_LINES, "the median file has {median} lines");
}

#[test]
fn modules_say_what_they_are() {
    let silent: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "these do not open with `//!`: {silent:#?}");
}

#[test]
fn nothing_is_left_lying_about() {
    // Put together, so that this file has none of them.
    let banned = ["todo", "dbg", "unimplemented"].map(|name| format!("{name}!("));
    let ignored = format!("#[{}", "ignore");
    for (path, text) in sources() {
        for word in banned.iter().chain([&ignored]) {
            assert!(!text.contains(word.as_str()), "{} has `{word}`", path.display());
        }
    }
}

#[test]
fn dependencies_point_downwards() {
    for (height, layer) in LAYERS.iter().enumerate() {
        let upper = &LAYERS[height + 1..];
        let manifest = fs::read_to_string(root().join(layer).join("Cargo.toml")).unwrap();
        let sources = files(&root().join(layer), "rs");
        for name in upper {
            assert!(
                !manifest.contains(&format!("redelivery-{name}")),
                "{layer} depends on {name}"
            );
            for (path, text) in &sources {
                let used = text.contains(&format!("redelivery_{name}"));
                assert!(!used, "{} names the {name} above it", path.display());
            }
        }
    }
}

#[test]
fn the_schema_is_current() {
    let committed = fs::read_to_string(root().join("scenarios/scenario.schema.json")).unwrap();
    assert!(
        committed == language::schema(),
        "write it anew: redelivery schema > scenarios/scenario.schema.json"
    );
}

#[test]
fn each_scenario_has_a_snapshot_and_the_reverse() {
    let corpus_root = corpus::shipped();
    let mut wanted: Vec<PathBuf> = corpus::all(&corpus_root)
        .unwrap()
        .iter()
        .map(|path| path.strip_prefix(&corpus_root).unwrap().with_extension("snap"))
        .collect();
    wanted.extend(["coverage.snap".into(), "defects.snap".into(), "summary.snap".into()]);
    wanted.sort();
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    let mut committed: Vec<PathBuf> = files(&snapshots, "snap")
        .iter()
        .map(|(path, _)| path.strip_prefix(&snapshots).unwrap().to_owned())
        .collect();
    committed.sort();
    assert_eq!(committed, wanted);
}

/// What the README shows of a report is what the report says.
#[test]
fn the_example_in_the_readme_is_current() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let snapshot = fs::read_to_string(root().join("reports/snapshots/streams/dedup-mark-before.snap")).unwrap();
    let (_, rest) = readme.split_once("```\nstreams/dedup-mark-before").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let (_, counterexample) = example.split_once("\n\n").expect("a counterexample");
    assert!(counterexample.lines().count() > 10);
    assert!(
        snapshot.contains(counterexample),
        "not in the snapshot:\n{counterexample}"
    );
}

/// Whoever follows a link from one of them to another, or to a part of it, gets there.
#[test]
fn the_readmes_link_to_what_is_there() {
    let all = [
        "",
        "engine",
        "model",
        "model/peers",
        "scenarios",
        "scenarios/deploy",
        "reports",
    ];
    let all = all.map(|folder| root().join(folder).join("README.md"));
    let mut links = 0;
    for readme in all.iter().filter(|path| path.exists()) {
        let text = fs::read_to_string(readme).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https://") {
                continue;
            }
            let (file, part) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() {
                readme.clone()
            } else {
                readme.parent().unwrap().join(file)
            };
            assert!(file.exists(), "{}: {link}", readme.display());
            if !part.is_empty() {
                let text = fs::read_to_string(&file).unwrap();
                let mut headings = text
                    .lines()
                    .filter_map(|line| Some(line.strip_prefix('#')?.trim_start_matches('#')));
                let is_it = |heading: &str| heading.trim().to_lowercase().replace(' ', "-") == part;
                assert!(headings.any(is_it), "{}: {link}", readme.display());
            }
            links += 1;
        }
    }
    assert!(links > 10, "only {links} links");
}

/// So is what another shows of the table of defects.
#[test]
fn the_defect_in_the_readme_is_current() {
    let readme = fs::read_to_string(root().join("model/README.md")).unwrap();
    let snapshot = fs::read_to_string(root().join("reports/snapshots/defects.snap")).unwrap();
    let (_, rest) = readme.split_once("```\nclaim-keeps-idle-clock").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    assert!(example.lines().count() > 3);
    assert!(snapshot.contains(example), "not in the snapshot:\n{example}");
}

#[test]
fn each_shipped_scenario_cites_where_it_was_reported() {
    for path in corpus::all(&corpus::shipped()).unwrap() {
        let scenario = language::load(&path).unwrap();
        assert!(!scenario.sources.is_empty(), "{} cites nothing", path.display());
        for source in &scenario.sources {
            assert!(is_citation(source), "{}: {source}", path.display());
        }
    }
}

/// `owner/repository#number`, or an address.
fn is_citation(text: &str) -> bool {
    if let Some(address) = text.strip_prefix("https://") {
        return address.contains('.') && !address.contains(char::is_whitespace);
    }
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    text.split_once('#').is_some_and(|(repository, number)| {
        !number.is_empty()
            && number.bytes().all(|digit| digit.is_ascii_digit())
            && repository
                .split_once('/')
                .is_some_and(|(owner, name)| word(owner) && word(name))
    })
}
