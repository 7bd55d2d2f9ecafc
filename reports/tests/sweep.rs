//! `sweep` and `merge` from outside: files, what is said where, exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const HOLDS: &str = "tests/cli/holds.toml";
const FAILS: &str = "tests/cli/fails.toml";

/// What schedulers say to those whom they start, as these tests may have been.
const SCHEDULERS: [&str; 3] = ["CI_NODE_INDEX", "JOB_COMPLETION_INDEX", "SLURM_ARRAY_TASK_ID"];

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redelivery"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    for variable in SCHEDULERS {
        command.env_remove(variable);
    }
    command
}

#[track_caller]
fn redelivery(arguments: &[&str], code: i32) -> (String, String) {
    said(&command(arguments).output().unwrap(), code)
}

#[track_caller]
fn said(output: &Output, code: i32) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n{error}");
    (out, error)
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// What fails is there as a scenario file, which fails so by itself.
#[test]
fn failures_are_kept_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| path(folder.path(), name);
    let found = file("found/here");
    let sweep = [
        "sweep",
        FAILS,
        "--seeds",
        "0..200",
        "--out",
        &file("all"),
        "--found",
        &found,
    ];
    let (said, _) = redelivery(&sweep, 1);
    assert!(
        said.contains("; the first 5 shrink to 2 failures that differ, the smallest of 4 steps;"),
        "{said}"
    );
    let mut names: Vec<String> = fs::read_dir(&found)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    for name in &names {
        assert!(name.starts_with("cli-fails--at-least-once--"), "{name}");
        redelivery(&["run", &path(Path::new(&found), name)], 0);
    }
}

#[test]
fn shards_of_several_machines_come_to_the_file_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| path(folder.path(), name);
    let sweep = |more: &[&str], code| redelivery(&[&["sweep", HOLDS, FAILS, "--seeds", "0..20"], more].concat(), code);
    let (said, error) = sweep(&["--out", &file("whole")], 1);
    assert!(
        said.contains("cli/fails\n  FAILED: at-least-once was to hold, and is violated by "),
        "{said}"
    );
    assert!(
        said.contains("1 scenario as expected, 1 not as expected: 40 runs, "),
        "{said}"
    );
    assert_eq!(error, "");
    for shard in ["1", "2", "3"] {
        let part = ["--out", &file(shard), "--shard", &format!("{shard}/3")];
        let output = command(&[&["sweep", HOLDS, FAILS, "--seeds", "0..20"], &part[..]].concat()).output();
        // Whether a failure is among its seeds is another matter.
        assert!(matches!(output.unwrap().status.code(), Some(0 | 1)));
    }
    let (merged, _) = redelivery(
        &["merge", &file("3"), &file("1"), &file("2"), "--out", &file("merged")],
        1,
    );
    assert_eq!(merged, said);
    let whole = fs::read_to_string(file("whole")).unwrap();
    assert_eq!(fs::read_to_string(file("merged")).unwrap(), whole);
    // Where no file is named, the records are the result.
    let (records, said_beside) = redelivery(&["merge", &file("merged")], 1);
    assert_eq!((records, said_beside), (whole.clone(), said.clone()));
    assert_eq!(sweep(&["--quiet"], 1), (whole, String::new()));
    // One is missing.
    let output = command(&["merge", &file("1"), &file("3"), "--out", &file("holes")]).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(
        said.contains("cli/holds\n  unknown: 7 seeds were not run: from "),
        "{said}"
    );
}

#[test]
fn what_is_there_is_not_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "night.jsonl");
    let sweep = |more: &[&str], code| {
        redelivery(
            &[&["sweep", HOLDS, "--seeds", "5..25", "--resume", &file], more].concat(),
            code,
        )
    };
    let (said, _) = sweep(&["--time-limit", "0s"], 3);
    assert!(said.contains("unknown: 20 seeds were not run: from 5 to 24"), "{said}");
    sweep(&[], 0);
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 100]).unwrap();
    let (said, _) = sweep(&["--json"], 0);
    let summary: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&summary[0]["name"], &summary[0]["seeds"]),
        (&"cli/holds".into(), &20.into())
    );
    assert_eq!(fs::read(&file).unwrap(), whole);
    sweep(&[], 0);
    assert_eq!(fs::read(&file).unwrap(), whole);
    let (_, error) = redelivery(&["sweep", HOLDS, "--seeds", "5..26", "--resume", &file], 2);
    assert!(error.contains("they have the seeds 5..26 and 5..25"), "{error}");
    assert_eq!(fs::read(&file).unwrap(), whole);
}

