//! A server whose disk syncs slowly, for real: it answers, and writes only once the sync is over.

use std::process::Command;

use redelivery_scenarios::live::servers;

use super::{code, live_of, not_run, path};

/// Killed at once it would have lost what it had answered, by seed too, and the scenario would not be as expected.
#[test]
fn a_server_is_killed_once_it_has_written() {
    let Some((_, binary)) = servers().pop() else {
        return not_run();
    };
    let folder = tempfile::tempdir().unwrap();
    let slow = folder.path().join("slow_syncs.so");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o", path(&slow), "tests/live/slow_syncs.c"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("who links Rust has a C compiler");
    assert!(built.success());
    let driven = live_of(&["durable/last-delivered-id-goes-back", "--binary", path(&binary)])
        .env("LD_PRELOAD", &slow)
        .output()
        .unwrap();
    assert_eq!(code(&driven), Some(0), "{driven:?}");
}
