//! Made-up pairs: each way in which a repair can fall short is named.

use std::path::Path;

use super::*;
use crate::language;

const FAILING: &str = "\
story = 'Two workers, one is killed.'
stream.s.groups.g = '0'
producer.p = { stream = 's', messages = 2 }
[consumer.w]
count = 2
stream = 's'
group = 'g'
fails-on = ['p-1']
[faults]
crash = { times = 2 }
pause = { times = 1, clients = ['w'] }
cut = { times = 1, clients = ['w-2'], fates = ['never', 'late'] }
[expect]
violated = ['at-least-once', 'order', 'no-overlapping-work']
";

const EXPECT: &str = "violated = ['at-least-once', 'order', 'no-overlapping-work']";

const REPAIRED: &str = "holds = ['at-least-once', 'order']\nviolated = ['no-overlapping-work']";

/// The pair of the failing design with itself, repaired, but for these replacements.
fn with(replacements: &[(&str, &str)]) -> Pair {
    let repaired = FAILING.replace(EXPECT, REPAIRED);
    let repair = replacements.iter().fold(repaired, |text, (old, new)| {
        assert!(text.contains(old), "{old} is in the text");
        text.replace(old, new)
    });
    Pair::of(&read("repair.toml", &repair), &read("failing.toml", FAILING))
}

fn read(name: &str, text: &str) -> Scenario {
    language::parse(Path::new(name), text.as_bytes()).expect("it has no mistakes")
}

/// The one thing in which the repair has it easier after a replacement.
fn easier(old: &str, new: &str) -> String {
    let pair = with(&[(old, new)]);
    assert_eq!(pair.easier.len(), 1, "{:?}", pair.easier);
    assert!(pair.flaws().iter().any(|flaw| flaw.contains(&pair.easier[0])));
    pair.easier[0].clone()
}

#[test]
fn a_repair_that_stands_the_same_has_no_flaw() {
    let pair = with(&[]);
    assert_eq!(pair.proves, ["at-least-once", "order"]);
    assert_eq!(pair.still_violated, ["no-overlapping-work"]);
    assert_eq!(pair.flaws(), Vec::<String>::new());
    let more = with(&[
        ("count = 2", "count = 3"),
        ("messages = 2", "messages = 3"),
        ("crash = { times = 2", "crash = { times = 3"),
    ]);
    assert_eq!(more.flaws(), Vec::<String>::new());
}

#[test]
fn what_a_repair_gives_up_is_named() {
    let failing = FAILING.replace(EXPECT, "holds = ['at-most-once']\nviolated = ['order']");
    let repair = FAILING.replace(EXPECT, "holds = ['order']\nviolated = ['at-most-once']");
    let pair = Pair::of(&read("repair.toml", &repair), &read("failing.toml", &failing));
    assert_eq!(
        (pair.proves.join(" "), pair.loses.join(" ")),
        ("order".into(), "at-most-once".into())
    );
    assert_eq!(pair.flaws(), Vec::<String>::new());
}

#[test]
fn silence_is_a_flaw() {
    let pair = with(&[(
        REPAIRED,
        "holds = ['at-least-once']\nviolated = ['no-overlapping-work']",
    )]);
    assert_eq!(pair.silent, ["order"]);
    assert_eq!(
        pair.flaws(),
        ["it does not say what becomes of order: expect it to hold, or to be violated still"]
    );
}

#[test]
fn what_only_simulating_says_is_silence() {
    let only_simulated = "holds = ['at-least-once']\nviolated = ['no-overlapping-work']\nsimulate.holds = ['order']";
    assert_eq!(with(&[(REPAIRED, only_simulated)]).silent, ["order"]);
}

#[test]
fn a_repair_that_proves_nothing() {
    let pair = with(&[(REPAIRED, "violated = ['at-least-once', 'order', 'no-overlapping-work']")]);
    assert_eq!(pair.flaws(), ["it proves nothing that was violated"]);
}

