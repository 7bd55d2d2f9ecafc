//! No message is worked on more often than a limit, whoever works, however the work ends.
//!
//! A limit that is meant to stop a poison message must count what a kill cut short: a handler that is never reached
//! counts nothing. Source: <https://redis.io/docs/latest/develop/data-types/streams/#claiming-and-the-delivery-counter>,
//! where the broker counts. Broken by a design without a limit, by one that counts in an error handler, by one that
//! takes retries for runs. `dead_letter` asks for more: that the message is routed then, and not before.

use super::monitor::{Broken, Finding};
use crate::event::Event;

/// How often the message was worked on, at most the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct RunLimit(u64);

impl RunLimit {
    pub(super) fn on(&mut self, event: &Event, limit: u64) -> Finding {
        if matches!(event, Event::WorkStarted { .. }) {
            if self.0 >= limit {
                return Err(Broken(None));
            }
            self.0 += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec;
    use crate::check::tests::*;
    use crate::event::Event;
    use crate::setup::Message;

    const TWICE: CheckSpec = CheckSpec::RunLimit { limit: 2 };

    #[test]
    fn as_often_as_the_limit() {
        holds(TWICE, &[]);
        holds(TWICE, &[started(A), ended(A), started(B)]);
        holds(TWICE, &[started(A), started(B), about(Message(1), started(A))]);
    }

    #[test]
    fn once_more_whoever_it_is_and_however_it_ended() {
        let violation = breaks(
            TWICE,
            &[started(A), Event::Crashed { client: A }, started(A), started(B)],
        );
        assert_eq!((violation.message, violation.group), (Some(MESSAGE), Some(GROUP)));
        breaks(CheckSpec::RunLimit { limit: 0 }, &[started(A)]);
    }
}
