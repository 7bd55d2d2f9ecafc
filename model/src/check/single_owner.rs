//! No entry is granted to two consumers within a time (min-idle-time) of each other without an acknowledgement between.
//!
//! Source: <https://redis.io/docs/latest/commands/xclaim/>: a claim resets the idle time, so of several claims racing
//! for one idle period one wins. Broken by min-idle-time 0, by consumers that claim with different times, by XGROUP
//! SETID back, which hands a pending entry out again without looking at its idle time.
//!
//! A grant to the same consumer begins its time anew. Delivery with NOACK owns nothing. Where moments are intervals
//! (live runs) only what is certain counts: whichever of the two grants came first, they lay closer together than
//! the time. An acknowledgement ends ownership, whoever sent it: XACK does not ask.

use redelivery_engine::{Bytes, Millis, StreamId};

use super::monitor::{Broken, Finding};
use super::small_map::SmallMap;
use crate::event::{Event, Moment};
use crate::symmetry::Renaming;

/// The last grant of each entry that was not acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct SingleOwner(SmallMap<StreamId, Owner>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Owner {
    consumer: Bytes,
    earliest_ms: Millis,
    latest_ms: Millis,
}

impl Owner {
    /// The most that may lie between its grant and another.
    fn distance_ms(&self, moment: Moment) -> Millis {
        let after = moment.latest_ms.saturating_sub(self.earliest_ms);
        let before = self.latest_ms.saturating_sub(moment.earliest_ms);
        after.max(before)
    }
}

impl SingleOwner {
    pub(super) fn on(&mut self, moment: Moment, event: &Event, within_ms: Millis) -> Finding {
        match event {
            Event::Granted {
                id: Some(id),
                consumer,
                noack: false,
                ..
            } => {
                let last = self.0.get(id);
                if last.is_some_and(|last| last.consumer != *consumer && last.distance_ms(moment) < within_ms) {
                    return Err(Broken(Some(*id)));
                }
                let owner = Owner {
                    consumer: consumer.clone(),
                    earliest_ms: moment.earliest_ms,
                    latest_ms: moment.latest_ms,
                };
                self.0.insert(*id, owner);
            }
            Event::Acknowledged { id, .. } => self.0.remove(id),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn renamed(&self, renaming: &Renaming) -> Self {
        let owners = self.0.iter().map(|(id, owner)| {
            let Owner {
                consumer,
                earliest_ms,
                latest_ms,
            } = owner;
            let owner = Owner {
                consumer: renaming.text(consumer),
                earliest_ms: *earliest_ms,
                latest_ms: *latest_ms,
            };
            (*id, owner)
        });
        Self(owners.collect())
    }

    pub(super) fn times(&self, visit: &mut dyn FnMut(Millis)) {
        for (_, owner) in self.0.iter() {
            visit(owner.earliest_ms);
            visit(owner.latest_ms);
        }
    }

    pub(super) fn map_times(&mut self, map: &mut dyn FnMut(Millis) -> Millis) {
        for owner in self.0.values_mut() {
            owner.earliest_ms = map(owner.earliest_ms);
            owner.latest_ms = map(owner.latest_ms);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::tests::*;
    use crate::check::{CheckSpec, Monitors};
    use crate::event::{Event, Grant, Moment};

    /// Events of [`holds`] and [`breaks`] lie ten milliseconds apart.
    const WITHIN_25: CheckSpec = CheckSpec::SingleOwner { within_ms: 25 };

    #[test]
    fn a_claim_after_the_time() {
        holds(WITHIN_25, &[read("a", 1), started(A), started(A), claim("b", 1)]);
        holds(CheckSpec::SingleOwner { within_ms: 10 }, &[read("a", 1), claim("b", 1)]);
    }

    #[test]
    fn a_claim_within_the_time() {
        let violation = breaks(WITHIN_25, &[read("a", 1), claim("b", 1)]);
        assert_eq!((violation.message, violation.group), (Some(MESSAGE), Some(GROUP)));
        assert_eq!(violation.id, Some(id(1)));
        breaks(WITHIN_25, &[read("a", 1), read("b", 1)]);
    }

    #[test]
    fn the_same_consumer_begins_its_time_anew() {
        let again = granted("a", Grant::History, 1);
        breaks(WITHIN_25, &[read("a", 1), started(A), again, claim("b", 1)]);
        holds(WITHIN_25, &[read("a", 1), claim("a", 1), claim("a", 1)]);
    }

    #[test]
    fn an_acknowledgement_ends_it_whoever_sent_it() {
        holds(WITHIN_25, &[read("a", 1), acknowledged(1), read("b", 1)]);
    }

    #[test]
    fn noack_owns_nothing() {
        holds(WITHIN_25, &[read_noack("a", 1), read_noack("b", 1)]);
        holds(WITHIN_25, &[read("a", 1), read_noack("b", 1), claim("a", 1)]);
    }

    #[test]
    fn two_entries_of_one_message_have_an_owner_each() {
        holds(WITHIN_25, &[read("a", 1), read("b", 2)]);
        holds(WITHIN_25, &[read("a", 1), acknowledged(1), read("b", 2)]);
        breaks(WITHIN_25, &[read("a", 1), acknowledged(2), claim("b", 1)]);
    }

    #[test]
    fn explorers_see_and_move_its_moments() {
        let granted = |at| play(&setup(WITHIN_25), &[(Moment::at(at), read("a", 1))]).0;
        let times = |monitors: &Monitors| {
            let mut times = Vec::new();
            monitors.times(&mut |at| times.push(at));
            times
        };
        let mut monitors = granted(1_000);
        assert_eq!(times(&monitors), [1_000, 1_000]);
        monitors.map_times(&mut |at| at - 300);
        assert_eq!(times(&monitors), [700, 700]);
        assert_eq!(monitors, granted(700));
    }

    fn violations(history: &[(Moment, Event)]) -> usize {
        play(&setup(CheckSpec::SingleOwner { within_ms: 100 }), history).1.len()
    }

    fn during(earliest_ms: u64, latest_ms: u64, event: Event) -> (Moment, Event) {
        let moment = Moment { earliest_ms, latest_ms };
        (moment, event)
    }

    #[test]
    fn intervals_count_when_they_are_certain() {
        let first = || during(1_000, 1_020, read("a", 1));
        assert_eq!(violations(&[first(), during(1_090, 1_099, claim("b", 1))]), 1);
        assert_eq!(violations(&[first(), during(1_090, 1_100, claim("b", 1))]), 0);
    }

    #[test]
    fn a_request_that_hung_may_have_been_the_first() {
        let hung = during(900, 1_030, claim("b", 1));
        assert_eq!(violations(&[during(1_000, 1_020, read("a", 1)), hung]), 0);
    }
}