#[test]
fn another_limit_is_another_check() {
    let limit = |limit| format!("holds = ['at-least-once', {{ run-limit = {{ limit = {limit} }} }}]");
    let failing = FAILING.replace(EXPECT, "violated = ['at-least-once', { run-limit = { limit = 2 } }]");
    let pair = |repair: &str| {
        Pair::of(
            &read("repair.toml", &FAILING.replace(EXPECT, repair)),
            &read("f.toml", &failing),
        )
    };
    assert_eq!(pair(&limit(3)).silent, ["run-limit of 2 runs"]);
    assert!(pair(&limit(2)).silent.is_empty());
}

#[test]
fn fewer_clients() {
    // With one worker there is no `w-2` whom a cut could befall.
    let one = with(&[("count = 2", "count = 1"), ("'w-2'", "'w'")]);
    assert_eq!(one.easier, ["consumer `w` has a count of 1, not 2"]);
    let fewer = with(&[("[faults]", "[explore]\ncount = { w = 1 }\n[faults]"), ("'w-2'", "'w'")]);
    assert_eq!(fewer.easier, ["consumer `w` has a count of 1, not 2"]);
    let other = with(&[("consumer.w]", "consumer.v]"), ("'w'", "'v'"), ("'w-2'", "'v-2'")]);
    assert_eq!(other.easier, ["there is no consumer `w`"]);
}

#[test]
fn fewer_messages() {
    assert_eq!(
        easier("messages = 2", "messages = 1"),
        "the messages of producer `p` are 1, not 2"
    );
    assert_eq!(
        easier("[faults]", "[simulate]\nmessages = { p = 1 }\n[faults]"),
        "when simulated, the messages of producer `p` are 1, not 2"
    );
    assert_eq!(
        easier("messages = 2", "messages = 2, when = 'beforehand'"),
        "producer `p` adds everything beforehand"
    );
}

#[test]
fn another_group() {
    let other = with(&[("groups.g", "groups.h"), ("group = 'g'", "group = 'h'")]);
    assert_eq!(
        other.easier,
        [
            "there is no group `g` of stream `s`",
            "consumer `w` has nothing to do with group `g` of stream `s`"
        ]
    );
}

#[test]
fn a_group_that_is_there_already() {
    let creates = FAILING
        .replace("'0'", "'absent'")
        .replace("count = 2", "count = 2\ncreates-group = '0'");
    let pair = Pair::of(&read("repair.toml", FAILING), &read("failing.toml", &creates));
    assert_eq!(pair.easier, ["group `g` is there from the beginning"]);
}

#[test]
fn easier_work() {
    assert_eq!(
        easier("fails-on = ['p-1']", ""),
        "the work of consumer `w` does not fail on p-1"
    );
    assert_eq!(
        easier("count = 2", "count = 2\neffect = 'idempotent'"),
        "the effects of consumer `w` may be repeated"
    );
    assert_eq!(
        easier("count = 2", "count = 2\nrestart = 'never'"),
        "consumer `w` stays away after a crash"
    );
    assert_eq!(
        easier("[faults]", "[explore]\nageing = 'all-at-once'\n[faults]"),
        "deliveries age all at once"
    );
}

#[test]
fn fewer_faults() {
    assert_eq!(
        easier("crash = { times = 2", "crash = { times = 1"),
        "the budget of `crash` is 1, not 2"
    );
    assert_eq!(
        easier("pause = { times = 1, clients = ['w'] }", ""),
        "when simulated, the budget of `pause` is 0, not 1"
    );
    assert_eq!(
        easier("['never', 'late']", "['late', 'reply-lost']"),
        "no request of a cut connection is lost before it reaches the broker"
    );
}

#[test]
fn whom_no_fault_befalls() {
    assert_eq!(
        easier("crash = { times = 2", "crash = { clients = ['w'], times = 2"),
        "no crash befalls p"
    );
    assert_eq!(
        easier("clients = ['w']", "clients = ['w-1']"),
        "when simulated, no pause befalls w-2"
    );
    assert_eq!(easier("clients = ['w-2']", "clients = ['w-1']"), "no cut befalls w-2");
    // Where all could be killed, a third worker may not be spared.
    let third = with(&[
        ("count = 2", "count = 3"),
        (
            "crash = { times = 2",
            "crash = { clients = ['p', 'w-1', 'w-2'], times = 2",
        ),
    ]);
    assert_eq!(third.easier, ["no crash befalls w-3"]);
}
