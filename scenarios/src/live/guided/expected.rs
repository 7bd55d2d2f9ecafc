//! What happened in the world in one step: so it must happen on the server.

use redelivery_engine::Reply;
use redelivery_model::client::Request;
use redelivery_model::event::{Event, Moment};
use redelivery_model::history::Executed;
use redelivery_model::world::{Observer, Place};

/// Told by the world.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// Requests, answered or held back, in the broker's order.
    pub(super) executed: Vec<Executed>,
    /// What happened, as clients see it.
    pub(super) events: Vec<Event>,
}

/// Those of some events that must be the same in a world and on a server, in the same order: how things stand at the broker
/// is asked, not told, and what it hands to subscribers comes over several connections at once.
pub(super) fn compared(events: &[Event]) -> Vec<Event> {
    let is_compared = |event: &&Event| {
        !matches!(
            event,
            Event::Pending { .. }
                | Event::Items { .. }
                | Event::Length { .. }
                | Event::Subscribed { .. }
                | Event::Unsubscribed { .. }
                | Event::Handed { .. }
                | Event::Disconnected { .. }
                | Event::LostUnread { .. }
                | Event::Overflowed { .. }
        )
    };
    events.iter().filter(is_compared).cloned().collect()
}

impl Observer for Expected {
    fn event(&mut self, _: Moment, event: &Event) {
        self.events.extend(compared(std::slice::from_ref(event)));
    }

    fn executed(&mut self, at: Place, request: &Request, reply: Option<&Reply>) {
        self.executed.push(Executed {
            at,
            request: request.clone(),
            reply: reply.cloned(),
        });
    }
}
