//! What happened in the world in one step: so it must happen on the server.

use redelivery_engine::Reply;
use redelivery_model::client::Request;
use redelivery_model::event::{Event, Moment};
use redelivery_model::history::Executed;
use redelivery_model::setup::ClientIx;
use redelivery_model::world::Observer;

/// Told by the world.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// Requests, answered or held back, in the broker's order.
    pub(super) executed: Vec<Executed>,
    /// What happened, as clients see it.
    pub(super) events: Vec<Event>,
}

impl Observer for Expected {
    fn event(&mut self, _: Moment, event: &Event) {
        // How things stand at the broker is asked, not told.
        if !matches!(
            event,
            Event::Pending { .. } | Event::Items { .. } | Event::Length { .. }
        ) {
            self.events.push(event.clone());
        }
    }

    fn executed(&mut self, client: Option<ClientIx>, request: &Request, reply: Option<&Reply>) {
        self.executed.push(Executed {
            client,
            request: request.clone(),
            reply: reply.cloned(),
        });
    }
}
