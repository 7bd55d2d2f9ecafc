//! A message has exactly one effect: `at_most_once` and `at_least_once` together.
//!
//! It holds where effect and dedup mark are one atomic step, or where the effect is idempotent: then repeats do not
//! count. Broken by whatever breaks either half.

use super::at_least_once::AtLeastOnce;
use super::at_most_once::AtMostOnce;
use super::monitor::Finding;
use crate::event::Event;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ExactlyOnce {
    most: AtMostOnce,
    least: AtLeastOnce,
}

impl ExactlyOnce {
    pub(super) fn on(&mut self, event: &Event, dead_letter_counts: bool) -> Finding {
        self.least.on(event, dead_letter_counts);
        self.most.on(event)
    }

    pub(super) fn at_end(self) -> Finding {
        self.least.at_end()
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec;
    use crate::check::tests::*;
    use crate::setup::policy::Effect::{Idempotent, Outside};

    const CHECK: CheckSpec = CheckSpec::ExactlyOnce {
        dead_letter_counts: true,
    };

    #[test]
    fn both_halves() {
        holds(CHECK, &[produced(), effect(Outside)]);
        holds(CHECK, &[produced(), effect(Idempotent), effect(Idempotent)]);
        holds(CHECK, &[produced(), routed()]);
        breaks(CHECK, &[produced(), effect(Outside), effect(Outside)]);
        breaks(CHECK, &[effect(Outside), effect(Outside)]);
        breaks_at_end(CHECK, &[produced()]);
    }
}
