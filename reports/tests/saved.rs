//! What exploring saves is what `replay` finds again: a schedule file and the check's name lead to the same run, whether it
//! breaks a claim on the way, at its end, or by going round for ever.

use std::fs;
use std::process::Command;

/// Of each: a scenario, a check that it violates, and what its replay says.
const CASES: [(&str, &str, &str); 5] = [
    (
        "streams/claim-with-zero-idle",
        "no-overlapping-work",
        "work on shop-1 at the same time",
    ),
    (
        "streams/dedup-mark-before",
        "at-least-once",
        "from here nothing new happens",
    ),
    ("streams/history-poller-blocks-reclaim", "settles", "again and again"),
    // With a clock.
    (
        "streams/pause-longer-than-idle",
        "no-overlapping-work",
        "work on shop-1 at the same time",
    ),
    ("streams/owner-slower-than-idle", "settles", "again and again"),
];

fn redelivery(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_redelivery"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn saved_runs_are_those_that_are_found_again() {
    for (scenario, check, said) in CASES {
        let folder = tempfile::tempdir().unwrap();
        redelivery(&["explore", scenario, "--save", folder.path().to_str().unwrap()]);
        let (_, name) = scenario.split_once('/').unwrap();
        let file = folder.path().join(format!("{name}--explore--{check}.toml"));
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.contains("ends = true"), said != CASES[0].2, "{text}");
        let clock = if text.contains("\"clock ") {
            "bounded"
        } else {
            "abstract"
        };
        assert!(text.contains(&format!("clock = \"{clock}\"")), "{text}");
        let saved = redelivery(&["replay", scenario, "--schedule", file.to_str().unwrap()]);
        let found = redelivery(&["replay", scenario, "--check", check]);
        assert_eq!(saved, found, "{scenario}");
        assert!(saved.contains(said), "{saved}");
        assert!(saved.contains(&format!("=> {check} is violated")), "{saved}");
        assert!(saved.contains("pending "), "the pending list as it changes: {saved}");
    }
}

/// A schedule keeps to the bounds, and to the clock, of what is explored.
#[test]
fn schedules_with_a_clock_keep_to_the_bounds() {
    const SCENARIO: &str = "streams/pause-longer-than-idle";
    let folder = tempfile::tempdir().unwrap();
    redelivery(&["explore", SCENARIO, "--save", folder.path().to_str().unwrap()]);
    let file = folder
        .path()
        .join("pause-longer-than-idle--explore--no-overlapping-work.toml");
    let text = fs::read_to_string(&file).unwrap();
    let pause = "  \"worker-1 pauses\",\n";
    assert!(text.contains(pause), "{text}");
    for (changed, said) in [
        (text.replace(pause, ""), "this step is not possible here"),
        (
            text.replace("\"bounded\"", "\"abstract\""),
            "the scenario is explored with another clock",
        ),
    ] {
        fs::write(&file, changed).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_redelivery"))
            .args(["replay", SCENARIO, "--schedule", file.to_str().unwrap()])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(said), "{error}");
    }
}
