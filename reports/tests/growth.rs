//! How the standard protocol grows: small sizes explored by the binary, and the committed plot, which is that of the
//! committed counts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use redelivery_reports::apart::{Cost, Explorer, Limit, Limits, Outcome, Space};
use redelivery_reports::growth::{Axis, Counts, Form, Growth, Known, Told, plot};
use redelivery_scenarios::standard::Size;

/// Committed counts of so many states at most are counted again.
const STATES_MAX: u64 = 6_000;

/// Sizes are explored in a folder that goes with this.
struct Sizes {
    folder: tempfile::TempDir,
}

impl Sizes {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn explore(&self, size: Size, form: Form, limits: Limits) -> std::io::Result<Outcome> {
        let explorer = Explorer {
            program: env!("CARGO_BIN_EXE_redelivery").into(),
            threads: 1,
            folder: self.folder.path().to_owned(),
        };
        let scenario = self.folder.path().join(size.file_name());
        fs::write(&scenario, size.scenario())?;
        explorer.explore(&scenario, form == Form::Interchangeable, limits)
    }
}

fn size(text: &str) -> Size {
    text.parse().unwrap()
}

fn committed(extension: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/peers");
    folder.join("growth").with_extension(extension)
}

fn committed_counts() -> Counts {
    Counts::read(&fs::read_to_string(committed("json")).unwrap()).unwrap()
}

/// The states are those that `scenarios/tests/bench.rs` holds, and on the way there those that SPIN counts.
#[test]
fn small_sizes_have_the_states_that_are_claimed() {
    let base = size("2-2-1-2");
    let sizes = Sizes::new();
    let mut explore = |size: Size, form, limits| {
        // Beyond the base it is for others to go.
        let beyond = size.messages > 2 || size.consumers > 2 || size.crashes > 1 || size.deliveries > 2;
        match beyond {
            true => Ok(Outcome {
                space: Err(Limit::Time),
                cost: Cost {
                    milliseconds: 0,
                    memory_bytes: 0,
                },
            }),
            false => sizes.explore(size, form, limits),
        }
    };
    for (form, states) in [(Form::AllStates, 1_013), (Form::Interchangeable, 511)] {
        let mut growth = Growth::new(form, base, Limits::NONE, Known::default(), &mut explore);
        let mut rows = 0;
        for axis in Axis::ALL {
            growth
                .along(axis, &mut |told| rows += u32::from(matches!(told, Told::Row(_))))
                .unwrap();
        }
        let explored: BTreeMap<Size, u64> = growth.explored().map(|(size, space)| (size, space.states)).collect();
        assert_eq!(explored[&base], states);
        let names: Vec<String> = explored.keys().map(Size::to_string).collect();
        assert_eq!(names, ["1-2-1-2", "2-1-1-2", "2-2-0-2", "2-2-1-1", "2-2-1-2"]);
        assert!(explored.values().all(|others| *others <= states), "{explored:?}");
        assert_eq!(
            rows, 12,
            "the base on each axis, what is smaller, and one that is not explored to its end"
        );
    }
}

#[test]
fn an_exploration_is_ended_at_a_limit() {
    let limits = Limits {
        memory_bytes: 1,
        ..Limits::NONE
    };
    let outcome = Sizes::new().explore(size("2-2-1-2"), Form::AllStates, limits).unwrap();
    assert_eq!(outcome.space, Err(Limit::Memory));
    assert!(outcome.cost.memory_bytes > 1);
}

#[test]
fn what_cannot_be_explored_is_an_error() {
    let sizes = Sizes::new();
    let error = sizes
        .explore(size("1-65-0-1"), Form::AllStates, Limits::NONE)
        .unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("not explored to the end") && error.contains("65 is out of bounds"),
        "{error}"
    );
    assert_eq!(
        fs::read_dir(sizes.folder.path()).unwrap().count(),
        1,
        "only the scenario is left"
    );
}

#[test]
fn committed_counts_are_those_of_exploring() {
    let sizes = Sizes::new();
    let mut counted = 0;
    for (form, size, space) in committed_counts()
        .all()
        .filter(|(.., space)| space.states <= STATES_MAX)
    {
        let outcome = sizes.explore(size, form, Limits::NONE).unwrap();
        assert_eq!(outcome.space, Ok(space), "{size}, {}", form.name());
        counted += 1;
    }
    assert!(counted >= 6, "{counted}");
}

