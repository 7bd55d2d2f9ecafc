//! The command line from outside: exit codes, quiet pipes, JSON, commands that replay, bad files.
//!
//! The scenarios are in `tests/cli/`; those of `tests/cli/bad/` each have one mistake, named by the file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn redelivery(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redelivery"));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("CLICOLOR_FORCE");
    command
}

fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("not ended by a signal")
}

const HOLDS: &str = "tests/cli/holds.toml";
const FAILS: &str = "tests/cli/fails.toml";
const UNKNOWN: &str = "tests/cli/unknown.toml";
const NEVER: &str = "tests/cli/never.toml";

#[test]
fn exit_codes_by_kind() {
    for (files, expected) in [
        (&[HOLDS][..], 0),
        (&[FAILS], 1),
        (&[UNKNOWN], 3),
        (&[NEVER], 3),
        (&[HOLDS, UNKNOWN, FAILS], 1),
        (&["tests/cli/bad/empty.toml", FAILS], 2),
    ] {
        let output = redelivery(&[&["run"], files].concat());
        assert_eq!(code(&output), expected, "{files:?}\n{}", stdout(&output));
    }
    for usage in [
        &["fly"][..],
        &["run", "--seeds", "5..5"],
        &["run", "--max-states", "0"],
        &["replay", HOLDS],
        &["replay", "streams", "--seed", "1"],
        &["simulate", HOLDS, "--seeds", "x"],
    ] {
        assert_eq!(code(&redelivery(usage)), 2, "{usage:?}");
    }
}

