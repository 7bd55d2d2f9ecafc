//! Measurements: how long something took, how much memory was used. The only clock of this crate; no verdict and no
//! snapshot sees it.

use std::time::{Duration, Instant};

/// Does something and answers how long it took.
#[expect(
    clippy::disallowed_methods,
    reason = "a measurement that is reported as such and decides nothing"
)]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Whether so much time has passed since now; never, where there is no limit.
#[expect(
    clippy::disallowed_methods,
    reason = "ends work early, which is then said to be unknown; it decides no verdict"
)]
pub(crate) fn passed(limit: Option<Duration>) -> impl Fn() -> bool + Sync {
    let start = Instant::now();
    move || limit.is_some_and(|limit| start.elapsed() >= limit)
}

/// The most memory that this process held so far, in bytes; none where the system does not tell (Linux does).
pub(crate) fn peak_memory_bytes() -> Option<u64> {
    peak_memory_bytes_of("self")
}

/// The same of another process, by its number.
pub(crate) fn peak_memory_bytes_of(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// How many a second.
pub(crate) fn per_second(amount: u64, time: Duration) -> u64 {
    let rate = u128::from(amount) * 1_000_000_000 / time.as_nanos().max(1);
    u64::try_from(rate).unwrap_or(u64::MAX)
}
