//! The branches of clients' programs: which steps there are, and at which of them a client is. For coverage reports alone.
//!
//! Both come from the enums that the clients themselves step through, so that a new step cannot be forgotten.

use super::{Memory, consumer, mover, reader, repairer, restore, watcher, worker};

/// A step of a client's program: of which program, and its name there.
pub type Branch = (&'static str, &'static str);

/// The steps of one program.
pub(super) type Program = (&'static str, &'static [&'static str]);

/// All branches there are.
pub fn all() -> Vec<Branch> {
    let programs = [
        consumer::PROGRAMS.as_slice(),
        &[reader::PROGRAM, repairer::PROGRAM, watcher::PROGRAM],
        &[worker::PROGRAM, worker::HANDLING, restore::PROGRAM, mover::PROGRAM],
    ];
    let steps = |&(program, steps): &Program| steps.iter().map(move |&step| (program, step));
    programs.into_iter().flatten().flat_map(steps).collect()
}

impl Memory {
    /// Where the client is in its programs. Those that only count have no steps to tell apart.
    pub fn branches(&self) -> Vec<Branch> {
        match self {
            Self::Consumer(memory) => vec![memory.branch()],
            Self::Reader(memory) => vec![memory.branch()],
            Self::Repairer(memory) => vec![memory.branch()],
            Self::Watcher(memory) => vec![memory.branch()],
            Self::Worker(memory) => memory.branches(),
            Self::Reaper(memory) => memory.branch().into_iter().collect(),
            Self::Mover(memory) => vec![memory.branch()],
            Self::Producer(_) | Self::Administrator(_) | Self::Publisher(_) | Self::Subscriber(_) => Vec::new(),
        }
    }
}
