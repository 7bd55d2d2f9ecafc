//! Who watches a world's steps: a recorder, a search, nobody.

use redelivery_engine::Reply;
use redelivery_engine::cluster::NodeIndex;

use super::ConnectionIx;
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

    /// A request was executed. Without a reply it blocks.
    fn executed(&mut self, _at: Place, _request: &Request, _reply: Option<&Reply>) {}

    /// A connection was let go of or closed, or something else is in flight on it than before.
    fn stirred(&mut self, _connection: ConnectionIx) {}

    /// Whether it tells monitors that remember no times itself what happened, later: the world then tells the others
    /// only.
    fn tells_untimed(&self) -> bool {
        false
    }
}

/// Whose request is executed, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Who reads the reply; none when its connection had closed.
    pub client: Option<ClientIx>,
    /// Where there is no cluster, the first.
    pub node: NodeIndex,
    /// ASKING went before it.
    pub asking: bool,
}

impl Place {
    /// At the one broker there is.
    pub fn alone(client: Option<ClientIx>) -> Self {
        Self {
            client,
            node: NodeIndex(0),
            asking: false,
        }
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ignore;

impl Observer for Ignore {}