#[test]
fn what_shells_and_editors_need() {
    for arguments in [
        &["completions", "bash"][..],
        &["man"],
        &["schema"],
        &["--version"],
        &["help", "run"],
    ] {
        let output = redelivery(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}");
        assert!(!output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_help_has_an_example_of_each_way_with_flags_that_are_there() {
    let help = redelivery(&["--help"]);
    let (_, examples) = stdout(&help).split_once("Examples:\n").unwrap();
    let examples: Vec<Vec<&str>> = examples
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| line.trim().split("  ").next().unwrap().split(' ').skip(1).collect())
        .collect();
    for name in ["run", "explore", "simulate", "live", "serve", "replay", "list"] {
        let of_name = examples.iter().filter(|words| words.first() == Some(&name));
        let flags: Vec<&str> = of_name
            .clone()
            .flatten()
            .copied()
            .filter(|word| word.starts_with("--"))
            .collect();
        let own_help = redelivery(&["help", name]);
        assert!(of_name.count() > 0, "{name}");
        assert!(
            flags.iter().all(|flag| stdout(&own_help).contains(*flag)),
            "{name}: {flags:?}"
        );
    }
}

#[test]
fn pipes_are_quiet_and_without_colours() {
    let output = redelivery(&["run", HOLDS]);
    assert_eq!(stderr(&output), "");
    assert!(!stdout(&output).contains('\u{1b}'));
    let output = redelivery(&["--quiet", "run", FAILS]);
    assert!(stdout(&output).contains("FAILED"));
    assert!(!stdout(&output).contains("=>"), "no timeline");
}

#[test]
fn a_closed_pipe_is_no_error() {
    for arguments in [
        &["run", FAILS][..],
        &["--help"],
        &["schema"],
        &["man"],
        &["list", FAILS],
    ] {
        let mut child = command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(stderr(&output), "", "{arguments:?}");
        assert!(output.status.code().is_some_and(|code| code <= 1), "{arguments:?}");
    }
}

fn json(arguments: &[&str]) -> Value {
    let output = redelivery(&[arguments, &["--json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{}", stdout(&output)))
}

#[test]
fn json_of_a_run() {
    let value = json(&["run", HOLDS, FAILS, UNKNOWN]);
    let [holds, fails, unknown] = value.as_array().unwrap().as_slice() else {
        panic!("one for each file: {value}");
    };
    assert_eq!((&holds["name"], &holds["family"]), (&"holds".into(), &"cli".into()));
    assert_eq!(holds["as_expected"], true);
    assert_eq!(unknown["as_expected"], Value::Null);
    let row = &fails["expectations"][0];
    assert_eq!(row["check"], "at-least-once");
    assert_eq!(
        (&row["way"], &row["expected"], &row["verdict"]),
        (&"explore".into(), &"holds".into(), &"violated".into())
    );
    assert!(row["states"].as_u64().unwrap() > 0);
    assert_eq!(row["seeds"], Value::Null);
    let found = &row["counterexample"];
    let events = found["events"].as_array().unwrap();
    assert!(
        events
            .iter()
            .any(|event| event["event"] == "crashed" && event["client"] == "worker")
    );
    assert_eq!(found["schedule"].as_array().unwrap().len(), 3);
    assert_eq!(unknown["expectations"][0]["reason"], "exploring stopped at 3 states");
    let again = redelivery(&["run", HOLDS, FAILS, UNKNOWN, "--json"]);
    assert_eq!(
        again.stdout,
        redelivery(&["run", HOLDS, FAILS, UNKNOWN, "--json"]).stdout
    );
}

#[test]
fn json_of_the_others() {
    let explored = json(&["explore", HOLDS]);
    for field in ["states", "transitions", "depth", "seconds"] {
        assert!(explored[field].is_number(), "{field}");
    }
    assert_eq!(explored["verdict"], "holds");
    let simulated = json(&["simulate", HOLDS, "--seeds", "3..8"]);
    assert_eq!(simulated["seeds"], 5);
    assert_eq!(simulated["messages"], 5);
    assert!(simulated["commands"].as_u64().unwrap() > 0);
    assert_eq!(json(&["list", HOLDS])[0]["name"], "holds");
    assert_eq!(json(&["replay", FAILS, "--seed", "1"])["scenario"], "cli/fails");
    assert!(json(&["schema"])["properties"].is_object());
}

#[test]
fn a_scenario_names_its_pairs_also_when_it_is_run_alone() {
    let failing = "streams/redelivery-breaks-order";
    let repair = "streams/noack-read";
    let repaired = json(&["list", failing])[0]["pairs"]["repaired_by"][0].clone();
    assert_eq!(repaired["name"], repair);
    assert_eq!(
        json(&["run", failing, "--seeds", "0..300"])[0]["pairs"]["repaired_by"][0],
        repaired
    );
    let repairs = json(&["list", repair])[0]["pairs"]["repairs"][0].clone();
    assert_eq!(repairs["name"], failing);
    for pair in [repaired, repairs] {
        assert_eq!(
            (pair["proves"][0].as_str(), pair["loses"][0].as_str()),
            (Some("order"), Some("at-least-once"))
        );
        assert_eq!(pair["still_violated"].as_array(), None, "nothing is left over");
    }
    for (command, scenario, line) in [
        (
            "run",
            failing,
            format!("  repaired by {repair}: order; loses at-least-once\n"),
        ),
        (
            "list",
            failing,
            format!("  repaired by {repair}: order; loses at-least-once\n"),
        ),
        (
            "list",
            repair,
            format!("  repairs {failing}: order; loses at-least-once\n"),
        ),
    ] {
        let output = redelivery(&[command, scenario]);
        assert!(stdout(&output).contains(&line), "{}", stdout(&output));
    }
}

#[test]
fn replay_commands_show_the_same_violation() {
    let output = redelivery(&["run", FAILS, "--max-states", "1000"]);
    let text = stdout(&output);
    let commands: Vec<&str> = text.lines().filter(|line| line.contains(" replay ")).collect();
    assert_eq!(commands.len(), 2, "explored and simulated: {text}");
    for line in commands {
        let mut pasted = Command::new("sh");
        let output = pasted
            .args(["-c", line])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert_eq!(code(&output), 1, "{line}\n{}", stderr(&output));
        let broken = "=> at-least-once is violated: shop-1 never has an effect and is not dead-lettered";
        assert!(stdout(&output).contains(broken), "{}", stdout(&output));
    }
}

#[test]
fn saved_schedules_replay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder");
    for (way, files) in [("explore", 1), ("simulate", 2)] {
        let output = redelivery(&[way, FAILS, "--save", path.to_str().unwrap()]);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        let saved: Vec<PathBuf> = fs::read_dir(&path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(saved.len(), files);
        for file in saved {
            let output = redelivery(&["replay", FAILS, "--schedule", file.to_str().unwrap()]);
            assert!(
                stdout(&output).contains("=> at-least-once is violated"),
                "{}",
                stdout(&output)
            );
            assert_eq!(code(&output), 1);
            let output = redelivery(&["replay", HOLDS, "--schedule", file.to_str().unwrap()]);
            assert_eq!(code(&output), 2);
            assert!(stderr(&output).contains("another scenario"), "{}", stderr(&output));
        }
    }
}

#[test]
fn bad_schedules_are_pointed_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.toml");
    let header = "format = 1\nscenario = \"cli/holds\"\nclock = \"abstract\"\n";
    for (text, place, what) in [
        ("steps = [\"worker sleeps\"]", "bad.toml:4:10", "not a step"),
        (
            "steps = [\"worker steps\",\n\"worker restarts\"]",
            "bad.toml:5:1",
            "not possible here",
        ),
        ("steps = [\"clock 5ms\"]", "bad.toml:4:10", "abstract clock"),
        ("steps = [\"worker steps\"", "bad.toml:4", "steps"),
        ("stops = []", "bad.toml:4:1", "`steps`"),
    ] {
        fs::write(&path, format!("{header}{text}\n")).unwrap();
        let output = redelivery(&["replay", HOLDS, "--schedule", path.to_str().unwrap()]);
        let said = stderr(&output);
        assert_eq!(code(&output), 2, "{said}");
        assert!(
            said.contains(place) && said.contains('^') && said.contains(what),
            "{text}:\n{said}"
        );
    }
}

/// A bad file is pointed at, and the good one beside it still runs.
fn is_refused(file: &Path) -> String {
    let output = redelivery(&["run", file.to_str().unwrap(), HOLDS]);
    let said = stderr(&output).to_owned();
    assert_eq!(code(&output), 2, "{}:\n{said}", file.display());
    assert!(
        stdout(&output).contains("cli/holds"),
        "{} hides the other file",
        file.display()
    );
    assert!(
        said.starts_with("error: ") && said.contains(file.to_str().unwrap()),
        "{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    said
}

#[test]
fn bad_files_are_refused_and_the_others_run() {
    let mut bad: Vec<PathBuf> = fs::read_dir("tests/cli/bad")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    bad.sort();
    assert!(bad.len() > 8);
    for file in bad {
        let said = is_refused(&file);
        assert!(file.ends_with("empty.toml") || said.contains('^'), "{said}");
        assert_eq!(said.matches("error: ").count(), 1, "one mistake, one error:\n{said}");
    }
}

#[test]
fn hostile_files_are_refused_and_the_others_run() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    assert!(is_refused(&write("latin.toml", b"story = \"caf\xe9\"\n")).contains("not UTF-8"));
    assert!(is_refused(&write("large.toml", &vec![b'#'; 10 << 20])).contains("too large"));
    let nested = format!("story = {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    is_refused(&write("nested.toml", nested.as_bytes()));
    is_refused(&folder.path().join("absent.toml"));
    let empty = folder.path().join("empty-folder");
    fs::create_dir(&empty).unwrap();
    is_refused(&empty);
    let output = redelivery(&["explore", empty.to_str().unwrap()]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("folder"), "{}", stderr(&output));
}

#[test]
fn colours_where_they_are_wanted() {
    let run = |variable: &str| command(&["run", HOLDS]).env(variable, "1").output().unwrap();
    assert!(stdout(&run("CLICOLOR_FORCE")).contains('\u{1b}'));
    assert!(!stdout(&run("NO_COLOR")).contains('\u{1b}'));
}

/// A copy of the scenario that holds, with some text exchanged.
fn changed(folder: &Path, from: &str, to: &str) -> PathBuf {
    let text = fs::read_to_string(HOLDS).unwrap();
    assert!(text.contains(from));
    let path = folder.join("changed.toml");
    fs::write(&path, text.replace(from, to)).unwrap();
    path
}

#[test]
fn where_nothing_is_expected_nothing_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let path = changed(folder.path(), "[expect]", "[expect.simulate]");
    let path = path.to_str().unwrap();
    assert_eq!(code(&redelivery(&["run", path])), 0);
    let output = redelivery(&["explore", path]);
    assert_eq!(code(&output), 3);
    assert!(stdout(&output).contains("unknown: nothing is expected of this way"));
    let value = json(&["explore", path]);
    assert_eq!(value["reason"], "nothing is expected of this way");
    assert_eq!(
        (&value["verdict"], &value["as_expected"]),
        (&"unknown".into(), &Value::Null)
    );
    let output = redelivery(&["live", path]);
    assert_eq!(code(&output), 3);
    assert!(stdout(&output).contains("unknown: nothing is expected of this way"));
}

#[test]
fn a_run_that_was_cut_off_says_nothing_of_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = changed(folder.path(), "seeds = 20", "seeds = 20\ntime-limit = \"1ms\"");
    let path = path.to_str().unwrap();
    let output = redelivery(&["replay", path, "--seed", "1"]);
    assert_eq!(code(&output), 3);
    assert!(
        stdout(&output).contains("cut off by the time limit"),
        "{}",
        stdout(&output)
    );
    assert_eq!(json(&["replay", path, "--seed", "1"])["cut_off"], true);
    assert_eq!(json(&["replay", HOLDS, "--seed", "1"])["cut_off"], false);
}

#[test]
fn schedules_belong_to_a_scenario_however_its_path_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(FAILS, folder.path().join("k.toml")).unwrap();
    let here = |arguments: &[&str]| command(arguments).current_dir(folder.path()).output().unwrap();
    assert_eq!(code(&here(&["explore", "k.toml", "--save", "saved"])), 1);
    let saved = folder.path().join("saved/k--explore--at-least-once.toml");
    let saved = saved.to_str().unwrap();
    let absolute = folder.path().join("k.toml");
    for typed in ["k.toml", "./k.toml", "saved/../k.toml", absolute.to_str().unwrap()] {
        let output = here(&["replay", typed, "--schedule", saved]);
        assert_eq!(code(&output), 1, "{typed}: {}", stderr(&output));
    }
}

