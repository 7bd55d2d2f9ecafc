//! The table of deliberate defects, as it comes out of running them: each is caught, each check and each law catches one,
//! and the whole is as its committed snapshot says.
//!
//! A catch is on a scenario in which the same check holds without the defect: the table counts nothing else. To write the
//! snapshot anew after a change that is meant: `INSTA_UPDATE=always cargo test -p redelivery-reports --test defects`, then
//! read what changed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use redelivery_reports::render;
use redelivery_reports::report::defects::{Caught, Defects, How};
use redelivery_scenarios::defects::table;
use redelivery_scenarios::{corpus, language};

static TABLE: LazyLock<Defects> = LazyLock::new(|| match table() {
    Ok(rows) => Defects::of(&rows),
    Err(diagnostics) => panic!("{diagnostics:?}"),
});

fn catches() -> impl Iterator<Item = &'static How> {
    TABLE.defects.iter().flat_map(|caught| &caught.catches)
}

#[test]
fn each_defect_is_caught() {
    assert!(TABLE.defects.len() >= 40, "{} defects", TABLE.defects.len());
    let escaped: Vec<&Caught> = TABLE.escaped().collect();
    assert!(escaped.is_empty(), "nothing catches {escaped:#?}");
}

#[test]
fn each_check_of_the_corpus_catches_a_defect() {
    let catchers: BTreeSet<&str> = TABLE.checks.iter().map(|catcher| catcher.check).collect();
    let mut checks = BTreeSet::new();
    for path in corpus::all(&corpus::shipped()).expect("the shipped corpus") {
        let scenario = language::load(&path).expect("a shipped scenario has no mistakes");
        checks.extend(scenario.expect.iter().map(|expectation| expectation.check.name()));
    }
    assert!(checks.len() >= 19, "the checks are found");
    let toothless: Vec<&&str> = checks.difference(&catchers).collect();
    assert!(toothless.is_empty(), "no defect shows that {toothless:?} can fail");
}

#[test]
fn each_law_catches_a_defect() {
    let broken: BTreeSet<&str> = catches()
        .filter(|how| how.scenario.is_none())
        .map(|how| how.check.as_str())
        .collect();
    let laws: BTreeSet<&str> = TABLE.laws.iter().map(|law| law.name).collect();
    assert_eq!(broken, laws);
}

#[test]
fn each_way_but_loom_catches_many() {
    let caught: Vec<(&str, usize)> = TABLE
        .ways
        .iter()
        .map(|counted| (counted.way, counted.defects))
        .collect();
    let [
        ("explore", explored),
        ("simulate", simulated),
        ("property test", tried),
        ("loom", 0),
    ] = caught[..]
    else {
        panic!("{caught:?}");
    };
    assert!(explored >= 50 && simulated >= 30 && tried >= 25, "{caught:?}");
}

#[test]
fn programs_read_it() {
    let json = serde_json::to_value(&*TABLE).expect("the table has no keys but words");
    let defects = json["defects"].as_array().expect("a list");
    let wanted = (
        "claim-keeps-idle-clock",
        "XCLAIM and XAUTOCLAIM do not reset the idle clock.",
    );
    let found = defects.iter().find(|it| it["name"] == wanted.0).expect("one of them");
    assert_eq!(found["breaks"], wanted.1);
    let catches = found["catches"].as_array().expect("a list");
    let explored = &catches[0];
    assert_eq!(explored["way"], "explore");
    assert_eq!(explored["check"], "single-owner within 30s");
    assert_eq!(explored["scenario"], "streams/reclaim-takes-too-many");
    assert!(explored["steps"].as_u64() > Some(0) && explored.get("seeds").is_none());
    let tried = catches.last().expect("the last");
    assert_eq!(tried["way"], "property test");
    assert!(tried["scenario"].is_null() && tried["seeds"].as_u64() > Some(0) && tried.get("steps").is_none());
}

#[test]
fn a_path_to_a_defect_is_replayed() {
    let replay = |defect: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redelivery"));
        let stage = corpus::stages().join("waits-for-ever.toml");
        command
            .arg("replay")
            .arg(stage)
            .args(["--check", "settles"])
            .args(defect);
        let output = command.output().expect("it runs");
        (
            output.status.code(),
            String::from_utf8(output.stdout).expect("it is text"),
        )
    };
    let (code, text) = replay(&["--defect", "blocked-reader-never-woken"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("=> settles is violated"), "{text}");
    let (code, text) = replay(&[]);
    assert_eq!((code, text.as_str()), (Some(0), "settles holds in 7 states\n"));
}

#[test]
fn the_table_is_as_committed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("defects", render::defects(&TABLE).plain()));
}

/// Searches with so many threads: exit code and text.
fn searched(threads: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redelivery"));
    command.env("RAYON_NUM_THREADS", threads).args(["defects", "--search"]);
    let output = command.args(arguments).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("it is text");
    assert_eq!(text(output.stderr), "", "nobody watches");
    (output.status.code(), text(output.stdout))
}

#[test]
fn searching_says_after_how_many_seeds_and_what_it_did_not_find() {
    let arguments = [
        "--starts",
        "3",
        "--limit",
        "2",
        "claim-keeps-counter",
        "claim-leaves-both-owners",
        "autoclaim-claims-deleted",
    ];
    let (code, text) = searched("1", &arguments);
    assert_eq!(searched("2", &arguments), (code, text.clone()), "on any threads");
    assert_eq!(code, Some(1), "{text}");
    for said in [
        "claim-keeps-counter       1 ",
        "run-limit of 2 runs in streams/dead-letter-counts-runs",
        "claim-leaves-both-owners  not found ",
        "the median of 3 starts; no more than 2 each",
        "Found from every start: 1 of 2 defects, 1 by uniform, ",
        "No scenario is made for autoclaim-claims-deleted: ",
    ] {
        assert!(text.contains(said), "{said}:\n{text}");
    }
}

#[test]
fn searching_by_one_policy_is_read_by_programs() {
    let found = [
        "--policy",
        "pct",
        "--starts",
        "2",
        "--limit",
        "100",
        "claim-leaves-both-owners",
        "--json",
    ];
    let (code, text) = searched("2", &found);
    assert_eq!(code, Some(0), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let by = &json["defects"][0]["by"];
    assert_eq!(by.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&by[0]["policy"], &by[0]["check"]),
        (&"pct".into(), &"pending-list".into())
    );
    let seeds: Vec<u64> = by[0]["seeds"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it.as_u64())
        .collect();
    assert!(
        seeds.len() == 2 && seeds.iter().all(|seeds| (1..=100).contains(seeds)),
        "{seeds:?}"
    );
    assert_eq!(by[0]["median"].as_u64(), Some(seeds.iter().sum::<u64>().div_ceil(2)));
}
