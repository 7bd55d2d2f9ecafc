//! A real server rewrites its append-only file: fast enough to have done so before it is killed, or too slowly.
//!
//! How long it takes, its debugging option says. What it holds by then does not depend on it: the process that writes down
//! the memory has a copy of it from the beginning on.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use redelivery_engine::resp::Frame;
use redelivery_scenarios::live::{Connection, argv, info};

/// How often it is asked how far it is, before that is a failure.
const ASKED_MAX: usize = 20_000;

/// How it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rewriting {
    /// Commands that follow at once are likely to be executed meanwhile.
    Ends,
    /// It would take longer than any script.
    CutShort,
}

impl Rewriting {
    /// The server begins, once it has done with the last time.
    pub(crate) fn begin(self, control: &mut Connection) {
        until_done(control);
        let microseconds = match self {
            Self::Ends => 5_000,
            Self::CutShort => 10_000_000,
        };
        ask(control, &format!("CONFIG SET rdb-key-save-delay {microseconds}"));
        ask(control, "BGREWRITEAOF");
    }

    /// The server is about to be killed: gives the processes that are to go with it.
    pub(crate) fn end(self, control: &mut Connection) -> Vec<String> {
        match self {
            Self::Ends => {
                until_done(control);
                Vec::new()
            }
            Self::CutShort => {
                let server = field(control, "server", "process_id").expect("the server knows its process");
                children(&server)
            }
        }
    }
}

/// SIGKILL to a process.
pub(crate) fn kill(process: String) {
    // It may be gone already.
    let _ = Command::new("kill")
        .args(["-KILL", &process])
        .stderr(Stdio::null())
        .status();
}

fn children(process: &str) -> Vec<String> {
    let path = format!("/proc/{process}/task/{process}/children");
    let children = std::fs::read_to_string(path).unwrap_or_default();
    children.split_whitespace().map(str::to_owned).collect()
}

fn until_done(control: &mut Connection) {
    let is_going_on = |control: &mut Connection, name| field(control, "persistence", name).as_deref() != Some("0");
    for _ in 0..ASKED_MAX {
        // One that was asked for while something else was written is to come.
        if !is_going_on(control, "aof_rewrite_scheduled") && !is_going_on(control, "aof_rewrite_in_progress") {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("the file is never rewritten");
}

fn ask(control: &mut Connection, words: &str) {
    let answer = control.request(&argv(words)).expect("the server answers");
    assert!(matches!(answer, Frame::Simple(_)), "{words}: {answer:?}");
}

fn field(control: &mut Connection, section: &str, name: &str) -> Option<String> {
    info(control, section, name).expect("the server answers")
}
