//! What the Explorer is answered: actions and states in words, pictures that are well-formed, no panic on bad addresses.

use std::net::TcpListener;
use std::process::Command;

use roxmltree::Document;
use serde_json::Value;

use crate::Explorer;

const SCENARIO: &str = "streams/dedup-mark-before";

/// Traces of what is printed for nobody to read.
const UNREADABLE: [&str; 6] = ["Memory", "ClientIx", "StreamId", "Bytes", "Some(", " {"];

fn states(explorer: &Explorer, place: &str) -> Vec<Value> {
    let (status, content) = explorer.get(&format!("/.states/{place}"));
    assert_eq!(status, 200, "{place}: {content}");
    serde_json::from_str(&content).unwrap()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field}: {value}"))
}

#[test]
fn status_names_the_checks() {
    let explorer = Explorer::of(SCENARIO);
    let (status, content) = explorer.get("/.status");
    assert_eq!(status, 200);
    let status: Value = serde_json::from_str(&content).unwrap();
    assert_eq!(status["properties"][0][1], "at-most-once");
    assert_eq!(status["properties"][1][1], "at-least-once");
    let (status, page) = explorer.get("/");
    assert!(status == 200 && page.contains("Next Action Choices"));
}

#[test]
fn actions_and_states_are_in_words() {
    let explorer = Explorer::of(SCENARIO);
    let first = states(&explorer, "");
    assert_eq!(first.len(), 1);
    assert_eq!(
        text(&first[0], "state"),
        "broker\n  orders: 1-0 shop-1\n    workers has read up to 0-0\n    pending workers: nothing\n\
         clients\n  shop has nothing more to do\n  \
         worker-1 is about to send XAUTOCLAIM orders workers worker-1 30000 - COUNT 1\n  \
         worker-2 is about to send XAUTOCLAIM orders workers worker-2 30000 - COUNT 1\n\
         violated\n  at-least-once, if the run stayed like this\n"
    );
    let choices = states(&explorer, "0");
    assert_eq!(
        text(&choices[0], "action"),
        "worker-1 XAUTOCLAIM orders workers worker-1 30000 - COUNT 1 -> nothing, cursor 0-0"
    );
    let crash = choices.iter().map(|choice| text(choice, "action"));
    assert!(
        crash
            .into_iter()
            .any(|action| action.starts_with("worker-1 crashes before XAUTOCLAIM"))
    );
    for choice in &choices {
        for field in ["action", "outcome", "state"] {
            let shown = text(choice, field);
            assert!(UNREADABLE.iter().all(|trace| !shown.contains(trace)), "{shown}");
        }
    }
}

#[test]
fn the_address_of_a_violation_leads_to_it() {
    let explorer = Explorer::of(SCENARIO);
    let place = explorer.violation("at-least-once");
    let (before, last) = place.rsplit_once('/').unwrap();
    let last: usize = last.parse().unwrap();
    let end = &states(&explorer, before)[last];
    assert_eq!(text(end, "action"), "worker-1 starts again");
    assert!(text(end, "outcome").ends_with("violated\n  at-least-once, if the run stayed like this\n"));
    let svg = text(end, "svg");
    let document = Document::parse(svg).unwrap();
    let said: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
    for expected in [
        "shop",
        "worker-1",
        "broker",
        "SADD processed:workers shop-1",
        "time passes: 1-0 has been idle for 30s",
        "crashes while it works on shop-1",
        "pending workers: 1-0 worker-2 ×2",
    ] {
        assert!(said.contains(&expected), "{expected} is not in {said:?}");
    }
}

#[test]
fn states_say_what_clients_hold() {
    for (scenario, check, held) in [
        (SCENARIO, "at-least-once", "    holds 1-0 shop-1"),
        ("lists/reliable-queue", "at-most-once", "    holds shop-"),
        ("pubsub/catch-up-repeats", "at-most-once", "    has read up to 1-0"),
    ] {
        let explorer = Explorer::of(scenario);
        let mut place = String::new();
        let shown = explorer.violation(check).split('/').map(|index| {
            let shown = states(&explorer, &place)[index.parse::<usize>().unwrap()].clone();
            place += &format!("{}{index}", if place.is_empty() { "" } else { "/" });
            text(&shown, "state").to_owned()
        });
        let shown: Vec<String> = shown.collect();
        let is_held = |state: &String| state.lines().any(|line| line.starts_with(held));
        assert!(shown.iter().any(is_held), "{scenario}: {shown:?}");
        assert!(
            !is_held(&shown[0]),
            "{scenario}: nobody holds anything in the beginning"
        );
    }
}

#[test]
fn long_paths_of_every_family_are_drawn() {
    for scenario in [
        "lists/reliable-queue",
        "pubsub/reconnect-gap",
        "cluster/mover-is-killed",
        SCENARIO,
    ] {
        let explorer = Explorer::of(scenario);
        let mut place = "0".to_owned();
        for step in 0..35 {
            let choices = states(&explorer, &place);
            // Now and then something fails.
            let Some(last) = choices.len().checked_sub(1) else {
                break;
            };
            let at = if step % 5 == 4 { last } else { step % choices.len() };
            let svg = text(&choices[at], "svg");
            let document = Document::parse(svg).unwrap_or_else(|error| panic!("{scenario}: {error}\n{svg}"));
            let root = document.root_element();
            let width: u32 = root.attribute("width").unwrap().parse().unwrap();
            let most = document
                .descendants()
                .filter_map(|node| node.attribute("x")?.parse().ok());
            assert!(
                most.max().unwrap_or(0) < width,
                "{scenario}: nothing is outside the picture"
            );
            assert!(width < 2_500, "{scenario}: {width} is wider than anybody reads");
            place += &format!("/{at}");
        }
    }
}

#[test]
fn addresses_that_lead_nowhere_are_answered() {
    let explorer = Explorer::of(SCENARIO);
    for place in [
        "/.states/7",
        "/.states/0/999",
        "/.states/x",
        "/.states/0/18446744073709551616",
        "/elsewhere",
    ] {
        assert_eq!(explorer.get(place).0, 404, "{place}");
    }
    assert_eq!(explorer.get("/.status").0, 200, "it still answers");
}

#[test]
fn what_cannot_be_browsed_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let explore = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_redelivery"))
            .args([&["explore", "--quiet"], arguments].concat())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, error) = explore(&[SCENARIO, "--browse", "--port", &port]);
    assert!(
        code == Some(2) && error.contains(&format!("cannot listen on port {port}")),
        "{error}"
    );
    let (code, error) = explore(&["streams", "--browse"]);
    assert!(code == Some(2) && error.contains("only one scenario"), "{error}");
    let (code, error) = explore(&["tests/cli/bad/unknown-stream.toml", "--browse"]);
    assert!(code == Some(2) && error.contains("unknown-stream.toml:"), "{error}");
    let (code, _) = explore(&[SCENARIO, "--port", "3000"]);
    assert_eq!(code, Some(2), "a port is for browsing");
}
