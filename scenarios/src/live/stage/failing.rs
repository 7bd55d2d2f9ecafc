//! The server's process is killed, and started again on what its folder holds.
//!
//! SIGKILL, while nothing is on its way that could be executed or not: what was executed is known. All connections are
//! dead then. Who waits for an answer sees that at once; who does not, when it sends something again, or is told to look.

use std::io;

use redelivery_model::client::Observation;
use redelivery_model::event::Event;
use redelivery_model::setup::{ClientIx, Mishap, Persistence};

use super::Stage;
use crate::live::actor::Reader;
use crate::live::ask::Ask;

impl Stage<'_> {
    /// Kills the server and starts it again.
    pub(in crate::live) fn kill_server(&mut self) -> io::Result<()> {
        let Some(server) = self.live.server else {
            return Err(io::Error::other("only a server of our own can be killed"));
        };
        server.borrow_mut().restart()?;
        self.ask = Ask::open(self.live.address)?;
        self.lines.iter_mut().for_each(|line| line.is_dead = true);
        self.happens(Event::BrokerFailed { how: Mishap::Killed });
        let keeps_nothing = |keeping: &_| matches!(keeping, Persistence::Nothing);
        if (self.setup.keeping.as_ref()).is_some_and(|keeping| keeps_nothing(&keeping.persistence)) {
            self.happens(Event::WritesLost { writes: None });
            self.history.forget_added();
        }
        Ok(())
    }

    /// A client sees that its connection has gone with the server, and has another one.
    pub(in crate::live) fn lose_to_kill(&mut self, client: ClientIx) {
        let wire = self.lose(client, Reader::Nobody);
        self.close(wire);
        let moment = self.now();
        self.observe(client, moment, Observation::Lost);
    }
}
