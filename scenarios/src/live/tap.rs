//! A tap on the wires of one client: between its process and the server, telling the parent each reply as it comes.
//!
//! Bytes pass as they are. When the client is gone, what it had sent still reaches the server and what the server
//! answers is still read, so that a history also knows what was executed though nobody received the reply: a crash, a
//! lost connection. It never holds anything back and never answers by itself.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::{io, thread};

use redelivery_engine::Millis;
use redelivery_engine::resp::{Frame, FrameDecoder};

use super::clock::Clock;
use super::process::{Life, News};

/// A listener that each connection of one client's process goes through.
#[derive(Debug)]
pub(super) struct Tap {
    address: SocketAddr,
    over: Arc<AtomicBool>,
}

/// A connection of one client, counted in the order in which they were opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wire {
    /// Whose.
    pub(super) life: Life,
    /// The how manieth of its.
    pub(super) connection: usize,
}

/// What came over a wire.
#[derive(Debug)]
pub(super) enum Tapped {
    /// A reply.
    Frame(Frame),
    /// No more: the server closed its end.
    Closed,
}

impl Tap {
    /// Listens on a free port for a client of this server.
    #[expect(clippy::disallowed_methods, reason = "a wire is read whenever something comes")]
    pub(super) fn open(server: SocketAddr, life: Life, clock: Clock, news: Sender<News>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let tap = Self {
            address: listener.local_addr()?,
            over: Arc::default(),
        };
        let over = Arc::clone(&tap.over);
        thread::spawn(move || {
            for (connection, client) in listener.incoming().enumerate() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let wire = Wire { life, connection };
                let joined = client.and_then(|client| join(&client, server, wire, clock, &news));
                if joined.is_err() {
                    // The client sees its connection close, which says it all.
                    let _ = news.send(News::Tapped(wire, Tapped::Closed, clock.ceil_ms()));
                }
            }
        });
        Ok(tap)
    }

    /// Where the client connects to.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
    }
}

/// Lets a client's connection go on to the server.
#[expect(clippy::disallowed_methods, reason = "a wire is read whenever something comes")]
fn join(client: &TcpStream, server: SocketAddr, wire: Wire, clock: Clock, news: &Sender<News>) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    for end in [client, &server] {
        end.set_nodelay(true)?;
    }
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        // The server executes what it has received before it sees the end.
        let _ = to_server.shutdown(Shutdown::Write);
    });
    let (client, news) = (client.try_clone()?, news.clone());
    thread::spawn(move || {
        let tell = |tapped: Tapped, at_ms: Millis| news.send(News::Tapped(wire, tapped, at_ms));
        let _ = pass(server, client, &mut |frame| {
            // After the run nobody listens.
            let _ = tell(Tapped::Frame(frame), clock.ceil_ms());
        });
        let _ = tell(Tapped::Closed, clock.ceil_ms());
    });
    Ok(())
}

/// Passes on what the server sends, each reply after it was told, until the server closes; whether the client is still
/// there does not matter.
fn pass(mut server: TcpStream, mut client: TcpStream, tell: &mut dyn FnMut(Frame)) -> io::Result<()> {
    let mut decoder = FrameDecoder::default();
    let mut chunk = [0; 16 * 1024];
    loop {
        let count = server.read(&mut chunk)?;
        if count == 0 {
            return client.shutdown(Shutdown::Both);
        }
        decoder.feed(&chunk[..count]);
        while let Some(frame) = decoder.next().map_err(io::Error::other)? {
            tell(frame);
        }
        let _ = client.write_all(&chunk[..count]);
    }
}
