//! The peers of our workloads: the same protocols in Promela, and SPIN, which counts their states.
//!
//! Source: Holzmann, "The model checker SPIN", IEEE Transactions on Software Engineering 23(5), 1997;
//! <https://spinroot.com/spin/Man/Pan.html> for the options.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

use redelivery_reports::decimal::thousandths;

/// A workload and what is known of it.
pub(crate) struct Peer {
    /// Its scenario, in `scenarios/bench`.
    pub(crate) workload: &'static str,
    /// The same in Promela, in `model/peers`.
    pub(crate) model: &'static str,
    /// The parameters of the latter.
    pub(crate) parameters: &'static [(&'static str, u32)],
    /// The states of both.
    pub(crate) states: u64,
    /// The states of the peer when consumers, or workers, are interchangeable; none where there is one of them.
    pub(crate) symmetric: Option<u64>,
}

const fn standard(
    workload: &'static str,
    parameters: &'static [(&'static str, u32)],
    states: u64,
    symmetric: u64,
) -> Peer {
    Peer {
        workload,
        model: "standard.pml",
        parameters,
        states,
        symmetric: Some(symmetric),
    }
}

/// From small to large.
pub(crate) const PEERS: [Peer; 9] = [
    Peer {
        workload: "subscriber-4-2",
        model: "subscriber.pml",
        parameters: &[("M", 4), ("K", 2)],
        states: 263,
        symmetric: None,
    },
    Peer {
        workload: "list-queue-3-2-2",
        model: "list-queue.pml",
        parameters: &[("M", 3), ("C", 2), ("K", 2)],
        states: 1_708,
        symmetric: Some(901),
    },
    standard(
        "standard-2-2-1-2",
        &[("M", 2), ("C", 2), ("K", 1), ("D", 2)],
        1_013,
        511,
    ),
    standard(
        "standard-3-2-1-2",
        &[("M", 3), ("C", 2), ("K", 1), ("D", 2)],
        3_362,
        1_688,
    ),
    standard(
        "standard-3-2-2-2",
        &[("M", 3), ("C", 2), ("K", 2), ("D", 2)],
        17_962,
        9_000,
    ),
    standard(
        "standard-4-2-2-2",
        &[("M", 4), ("C", 2), ("K", 2), ("D", 2)],
        57_288,
        28_674,
    ),
    standard(
        "standard-3-3-2-2",
        &[("M", 3), ("C", 3), ("K", 2), ("D", 2)],
        334_010,
        57_577,
    ),
    standard(
        "standard-4-3-2-2",
        &[("M", 4), ("C", 3), ("K", 2), ("D", 2)],
        2_035_090,
        346_303,
    ),
    standard(
        "standard-5-3-2-2",
        &[("M", 5), ("C", 3), ("K", 2), ("D", 2)],
        8_851_080,
        1_497_804,
    ),
];

/// What a verifier counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counted {
    /// Distinct states.
    pub(crate) states: u64,
    /// How long it took, as it says itself.
    pub(crate) milliseconds: u64,
    /// What it used.
    pub(crate) memory_bytes: u64,
}

/// Whether SPIN and a C compiler are installed.
pub(crate) fn is_installed() -> bool {
    let answers = |program: &str, option: &str| Command::new(program).arg(option).output().is_ok();
    answers("spin", "-V") && answers("gcc", "--version")
}

/// Makes a verifier of a peer in a folder. `-o2` leaves SPIN's dead variables in the states, as ours are; the rest is for
/// speed: no fairness, no partial-order reduction, which finds nothing to reduce where all actions share the state.
pub(crate) fn compile(peer: &Peer, symmetric: bool, models: &Path, folder: &Path) -> io::Result<()> {
    let mut spin = Command::new("spin");
    spin.arg("-o2");
    spin.args(peer.parameters.iter().map(|(name, value)| format!("-D{name}={value}")));
    spin.args(symmetric.then_some("-DSYMMETRIC"));
    done(
        spin.arg("-a")
            .arg(models.canonicalize()?.join(peer.model))
            .current_dir(folder),
    )?;
    let options = ["-O3", "-march=native", "-DSAFETY", "-DNOFAIR", "-DNOREDUCE", "-w"];
    done(
        Command::new("gcc")
            .args(options)
            .args(["-o", "pan", "pan.c"])
            .current_dir(folder),
    )?;
    Ok(())
}

/// Runs the verifier in a folder. Its hash table is as large as the states, or twice that: it is not rehashed on the way.
pub(crate) fn count(peer: &Peer, folder: &Path) -> io::Result<Counted> {
    let slots = peer.states.next_power_of_two().ilog2().max(16);
    let output = done(
        Command::new("./pan")
            .args(["-m100000", &format!("-w{slots}")])
            .current_dir(folder),
    )?;
    let text = String::from_utf8_lossy(&output.stdout);
    read(&text).ok_or_else(|| io::Error::other(format!("no counts, or an error, in what it says:\n{text}")))
}

/// Reads a report; nothing where the verifier found an error or did not finish.
fn read(text: &str) -> Option<Counted> {
    let before = |words: &str| {
        let line = text.lines().find(|line| line.contains(words))?;
        line.split(words).next()?.split_whitespace().last()
    };
    let seconds = text.lines().find_map(|line| line.strip_prefix("pan: elapsed time "))?;
    let finished = text.contains("errors: 0") && !text.contains("max search depth too small");
    Some(Counted {
        states: before("states, stored").filter(|_| finished)?.parse().ok()?,
        milliseconds: thousandths(seconds.split_whitespace().next()?)?,
        memory_bytes: (thousandths(before("total actual memory usage")?)? << 20) / 1_000,
    })
}

fn done(command: &mut Command) -> io::Result<Output> {
    let output = command.output()?;
    match output.status.success() {
        true => Ok(output),
        false => Err(io::Error::other(format!(
            "{command:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ))),
    }
}
