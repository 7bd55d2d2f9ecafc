//! In the end, as long as a message has no effect and is not dead-lettered, a watcher's alarm is on.
//!
//! A loss that somebody notices can be repaired; one that nobody notices cannot. Broken by a watcher whose number does
//! not show it: a lag that is zero or unknown, an idle time that claims reset. An alarm that was on and went off again
//! is no notice. What counts is the promise of `at_least_once`: the producer learnt the ID.

use super::at_least_once::AtLeastOnce;
use super::monitor::Finding;
use super::small_map::SmallMap;
use crate::event::Event;
use crate::setup::ClientIx;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Noticed {
    least: AtLeastOnce,
    /// The watchers whose alarm is on.
    alarms: SmallMap<ClientIx, ()>,
}

impl Noticed {
    pub(super) fn on(&mut self, event: &Event) {
        match event {
            Event::Alarm {
                client, raised: true, ..
            } => self.alarms.insert(*client, ()),
            Event::Alarm { client, .. } => self.alarms.remove(client),
            event => self.least.on(event, true),
        }
    }

    pub(super) fn at_end(&self) -> Finding {
        match self.alarms.iter().next() {
            Some(_) => Ok(()),
            None => self.least.at_end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::Noticed;
    use crate::check::tests::*;
    use crate::event::Event;
    use crate::setup::policy::Effect::Outside;
    use crate::setup::{ClientIx, GroupIx, Setup};

    fn alarm(client: ClientIx, raised: bool) -> Event {
        let group = GROUP;
        Event::Alarm { client, group, raised }
    }

    #[test]
    fn a_loss_that_an_alarm_shows() {
        holds(Noticed, &[produced(), alarm(A, true)]);
        holds(Noticed, &[alarm(A, true), produced()]);
        holds(Noticed, &[produced(), alarm(A, true), alarm(B, true), alarm(A, false)]);
    }

    #[test]
    fn nothing_is_lost() {
        holds(Noticed, &[produced(), effect(Outside)]);
        holds(Noticed, &[produced(), routed()]);
        holds(Noticed, &[added(1)]);
    }

    #[test]
    fn a_loss_that_no_alarm_shows() {
        let violation = breaks_at_end(Noticed, &[produced()]);
        assert_eq!(violation.message, Some(MESSAGE));
        breaks_at_end(Noticed, &[produced(), alarm(A, true), alarm(A, false)]);
    }

    #[test]
    fn the_alarm_of_another_group() {
        let setup = Setup {
            groups: vec![group("g", 0), group("h", 0)],
            ..setup(Noticed)
        };
        let elsewhere = Event::Alarm {
            client: A,
            group: GroupIx(1),
            raised: true,
        };
        let (monitors, _) = play(&setup, &timed(&[produced(), elsewhere]));
        let groups: Vec<_> = ending(&setup, &monitors).into_iter().map(|it| it.group).collect();
        assert_eq!(groups, [Some(GROUP)]);
    }
}
