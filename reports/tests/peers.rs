//! The states of small workloads, counted by SPIN: as many as `scenarios/tests/bench.rs` counts of ours.
//!
//! Where SPIN or gcc is missing nothing is compared, and the test says so; with `REDELIVERY_REQUIRE_SPIN` it fails.

use std::path::Path;

#[path = "../examples/peers/spin.rs"]
mod spin;

use spin::PEERS;

/// Larger ones are for `--example peers`.
const STATES_MAX: u64 = 60_000;

#[test]
fn peers_have_the_states_that_are_claimed() {
    if !spin::is_installed() {
        assert!(
            std::env::var_os("REDELIVERY_REQUIRE_SPIN").is_none(),
            "spin or gcc is missing"
        );
        println!("not compared with SPIN: spin or gcc is missing");
        return;
    }
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/peers");
    for peer in PEERS.iter().filter(|peer| peer.states <= STATES_MAX) {
        let claims = [(false, Some(peer.states)), (true, peer.symmetric)];
        for (symmetric, states) in claims.into_iter().filter_map(|(form, states)| Some((form, states?))) {
            let folder = tempfile::tempdir().expect("a folder");
            spin::compile(peer, symmetric, &models, folder.path()).expect("it compiles");
            let counted = spin::count(peer, folder.path()).expect("no error is found");
            assert_eq!(counted.states, states, "{}, symmetric: {symmetric}", peer.workload);
        }
    }
}

#[test]
fn each_peer_has_its_workload() {
    let bench = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/bench");
    for peer in &PEERS {
        assert!(
            bench.join(peer.workload).with_extension("toml").is_file(),
            "{}",
            peer.workload
        );
    }
}
