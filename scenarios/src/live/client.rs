//! The process of one client: the same client code as in a world, on a connection of its own.
//!
//! It does one thing after the other, each when it is told to, and ends when nobody tells it any more. It never retries
//! by itself and never looks at a clock: both would be faults, or time, of its own making. When its connection is lost
//! it opens another one, and its client code decides what to do about it.

use std::io::{self, BufRead, ErrorKind, Write};
use std::net::SocketAddr;
use std::time::Duration;

use redelivery_engine::{Bytes, Command, Push, Reply};
use redelivery_model::client::{Intent, Me, Memory, Observation, Request};
use redelivery_model::setup::ClientIx;

use super::Connection;
use super::protocol::{Announcement, Job, Order, hear, say};
use super::push::{answer, frames_of, message};
use crate::language;

/// A read may block as long as it wants; the parent decides when a run is over.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

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
    let setup = scenario.setup_of(job.scope).faster(job.speed);
    let me = Me {
        setup: &setup,
        client: ClientIx(job.client),
        restarts: job.restarts,
    };
    let subscribes = setup.client(me.client).role.subscriber().is_some();
    let mut wire = Wire::open(job.address, subscribes)?;
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
            (order @ (Order::Go | Order::Type(_)), Intent::Send(request)) => {
                match wire.exchange(&typed(order, request)?) {
                    Ok((messages, reply)) => {
                        messages.iter().for_each(|push| observe(Observation::Push(push)));
                        observe(Observation::Reply(&reply));
                    }
                    Err(error) if is_lost(&error) => {
                        wire = Wire::open(job.address, subscribes)?;
                        observe(Observation::Lost);
                    }
                    Err(error) => return Err(error),
                }
            }
            (Order::Go, Intent::SendOnly(request)) => {
                wire.send(&request)?;
                observe(Observation::Sent);
            }
            (Order::Go, Intent::Listen) => observe(Observation::Push(&wire.listen()?)),
            (Order::Go, Intent::Work(_) | Intent::Wait(_)) => observe(Observation::Done),
            (Order::Lose, intent) => {
                wire.lose(&intent)?;
                wire = Wire::open(job.address, subscribes)?;
                observe(Observation::Lost);
            }
            (Order::Type(_), _) => return Err(other("nobody types here")),
            (Order::Go, Intent::Choose | Intent::Stop) => return Err(other("nothing is left to do")),
        }
    }
}

/// What is sent: the request, or what shall be typed in its place.
pub(super) fn typed(order: Order, request: Request) -> io::Result<Request> {
    let Order::Type(words) = order else { return Ok(request) };
    let argv: Vec<Bytes> = words.into_iter().map(Bytes::from).collect();
    let command = Command::parse(&argv).map_err(|reply| io::Error::other(format!("{argv:?}: {reply:?}")))?;
    Ok(Request::One(command))
}

/// Whether the connection is gone.
fn is_lost(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
    )
}

/// The connection, and the replies that nobody waited for.
struct Wire {
    connection: Connection,
    unread: usize,
    /// Whether published messages may come over it.
    subscribes: bool,
}

impl Wire {
    fn open(address: SocketAddr, subscribes: bool) -> io::Result<Self> {
        Ok(Self {
            connection: Connection::open(address, PATIENCE)?,
            unread: 0,
            subscribes,
        })
    }

    fn send(&mut self, request: &Request) -> io::Result<()> {
        let argvs: Vec<Vec<Bytes>> = request.commands().iter().map(|command| command.to_argv()).collect();
        self.unread += frames_of(request);
        self.connection.send_all(&argvs)
    }

    /// The reply, and the messages that came before it.
    fn exchange(&mut self, request: &Request) -> io::Result<(Vec<Push>, Reply)> {
        self.send(request)?;
        let count = std::mem::take(&mut self.unread);
        let (mut messages, mut frames) = (Vec::new(), Vec::new());
        while frames.len() < count {
            let frame = self.connection.receive()?;
            match message(&frame).filter(|_| self.subscribes) {
                Some(message) => messages.push(message),
                None => frames.push(frame),
            }
        }
        let own = count - frames_of(request);
        Ok((messages, answer(request, &frames[own..])))
    }

    /// The next message; replies that nobody waits for are passed over.
    fn listen(&mut self) -> io::Result<Push> {
        loop {
            match message(&self.connection.receive()?) {
                Some(message) => return Ok(message),
                None => self.unread = self.unread.saturating_sub(1),
            }
        }
    }

    /// Sends what is intended, if it is something to send, and reads until the connection is gone.
    fn lose(mut self, intent: &Intent) -> io::Result<()> {
        if let Intent::Send(request) | Intent::SendOnly(request) = intent {
            self.send(request)?;
        }
        loop {
            match self.connection.receive() {
                Ok(_) => {}
                Err(error) if is_lost(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}
