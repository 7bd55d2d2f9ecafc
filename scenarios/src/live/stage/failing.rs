//! The server fails: its process is killed, and started again on what its folder holds, or held when that was put aside.
//!
//! SIGKILL, while nothing is on its way that could be executed or not: what was executed is known. All connections are
//! dead then. Who waits for an answer sees that at once; who does not, when it sends something again, or is told to look.

use std::cell::RefCell;
use std::io;

use redelivery_model::client::Observation;
use redelivery_model::event::Event;
use redelivery_model::setup::{ClientIx, Mishap, Persistence};
use redelivery_model::world::Failure;

use super::{Live, Stage};
use crate::live::Server;
use crate::live::actor::Reader;
use crate::live::ask::Ask;
use crate::live::keeping::comes_back_to_a_copy;

impl Stage<'_> {
    /// A server that was replaced is there again, with nothing, and is followed.
    pub(super) fn be_followed(live: Live<'_>) -> io::Result<()> {
        if let (Some(server), Some(replica)) = (live.server, live.replica) {
            server.borrow_mut().restart()?;
            replica.borrow_mut().follow(live.address)?;
        }
        Ok(())
    }

    /// What the server has now is what it comes back with after the next failure that loses something; or a replica
    /// follows it no longer.
    pub(in crate::live) fn put_aside(&mut self) -> io::Result<()> {
        match (self.live.replica, self.persistence()) {
            (Some(replica), _) => {
                let mut replica = replica.borrow_mut();
                self.ask.catch_up(&mut replica)?;
                replica.promote()
            }
            (None, Some(Persistence::Snapshots(_))) => self.ask.save(),
            (None, _) => {
                self.ask.until_written()?;
                self.server()?.borrow_mut().put_aside()
            }
        }
    }

    /// Kills the server, and starts it again or has its replica in its place.
    pub(in crate::live) fn kill_server(&mut self, failure: Failure) -> io::Result<()> {
        let Failure { how, lost, .. } = failure;
        let is_replaced = how == Mishap::FailedOver;
        let takes_snapshots = matches!(self.persistence(), Some(Persistence::Snapshots(_)));
        if (is_replaced || takes_snapshots) && lost == 0 {
            self.put_aside()?;
        }
        self.ask.until_written()?;
        let server = self.server()?;
        if let Some(replica) = self.live.replica.filter(|_| is_replaced) {
            server.borrow_mut().kill()?;
            self.target.set(replica.borrow().server().address());
        } else if comes_back_to_a_copy(self.setup, failure) && !takes_snapshots {
            server.borrow_mut().restart_from_aside()?;
        } else {
            server.borrow_mut().restart()?;
        }
        self.ask = Ask::open(self.address())?;
        self.lines.iter_mut().for_each(|line| line.is_dead = true);
        self.happens(Event::BrokerFailed { how });
        let loses_all = !is_replaced && matches!(self.persistence(), Some(Persistence::Nothing));
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

    fn server(&self) -> io::Result<&RefCell<Server>> {
        let none = || io::Error::other("only a server of our own can be made to fail");
        self.live.server.ok_or_else(none)
    }
}
