//! A clock that is set, forward and back, under a real server and under the engine: what becomes of idle times, times to
//! live, blocked calls and automatic IDs.
//!
//! The server is moved by libfaketime (Debian's `faketime`), which leaves its monotonic clock alone, as setting a clock
//! does. The engine gets the time that the server shows. 7.0.15 as we have it does not start with that library.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use redelivery_engine::resp::Frame;
use redelivery_engine::{Broker, Bytes, ClientId, Millis};
use redelivery_scenarios::live::{Connection, Server};

use Step::{Ask, Blocks, ClockMoves, IsAnswered, StillWaits};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Who gets no answer for so long waits.
const WAITS: Duration = Duration::from_millis(1_500);
/// Between two looks at the clock numbers of milliseconds may differ by this.
const TOLERANCE_MS: u64 = 2_000;

/// What happens next.
enum Step {
    /// A command, and its answer.
    Ask(&'static str),
    /// Another client's command, which blocks.
    Blocks(&'static str),
    /// The clock is set by so many seconds.
    ClockMoves(i64),
    /// The blocked client gets its answer.
    IsAnswered,
    /// It gets none.
    StillWaits,
}

const SCRIPT: &[Step] = &[
    Ask("XGROUP CREATE orders workers 0 MKSTREAM"),
    Ask("XADD orders * key 1"),
    Ask("XREADGROUP GROUP workers anna COUNT 1 STREAMS orders >"),
    Ask("SET short 1 PX 60000"),
    Ask("SET long 1 PX 600000"),
    Blocks("BLPOP queue 30"),
    ClockMoves(120),
    IsAnswered,
    Ask("XPENDING orders workers - + 10"),
    Ask("GET short"),
    Ask("PTTL long"),
    Ask("XAUTOCLAIM orders workers ben 200000 0 COUNT 1"),
    Ask("XAUTOCLAIM orders workers ben 100000 0 COUNT 1"),
    Ask("XADD orders * key 2"),
    Blocks("BLPOP queue 30"),
    ClockMoves(-3_600),
    StillWaits,
    Ask("XPENDING orders workers - + 10"),
    Ask("XPENDING orders workers IDLE 1 - + 10"),
    Ask("PTTL long"),
    Ask("XADD orders * key 3"),
    Ask("XAUTOCLAIM orders workers anna 1 0"),
    Ask("XAUTOCLAIM orders workers anna 0 0"),
    Ask("XINFO CONSUMERS orders workers"),
    Ask("XREADGROUP GROUP workers ben COUNT 5 STREAMS orders >"),
    ClockMoves(3_600),
    Ask("XPENDING orders workers IDLE 1000000 - + 10"),
    Ask("XADD orders * key 4"),
];

/// The library, where Debian has it.
pub(crate) fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten();
    let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    libraries.find(|library| library.exists())
}

/// Plays the script on a server of its own.
pub(crate) fn agree(binary: &Path, library: &Path) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let clock = folder.path().join("clock");
    set(&clock, 0)?;
    let wrapper = wrapper(folder.path(), binary, library, &clock).map_err(|error| error.to_string())?;
    let server = Server::start(&wrapper, &[]).map_err(|error| error.to_string())?;
    let connect = || server.connect(TIMEOUT).map_err(|error| error.to_string());
    let (mut asks, mut blocks) = (connect()?, connect()?);
    let mut engine = Broker::new();
    let mut ahead_s = 0;
    for step in SCRIPT {
        match step {
            Ask(line) => {
                let now_ms = time(&mut asks)?;
                let theirs = asks.request(&argv(line)).map_err(|error| error.to_string())?;
                let reply = engine.apply_argv(ClientId(1), &argv(line), now_ms).ok_or("it blocks")?;
                let ours = reply.to_frames(engine.version(ClientId(1))).remove(0);
                if !alike(&ours, &theirs) {
                    return Err(format!("{line}\n  server: {theirs:?}\n  engine: {ours:?}"));
                }
            }
            Blocks(line) => {
                let now_ms = time(&mut asks)?;
                blocks.send(&argv(line)).map_err(|error| error.to_string())?;
                let reply = engine.apply_argv(ClientId(2), &argv(line), now_ms);
                if reply.is_some() || answer(&mut blocks)?.is_some() {
                    return Err(format!("{line} does not block"));
                }
            }
            ClockMoves(by_s) => {
                let before_ms = time(&mut asks)?;
                ahead_s += by_s;
                set(&clock, ahead_s)?;
                let by_ms = by_s * 1_000;
                while !near(before_ms.saturating_add_signed(by_ms), time(&mut asks)?) {
                    thread::sleep(Duration::from_millis(5));
                }
                engine.advance(time(&mut asks)?);
            }
            IsAnswered | StillWaits => {
                let theirs = answer(&mut blocks)?;
                let ours = engine.take_outbox().into_iter().next();
                let wanted = matches!(step, IsAnswered);
                if theirs.is_some() != wanted || ours.is_some() != wanted {
                    return Err(format!("the blocked call\n  server: {theirs:?}\n  engine: {ours:?}"));
                }
            }
        }
    }
    Ok(format!("{} steps", SCRIPT.len()))
}

