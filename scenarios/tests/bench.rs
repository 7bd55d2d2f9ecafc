//! The workloads of `bench/`: each can be read, and the small ones have as many states and transitions as the same
//! protocol written by hand in Promela (`model/peers`).
//!
//! The larger ones have too, but take a build with optimisations: `redelivery explore scenarios/bench/FILE`.

use std::path::PathBuf;
use std::sync::Arc;

use redelivery_model::explore::{Exploration, Settings, explore};
use redelivery_scenarios::corpus;
use redelivery_scenarios::language::{load, parse};
use redelivery_scenarios::scenario::Expected;
use redelivery_scenarios::standard::Size;

/// States and transitions of those that an unoptimised build explores in a few seconds, and states with interchangeable
/// consumers or workers.
const SMALL: [(&str, usize, usize, usize); 6] = [
    ("subscriber-4-2", 263, 458, 263),
    ("list-queue-3-2-2", 1_708, 4_496, 901),
    ("standard-2-2-1-2", 1_013, 2_702, 511),
    ("standard-3-2-1-2", 3_362, 9_122, 1_688),
    ("standard-3-2-2-2", 17_962, 53_394, 9_000),
    ("standard-4-2-2-2", 57_288, 169_624, 28_674),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("bench")
}

#[test]
fn each_workload_can_be_read() {
    let files = corpus::in_folder(&folder());
    assert!(files.len() >= 11, "{files:?}");
    for path in files {
        let scenario = load(&path).unwrap_or_else(|mistakes| panic!("{}: {mistakes:?}", path.display()));
        assert!(!scenario.expect.is_empty(), "{}", path.display());
    }
}

/// With `REDELIVERY_BLESS` the files are written anew.
#[test]
fn the_standard_protocol_has_one_text_in_all_sizes() {
    let files = corpus::in_folder(&folder());
    let sizes = files.iter().filter_map(|path| {
        let name = path.file_stem()?.to_str()?.strip_prefix("standard-")?;
        Some((
            path,
            name.parse::<Size>().unwrap_or_else(|error| panic!("{name}: {error}")),
        ))
    });
    let mut compared = 0;
    for (path, size) in sizes {
        assert_eq!(
            path.file_name().and_then(|name| name.to_str()),
            Some(size.file_name().as_str())
        );
        if std::env::var_os("REDELIVERY_BLESS").is_some() {
            std::fs::write(path, size.scenario()).expect("it can be written");
        }
        let committed = std::fs::read_to_string(path).expect("it can be read");
        assert_eq!(
            committed,
            size.scenario(),
            "not from bench/standard.template: {}",
            path.display()
        );
        compared += 1;
    }
    assert!(compared >= 9, "{compared} sizes were found");
}

#[test]
fn any_size_of_the_standard_protocol_can_be_read() {
    for name in ["1-1-0-1", "1-1-1-1", "4-3-0-2", "12-63-255-9"] {
        let size: Size = name.parse().expect("a size");
        let scenario = parse(size.file_name().as_ref(), size.scenario().as_bytes())
            .unwrap_or_else(|mistakes| panic!("{name}: {mistakes:?}"));
        assert!(!scenario.expect.is_empty(), "{name}");
        assert!(!size.scenario().contains('<'), "{name}: all is filled in");
    }
    for wrong in [
        "4-3-2",
        "4-3-2-2-1",
        "0-3-2-2",
        "4-0-2-2",
        "4-3-2-0",
        "4-3--2",
        "a-b-c-d",
        "",
    ] {
        assert!(wrong.parse::<Size>().is_err(), "{wrong}");
    }
}

#[test]
fn small_workloads_have_as_many_states_as_their_peers() {
    for (name, states, transitions, symmetric) in SMALL {
        let scenario = load(&folder().join(name).with_extension("toml")).expect("it can be read");
        let exploration = Exploration::new(Arc::new(scenario.explore.setup));
        let explored = explore(&exploration, &Settings::new(states + 1), &|_| ());
        assert_eq!((explored.states, explored.transitions), (states, transitions), "{name}");
        assert!(explored.complete, "{name}");
        let settings = Settings {
            symmetry: true,
            ..Settings::new(states + 1)
        };
        let some = explore(&exploration, &settings, &|_| ());
        assert_eq!((some.states, some.found), (symmetric, explored.found.clone()), "{name}");
        for expectation in &scenario.expect {
            let is_found = explored.found[expectation.place].is_some();
            assert_eq!(
                is_found,
                expectation.expected == Expected::Violated,
                "{name}: {}",
                expectation.name
            );
        }
    }
}