#[test]
fn that_a_run_ends_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ends.toml");
    let path = path.to_str().unwrap();
    let [takes, works, acknowledges] = ["\"worker steps\""; 3];
    for (steps, rests) in [
        (vec![], false),
        (vec![takes], false),
        (vec![takes, works], false),
        (vec![takes, works, acknowledges], true),
    ] {
        let steps = steps.join(", ");
        let text =
            format!("format = 1\nscenario = \"cli/holds\"\nclock = \"abstract\"\nends = true\nsteps = [{steps}]\n");
        fs::write(path, text).unwrap();
        let output = redelivery(&["replay", HOLDS, "--schedule", path]);
        let said = stdout(&output);
        assert_eq!(said.contains("from here nothing new happens"), rests, "{said}");
        assert_eq!(said.contains("something new may still happen"), !rests, "{said}");
    }
}

#[test]
fn ageing_all_at_once_is_owned_up_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = changed(
        folder.path(),
        "[simulate]",
        "[explore]\nageing = \"all-at-once\"\n[simulate]",
    );
    let path = path.to_str().unwrap();
    let warning = "all deliveries age at once: fewer orders than there are";
    assert!(stdout(&redelivery(&["explore", path])).contains(warning));
    assert!(!stdout(&redelivery(&["explore", HOLDS])).contains(warning));
    assert_eq!(json(&["explore", path])["ageing"], "all-at-once");
    assert_eq!(json(&["explore", HOLDS])["ageing"], "oldest-first");
}

