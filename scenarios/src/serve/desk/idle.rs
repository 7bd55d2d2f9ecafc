//! Who has said nothing for longer than `timeout` is left: neither who waits for an answer, nor who hears messages.
//!
//! Source: <https://redis.io/docs/latest/develop/reference/clients/#client-timeouts>.

use redelivery_engine::{ClientId, Millis};

use super::Desk;
use super::client::Client;
use super::letter::What;

/// All clients are looked at once in so many milliseconds.
const BETWEEN: Millis = 1000;

impl Desk {
    /// When clients are to be looked at next; never without a `timeout`.
    pub(super) fn next_look(&self) -> Option<Millis> {
        (self.settings.timeout_ms() > 0 && !self.clients.is_empty()).then_some(self.looked_at + BETWEEN)
    }

    /// Leaves those who have been idle for too long.
    pub(super) fn leave_idle(&mut self, now: Millis) {
        if self.next_look().is_none_or(|at| now < at) {
            return;
        }
        self.looked_at = now;
        let timeout = self.settings.timeout_ms();
        let is_idle = |&(&id, known): &(&ClientId, &Client)| {
            let listens = known.is_monitor || self.nodes.of(known.node).is_subscribed(id);
            !known.is_blocked && !listens && now.saturating_sub(known.last_request) > timeout
        };
        let idle = self.clients.iter().filter(is_idle).map(|(&client, _)| client);
        let idle: Vec<ClientId> = idle.collect();
        idle.into_iter().for_each(|client| self.post(client, What::Close));
    }
}
