//! In the end a stream keeps at most so many entries: what is done with is gone from memory too.
//!
//! XACK removes an entry from a group's pending list, never from the stream. Source:
//! <https://redis.io/docs/latest/commands/xack/>. Broken by a design that neither deletes nor trims, by a crash between
//! XACK and XDEL. On the way a stream may be as long as its readers are late.

use redelivery_engine::Bytes;

use super::monitor::{Broken, Finding};
use crate::event::Event;

/// Whether the stream is too long now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Bounded(bool);

impl Bounded {
    pub(super) fn on(&mut self, event: &Event, stream: &Bytes, length_max: u64) {
        if let Event::Length { stream: told, length } = event
            && told == stream
        {
            self.0 = *length > length_max;
        }
    }

    pub(super) fn at_end(self) -> Finding {
        if self.0 { Err(Broken(None)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec;
    use crate::check::tests::*;
    use crate::event::Event;

    fn length(stream: &str, length: u64) -> Event {
        let stream = stream.into();
        Event::Length { stream, length }
    }

    const fn one_at_most(stream: redelivery_engine::Bytes) -> CheckSpec {
        CheckSpec::Bounded { stream, length: 1 }
    }

    #[test]
    fn only_the_end_counts() {
        holds(one_at_most("s".into()), &[length("s", 3), length("s", 1)]);
        holds(one_at_most("s".into()), &[]);
        breaks_at_end(one_at_most("s".into()), &[length("s", 1), length("s", 2)]);
    }

    #[test]
    fn other_streams_do_not() {
        holds(one_at_most("s".into()), &[length("s", 1), length("t", 2)]);
    }
}
