//! The process of one client: the same client code as in a world, on a connection of its own.
//!
//! It does one thing after the other, each when it is told to, and ends when nobody tells it any more. It never retries
//! a connection and never looks at a clock: both would be faults, or time, of its own making.

use std::io::{self, BufRead, ErrorKind, Write};
use std::net::SocketAddr;
use std::time::Duration;

use redelivery_engine::Bytes;
use redelivery_engine::resp::Frame;
use redelivery_model::client::{Intent, Me, Memory, Observation, Request};
use redelivery_model::setup::{ClientIx, Fate};

use super::protocol::{Announcement, Job, Order, hear, say};
use super::{Connection, reply};
use crate::language;

/// A read may block as long as it wants; the parent decides when a run is over.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the reply may take that a cut connection shall lose; a blocked read gives none.
const LOST_REPLY: Duration = Duration::from_millis(50);

/// Is a client, as told by `input`, until that closes.
///
/// # Errors
/// When the job makes no sense, or the broker or the parent goes away in the middle of something.
pub fn client(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let Some(job) = hear::<Job>(&mut input)? else {
        return Ok(());
    };
    let other = |text: &str| io::Error::new(ErrorKind::InvalidInput, format!("{}: {text}", job.scenario.display()));
    let scenario = language::load(&job.scenario).map_err(|_| other("not a scenario"))?;
    let living = scenario.live.ok_or_else(|| other("does not run live"))?;
    let me = Me {
        setup: &living.setup,
        client: ClientIx(job.client),
        restarts: job.restarts,
    };
    let mut wire = Wire::open(job.address)?;
    let mut memory = Memory::at_start(me);
    loop {
        let intent = memory.intent(me);
        let announcement = Announcement {
            intent: format!("{intent:?}"),
        };
        say(&mut output, &announcement)?;
        let Some(order) = hear::<Order>(&mut input)? else {
            return Ok(());
        };
        // Events are the parent's business, who sees more.
        let mut observe = |observation: Observation<'_>| memory.observe(me, observation, &mut |_| ());
        match (order, intent) {
            (Order::Go, Intent::Send(request)) => observe(Observation::Reply(&wire.exchange(&request)?)),
            (Order::Go, Intent::SendOnly(request)) => {
                wire.send(&request)?;
                observe(Observation::Sent);
            }
            (Order::Go, Intent::Work(_) | Intent::Wait(_)) => observe(Observation::Done),
            (Order::Cut(fate), Intent::Send(request) | Intent::SendOnly(request)) => {
                wire.cut(&request, fate)?;
                wire = Wire::open(job.address)?;
                observe(Observation::Lost);
            }
            (order, intent) => return Err(other(&format!("{order:?} makes no sense before {intent:?}"))),
        }
    }
}

/// The connection, and the replies that nobody waited for.
struct Wire {
    connection: Connection,
    unread: usize,
}

impl Wire {
    fn open(address: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            connection: Connection::open(address, PATIENCE)?,
            unread: 0,
        })
    }

    fn send(&mut self, request: &Request) -> io::Result<()> {
        let argvs: Vec<Vec<Bytes>> = request.commands().iter().map(|command| command.to_argv()).collect();
        self.unread += argvs.len();
        self.connection.send_all(&argvs)
    }

    fn exchange(&mut self, request: &Request) -> io::Result<redelivery_engine::Reply> {
        self.send(request)?;
        let frames = self.read_all()?;
        Ok(reply(request, frames.last().expect("a request has a command")))
    }

    fn read_all(&mut self) -> io::Result<Vec<Frame>> {
        let count = std::mem::take(&mut self.unread);
        (0..count).map(|_| self.connection.receive()).collect()
    }

    /// Whatever becomes of the request, its reply goes unread; then the connection closes.
    fn cut(mut self, request: &Request, fate: Fate) -> io::Result<()> {
        match fate {
            Fate::Never => Ok(()),
            Fate::Late => self.send(request),
            Fate::ReplyLost => {
                self.connection.set_timeout(LOST_REPLY)?;
                self.send(request)?;
                // Whether it came does not matter: it is lost.
                self.read_all().map_or(Ok(()), |_| Ok(()))
            }
        }
    }
}
