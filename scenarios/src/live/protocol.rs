//! What the parent and a client's process say to each other: a line of JSON each.
//!
//! The parent sends the job, then one order after the other; the process announces what it intends before each. It
//! never reports replies: the parent reads them off the wire (`proxy`), so that both work out the next intent by
//! themselves, and must agree.

use std::io::{self, BufRead, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::scenario::Scope;

/// What a process is told first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    /// The scenario's file.
    pub(super) scenario: PathBuf,
    /// Which of the scenario's setups it is part of.
    pub(super) scope: Scope,
    /// What durations are divided by.
    pub(super) speed: u64,
    /// Which client the process is.
    pub(super) client: u16,
    /// How often it came back under a new name.
    pub(super) restarts: u8,
    /// Where its broker is.
    pub(super) address: SocketAddr,
}

/// What a process is told to do about its intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    /// Do it; the work or the wait is over.
    Go,
    /// Send this command in its place: the same with the IDs of this server.
    Type(Vec<String>),
    /// Send it, if it is something to send, and wait until the connection is lost.
    Lose,
}

/// What a process says before each order: its intent, as `Debug` writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Announcement {
    pub(super) intent: String,
}

/// Writes a line and sends it off.
pub(super) fn say(out: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.flush()
}

/// Reads a line; none when the other side has ended.
pub(super) fn hear<T: DeserializeOwned>(input: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = String::new();
    match input.read_line(&mut line)? {
        0 => Ok(None),
        _ => Ok(Some(serde_json::from_str(&line)?)),
    }
}
