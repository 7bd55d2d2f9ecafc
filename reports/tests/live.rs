//! `redelivery live` from outside: exit codes, and the refusal to empty a server that somebody may need.
//!
//! What live runs find is tested in `scenarios/tests/live.rs`. Without a server the one test that needs it says so.

use std::path::Path;
use std::process::{Command, Output};

use redelivery_scenarios::live::{Server, servers};

const SCENARIO: &str = "../scenarios/tests/live/claims-at-once.toml";

fn live(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redelivery"));
    command
        .args(["live", SCENARIO])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn a_server_that_runs_already_is_not_emptied_unasked() {
    let refused = live(&["--server", "127.0.0.1:1"]).output().unwrap();
    assert_eq!(code(&refused), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("FLUSHALL"));
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
    assert!(String::from_utf8_lossy(&output.stdout).contains("no server to run against"));
    let absent = live(&["--binary", "/nonexistent"]).output().unwrap();
    assert_eq!(code(&absent), Some(2));
}

#[test]
fn on_a_server_violations_are_found_and_shown() {
    let Some((version, binary)) = servers().pop() else {
        assert!(
            std::env::var_os("REDELIVERY_REQUIRE_SERVERS").is_none(),
            "no redis-server"
        );
        return println!("NOT RUN: no redis-server, see .ci/servers");
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

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
