//! Between a client's process and the server: every request and every reply passes through the parent's hands.
//!
//! What comes from either side is told to the parent, which lets it pass, holds it for a while or drops it; so requests
//! arrive late, replies get lost, and a client that is gone leaves its connection half open. The proxy never answers by
//! itself and never changes what passes, but that it makes messages long where the server's output
//! buffer is bounded.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::{io, thread};

use redelivery_engine::resp::{Frame, FrameDecoder, RequestDecoder, encode_request};
use redelivery_engine::{Bytes, Command};
use redelivery_model::client::Request;

use super::argv;
use super::clock::Clock;
use super::process::{Life, News};
use super::push::padded;

/// A listener that each connection of one client's process goes through.
#[derive(Debug)]
pub(super) struct Proxy {
    address: SocketAddr,
    over: Arc<AtomicBool>,
}

/// Where clients' connections lead to, from the next one on.
#[derive(Clone, Debug)]
pub(super) struct Target(Arc<Mutex<SocketAddr>>);

impl Target {
    pub(super) fn new(server: SocketAddr) -> Self {
        Self(Arc::new(Mutex::new(server)))
    }

    pub(super) fn get(&self) -> SocketAddr {
        *self.0.lock().expect("nobody panics while it is held")
    }

    pub(super) fn set(&self, server: SocketAddr) {
        *self.0.lock().expect("nobody panics while it is held") = server;
    }
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
pub(super) enum Came {
    /// The client connected, and so did the proxy.
    Opened(Line),
    /// A command from the client.
    Command(Vec<Bytes>),
    /// Bytes from the server, and the replies that they complete.
    Replies(Vec<u8>, Vec<Frame>),
    /// No more: the server closed its end.
    Closed,
}

/// A connection in the parent's hands. Dropped, both ends are closed.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) wire: Wire,
    /// The server knows the connection by this address.
    pub(super) address: SocketAddr,
    client: TcpStream,
    server: TcpStream,
    /// Commands that do not make up a request yet.
    pub(super) came: Vec<Vec<Bytes>>,
    /// Requests that the server has not got yet, the oldest first.
    pub(super) held: VecDeque<Request>,
    /// Whether replies are lost.
    pub(super) swallows: bool,
    /// Whether the server that it led to was killed.
    pub(super) is_dead: bool,
}

impl Proxy {
    /// Listens on a free port for a client of whoever is the target.
    #[expect(clippy::disallowed_methods, reason = "a wire is read whenever something comes")]
    ///
    /// One that speaks RESP3 says so before anything else, here: no client code of ours sends HELLO.
    pub(super) fn open(target: Target, life: Life, resp3: bool, clock: Clock, news: Sender<News>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let proxy = Self {
            address: listener.local_addr()?,
            over: Arc::default(),
        };
        let over = Arc::clone(&proxy.over);
        thread::spawn(move || {
            for (connection, client) in listener.incoming().enumerate() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let wire = Wire { life, connection };
                if client
                    .and_then(|client| join(client, target.get(), wire, resp3, clock, &news))
                    .is_err()
                {
                    // The client sees its connection close, which says it all.
                    let _ = news.send(News::Came(wire, Came::Closed, clock.ceil_ms()));
                }
            }
        });
        Ok(proxy)
    }

    /// Where the client connects to.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
    }
}

impl Line {
    /// Sends the oldest request that is held to the server; `pads` says whether what it publishes is made long.
    pub(super) fn forward(&mut self, pads: bool) -> io::Result<Option<Request>> {
        let Some(request) = self.held.pop_front() else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        for command in request.commands() {
            match command {
                Command::Publish { .. } if pads => encode_request(&padded(command).to_argv(), &mut bytes),
                command => encode_request(&command.to_argv(), &mut bytes),
            }
        }
        self.server.write_all(&bytes)?;
        Ok(Some(request))
    }

    /// Gives the client what the server sent; whether it is still there does not matter.
    pub(super) fn deliver(&mut self, bytes: &[u8]) {
        if !self.swallows {
            let _ = self.client.write_all(bytes);
        }
    }

    /// The client loses its connection; the server knows nothing of it.
    pub(super) fn shut_client(&mut self) {
        self.swallows = true;
        // It may be gone already.
        let _ = self.client.shutdown(Shutdown::Both);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.shut_client();
        let _ = self.server.shutdown(Shutdown::Both);
    }
}

/// Connects a client's connection with the server.
#[expect(clippy::disallowed_methods, reason = "a wire is read whenever something comes")]
fn join(
    client: TcpStream,
    server: SocketAddr,
    wire: Wire,
    resp3: bool,
    clock: Clock,
    news: &Sender<News>,
) -> io::Result<()> {
    let mut server = TcpStream::connect(server)?;
    if resp3 {
        say_hello(&mut server)?;
    }
    for end in [&client, &server] {
        end.set_nodelay(true)?;
    }
    let (from_client, from_server) = (client.try_clone()?, server.try_clone()?);
    let line = Line {
        wire,
        address: server.local_addr()?,
        client,
        server,
        came: Vec::new(),
        held: VecDeque::new(),
        swallows: false,
        is_dead: false,
    };
    let news = news.clone();
    // After the run nobody listens.
    let tell = move |came: Came| {
        let _ = news.send(News::Came(wire, came, clock.ceil_ms()));
    };
    tell(Came::Opened(line));
    let tell_commands = tell.clone();
    thread::spawn(move || read_commands(from_client, &tell_commands));
    thread::spawn(move || {
        let _ = read_replies(from_server, &tell);
        tell(Came::Closed);
    });
    Ok(())
}

/// `HELLO 3`, and nothing that follows its answer.
fn say_hello(server: &mut TcpStream) -> io::Result<()> {
    let mut bytes = Vec::new();
    encode_request(&argv("HELLO 3"), &mut bytes);
    server.write_all(&bytes)?;
    let mut decoder = FrameDecoder::default();
    let mut chunk = [0; 4 * 1024];
    loop {
        let count = server.read(&mut chunk)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        decoder.feed(&chunk[..count]);
        match decoder.next().map_err(io::Error::other)? {
            Some(refused) if refused.is_error() => return Err(io::Error::other(format!("HELLO 3: {refused:?}"))),
            Some(_) => return Ok(()),
            None => {}
        }
    }
}

/// Tells what the client sends, until it is gone.
fn read_commands(mut client: TcpStream, tell: &dyn Fn(Came)) {
    let mut decoder = RequestDecoder::default();
    let mut chunk = [0; 16 * 1024];
    while let Ok(count @ 1..) = client.read(&mut chunk) {
        decoder.feed(&chunk[..count]);
        while let Ok(Some(command)) = decoder.next() {
            tell(Came::Command(command));
        }
    }
}

/// Tells what the server sends, until it closes.
fn read_replies(mut server: TcpStream, tell: &dyn Fn(Came)) -> io::Result<()> {
    let mut decoder = FrameDecoder::default();
    let mut chunk = [0; 16 * 1024];
    loop {
        let count = server.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        decoder.feed(&chunk[..count]);
        let mut frames = Vec::new();
        while let Some(frame) = decoder.next().map_err(io::Error::other)? {
            frames.push(frame);
        }
        tell(Came::Replies(chunk[..count].to_vec(), frames));
    }
}
