//! The server fails: its process is killed, and started again on what its folder holds, or held when that was put aside.
//!
//! SIGKILL, while nothing is on its way that could be executed or not: what was executed is known. All connections are
//! dead then. Who waits for an answer sees that at once; who does not, when it sends something again, or is told to look.

use std::io;

use redelivery_model::client::Observation;
use redelivery_model::event::Event;
use redelivery_model::setup::{ClientIx, Persistence};
use redelivery_model::world::Failure;

use super::Stage;
use crate::live::actor::Reader;
use crate::live::ask::Ask;
use crate::live::keeping::comes_back_to_a_copy;

impl Stage<'_> {
    /// What the server has now is what it comes back with after the next failure that loses something.
    pub(in crate::live) fn put_aside(&mut self) -> io::Result<()> {
        match self.persistence() {
            Some(Persistence::Snapshots(_)) => self.ask.save(),
            _ => self.server()?.borrow_mut().put_aside(),
        }
    }

    /// Kills the server and starts it again.
    pub(in crate::live) fn kill_server(&mut self, failure: Failure) -> io::Result<()> {
        let Failure { how, lost, .. } = failure;
        let takes_snapshots = matches!(self.persistence(), Some(Persistence::Snapshots(_)));
        if takes_snapshots && lost == 0 {
            self.ask.save()?;
        }
        let server = self.server()?;
        match comes_back_to_a_copy(self.setup, failure) && !takes_snapshots {
            true => server.borrow_mut().restart_from_aside()?,
            false => server.borrow_mut().restart()?,
        }
        self.ask = Ask::open(self.live.address)?;
        self.lines.iter_mut().for_each(|line| line.is_dead = true);
        self.happens(Event::BrokerFailed { how });
        let loses_all = matches!(self.persistence(), Some(Persistence::Nothing));
        if loses_all || lost > 0 {
            let writes = (!loses_all).then_some(lost);
            self.happens(Event::WritesLost { writes });
            let kept = self.ask.messages(self.setup)?;
            self.history.keep_added(&kept);
        }
        Ok(())
    }

    /// A client sees that its connection has gone with the server, and has another one.
    pub(in crate::live) fn lose_to_failure(&mut self, client: ClientIx) {
        let wire = self.lose(client, Reader::Nobody);
        self.close(wire);
        let moment = self.now();
        self.observe(client, moment, Observation::Lost);
    }

    fn persistence(&self) -> Option<Persistence> {
        self.setup.keeping.map(|keeping| keeping.persistence)
    }

    fn server(&self) -> io::Result<&std::cell::RefCell<crate::live::Server>> {
        let none = || io::Error::other("only a server of our own can be made to fail");
        self.live.server.ok_or_else(none)
    }
}
