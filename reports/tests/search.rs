//! How a scenario is explored changes nothing of what is found: threads, whole states, plain steps, interchangeable clients.

use std::process::Command;

use serde_json::Value;

fn explored(arguments: &[&str]) -> Value {
    let scenarios = [
        "streams/acknowledge-on-receipt",
        "lists/blmove-survives-timeout",
        "cluster/sharded-slot-moves",
    ];
    let output = Command::new(env!("CARGO_BIN_EXE_redelivery"))
        .args(["explore", "--json", "--quiet"])
        .args(scenarios)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = str::from_utf8(&output.stdout).unwrap().lines();
    let mut reports: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(reports.len(), scenarios.len());
    for report in &mut reports {
        let report = report.as_object_mut().unwrap();
        assert!(report.remove("seconds").is_some());
        report.remove("peak_memory_bytes");
    }
    reports.into()
}

/// Takes out how much there was to do.
fn without_sizes(mut reports: Value) -> Value {
    for report in reports.as_array_mut().unwrap() {
        let report = report.as_object_mut().unwrap();
        for size in ["states", "transitions", "interchangeable"] {
            report.remove(size);
        }
        for expectation in report["expectations"].as_array_mut().unwrap() {
            expectation.as_object_mut().unwrap().remove("states");
        }
    }
    reports
}

#[test]
fn all_states_show_what_one_of_each_orbit_shows() {
    let (some, all) = (explored(&[]), explored(&["--no-symmetry"]));
    let states = |reports: &Value| reports[0]["states"].as_u64().unwrap();
    assert_eq!(some[0]["interchangeable"], serde_json::json!(["worker ×2"]));
    assert_eq!(all[0].get("interchangeable"), None);
    assert!(states(&some) < states(&all), "{} of {}", states(&some), states(&all));
    assert_eq!(without_sizes(some), without_sizes(all));
}

#[test]
fn however_it_is_explored_the_same_is_found() {
    let one = explored(&["--threads", "1"]);
    for otherwise in [
        &["--threads", "3"][..],
        &["--threads", "2", "--exact"],
        &["--plain"],
        &[],
    ] {
        assert_eq!(explored(otherwise), one, "{otherwise:?}");
    }
}