/// With `REDELIVERY_BLESS` it is drawn anew.
#[test]
fn the_committed_plot_is_that_of_the_committed_counts() {
    let counts = committed_counts();
    if std::env::var_os("REDELIVERY_BLESS").is_some() {
        fs::write(committed("svg"), plot(&counts)).unwrap();
    }
    assert_eq!(fs::read_to_string(committed("json")).unwrap(), counts.written());
    assert!(
        fs::read_to_string(committed("svg")).unwrap() == plot(&counts),
        "draw it anew: REDELIVERY_BLESS=1 cargo test -p redelivery-reports --test growth"
    );
    for form in Form::ALL {
        for axis in [Axis::Messages, Axis::Consumers, Axis::Crashes] {
            let base = axis.of(counts.base);
            let places = axis.least()..=base;
            let known = places.filter(|place| counts.states(form, axis.at(counts.base, *place)).is_some());
            assert_eq!(
                known.count() as u32,
                base - axis.least() + 1,
                "{} is in {}",
                axis.name(),
                form.name()
            );
        }
    }
}

/// A length with one digit after the point.
fn tenths(node: roxmltree::Node<'_, '_>, name: &str) -> i64 {
    node.attribute(name).unwrap().replace('.', "").parse().unwrap()
}

/// A text's box in pixels: left, right, top, bottom. Its letters are as wide as those of a wide font.
fn text_box(text: roxmltree::Node<'_, '_>) -> [i64; 4] {
    let tenths = |name| tenths(text, name);
    let size = if text.attribute("class") == Some("head") {
        13
    } else {
        11
    };
    let letters = i64::try_from(text.text().unwrap().chars().count()).unwrap();
    let width = letters * size * 6;
    let left = match text.attribute("text-anchor") {
        Some("start") => tenths("x"),
        Some("middle") => tenths("x") - width / 2,
        Some("end") => tenths("x") - width,
        other => panic!("{other:?}"),
    };
    [left, left + width, tenths("y") - size * 9, tenths("y") + size * 2].map(|edge| edge / 10)
}

/// Draws counts on all three axes, as if states were this of a size.
fn drawn(last: u32, states: impl Fn(Form, Size) -> u64) -> String {
    let base = size("4-3-2-2");
    let mut counts = Counts::new(base);
    for form in Form::ALL {
        for axis in [Axis::Messages, Axis::Consumers, Axis::Crashes] {
            for place in axis.least()..=last {
                let size = axis.at(base, place);
                let space = Space {
                    states: states(form, size),
                    transitions: 0,
                    depth: 0,
                };
                counts.add(form, size, space).unwrap();
            }
        }
    }
    plot(&counts)
}

#[test]
fn labels_of_a_plot_do_not_overlap_and_lie_within_it() {
    let power = |size: Size| u64::from(size.messages * size.consumers * (size.crashes + 1)).pow(4);
    let plots = [
        fs::read_to_string(committed("svg")).unwrap(),
        drawn(5, |form, size| {
            power(size) / if form == Form::AllStates { 1 } else { 6 }
        }),
        // Both forms end together.
        drawn(8, |_, size| power(size)),
    ];
    for drawn in plots {
        let document = roxmltree::Document::parse(&drawn).unwrap();
        let edge = |name| tenths(document.root_element(), name) / 10;
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        let boxes: Vec<(&str, [i64; 4])> = texts.map(|text| (text.text().unwrap(), text_box(text))).collect();
        assert!(boxes.len() > 30, "{boxes:?}");
        for (at, (text, [left, right, top, bottom])) in boxes.iter().enumerate() {
            assert!(
                *left >= 0 && *right <= edge("width") && *top >= 0 && *bottom <= edge("height"),
                "{text} is out of the picture"
            );
            for (other, [l, r, t, b]) in &boxes[..at] {
                let apart = right <= l || r <= left || bottom <= t || b <= top;
                assert!(apart, "{text} and {other} overlap");
            }
        }
    }
}

#[test]
fn any_counts_can_be_drawn() {
    let base = size("4-3-2-2");
    let one = Space {
        states: 1,
        transitions: 0,
        depth: 0,
    };
    let mut single = Counts::new(base);
    single.add(Form::AllStates, base, one).unwrap();
    for counts in [Counts::new(base), single] {
        let drawn = plot(&counts);
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        assert_eq!(drawn, plot(&counts), "the same counts give the same bytes");
        roxmltree::Document::parse(&drawn).unwrap();
        for axis in [
            "M messages",
            "C consumers",
            "K crashes",
            "states, on a logarithmic scale",
        ] {
            assert!(drawn.contains(&format!(">{axis}</text>")), "{axis}");
        }
    }
}
