//! The bytes of one connection: requests that have come, replies that are to go.

use std::io::{ErrorKind, Read, Write};

use mio::net::TcpStream;
use redelivery_engine::resp::RequestDecoder;
use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::desk::{Desk, Limits, Then, What};

/// One connection, as its thread sees it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) client: ClientId,
    requests: RequestDecoder,
    /// A request that may not be served yet.
    held: Option<Vec<Bytes>>,
    /// So many bytes have come, and were sent, since the desk was told.
    traffic: (u64, u64),
    /// What is to be sent; up to `sent` it was.
    out: Vec<u8>,
    sent: usize,
    stage: Stage,
    /// Whether requests may have come since it was served last.
    is_due: bool,
    limits: Limits,
    /// Whether it has heard messages.
    hears: bool,
    /// Since when much waits to be sent.
    late_since: Option<Millis>,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Served,
    /// Its next request is read when its answer has come.
    Waiting,
    /// It closes when all is sent.
    Leaving,
    /// It is to be closed.
    Over,
}

/// More room than this is given back when nothing is left to send.
const ROOM_KEPT: usize = 16 * 1024;

impl Connection {
    pub(super) fn new(stream: TcpStream, client: ClientId) -> Self {
        Self {
            stream,
            client,
            requests: RequestDecoder::default(),
            held: None,
            traffic: (0, 0),
            out: Vec::new(),
            sent: 0,
            stage: Stage::Served,
            is_due: false,
            limits: Limits::default(),
            hears: false,
            late_since: None,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Whether requests may be there that wait for nothing but to be served.
    pub(super) fn is_due(&self) -> bool {
        self.is_due && self.stage == Stage::Served
    }

    /// So many bytes have come, and were sent, of which the desk was not told yet.
    pub(super) fn take_traffic(&mut self) -> (u64, u64) {
        std::mem::take(&mut self.traffic)
    }

    /// Reads what has come.
    pub(super) fn read(&mut self, room: &mut [u8]) {
        loop {
            match self.stream.read(room) {
                Ok(0) => return self.stage = Stage::Over,
                Ok(count) => {
                    self.traffic.0 += count as u64;
                    self.is_due = true;
                    // Who leaves is not heard any more.
                    if self.stage != Stage::Leaving {
                        self.requests.feed(&room[..count]);
                    }
                    // Fewer than there is room for: there were no more.
                    if count < room.len() {
                        return;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => return self.stage = Stage::Over,
            }
        }
    }

    /// Serves the requests that have come whole, until one has to wait.
    pub(super) fn serve(&mut self, desk: &mut Desk, now: Millis) {
        self.is_due = false;
        let (read, sent) = self.take_traffic();
        desk.note_traffic(self.client, read, sent);
        self.limits = desk.limits();
        self.requests.allow_bulk(self.limits.bulk);
        while self.stage == Stage::Served {
            self.requests.mistrust(desk.is_stranger(self.client));
            let next = match self.held.take() {
                Some(held) => Ok(Some(held)),
                None => self.requests.next(),
            };
            match next {
                Ok(None) => return,
                Ok(Some(argv)) => {
                    let then = desk.request(self.client, &argv, now, &mut self.out);
                    self.stage = match then {
                        Then::GoOn => Stage::Served,
                        Then::Wait | Then::Hold => Stage::Waiting,
                        Then::Close => Stage::Leaving,
                    };
                    self.held = (then == Then::Hold).then_some(argv);
                }
                Err(error) => {
                    Reply::from(error).encode(desk.version(self.client), &mut self.out);
                    self.stage = Stage::Leaving;
                }
            }
        }
    }

    /// Takes a letter.
    pub(super) fn take(&mut self, what: What) {
        match what {
            What::Messages(bytes) => {
                self.hears = true;
                self.out.extend_from_slice(&bytes);
            }
            What::Answer(reply, version) => {
                if let Some(reply) = reply {
                    reply.encode(version, &mut self.out);
                }
                self.go_on();
            }
            What::GoOn => self.go_on(),
            What::Close => self.stage = Stage::Over,
        }
    }

    /// What it has waited for is over.
    fn go_on(&mut self) {
        if self.stage == Stage::Waiting {
            self.stage = Stage::Served;
            self.is_due = true;
        }
    }

    /// Sends as much as will go.
    pub(super) fn send(&mut self) {
        while self.sent < self.out.len() && self.stage != Stage::Over {
            match self.stream.write(&self.out[self.sent..]) {
                Ok(0) => self.stage = Stage::Over,
                Ok(count) => {
                    self.sent += count;
                    self.traffic.1 += count as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.stage = Stage::Over,
            }
        }
        self.out.clear();
        self.sent = 0;
        if self.out.capacity() > ROOM_KEPT {
            self.out.shrink_to(0);
        }
        if self.stage == Stage::Leaving {
            self.stage = Stage::Over;
        }
    }

    /// Whoever reads more slowly than it is sent to is left, when too much waits for it, or too much for too long.
    pub(super) fn check_limits(&mut self, now: Millis) {
        let unsent = self.out.len() - self.sent;
        let limit = if self.hears {
            self.limits.messages
        } else {
            self.limits.replies
        };
        let is_over = |most: usize| most > 0 && unsent > most;
        self.late_since = is_over(limit.soft).then(|| self.late_since.unwrap_or(now));
        let is_late = self
            .late_since
            .is_some_and(|since| now.saturating_sub(since) > limit.soft_ms);
        if is_over(limit.hard) || is_late || self.requests.buffered() > self.limits.requests {
            self.stage = Stage::Over;
        }
    }
}
