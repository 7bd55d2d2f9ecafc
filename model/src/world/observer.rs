//! Who watches a world's steps: a recorder, a search, nobody.

use redelivery_engine::Reply;

use crate::check::Violation;
use crate::client::Request;
use crate::event::{Event, Moment};
use crate::setup::ClientIx;

/// Receives what a step brings about.
pub trait Observer {
    /// A fact.
    fn event(&mut self, _moment: Moment, _event: &Event) {}

    /// A monitor found its claim violated.
    fn violation(&mut self, _violation: Violation) {}

    /// A request was executed; `client` is none when its connection had closed. Without a reply it blocks.
    fn executed(&mut self, _client: Option<ClientIx>, _request: &Request, _reply: Option<&Reply>) {}
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ignore;

impl Observer for Ignore {}
