//! `redelivery tune` and `simulate --numbers` as people call them.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const SCENARIO: &str = "streams/crash-then-reclaim";

fn redelivery(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redelivery"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    command.current_dir(root).args(arguments).output().unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = redelivery(arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let output = redelivery(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_grid_is_a_table_a_value_and_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("knee.svg");
    let grid = [
        "tune",
        SCENARIO,
        "--vary",
        "min-idle-time=10ms..2s",
        "--vary",
        "consumers=1,<2>",
    ];
    assert!(
        refused(&grid).contains("consumer.worker.count = <2>"),
        "it is said with which value"
    );
    let grid = [
        "tune",
        SCENARIO,
        "--vary",
        "min-idle-time=10ms..2s",
        "--vary",
        "consumers=1,4",
    ];
    let more = ["--steps", "3", "--seeds", "0..60"];
    let with = |more_still: &[&str]| printed(&[&grid[..], &more, more_still].concat());
    let table = with(&["--svg", svg.to_str().unwrap()]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(
        lines[0].starts_with("reclaim.min-idle-time  worker.count  lost"),
        "{table}"
    );
    assert_eq!(lines.len(), 1 + 6 + 1, "{table}");
    assert!(lines.iter().any(|line| line.ends_with('*')), "{table}");
    assert_eq!(table, with(&[]), "the same again");

    assert_ne!(table, with(&["--policy", "pct"]), "searched otherwise");

    let json: Value = serde_json::from_str(&with(&["--json"])).unwrap();
    let rows = json["rows"].as_array().unwrap();
    let duplicates = |row: usize| rows[row]["all"]["duplicates"].as_u64().unwrap();
    let recovery = |row: usize| rows[row]["numbers"]["recovery_ms"]["p99"].as_u64().unwrap();
    assert_eq!(rows[5]["values"], serde_json::json!(["2s", "4"]));
    assert!(duplicates(1) > duplicates(5), "short idle times repeat");
    assert!(recovery(1) < recovery(5), "and recover soon");

    let picture = std::fs::read_to_string(&svg).unwrap();
    let picture = roxmltree::Document::parse(&picture).unwrap();
    let count = |name: &str| picture.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!(count("polyline"), 3 * 2, "two lines in each of three panels");
    assert!(count("circle") >= 3 * 6);
}

#[test]
fn what_cannot_be_tuned_is_said() {
    let vary = |vary: &str| refused(&["tune", SCENARIO, "--vary", vary]);
    assert!(vary("min-idel-time=1s..2s").contains("did you mean `min-idle-time`?"));
    assert!(vary("min-idle-time=2s..1s").contains("has no steps"));
    assert!(vary("min-idle-time=1s,2weeks").contains("unknown unit `weeks`"));
    assert!(vary("min-idle-time").contains("write a name and values"));
    assert!(refused(&["tune", "streams", "--vary", "latency=1ms,2ms"]).contains("name one"));
    let lines = [
        "tune",
        SCENARIO,
        "--vary",
        "latency=1ms",
        "--vary",
        "times=1,2,3,4,5,6,7,8,9",
    ];
    let lines = refused(&[&lines[..], &["--seeds", "0..1", "--svg", "/nowhere/x.svg"]].concat());
    assert!(lines.contains("vary fewer values"), "{lines}");
}

#[test]
fn numbers_are_there_where_they_are_asked_for() {
    let with = printed(&["simulate", SCENARIO, "--seeds", "0..40", "--json", "--numbers"]);
    let with: Value = serde_json::from_str(&with).unwrap();
    assert_eq!(with["numbers"]["groups"][0]["messages"], 800);
    assert_eq!(
        with["numbers"]["bus_messages"],
        Value::Null,
        "no cluster has no bus: that is not 0"
    );
    let without = printed(&["simulate", SCENARIO, "--seeds", "0..40", "--json"]);
    let without: Value = serde_json::from_str(&without).unwrap();
    assert_eq!(without.get("numbers"), None);
    assert_eq!(with["commands"], without["commands"], "it is the same run");
    let text = printed(&["simulate", "pubsub/reconnect-gap", "--seeds", "0..40", "--numbers"]);
    let line = text
        .lines()
        .find(|line| line.starts_with("anna "))
        .unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains("  -  "), "nothing is redelivered to subscribers: {line}");
}