#[test]
fn explored_runs_have_durations_if_clocks_allow_them() {
    let folder = tempfile::tempdir().unwrap();
    let twins = folder.path().join("twins");
    fs::create_dir(&twins).unwrap();
    let scenario = changed(&twins, "[consumer.worker]", "[consumer.worker]\ncount = 2");
    let path = twins.join("blocked.toml");
    let replay = [
        "replay",
        scenario.to_str().unwrap(),
        "--schedule",
        path.to_str().unwrap(),
    ];
    let missing = "no durations were found under which the broker's clocks allow this path";
    for (ends, allowed) in [
        (["worker-1 times out", "worker-2 times out"], true),
        // Who has waited for longer, as long as the other may, waits no more.
        (["worker-2 times out", "worker-1 times out"], false),
    ] {
        let both_block = [&["worker-1 steps"; 4][..], &["worker-2 steps"], &ends].concat();
        let header = "format = 1\nscenario = \"twins/changed\"\nclock = \"abstract\"\n";
        fs::write(&path, format!("{header}steps = {both_block:?}\n")).unwrap();
        let output = redelivery(&replay);
        let said = stdout(&output);
        assert_eq!(said.contains(missing), !allowed, "{said}");
        assert_eq!(said.contains("5.003s  worker-1"), allowed, "{said}");
        let durations = if allowed { Value::Null } else { missing.into() };
        assert_eq!(json(&replay)["durations"], durations);
    }
}
