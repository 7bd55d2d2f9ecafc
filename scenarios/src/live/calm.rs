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
    until_calm(patience, || {
        let before = clock.passed();
        thread::sleep(SLEEP);
        clock.passed() - before
    });
}

/// Sleeps, each time as long as `sleep` says that it took, until the machine is calm or no patience is left.
fn until_calm(patience: Duration, mut sleep: impl FnMut() -> Duration) {
    let (mut passed, mut in_time) = (Duration::ZERO, 0);
    while in_time < SLEEPS && passed < patience {
        let took = sleep();
        passed += took;
        in_time = match took <= SLEEP + LATE {
            true => in_time + 1,
            false => 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many sleeps it takes where they last so many milliseconds, and 5 each from then on.
    fn sleeps(patience_ms: u64, first: &[u64]) -> usize {
        let mut count = 0;
        until_calm(Duration::from_millis(patience_ms), || {
            count += 1;
            Duration::from_millis(first.get(count - 1).copied().unwrap_or(5))
        });
        count
    }

    #[test]
    fn a_calm_machine_is_known_by_sixty_sleeps_in_time() {
        assert_eq!(sleeps(10_000, &[]), 60);
        assert_eq!(sleeps(10_000, &[10; 60]), 60, "5 ms late is in time");
    }

    #[test]
    fn who_wakes_late_begins_anew() {
        assert_eq!(sleeps(10_000, &[11]), 61);
        let late_at_the_end: Vec<u64> = [5; 59].into_iter().chain([400]).collect();
        assert_eq!(sleeps(10_000, &late_at_the_end), 120);
    }

    #[test]
    fn patience_ends() {
        assert_eq!(sleeps(1_000, &[11; 1_000]), 91, "1,001 ms");
        assert_eq!(sleeps(0, &[]), 0);
    }
}
