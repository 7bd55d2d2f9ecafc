//! The plain workload on other simulators, and on ours: messages settled a second on one core, what the start of a seed
//! costs, and the ratios.
//!
//! Four consumers, one producer, 1,000 messages; XADD, a read that blocks, XACK; latencies of 1 to 10 ms; no faults, and no
//! history. The peers have a toy broker written by hand (`toy`); ours has the engine that answers as a server does. Each
//! number is the best of several tries, one after the other; they are seconds of a clock on the wall, which say something on
//! a machine that does nothing else.
//!
//! ```text
//! cargo build --release && cd reports/peers && cargo run --release -- [--tries N] [PROGRAM]
//! ```

mod bare;
mod madsim;
mod ours;
mod shuttle;
mod toy;
mod turmoil;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Beside the one producer.
pub const CONSUMERS: usize = 4;

const MESSAGES: u64 = 1_000;

/// How long a try of one peer takes at least.
const TRY: Duration = Duration::from_millis(500);

/// What a try came to.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Settled.
    pub messages: f64,
    /// Seeds.
    pub runs: f64,
    /// All of it.
    pub seconds: f64,
}

/// A peer: its name, and how it runs so many messages under a seed.
type Peer = (&'static str, fn(u64, u64) -> u64);

const PEERS: [Peer; 4] = [
    ("turmoil", turmoil::run),
    ("madsim", madsim::run),
    ("shuttle", shuttle::run),
    ("bare loop", bare::run),
];

fn main() -> ExitCode {
    match compare() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut tries, mut program) = (3, root.join("target/release/redelivery"));
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--tries" => {
                let number = words.next().and_then(|word| word.parse().ok());
                tries = number.filter(|tries| *tries > 0).ok_or("--tries needs a number")?;
            }
            _ => program = PathBuf::from(word),
        }
    }
    let plain = root.join("scenarios/bench/plain.toml");
    let one = env::temp_dir().join(format!("redelivery-peers-{}.toml", std::process::id()));
    let text = std::fs::read_to_string(&plain).map_err(|error| format!("{}: {error}", plain.display()))?;
    let text = text
        .replace("shop = 1000", "shop = 1")
        .replace("messages = 3", "messages = 1");
    std::fs::write(&one, text).map_err(|error| format!("{}: {error}", one.display()))?;
    let result = table(tries, &program, &plain, &one);
    // What is left in a temporary folder harms nobody.
    let _ = std::fs::remove_file(&one);
    result
}

fn table(tries: u32, program: &Path, plain: &Path, one: &Path) -> Result<(), String> {
    let best = |measure: &mut dyn FnMut() -> Result<f64, String>| {
        (0..tries).try_fold(f64::INFINITY, |best, _| Ok::<f64, String>(best.min(measure()?)))
    };
    let mut rows = Vec::new();
    for (name, run) in PEERS {
        let message_s = best(&mut || {
            let tried = repeat(run, MESSAGES)?;
            Ok(tried.seconds / tried.messages)
        })?;
        let start_s = best(&mut || {
            let tried = repeat(run, 0)?;
            Ok(tried.seconds / tried.runs)
        })?;
        rows.push((name, message_s, start_s));
    }
    let each = |scenario: &Path, seeds: u64, threads: usize| {
        let tried = ours::run(program, scenario, seeds, threads)?;
        Ok::<_, String>((tried.seconds / tried.messages, tried.seconds / tried.runs))
    };
    let ours_s = best(&mut || Ok(each(plain, 300, 1)?.0))?;
    // A seed of one message, less the message.
    let start_s = best(&mut || Ok(each(one, 20_000, 1)?.1))? - ours_s;
    let two_s = best(&mut || Ok(each(plain, 600, 2)?.0))?;
    rows.push(("redelivery", ours_s, start_s));
    println!(
        "{:<12}{:>14}{:>16}{:>20}",
        "", "messages/s", "start of seed", "redelivery is"
    );
    for (name, message_s, start_s) in rows {
        println!(
            "{name:<12}{:>14.0}{:>13.1} µs{:>18.2} x",
            1.0 / message_s,
            1e6 * start_s,
            message_s / ours_s
        );
    }
    println!("redelivery on two threads: {:.2} times one", ours_s / two_s);
    Ok(())
}

/// Runs seed after seed.
#[expect(clippy::disallowed_methods, reason = "seconds are what is measured")]
fn repeat(run: fn(u64, u64) -> u64, messages: u64) -> Result<Measured, String> {
    let start = Instant::now();
    let (mut settled, mut seed) = (0, 0);
    while start.elapsed() < TRY {
        settled += run(messages, seed);
        seed += 1;
    }
    if settled != seed * messages {
        return Err(format!("{settled} of {} messages were settled", seed * messages));
    }
    Ok(Measured {
        messages: settled as f64,
        runs: seed as f64,
        seconds: start.elapsed().as_secs_f64(),
    })
}