fn wrapper(folder: &Path, binary: &Path, library: &Path, clock: &Path) -> std::io::Result<PathBuf> {
    let script = format!(
        "#!/bin/sh\nexport LD_PRELOAD='{}' FAKETIME_TIMESTAMP_FILE='{}' FAKETIME_NO_CACHE=1 DONT_FAKE_MONOTONIC=1\n\
         exec '{}' \"$@\"\n",
        library.display(),
        clock.display(),
        binary.display()
    );
    let wrapper = folder.join("redis-server");
    fs::write(&wrapper, script)?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    Ok(wrapper)
}

/// Whoever reads the file reads all of it.
fn set(clock: &Path, ahead_s: i64) -> Result<(), String> {
    let next = clock.with_extension("next");
    fs::write(&next, format!("{ahead_s:+}\n"))
        .and_then(|()| fs::rename(&next, clock))
        .map_err(|error| error.to_string())
}

fn argv(line: &str) -> Vec<Bytes> {
    line.split(' ').map(Bytes::from).collect()
}

/// What the server takes the time to be.
fn time(connection: &mut Connection) -> Result<Millis, String> {
    let reply = connection.request(&argv("TIME")).map_err(|error| error.to_string())?;
    let number = |frame: &Frame| match frame {
        Frame::Bulk(bytes) => String::from_utf8_lossy(bytes).parse::<Millis>().ok(),
        _ => None,
    };
    match &reply {
        Frame::Array(parts) => match parts.iter().map(number).collect::<Option<Vec<_>>>().as_deref() {
            Some([seconds, micros]) => Ok(seconds * 1_000 + micros / 1_000),
            _ => Err(format!("TIME answers {reply:?}")),
        },
        _ => Err(format!("TIME answers {reply:?}")),
    }
}

/// What comes over a connection soon.
fn answer(connection: &mut Connection) -> Result<Option<Frame>, String> {
    connection.set_timeout(WAITS).map_err(|error| error.to_string())?;
    match connection.receive() {
        Ok(frame) => Ok(Some(frame)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether two answers are the same, but for how long the look at the clock was ago.
fn alike(ours: &Frame, theirs: &Frame) -> bool {
    match (ours, theirs) {
        (Frame::Array(ours), Frame::Array(theirs)) => {
            let is_time = |at: usize| at > 0 && names_a_time(&ours[at - 1]);
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .enumerate()
                    .all(|(at, (ours, theirs))| match (ours, theirs) {
                        (Frame::Integer(ours), Frame::Integer(theirs)) if is_time(at) => are_close(*ours, *theirs),
                        (ours, theirs) => alike(ours, theirs),
                    })
        }
        (Frame::Integer(ours), Frame::Integer(theirs)) => {
            // Small ones are counters, or what is cut off at zero.
            let is_time = ours.unsigned_abs() >= TOLERANCE_MS && theirs.unsigned_abs() >= TOLERANCE_MS;
            ours == theirs || is_time && are_close(*ours, *theirs)
        }
        (Frame::Bulk(ours), Frame::Bulk(theirs)) => ours == theirs || are_near(ours, theirs),
        (ours, theirs) => ours == theirs,
    }
}

/// Whether what follows this word in a reply of XINFO is a time, however small.
fn names_a_time(word: &Frame) -> bool {
    matches!(word, Frame::Bulk(word) if matches!(&word[..], b"idle" | b"inactive"))
}

fn are_close(one: i64, other: i64) -> bool {
    one.abs_diff(other) <= TOLERANCE_MS
}

/// Whether both are IDs of about the same time, with the same sequence number.
fn are_near(ours: &Bytes, theirs: &Bytes) -> bool {
    let parts = |id: &Bytes| {
        let text = String::from_utf8_lossy(id).into_owned();
        let (ms, sequence) = text.split_once('-')?;
        Some((ms.parse::<Millis>().ok()?, sequence.parse::<u64>().ok()?))
    };
    match (parts(ours), parts(theirs)) {
        (Some(ours), Some(theirs)) => near(ours.0, theirs.0) && ours.1 == theirs.1,
        _ => false,
    }
}

fn near(one: Millis, other: Millis) -> bool {
    one.abs_diff(other) <= TOLERANCE_MS
}
