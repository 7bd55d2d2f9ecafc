//! An item neither vanishes nor doubles: from the push until its work is done it lies in exactly one list, its own or one
//! in which a worker keeps it, or a living client has it that heard of it.
//!
//! Source: <https://redis.io/docs/latest/commands/lmove/#pattern-reliable-queue>: what a pop hands out and a crash
//! takes away is gone. Broken by a pop that nobody hears or whose client crashes, by putting back in two steps (in both
//! lists, or for a crash in neither), by a producer that pushes again. Work that is done twice does not break it, nor an
//! item that lies somewhere for ever.

use redelivery_engine::Bytes;

use super::monitor::{Broken, Finding};
use crate::event::Event;
use crate::setup::{Message, Setup};
use crate::symmetry::Renaming;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Conservation {
    /// It was pushed.
    pushed: bool,
    /// Its work was done: from now on it may be nowhere.
    done: bool,
    /// Who has it out of all lists.
    holder: Option<Bytes>,
}

impl Conservation {
    pub(super) fn on(&mut self, setup: &Setup, message: Message, event: &Event) -> Finding {
        match event {
            Event::Added { .. } => {
                self.pushed = true;
                self.holder = None;
            }
            Event::Effect { .. } => {
                self.done = true;
                self.holder = None;
            }
            Event::Granted {
                consumer,
                noack: true,
                heard: true,
                ..
            } if !self.done => self.holder = Some(consumer.clone()),
            Event::Removed {
                client: Some(client), ..
            } if !self.done => self.holder = Some(setup.client(*client).name.clone()),
            Event::Crashed { client } if self.holder.as_ref() == Some(&setup.client(*client).name) => {
                return Err(Broken(None));
            }
            Event::Items { lists, .. } => {
                let places = lists.iter().flat_map(|(_, items)| items);
                match places.filter(|item| **item == message).count() {
                    0 if self.pushed && !self.done && self.holder.is_none() => return Err(Broken(None)),
                    0 => {}
                    1 => self.holder = None,
                    _ => return Err(Broken(None)),
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn renamed(&self, renaming: &Renaming) -> Self {
        let Self { pushed, done, holder } = self;
        Self {
            pushed: *pushed,
            done: *done,
            holder: holder.as_ref().map(|holder| renaming.text(holder)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckSpec::Conservation;
    use crate::check::tests::*;
    use crate::event::Event;
    use crate::setup::policy::Effect::Outside;

    fn crashed() -> Event {
        Event::Crashed { client: A }
    }

    #[test]
    fn in_one_list_or_in_a_living_hand_until_it_is_done() {
        holds(Conservation, &[pushed(), items(&[("jobs", 1)])]);
        holds(
            Conservation,
            &[pushed(), items(&[("jobs", 1)]), popped("a"), items(&[])],
        );
        let done = [
            popped("a"),
            items(&[]),
            started(A),
            ended(A),
            effect(Outside),
            crashed(),
        ];
        holds(Conservation, &[&[pushed(), items(&[("jobs", 1)])], &done[..]].concat());
        let kept = [items(&[("jobs:processing", 1)]), crashed(), items(&[("jobs", 1)])];
        holds(Conservation, &[&[pushed()], &kept[..]].concat());
        holds(Conservation, &[items(&[]), crashed()]);
    }

    #[test]
    fn nobody_needs_to_have_what_is_done() {
        let done = [pushed(), effect(Outside)];
        holds(Conservation, &[&done[..], &[popped("a"), crashed()]].concat());
        holds(Conservation, &[&done[..], &[removed(Some(A)), crashed()]].concat());
    }

    #[test]
    fn gone_with_its_client() {
        breaks(Conservation, &[pushed(), popped("a"), items(&[]), crashed()]);
        let other = Event::Crashed { client: B };
        holds(Conservation, &[pushed(), popped("a"), items(&[]), other]);
        let back = [removed(Some(A)), items(&[]), pushed(), items(&[("jobs", 1)]), crashed()];
        holds(
            Conservation,
            &[&[pushed(), items(&[("jobs:processing", 1)])], &back[..]].concat(),
        );
        breaks(Conservation, &[pushed(), removed(Some(A)), items(&[]), crashed()]);
    }

    #[test]
    fn gone_since_nobody_heard_of_it() {
        breaks(Conservation, &[pushed(), unheard(popped("a")), items(&[])]);
        breaks(Conservation, &[pushed(), removed(None), items(&[])]);
        let violation = breaks(Conservation, &[pushed(), items(&[("jobs", 1)]), items(&[])]);
        assert_eq!((violation.message, violation.group), (Some(MESSAGE), Some(GROUP)));
    }

    #[test]
    fn in_two_places() {
        breaks(Conservation, &[pushed(), items(&[("jobs", 2)])]);
        let both = items(&[("jobs", 1), ("jobs:processing:a", 1)]);
        breaks(Conservation, &[pushed(), effect(Outside), both]);
    }
}
