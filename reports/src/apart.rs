//! A scenario explored in a process of its own: its peak memory is its own, and it can be ended when it passes a limit.
//!
//! Only for measurements, which examples print; what is found of expectations is for the reports of that process.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::decimal::thousandths;
use crate::measure;

/// From one look at a process to the next.
const NAP: Duration = Duration::from_millis(20);

/// How to explore.
#[derive(Clone, Debug)]
pub struct Explorer {
    /// The binary `redelivery`.
    pub program: PathBuf,
    /// With so many threads.
    pub threads: u16,
    /// Where it may write while it runs; nobody else may.
    pub folder: PathBuf,
}

/// What one exploration may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In milliseconds.
    pub milliseconds: u64,
    /// Of memory that is in use, at its peak.
    pub memory_bytes: u64,
}

/// One of the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// It took too long.
    Time,
    /// It held too much.
    Memory,
}

/// What an exploration took, or was said to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// In milliseconds.
    pub milliseconds: u64,
    /// Of memory, at its peak.
    pub memory_bytes: u64,
}

/// The size of what was explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Distinct states.
    pub states: u64,
    /// Steps from one to another.
    pub transitions: u64,
    /// The steps to the farthest.
    pub depth: u64,
}

/// How an exploration came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was explored; or the limit at which it was ended.
    pub space: Result<Space, Limit>,
    /// What it took; until it was ended, if it was.
    pub cost: Cost,
}

impl Limits {
    /// There are none.
    pub const NONE: Self = Self {
        milliseconds: u64::MAX,
        memory_bytes: u64::MAX,
    };

    /// The limit that something passes; time, if both.
    pub fn passed_by(self, cost: Cost) -> Option<Limit> {
        if cost.milliseconds > self.milliseconds {
            Some(Limit::Time)
        } else if cost.memory_bytes > self.memory_bytes {
            Some(Limit::Memory)
        } else {
            None
        }
    }
}

impl Explorer {
    /// The binary beside the folder of the example that asks for it: that of the same build.
    ///
    /// # Errors
    /// Where there is no such binary.
    pub fn beside_example() -> io::Result<PathBuf> {
        let example = std::env::current_exe()?;
        let folder = example.parent().and_then(Path::parent);
        let program = folder.map(|folder| folder.join("redelivery"));
        let program = program.filter(|program| program.is_file());
        program.ok_or_else(|| io::Error::other("build it first: cargo build --release"))
    }

    /// Explores a scenario file, to its end or to a limit. With `symmetric`, interchangeable clients count as one.
    ///
    /// # Errors
    /// Where it cannot be started, finds a violation that is not expected, or stops at the bound of the file.
    pub fn explore(&self, scenario: &Path, symmetric: bool, limits: Limits) -> io::Result<Outcome> {
        let told = self.folder.join("explored.json");
        let file = File::create(&told)?;
        let child = Command::new(&self.program)
            .args(["explore", "--json", "--quiet", "--threads"])
            .arg(self.threads.to_string())
            .args((!symmetric).then_some("--no-symmetry"))
            .arg(scenario)
            // A pipe that nobody reads would fill.
            .stderr(file.try_clone()?)
            .stdout(file)
            .stdin(Stdio::null())
            .spawn()?;
        let ended = wait(child, limits);
        let text = fs::read_to_string(&told);
        fs::remove_file(&told)?;
        let (status, cost) = ended?;
        match status {
            Err(limit) => Ok(Outcome {
                space: Err(limit),
                cost,
            }),
            Ok(status) => {
                let text = text?;
                let read = read(&text).filter(|_| status.code() != Some(1));
                let (space, cost) =
                    read.ok_or_else(|| io::Error::other(format!("not explored to the end, {status}: {text}")))?;
                let space = limits.passed_by(cost).map_or(Ok(space), Err);
                Ok(Outcome { space, cost })
            }
        }
    }
}

/// Waits for a process, or ends it.
fn wait(mut child: Child, limits: Limits) -> io::Result<(Result<ExitStatus, Limit>, Cost)> {
    let process = child.id().to_string();
    let mut cost = Cost {
        milliseconds: 0,
        memory_bytes: 0,
    };
    let mut waited = Duration::ZERO;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((Ok(status), cost));
        }
        cost.milliseconds = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
        // The peak never falls, and there is none of a process that has just ended.
        cost.memory_bytes = measure::peak_memory_bytes_of(&process).unwrap_or(cost.memory_bytes);
        if let Some(limit) = limits.passed_by(cost) {
            child.kill()?;
            child.wait()?;
            return Ok((Err(limit), cost));
        }
        let (_, napped) = measure::timed(|| thread::sleep(NAP));
        waited += napped;
    }
}

/// Reads what `redelivery explore --json` says of one scenario; nothing where it was not explored to the end.
fn read(text: &str) -> Option<(Space, Cost)> {
    let told: Value = serde_json::from_str(text).ok()?;
    let number = |field: &str| told[field].as_u64();
    let space = Space {
        states: number("states")?,
        transitions: number("transitions")?,
        depth: number("depth")?,
    };
    let cost = Cost {
        milliseconds: thousandths(&told["seconds"].to_string()).unwrap_or(0),
        // Not every system tells.
        memory_bytes: number("peak_memory_bytes").unwrap_or(0),
    };
    told["complete"].as_bool()?.then_some((space, cost))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(milliseconds: u64, memory_bytes: u64) -> Cost {
        Cost {
            milliseconds,
            memory_bytes,
        }
    }

    #[test]
    fn a_limit_is_passed_when_it_is_exceeded() {
        let limits = Limits {
            milliseconds: 10,
            memory_bytes: 1_000,
        };
        assert_eq!(limits.passed_by(cost(10, 1_000)), None);
        assert_eq!(limits.passed_by(cost(11, 1_000)), Some(Limit::Time));
        assert_eq!(limits.passed_by(cost(10, 1_001)), Some(Limit::Memory));
        assert_eq!(limits.passed_by(cost(11, 1_001)), Some(Limit::Time));
        assert_eq!(Limits::NONE.passed_by(cost(u64::MAX, u64::MAX)), None);
    }

    #[test]
    fn only_what_was_explored_to_its_end_is_read() {
        let told = |complete: bool| {
            format!(
                r#"{{"states":1013,"transitions":2702,"depth":21,"complete":{complete},"seconds":1.0589,"peak_memory_bytes":7}}"#
            )
        };
        let space = Space {
            states: 1_013,
            transitions: 2_702,
            depth: 21,
        };
        assert_eq!(read(&told(true)), Some((space, cost(1_058, 7))));
        assert_eq!(read(&told(false)), None);
        assert_eq!(read(""), None);
        assert_eq!(read(&told(true).repeat(2)), None, "two scenarios are no scenario");
    }
}
