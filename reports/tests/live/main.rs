//! `redelivery live` from outside: exit codes, the refusal to empty a server that somebody may need, what is left out,
//! and that nothing is left behind (`killed`).
//!
//! What live runs find is tested in `scenarios/tests/live.rs`. Without a server the tests that need one say so.

mod killed;
mod slow_syncs;

use std::path::Path;
use std::process::{Command, Output};

use redelivery_scenarios::live::{Server, servers};

const SCENARIO: &str = "../scenarios/tests/live/claims-at-once.toml";
/// Of a version that no server has.
const LATER: &str = "tests/live/later.toml";

fn live(arguments: &[&str]) -> Command {
    let mut command = live_of(&[SCENARIO]);
    command.args(arguments);
    command
}

fn live_of(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redelivery"));
    command.arg("live").args(words).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Says that a test needs a server and has none.
fn not_run() {
    assert!(
        std::env::var_os("REDELIVERY_REQUIRE_SERVERS").is_none(),
        "no redis-server"
    );
    println!("NOT RUN: no redis-server, see .ci/servers");
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn a_server_that_runs_already_is_not_emptied_unasked() {
    let refused = live(&["--server", "127.0.0.1:1"]).output().unwrap();
    assert_eq!(code(&refused), Some(2));
    assert!(stderr(&refused).contains("FLUSHALL"));
    let absent = live(&["--server", "127.0.0.1:1", "--flush"]).output().unwrap();
    assert_eq!(code(&absent), Some(3), "it cannot be reached");
}

#[test]
fn without_a_server_all_is_unknown() {
    let output = live(&[])
        .env("PATH", "/nonexistent")
        .env("REDELIVERY_SERVERS", "/nonexistent")
        .output()
        .unwrap();
    assert_eq!(code(&output), Some(3));
    assert!(stdout(&output).contains("no server to run against"));
    let absent = live(&["--binary", "/nonexistent"]).output().unwrap();
    assert_eq!(code(&absent), Some(2));
}

#[test]
fn on_a_server_violations_are_found_and_shown() {
    let Some((version, binary)) = servers().pop() else {
        return not_run();
    };
    let started = live(&["--binary", path(&binary), "--json"]).output().unwrap();
    assert_eq!(code(&started), Some(0), "{version}: {started:?}");
    let reports: serde_json::Value = serde_json::from_slice(&started.stdout).unwrap();
    let of_live = |row: &&serde_json::Value| row["verdict"] == "violated" && row["way"] == "live";
    let expectations = reports[0]["expectations"].as_array().unwrap();
    let found: Vec<_> = expectations.iter().filter(of_live).collect();
    assert_eq!(found.len(), 3, "{reports:#}");
    assert!(found.iter().all(|row| row["seeds"] == 4));
    let server = Server::start(&binary, &[]).unwrap();
    let address = server.address().to_string();
    assert!(found.iter().all(|row| row["counterexample"]["seed"].is_u64()));
    let named = live(&["--server", &address, "--flush", "--seeds", "4..8"])
        .output()
        .unwrap();
    assert_eq!(code(&named), Some(0), "{named:?}");
}

#[test]
fn one_check_is_driven_alone() {
    let Some((_, binary)) = servers().pop() else {
        return not_run();
    };
    let arguments = |check| {
        [
            "streams/claim-with-zero-idle",
            "--binary",
            path(&binary),
            "--check",
            check,
        ]
    };
    let driven = live_of(&arguments("no-overlapping-work"))
        .arg("--json")
        .output()
        .unwrap();
    assert_eq!(code(&driven), Some(0), "{driven:?}");
    let reports: serde_json::Value = serde_json::from_slice(&driven.stdout).unwrap();
    let rows = reports[0]["expectations"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{reports:#}");
    assert_eq!(rows[0]["check"], "no-overlapping-work");
    assert_eq!(rows[0]["verdict"], "violated");
    assert_eq!(rows[0]["seeds"], 0, "nothing is left to chance");
    let unknown = live_of(&arguments("overlapping")).output().unwrap();
    assert_eq!(code(&unknown), Some(2));
    let said = stderr(&unknown);
    assert!(said.contains("does not check `overlapping` here"), "{said}");
    assert!(said.contains("no-overlapping-work"), "what can be asked for: {said}");
}

/// Twice as fast as the scenario asks for, this path has no moments; at its end one worker goes on in rounds for ever.
#[test]
fn how_a_path_was_driven_is_said() {
    let Some((_, binary)) = servers().pop() else {
        return not_run();
    };
    let shipped = include_str!("../../../scenarios/corpus/streams/empty-claim-page-not-the-end.toml");
    let hurried = shipped.replace("\nspeed = 40\n", "\nspeed = 80\n");
    assert_ne!(hurried, shipped);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hurried.toml");
    std::fs::write(&file, hurried).unwrap();
    let words = [path(&file), "--check", "at-least-once"];
    let driven = live_of(&words).args(["--binary", path(&binary)]).output().unwrap();
    assert_eq!(code(&driven), Some(0), "{driven:?}");
    let said = stdout(&driven);
    assert!(said.contains("was gone round twice on the server"), "{said}");
    assert!(said.contains("driven at speed 40, not 80"), "{said}");
    let again = format!(" live --binary {} ", path(&binary));
    assert!(said.contains(&again), "{said}");
}

#[test]
fn what_is_left_out_is_shown() {
    let Some((_, binary)) = servers().pop() else {
        return not_run();
    };
    let left_out = "live/later is left out: it is of Redis 999.0 and later";
    let some = live_of(&[SCENARIO, LATER, "--quiet", "--binary", path(&binary)])
        .output()
        .unwrap();
    assert_eq!(code(&some), Some(0), "{some:?}");
    let lines = stdout(&some);
    let last: Vec<&str> = lines.lines().rev().take(2).collect();
    assert_eq!(last, ["1 scenario as expected", left_out]);
    let all = live_of(&[LATER, "--binary", path(&binary)]).output().unwrap();
    assert_eq!(code(&all), Some(3), "nothing was tried: {all:?}");
    assert_eq!(stdout(&all).trim_end(), left_out);
    assert!(stderr(&all).contains("nothing is left to run"));
    let json = live_of(&[SCENARIO, LATER, "--json", "--binary", path(&binary)])
        .output()
        .unwrap();
    assert!(stderr(&json).contains(left_out), "{json:?}");
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
