//! A thread that serves connections: waits until something has come, lets the desk serve it, sends what is to be sent.
//!
//! Everything that has come for one connection is served behind the gate in one go. Sockets are watched by edges: a thread
//! hears once that something has come, and reads until nothing is left.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::resp::Version;
use redelivery_engine::{ClientId, Millis, Reply};

use super::connection::Connection;
use super::desk::{Arrival, Desk, Letter};
use super::gate::{Bell, Gate};

/// The bell of a thread that waits for sockets.
#[derive(Debug)]
pub(super) struct SocketBell(pub(super) Waker);

impl Bell for SocketBell {
    fn ring(&self) {
        // A thread that cannot be called any more has ended.
        let _ = self.0.wake();
    }
}

/// What all threads share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) gate: Gate<Desk, SocketBell>,
    /// Whether all shall end.
    pub(super) is_ending: AtomicBool,
}

impl Shared {
    /// All threads end when they have served what they are serving.
    pub(super) fn end(&self) {
        self.is_ending.store(true, Ordering::Release);
        self.gate.ring_all();
    }
}

/// The bell of each thread.
pub(super) const BELL: Token = Token(usize::MAX);
/// Listeners have the numbers from here on.
const LISTENERS: usize = usize::MAX / 2;
/// So many events at most are taken at a time.
const EVENTS: usize = 1024;
/// So many bytes at most are read at a time.
const ROOM: usize = 64 * 1024;

/// One thread, and its connections.
pub(super) struct Worker {
    number: usize,
    poll: Poll,
    shared: Arc<Shared>,
    listeners: Vec<(NodeIndex, TcpListener)>,
    connections: BTreeMap<ClientId, Connection>,
    /// Letters that are not delivered yet.
    mail: Vec<Letter>,
    /// For whom something has come.
    touched: Vec<ClientId>,
    /// So many bytes have come and were sent of which the desk was not told yet.
    traffic: Vec<(ClientId, (u64, u64))>,
    /// Whether somebody could not be accepted.
    is_full: bool,
}

impl Worker {
    pub(super) fn new(number: usize, poll: Poll, shared: Arc<Shared>) -> Self {
        Self {
            number,
            poll,
            shared,
            listeners: Vec::new(),
            connections: BTreeMap::new(),
            mail: Vec::new(),
            touched: Vec::new(),
            traffic: Vec::new(),
            is_full: false,
        }
    }

    /// Accepts connections to a node.
    pub(super) fn listen(&mut self, node: NodeIndex, mut listener: TcpListener) -> io::Result<()> {
        let token = Token(LISTENERS + self.listeners.len());
        self.poll
            .registry()
            .register(&mut listener, token, Interest::READABLE)?;
        self.listeners.push((node, listener));
        Ok(())
    }

    /// Serves until all shall end.
    pub(super) fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        let mut room = vec![0; ROOM];
        while !self.shared.is_ending.load(Ordering::Acquire) {
            let traffic = std::mem::take(&mut self.traffic);
            let deadline = self.enter(|desk| {
                for (client, (read, sent)) in traffic {
                    desk.note_traffic(client, read, sent);
                }
                desk.next_deadline()
            });
            let waits = if self.mail.is_empty() {
                until(deadline)
            } else {
                Some(Duration::ZERO)
            };
            match self.poll.poll(&mut events, waits) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                result => result?,
            }
            for event in &events {
                match event.token() {
                    BELL => {}
                    Token(number) if number >= LISTENERS => self.accept(number - LISTENERS),
                    Token(number) => {
                        let client = ClientId(number as u64);
                        if let Some(connection) = self.connections.get_mut(&client) {
                            if event.is_readable() || event.is_read_closed() {
                                connection.read(&mut room);
                            }
                            self.touched.push(client);
                        }
                    }
                }
            }
            self.serve();
        }
        Ok(())
    }

    /// Lets the desk serve somebody; what that leaves for others waits to be delivered.
    fn enter<T>(&mut self, serve: impl FnOnce(&mut Desk) -> T) -> T {
        self.shared.gate.enter(self.number, &mut self.mail, serve)
    }

    /// Serves those for whom something has come, and those for whom that leads to something; then sends it.
    fn serve(&mut self) {
        let now = now();
        self.enter(|desk| desk.advance(now));
        self.deliver();
        let mut next = 0;
        while let Some(&client) = self.touched.get(next) {
            next += 1;
            if let Some(connection) = self.connections.get_mut(&client)
                && connection.is_due()
            {
                let serve = |desk: &mut Desk| connection.serve(desk, now);
                self.shared.gate.enter(self.number, &mut self.mail, serve);
                self.deliver();
            }
        }
        for client in std::mem::take(&mut self.touched) {
            if let Some(connection) = self.connections.get_mut(&client) {
                connection.send();
                self.traffic.push((client, connection.take_traffic()));
                connection.check_limits(now);
                if connection.is_over() {
                    self.close(client, now);
                }
            }
        }
    }

    /// Closes a connection: what has come for it is not delivered any more.
    fn close(&mut self, client: ClientId, now: Millis) {
        self.connections.remove(&client);
        self.enter(|desk| desk.disconnect(client, now));
        // There is room for one more.
        if std::mem::take(&mut self.is_full) {
            (0..self.listeners.len()).for_each(|listener| self.accept(listener));
        }
    }

    fn deliver(&mut self) {
        for Letter { client, what } in self.mail.drain(..) {
            if let Some(connection) = self.connections.get_mut(&client) {
                connection.take(what);
                self.touched.push(client);
            }
        }
    }

    fn accept(&mut self, listener: usize) {
        loop {
            let (node, listener) = &self.listeners[listener];
            let (stream, peer) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => return,
                    // It has gone again.
                    ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted => continue,
                    // There are too many open files: the next is accepted when a connection has closed.
                    _ => return self.is_full = true,
                },
            };
            let arrival = Arrival {
                node: *node,
                thread: self.number,
                peer,
                socket: stream.as_raw_fd().into(),
            };
            match self.enter(|desk| desk.connect(arrival, now())) {
                Ok(client) => self.take_in(stream, client),
                Err(refusal) => refuse(stream, &refusal),
            }
        }
    }

    fn take_in(&mut self, mut stream: TcpStream, client: ClientId) {
        let token = Token(client.0 as usize);
        let interest = Interest::READABLE | Interest::WRITABLE;
        let is_watched = self.poll.registry().register(&mut stream, token, interest).is_ok();
        if is_watched && stream.set_nodelay(true).is_ok() {
            self.connections.insert(client, Connection::new(stream, client));
        } else {
            self.enter(|desk| desk.disconnect(client, now()));
        }
    }
}

/// Says why a connection is closed at once; whether that can be said does not matter.
fn refuse(mut stream: TcpStream, refusal: &Reply) {
    let mut out = Vec::new();
    refusal.encode(Version::Resp2, &mut out);
    let _ = stream.write(&out);
}

/// So long until then; none: for ever.
fn until(deadline: Option<Millis>) -> Option<Duration> {
    deadline.map(|deadline| Duration::from_millis(deadline.saturating_sub(now())))
}

/// Milliseconds since the epoch.
#[expect(clippy::disallowed_methods, reason = "a server has the time of its machine")]
pub(super) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
