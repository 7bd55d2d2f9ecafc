//! What the corpus takes of all that may be taken: no gaps but those with a written reason, and none of these any longer
//! than it is one. The whole is as its committed snapshot says.
//!
//! To write the snapshot anew after a change that is meant: `INSTA_UPDATE=always cargo test -p redelivery-reports --test
//! coverage`, then read what changed. What is no longer excused leaves `scenarios/src/coverage/excuses.rs`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use redelivery_model::coverage::{Coverage, Point, all};
use redelivery_reports::render;
use redelivery_reports::report::coverage::CoverageReport;
use redelivery_scenarios::coverage::{Reach, coverage, excused};
use redelivery_scenarios::{Scenario, corpus, language};
use serde_json::Value;

const REACH: Reach = Reach {
    seeds: 20,
    max_states: None,
};

fn scenarios(files: &[PathBuf]) -> Vec<Scenario> {
    let load = |path: &PathBuf| language::load(path).expect("the scenario is right");
    files.iter().map(load).collect()
}

static CORPUS: LazyLock<(usize, Coverage)> = LazyLock::new(|| {
    let scenarios = scenarios(&corpus::all(&corpus::shipped()).unwrap());
    (scenarios.len(), coverage(&scenarios, REACH, &|| ()))
});

fn never(taken: &Coverage) -> BTreeSet<Point> {
    all().into_iter().filter(|point| !taken.contains(point)).collect()
}

#[test]
fn nothing_is_left_out_but_for_a_reason() {
    let (_, taken) = &*CORPUS;
    let excused: BTreeSet<Point> = excused().into_iter().collect();
    let never = never(taken);
    let shown = |points: BTreeSet<&Point>| points.iter().map(|point| point.to_string()).collect::<Vec<_>>();
    let gaps = shown(never.difference(&excused).collect());
    assert!(gaps.is_empty(), "no scenario takes {gaps:?}");
    let stale = shown(excused.difference(&never).collect());
    assert!(stale.is_empty(), "some scenario takes {stale:?}: they need no excuse");
}

#[test]
fn all_that_is_taken_is_known() {
    let known: BTreeSet<Point> = all().into_iter().collect();
    let unknown: Vec<&Point> = CORPUS.1.points().filter(|point| !known.contains(point)).collect();
    assert!(unknown.is_empty(), "{unknown:?} is not among what there is");
}

#[test]
fn the_report_is_as_it_was() {
    let (scenarios, taken) = &*CORPUS;
    let report = CoverageReport::new(taken, *scenarios, REACH.seeds);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("coverage", render::coverage(&report).plain()));
}

#[test]
fn a_part_of_the_corpus_has_gaps() {
    let file = corpus::shipped().join("streams/crash-then-reclaim.toml");
    let taken = coverage(&scenarios(&[file]), REACH, &|| ());
    let report = CoverageReport::new(&taken, 1, REACH.seeds);
    let gaps: Vec<&str> = report.gaps().map(|gap| gap.point.as_str()).collect();
    for gap in [
        "Bus",
        "DeadLettered",
        "Worker: Step",
        "consumer handles: RouteAdd",
        "Taken",
    ] {
        assert!(gaps.contains(&gap), "{gap} is not in {gaps:?}");
    }
    for taken in ["Granted", "Consumer: Crash", "consumer handles: Work", "Claim"] {
        assert!(!gaps.contains(&taken), "{taken} is in {gaps:?}");
    }
    assert!(render::coverage(&report).plain().contains("  a gap:\n"));
}

#[test]
fn a_program_reads_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_redelivery"))
        .args(["coverage", "tests/cli/holds.toml", "--seeds", "3", "--json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["scenarios"], &report["seeds"]), (&1.into(), &3.into()));
    let actions = &report["kinds"][0];
    assert_eq!(actions["kind"], "actions by role");
    let taken = actions["taken"].as_u64().unwrap();
    let never = actions["never"].as_array().unwrap().len() as u64;
    assert_eq!(actions["points"].as_u64(), Some(taken + never));
    assert!(taken > 0);
}

#[test]
fn each_shipped_scenario_says_what_must_occur_in_each_way() {
    let scenarios = scenarios(&corpus::all(&corpus::shipped()).unwrap());
    for scenario in scenarios {
        let name = &scenario.name;
        for way in ["explored", "simulated"] {
            let judged = scenario.expect.iter().any(|it| is_in(it.ways, way));
            let occurs = scenario.occurs.iter().any(|(_, ways)| is_in(*ways, way));
            assert!(occurs || !judged, "{name}: nothing must occur when it is {way}");
        }
    }
}

fn is_in(ways: redelivery_scenarios::scenario::Ways, way: &str) -> bool {
    match way {
        "explored" => ways.explore,
        _ => ways.simulate,
    }
}
