//! Whether this machine lets those who sleep wake in time: where it does not, no run that measures times says anything.

use std::thread;
use std::time::Duration;

use super::clock::Clock;

/// One sleep.
const SLEEP: Duration = Duration::from_millis(5);
/// Who wakes later than this was not let.
const LATE: Duration = Duration::from_millis(5);
/// The machine is calm when nobody woke late for so many sleeps.
const SLEEPS: u32 = 60;

/// Waits until this machine is calm, but no longer than this.
pub fn wait_for_calm(patience: Duration) {
    let clock = Clock::start();
    let mut in_time = 0;
    while in_time < SLEEPS && clock.passed() < patience {
        let before = clock.passed();
        thread::sleep(SLEEP);
        in_time = match clock.passed() - before <= SLEEP + LATE {
            true => in_time + 1,
            false => 0,
        };
    }
}