#[test]
fn no_file_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "story.toml");
    fs::copy(HOLDS, &file).unwrap();
    for arguments in [
        &["sweep", HOLDS, "--seeds", "0..2", "--out", &file][..],
        &["sweep", HOLDS, "--seeds", "0..2", "--resume", &file],
        &["merge", &file, "--out", &file],
    ] {
        let (_, error) = redelivery(arguments, 2);
        assert!(error.starts_with("error: ") && error.contains("story.toml"), "{error}");
    }
    assert_eq!(fs::read(&file).unwrap(), fs::read(HOLDS).unwrap());
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut command = command(&["sweep", HOLDS, "--seeds", "0..1000000000"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let (_, error) = said(&child.wait_with_output().unwrap(), 0);
    assert_eq!(error, "");
}

#[test]
fn enough_failures_end_it() {
    let (records, error) = redelivery(&["sweep", FAILS, "--seeds", "0..1000", "--max-failures", "1"], 1);
    let lines: Vec<&str> = records.lines().collect();
    let with_failure = |line: &&&str| line.contains("\"failures\"");
    assert_eq!(lines.iter().filter(with_failure).count(), 1);
    assert!(
        lines.last().unwrap().contains("\"failures\"") && lines.len() < 100,
        "{}",
        lines.len()
    );
    assert!(error.contains("seeds were not run: from "), "{error}");
}

#[test]
fn schedulers_say_which_shard_it_is() {
    let sweep = || command(&["sweep", HOLDS, "--seeds", "0..4", "--shard", "auto"]);
    let (_, error) = said(&sweep().output().unwrap(), 2);
    assert!(
        error.contains("CI_NODE_INDEX (GitLab), JOB_COMPLETION_INDEX (Kubernetes)"),
        "{error}"
    );
    let mut gitlab = sweep();
    gitlab.env("CI_NODE_INDEX", "2").env("CI_NODE_TOTAL", "2");
    let (records, error) = said(&gitlab.output().unwrap(), 0);
    assert!(error.starts_with("shard 2/2, as GitLab says\n"), "{error}");
    assert_eq!(records.lines().count(), 2 + 2);
    let (_, error) = redelivery(&["sweep", HOLDS, "--seeds", "0..4", "--shard", "3/2"], 2);
    assert!(error.contains("there is no shard 3 of 2"), "{error}");
}

#[test]
fn neither_threads_nor_environment_nor_addresses_change_the_bytes() {
    let families = ["streams", "lists", "pubsub", "cluster"];
    let sweep = |threads: &str, variables: &[(&str, &str)]| {
        let arguments = [&["sweep", "--quiet", "--seeds", "0..2"][..], &families].concat();
        let mut command = command(&arguments);
        // Where things lie differs from process to process anyway; with these also how they lie.
        command
            .env_clear()
            .env("RAYON_NUM_THREADS", threads)
            .envs(variables.iter().copied());
        let output = command.output().unwrap();
        // Two seeds do not show all that is expected: that is not the point.
        assert!(matches!(output.status.code(), Some(1 | 3)), "{:?}", output.status);
        output.stdout
    };
    let one = sweep("1", &[]);
    let lines = one.iter().filter(|byte| **byte == b'\n').count();
    assert!(lines > 2 * 150, "{lines} lines");
    let allocator = [
        ("MALLOC_MMAP_THRESHOLD_", "64"),
        ("MALLOC_ARENA_MAX", "1"),
        ("MALLOC_PERTURB_", "165"),
    ];
    assert!(
        sweep("2", &allocator) == one,
        "on two threads, from another environment"
    );
    assert!(
        sweep("3", &[("LANG", "tr_TR.UTF-8"), ("TZ", "Asia/Kathmandu")]) == one,
        "in another place"
    );
}

/// Files beside the scenarios that start sweeps elsewhere.
fn recipe(name: &str) -> String {
    fs::read_to_string(Path::new("../scenarios/deploy").join(name)).unwrap()
}

#[test]
fn recipes_say_what_the_commands_take() {
    let (sweep, _) = redelivery(&["sweep", "--help"], 0);
    let (merge, _) = redelivery(&["merge", "--help"], 0);
    for name in ["github.yml", "gitlab.yml", "kubernetes.yml", "slurm.sh"] {
        let recipe = recipe(name);
        // Those of cargo and of schedulers are theirs.
        let theirs = [
            "--release",
            "--locked",
            "--array=1-4",
            "--job-name=redelivery-sweep",
            "--output=shard-%a.log",
            "--requeue",
        ];
        let flags = recipe.split_whitespace().filter(|word| word.starts_with("--"));
        let flags: Vec<&str> = flags.filter(|flag| !theirs.contains(flag)).collect();
        assert!(flags.len() >= 3, "{name}: {flags:?}");
        assert!(flags.iter().all(|flag| sweep.contains(flag)), "{name}: {flags:?}");
        assert!(
            recipe.contains("merge shard-*.jsonl --out all.jsonl") && merge.contains("--out"),
            "{name}"
        );
    }
    let kubernetes = recipe("kubernetes.yml");
    assert!(
        kubernetes.contains("completions: 4")
            && kubernetes.contains("- name: REDELIVERY_SHARDS\n              value: \"4\"")
    );
    let github = recipe("github.yml");
    assert!(github.contains("shard: [1, 2, 3, 4]") && github.contains("matrix.shard }}/4"));
}
