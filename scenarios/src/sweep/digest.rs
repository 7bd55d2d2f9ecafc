//! Digests: two files are the same scenario, and two runs the same failure, if these agree.

use std::fmt::Write as _;

use redelivery_model::history::Clock;
use redelivery_model::world::Action;
use sha2::{Digest as _, Sha256};

use crate::Scenario;
use crate::schedule::{Schedule, name_of};

/// The SHA-256 of some bytes, in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What failures of one check are told apart by: the text of the schedule that leads to it. The shorter the schedules,
/// the more failures prove to be the same.
pub fn digest_of_schedule(scenario: &Scenario, steps: &[Action], ends: bool) -> String {
    let schedule = Schedule {
        scenario: name_of(scenario),
        clock: Clock::Virtual,
        ends,
        steps: steps.to_vec(),
    };
    digest(schedule.to_text(scenario).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of FIPS 180-4.
    #[test]
    fn a_known_digest() {
        assert_eq!(
            digest(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
