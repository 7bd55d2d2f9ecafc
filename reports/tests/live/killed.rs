//! Whoever ends a live run, and however: no server, no client and no folder of it is left behind.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redelivery_scenarios::live::servers;

/// Two runs at once: each has a server, a shell that watches over it, a producer and two workers.
const SERVERS: usize = 2;
const CLIENTS: usize = 6;
/// Within this time the run is under way, or all of it is gone.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(20);

#[test]
fn a_killed_run_leaves_nothing_behind() {
    ends("KILL", Whom::Itself);
}

#[test]
fn a_terminated_run_leaves_nothing_behind() {
    ends("TERM", Whom::Itself);
}

/// A Ctrl-C reaches servers, clients and watchdogs as well.
#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    ends("INT", Whom::All);
}

enum Whom {
    Itself,
    All,
}

fn ends(signal: &str, whom: Whom) {
    let Some((_, binary)) = servers().pop() else {
        return super::not_run();
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let (here, temporary) = (folder.join("here"), folder.join("temporary"));
    std::fs::create_dir(&here).unwrap();
    std::fs::create_dir(&temporary).unwrap();
    let mut run = Group(start(&binary, &here, &temporary));
    let under_way = wait_until(|| {
        let (all, servers) = (processes(&folder), processes(&temporary));
        let clients = all.iter().filter(|words| words.contains("live-client")).count();
        let servers = servers.iter().filter(|words| words.contains("redis-server")).count();
        clients == CLIENTS && servers == SERVERS
    });
    assert!(under_way, "{:#?}", processes(&folder));
    assert!(files(&temporary) >= SERVERS, "servers have folders");
    let id = run.0.id();
    let target = match whom {
        Whom::Itself => id.to_string(),
        Whom::All => format!("-{id}"),
    };
    send(signal, &target);
    let status = run.0.wait().unwrap();
    assert!(!status.success(), "{status}");
    let gone = wait_until(|| processes(&folder).is_empty() && files(&temporary) == 0);
    assert!(gone, "{} files, {:#?}", files(&temporary), processes(&folder));
}

/// A run that ends with the test, should this fail.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(binary: &Path, here: &Path, temporary: &Path) -> Child {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/long.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_redelivery"));
    command
        .arg("live")
        .arg(scenario)
        .arg("--binary")
        .arg(binary.canonicalize().unwrap());
    command
        .current_dir(here)
        .env("TMPDIR", temporary)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn send(signal: &str, target: &str) {
    let sent = Command::new("sh")
        .args(["-c", r#"kill -s "$1" -- "$2""#, "send", signal, target])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// The words with which those were called who work in this folder or under it.
fn processes(folder: &Path) -> Vec<String> {
    let all = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let is_here = |process: &PathBuf| std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
    let words = |process: PathBuf| std::fs::read_to_string(process.join("cmdline")).unwrap_or_default();
    all.filter(is_here)
        .map(words)
        .map(|words| words.replace('\0', " "))
        .collect()
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[expect(clippy::disallowed_methods, reason = "real processes take real time")]
fn wait_until(mut is_so: impl FnMut() -> bool) -> bool {
    let begin = std::time::Instant::now();
    while begin.elapsed() < PATIENCE {
        if is_so() {
            return true;
        }
        std::thread::sleep(LOOK);
    }
    false
}
