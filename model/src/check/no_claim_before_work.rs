//! No entry is claimed while it waits in the hands of a consumer that has not begun to work on it.
//!
//! Source: dapr/components-contrib#4599: idle time runs from the read, not from the start of the work, so that what was
//! read ahead grows old while its turn has not come. Broken by every batch whose work takes longer than min-idle-time in
//! all. A consumer that was killed has nothing in its hands, one that stands still has; a grant that nobody heard of is in
//! nobody's. Who looks for a mark or a delivery counter before the work has not begun yet.

use redelivery_engine::{Bytes, StreamId};

use super::monitor::{Broken, Finding};
use super::small_map::SmallMap;
use crate::event::{Event, Grant};
use crate::setup::policy::Role;
use crate::setup::{ClientIx, Setup};
use crate::symmetry::Renaming;

/// The entries that wait, each with the consumer that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct NoClaimBeforeWork(SmallMap<StreamId, Bytes>);

impl NoClaimBeforeWork {
    pub(super) fn on(&mut self, setup: &Setup, event: &Event) -> Finding {
        match event {
            Event::Granted {
                id: Some(id),
                consumer,
                how,
                heard,
                ..
            } => {
                let other = self.0.get(id).is_some_and(|owner| owner != consumer);
                if other && *how == Grant::Claim {
                    return Err(Broken(Some(*id)));
                }
                match *heard && works(setup, consumer) {
                    true => self.0.insert(*id, consumer.clone()),
                    false => self.0.remove(id),
                }
            }
            Event::WorkStarted { client, .. } | Event::Crashed { client } => {
                self.0.retain(|owner| !is_of(setup, *client, owner));
            }
            Event::Acknowledged { id, .. } => self.0.remove(id),
            Event::DeadLettered { .. } => self.0 = SmallMap::default(),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn renamed(&self, renaming: &Renaming) -> Self {
        Self(self.0.iter().map(|(id, owner)| (*id, renaming.text(owner))).collect())
    }
}

/// Whether somebody of this name works: who reads by hand (an administrator) lets nothing wait.
fn works(setup: &Setup, consumer: &Bytes) -> bool {
    setup
        .client_ixs()
        .any(|client| matches!(setup.client(client).role, Role::Consumer(_)) && is_of(setup, client, consumer))
}

/// Whether a consumer's name is one of this client's: its own, or that with the number of a later life.
fn is_of(setup: &Setup, client: ClientIx, consumer: &Bytes) -> bool {
    let rest = consumer.strip_prefix(&*setup.client(client).name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::NoClaimBeforeWork;
    use crate::check::tests::*;
    use crate::event::{Event, Grant};
    use crate::setup::Message;

    #[test]
    fn what_is_at_work_may_be_claimed() {
        holds(NoClaimBeforeWork, &[read("a", 1), started(A), claim("b", 1)]);
        holds(
            NoClaimBeforeWork,
            &[read("a", 1), started(A), ended(A), claim("b", 1), started(B)],
        );
    }

    #[test]
    fn what_waits_may_not() {
        let violation = breaks(NoClaimBeforeWork, &[read("a", 1), claim("b", 1)]);
        assert_eq!((violation.message, violation.group), (Some(MESSAGE), Some(GROUP)));
        assert_eq!(violation.id, Some(id(1)));
        // Work on another message is not work on this one; nor is another consumer's.
        let other = about(Message(1), started(A));
        breaks(NoClaimBeforeWork, &[read("a", 1), other, claim("b", 1)]);
        breaks(NoClaimBeforeWork, &[read("a", 1), started(B), claim("b", 1)]);
        breaks(NoClaimBeforeWork, &[read("ab", 1), started(A), claim("b", 1)]);
    }

    #[test]
    fn a_claim_waits_like_a_read() {
        breaks(NoClaimBeforeWork, &[claim("a", 1), claim("b", 1)]);
        breaks(
            NoClaimBeforeWork,
            &[
                granted("a", Grant::History, 1),
                Event::Paused { client: A },
                claim("b", 1),
            ],
        );
    }

    #[test]
    fn who_has_it_may_claim_it_again() {
        holds(NoClaimBeforeWork, &[read("a", 1), claim("a", 1), read("b", 1)]);
    }

    #[test]
    fn nobody_has_what_nobody_heard_of_nor_what_a_dead_one_had() {
        let crash = |client| Event::Crashed { client };
        holds(NoClaimBeforeWork, &[unheard(read("a", 1)), claim("b", 1)]);
        holds(NoClaimBeforeWork, &[read("a", 1), crash(A), claim("b", 1)]);
        holds(NoClaimBeforeWork, &[read("a.2", 1), crash(A), claim("b", 1)]);
        holds(NoClaimBeforeWork, &[read("by-hand", 1), claim("b", 1)]);
        breaks(NoClaimBeforeWork, &[read("a", 1), crash(B), claim("b", 1)]);
    }

    #[test]
    fn what_is_done_with_does_not_wait() {
        holds(NoClaimBeforeWork, &[read("a", 1), acknowledged(1), claim("b", 1)]);
        holds(NoClaimBeforeWork, &[read("a", 1), routed(), claim("b", 1)]);
        breaks(NoClaimBeforeWork, &[read("a", 1), acknowledged(2), claim("b", 1)]);
    }
}
