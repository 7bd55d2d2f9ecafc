//! Commands of the desk within a transaction: the broker queues a PING in the place of each, and what EXEC answers has the
//! desk's own answers there.

use redelivery_engine::{Bytes, ClientId, Command, Millis, Reply};

use super::{Desk, table};

impl Desk {
    /// Queues a command of the desk.
    pub(super) fn queue(&mut self, client: ClientId, argv: &[Bytes], now: Millis) -> Reply {
        let node = self.client(client).node;
        let place = self.nodes.of(node).queued(client).unwrap_or(0);
        self.client_mut(client).queue.push((place, argv.to_vec()));
        let ping = Command::Ping { message: None };
        let reply = self.nodes.at(node, |broker| broker.apply(client, &ping, now));
        reply.expect("PING does not wait")
    }

    /// What the broker has answered to a command, with the desk's own answers in it, if it was EXEC.
    pub(super) fn with_own(&mut self, client: ClientId, mut reply: Reply, now: Millis) -> Reply {
        let queue = std::mem::take(&mut self.client_mut(client).queue);
        if let Reply::Array(replies) = &mut reply {
            for (place, argv) in queue {
                let own = argv.first().and_then(|name| table::find(name)).expect("it was queued");
                let own = own.chosen(&argv).unwrap_or(own);
                let answer = (own.run)(self, client, &argv, now);
                if let Some(place) = replies.get_mut(place) {
                    *place = answer;
                }
            }
        }
        reply
    }
}
