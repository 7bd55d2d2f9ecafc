//! redelivery: the same workload on the engine that answers as a server does, from its scenario file.

use std::path::Path;
use std::process::Command;

use crate::Measured;

/// Runs the program over a scenario on so many threads.
///
/// # Errors
/// What went wrong, in words.
pub fn run(program: &Path, scenario: &Path, seeds: u64, threads: usize) -> Result<Measured, String> {
    let output = Command::new(program)
        .arg("simulate")
        .arg(scenario)
        .args(["--json", "--quiet", "--seeds", &format!("0..{seeds}")])
        .env("RAYON_NUM_THREADS", threads.to_string())
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.starts_with('{'));
    let value: serde_json::Value = line.and_then(|line| serde_json::from_str(line).ok()).ok_or_else(|| {
        format!(
            "no result from {}: {}",
            scenario.display(),
            String::from_utf8_lossy(&output.stderr)
        )
    })?;
    if value["verdict"] != "holds" {
        return Err(format!("{}: verdict {}", scenario.display(), value["verdict"]));
    }
    let number = |name: &str| value[name].as_f64().ok_or_else(|| format!("no {name} in {text}"));
    Ok(Measured {
        messages: number("messages")?,
        runs: number("seeds")?,
        seconds: number("seconds")?,
    })
}
